package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

const dpkgStatus = `Package: openssl
Status: install ok installed
Architecture: amd64
Version: 3.0.9-1

Package: curl
Status: install ok installed
Architecture: amd64
Version: 7.88.1-10+deb12u5

Package: zlib1g
Status: install ok installed
Architecture: amd64
Source: zlib
Version: 1:1.2.13.dfsg-1
`

const debian = `PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION_CODENAME=bookworm
ID=debian
`

// careless is an image with much that is wrong.
func (h *harbour) careless() v1.Image {
	h.Helper()
	return h.build(v1.Config{
		Env:          []string{"PATH=/usr/bin:/bin", "DB_PASSWORD=" + planted["PASSWORD"]},
		ExposedPorts: map[string]struct{}{"22/tcp": {}, "8080/tcp": {}},
		Entrypoint:   []string{"/app/run"},
		Labels:       map[string]string{"deploy.token": planted["TOKEN"]},
	}, h.layer(
		entry{name: "etc/os-release", text: debian, mode: 0o644},
		entry{name: "etc/passwd", text: "root:x:0:0:root:/root:/bin/bash\napp:x:1001:1001::/app:/bin/sh\n", mode: 0o644},
		entry{name: "etc/group", text: "root:x:0:\napp:x:1001:\n", mode: 0o644},
		entry{name: "var/lib/dpkg/status", text: dpkgStatus, mode: 0o644},
		entry{name: "bin/sh", text: "\x7fELF"},
		entry{name: "usr/bin/curl", text: "\x7fELF"},
		entry{name: "usr/bin/sudo", text: "\x7fELF", mode: 0o4755},
		entry{name: "app/run", text: "#!/bin/sh\nexec true\n", mode: 0o777},
		entry{name: "app/.env", text: "DB_PASSWORD=" + planted["PASSWORD"] + "\n", mode: 0o644},
		entry{name: "app/old/server.key", text: planted["BEGINKEY"] + "\n" + planted["KEYBODY"] + "\n" + planted["ENDKEY"] + "\n", mode: 0o600},
	), h.layer(
		entry{name: "app/.wh..env"},
		entry{name: "app/old/.wh..wh..opq"},
		entry{name: "app/settings.json", text: "{}", mode: 0o644},
	))
}

// tidy is an image with nothing that is worse than low.
func (h *harbour) tidy() v1.Image {
	h.Helper()
	return h.build(v1.Config{User: "10001", Env: []string{"PORT=8080"}, ExposedPorts: map[string]struct{}{"8080/tcp": {}}, Entrypoint: []string{"/server"},
		Labels: map[string]string{"org.opencontainers.image.source": "https://git.example.com/shop"}},
		h.layer(entry{name: "server", text: "\x7fELF"}, entry{name: "etc/passwd", text: "app:x:10001:10001::/:/sbin/nologin\n", mode: 0o644}))
}

func TestImageOfARegistry(t *testing.T) {
	h := newHarbour(t)
	h.push("shop/app:1.2", h.careless())
	h.push("shop/tidy:1.2", h.tidy())
	report := h.scan("image:" + h.host + "/shop/app:1.2")
	for control, want := range map[string]string{
		"image-user-root":           "fail image runs as root: USER is not set",
		"image-entrypoint-writable": "fail /app/run, which ENTRYPOINT starts, can be changed by everybody (mode 0777)",
		"image-exposed-ports":       "fail port 22/tcp is exposed, which is for SSH",
		"image-privilege-tools":     "fail image has programs that give root: sudo (/usr/bin/sudo)",
		"image-download-tools":      "fail image has tools for downloads and connections: curl (/usr/bin/curl)",
		"image-setuid":              "fail 1 setuid or setgid file: /usr/bin/sudo",
		"image-signature":           "fail image is not signed",
	} {
		h.says(report, control, want)
	}
	for _, want := range []string{
		`variable "DB_PASSWORD" holds a password`,
		`label "deploy.token" holds a GitHub token`,
		`file "/app/.env" (line 1) holds a password; a later layer removes it, but layer 0 still has it`,
		`file "/app/old/server.key" (line 1) holds a private key; a later layer removes it`,
	} {
		h.holds(report, "image-secret", want)
	}
	for _, f := range report.Findings {
		if f.Subject.Kind != "ContainerImage" || f.Subject.Name != h.host+"/shop/app:1.2" || f.Outcome == "error" {
			t.Errorf("%+v", f)
		}
	}
	for _, f := range h.scan("image:" + h.host + "/shop/tidy:1.2").Findings {
		if f.Outcome == "fail" && !slices.Contains([]string{"low", "info"}, f.Severity) && f.Control != "image-signature" {
			t.Errorf("the tidy image fails: %+v", f)
		}
	}
}

func TestExitCodesOfImages(t *testing.T) {
	h := newHarbour(t)
	h.push("shop/app:1.2", h.careless())
	h.push("shop/tidy:1.2", h.tidy())
	for _, test := range []struct {
		args []string
		want int
	}{
		{[]string{"--control", "image-user-root", "image:" + h.host + "/shop/tidy:1.2"}, 0},
		{[]string{"--control", "image-user-root", "image:" + h.host + "/shop/app:1.2"}, 1},
		{[]string{"--control", "image-user-root", "--fail-on", "critical", "image:" + h.host + "/shop/app:1.2"}, 0},
		{[]string{"--control", "image-user-root", "image:" + h.host + "/shop/none:1.2", "image:" + h.host + "/shop/app:1.2"}, 3},
		{[]string{"--advisories", h.folder + "/absent.zip", "image:" + h.host + "/shop/tidy:1.2"}, 2},
		{[]string{"--vex", h.folder + "/absent.json", "image:" + h.host + "/shop/tidy:1.2"}, 2},
		{[]string{"--platform", "linux", "image:" + h.host + "/shop/tidy:1.2"}, 2},
		{[]string{"image:"}, 2},
	} {
		if code, out, errs := h.run(append([]string{"scan", "--insecure-registry"}, test.args...)...); code != test.want {
			t.Errorf("%v: exit code %d, want %d\n%s%s", test.args, code, test.want, out, errs)
		}
	}
}

// An index gives the image for the platform, and says which there are if there is none.
func TestPlatforms(t *testing.T) {
	h := newHarbour(t)
	index := mutate.AppendManifests(empty.Index,
		mutate.IndexAddendum{Add: h.tidy(), Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "linux", Architecture: "riscv64"}}},
		mutate.IndexAddendum{Add: h.careless(), Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "linux", Architecture: "s390x"}}})
	h.must(remote.WriteIndex(h.tag("shop/many:1"), index))
	target := "image:" + h.host + "/shop/many:1"
	h.says(h.scan("--control", "image-user-root", "--platform", "linux/s390x", target), "image-user-root", "USER is not set")
	h.says(h.scan("--control", "image-user-root", "--platform", "linux/riscv64", target), "image-user-root", "")
	for _, args := range [][]string{{target}, {"--platform", "linux/mips64le", target}} {
		report := h.scan(args...)
		h.lost(report, h.host+"/shop/many:1", "only for linux/riscv64, linux/s390x: choose one of these with --platform")
	}
}

// lost checks that a report says of one place why it could not be read.
func (h *harbour) lost(report judged, file, want string) {
	h.Helper()
	if report.code != 3 || len(report.Errors) == 0 || report.Errors[0].File != file || !strings.Contains(report.Errors[0].Message, want) {
		h.Errorf("exit code %d, errors %+v\nwant %s: ...%s...", report.code, report.Errors, file, want)
	}
}

func TestSameImageSameBytes(t *testing.T) {
	h := newHarbour(t)
	h.push("shop/app:1.2", h.careless())
	for _, format := range []string{"json", "table", "sarif", "html", "csv"} {
		_, once, _ := h.run("scan", "--insecure-registry", "--all", "-o", format, "image:"+h.host+"/shop/app:1.2")
		_, twice, _ := h.run("scan", "--insecure-registry", "--all", "-o", format, "image:"+h.host+"/shop/app:1.2")
		if diff := cmp.Diff(once, twice); diff != "" || once == "" {
			t.Errorf("%s differs between two runs: %s", format, diff)
		}
	}
}

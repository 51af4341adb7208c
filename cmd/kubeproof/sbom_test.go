package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// mixed has packages of a system and of a language, and a lock file that a later layer deletes.
func (h *harbour) mixed() v1.Image {
	h.Helper()
	return h.build(v1.Config{}, h.layer(
		entry{name: "etc/os-release", text: debian, mode: 0o644},
		entry{name: "var/lib/dpkg/status", text: "Package: openssl\nStatus: install ok installed\nArchitecture: amd64\nVersion: 3.0.9-1\n\n" +
			"Package: zlib1g\nSource: zlib\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1:1.2.13.dfsg-1\n", mode: 0o644},
		entry{name: "app/package-lock.json", text: `{"lockfileVersion": 3, "packages": {"node_modules/left-pad": {"version": "1.2.0"}}}`, mode: 0o644},
		entry{name: "build/go.mod", text: "module x\n\nrequire golang.org/x/net v0.20.0\n", mode: 0o644},
	), h.layer(entry{name: ".wh.build"}))
}

// layoutOf writes images as an OCI layout with tags.
func (h *harbour) layoutOf(folder string, images map[string]v1.Image) string {
	h.Helper()
	folder = filepath.Join(h.folder, folder)
	path, err := layout.Write(folder, empty.Index)
	h.must(err)
	for tag, image := range images {
		h.must(path.AppendImage(image, layout.WithAnnotations(map[string]string{"org.opencontainers.image.ref.name": tag})))
	}
	return folder
}

// urls gives the package URLs in a bill.
func urls(bill string) (all []string) {
	for line := range strings.Lines(bill) {
		for _, field := range []string{`"purl": "`, `"referenceLocator": "`} {
			if _, url, found := strings.Cut(line, field); found && !strings.HasPrefix(url, "pkg:oci/") {
				all = append(all, strings.Trim(url, "\",\n"))
			}
		}
	}
	slices.Sort(all)
	return all
}

func TestBillOfAnImage(t *testing.T) {
	h := newHarbour(t)
	digest := h.push("shop/app:1.2", h.mixed())
	file := filepath.Join(h.folder, "app.tar")
	h.must(tarball.WriteToFile(file, h.tag("shop/app:1.2"), h.mixed()))
	several := h.layoutOf("several", map[string]v1.Image{"1.2": h.mixed(), "1.3": h.careless()})
	want := []string{"pkg:deb/debian/openssl@3.0.9-1?arch=amd64&distro=debian-12", "pkg:deb/debian/zlib1g@1:1.2.13.dfsg-1?arch=amd64&distro=debian-12", "pkg:npm/left-pad@1.2.0"}
	var first string
	for _, place := range []string{h.host + "/shop/app:1.2", "image:" + h.host + "/shop/app:1.2", "docker://" + h.host + "/shop/app@" + digest, file, "image:" + file, several + "#1.2"} {
		for _, format := range []string{"cyclonedx", "spdx"} {
			code, out, errs := h.run("sbom", "--insecure-registry", "--platform", "linux/amd64", "-o", format, place)
			if diff := cmp.Diff(want, urls(out)); code != 0 || errs != "" || diff != "" {
				t.Errorf("%s of %s: exit code %d, %s (-want +got):\n%s", format, place, code, errs, diff)
			}
			if strings.Contains(place, h.host) && (!strings.Contains(out, `"`+digest+`"`) || !strings.Contains(out, h.host+"/shop/app")) {
				t.Errorf("%s of %s names neither the image nor its digest:\n%s", format, place, out)
			}
			if format == "cyclonedx" && strings.HasSuffix(place, ":1.2") {
				if first == "" {
					first = out
				} else if first != out {
					t.Error("with the prefix the bill is another one")
				}
			}
		}
	}
	code, out, errs := h.run("sbom", "--platform", "linux/amd64", several)
	if hint := "it holds 2 images: pick one, as in " + several + "#1."; code != 3 || out != "" || !strings.Contains(errs, hint) {
		t.Errorf("of several images: exit code %d, %q, %q", code, out, errs)
	}
}

// TestBillAndImageHaveTheSameVulnerabilities scans an image, and the bills that were written of it.
func TestBillAndImageHaveTheSameVulnerabilities(t *testing.T) {
	h := newHarbour(t)
	old := h.now.AddDate(0, 0, -200)
	osv := h.database("osv/Debian/all.zip", h.now.AddDate(0, 0, -1), map[string]string{
		"DEBIAN-CVE-2026-0001": advisory("DEBIAN-CVE-2026-0001", "openssl", "3.0.11-1", worst, old),
		"DEBIAN-CVE-2026-0002": advisory("DEBIAN-CVE-2026-0002", "zlib", "1:1.2.13.dfsg-2", mild, old)})
	h.push("shop/app:1.2", h.mixed())
	place := h.host + "/shop/app:1.2"
	image := h.scan("--platform", "linux/amd64", "--advisories", osv, "image:"+place)
	cdx, spdx := filepath.Join(h.folder, "app.cdx.json"), filepath.Join(h.folder, "app.spdx.json")
	if code, _, errs := h.run("sbom", "--insecure-registry", "--platform", "linux/amd64", "-o", "cyclonedx="+cdx, "-o", "spdx="+spdx, place); code != 0 {
		t.Fatal(errs)
	}
	for _, file := range []string{cdx, spdx} {
		bill := h.scan("--advisories", osv, "sbom:"+file)
		for _, control := range []string{"image-vulnerability-severe", "image-vulnerability-other", "image-vulnerability-overdue", "image-scan-age", "image-scan-coverage"} {
			if diff := cmp.Diff(image.of(control), bill.of(control)); diff != "" || len(image.of("image-vulnerability-severe")) != 1 {
				t.Errorf("%s of %s (-image +bill):\n%s", control, filepath.Base(file), diff)
			}
		}
	}
}

func TestBillOfABrokenImage(t *testing.T) {
	h := newHarbour(t)
	lock := h.layoutOf("lock", map[string]v1.Image{"1": h.build(v1.Config{}, h.layer(
		entry{name: "a/package-lock.json", text: "{", mode: 0o644},
		entry{name: "b/go.mod", text: "require golang.org/x/net v0.20.0\n", mode: 0o644}))})
	code, out, errs := h.run("sbom", "--platform", "linux/amd64", lock)
	if diff := cmp.Diff([]string{"pkg:golang/golang.org/x/net@v0.20.0"}, urls(out)); code != 3 || diff != "" || !strings.Contains(errs, lock+": a/package-lock.json:1: is no JSON") {
		t.Errorf("with a broken lock file: exit code %d, %s (-want +got):\n%s", code, errs, diff)
	}
	cut := h.build(v1.Config{}, h.layer(entry{name: "b/go.mod", text: "require golang.org/x/net v0.20.0\n", mode: 0o644}))
	folder := h.layoutOf("cut", map[string]v1.Image{"1": cut})
	layers, err := cut.Layers()
	h.must(err)
	digest, err := layers[0].Digest()
	h.must(err)
	h.must(os.Truncate(filepath.Join(folder, "blobs", "sha256", digest.Hex), 700))
	written := filepath.Join(h.folder, "bill.json")
	code, out, errs = h.run("sbom", "--platform", "linux/amd64", "-o", "spdx="+written, folder)
	if _, err := os.Stat(written); code != 3 || out != "" || err == nil || !strings.Contains(errs, "layer 0") || !strings.Contains(errs, "nothing was written") {
		t.Errorf("with a layer that is cut short: exit code %d, %q, %q, %v", code, out, errs, err)
	}
}

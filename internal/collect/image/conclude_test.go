package image

import (
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"

	packages "github.com/kubeproof/kubeproof/internal/collect/software"
	"github.com/kubeproof/kubeproof/internal/software"
)

func TestBases(t *testing.T) {
	release := func(id string) file { return file{name: "etc/os-release", text: "ID=" + id + "\n"} }
	program := func(name string) file { return file{name: name, text: "\x7fELF", mode: 0o755} }
	tests := []struct {
		want  string
		files []file
	}{
		{"scratch", []file{program("app"), {name: "etc/passwd", text: "a:x:1:1::/:/\n"}, {name: "etc/ssl/certs/ca.crt", text: "x"}}},
		{"distroless", []file{release("debian"), {name: "var/lib/dpkg/status.d/base", text: "x"}, program("app")}},
		{"distroless", []file{release("debian"), {name: "var/lib/dpkg/status.d/base", text: "x"}, program("busybox/busybox"), {name: "busybox/sh", to: "busybox"}}},
		{"distroless", []file{release("ubuntu"), program("usr/bin/app")}},
		{"alpine", []file{release("alpine"), program("bin/busybox"), {name: "bin/sh", to: "/bin/busybox"}, program("sbin/apk")}},
		{"wolfi", []file{release("wolfi"), program("usr/bin/app")}},
		{"busybox", []file{program("bin/busybox"), {name: "bin/sh", same: "bin/busybox"}}},
		{"ubi-micro", []file{release("rhel"), program("usr/bin/bash")}},
		{"full", []file{release("rhel"), program("usr/bin/bash"), program("usr/bin/microdnf")}},
		{"full", []file{release("debian"), program("usr/bin/bash"), program("usr/bin/apt")}},
		{"full", []file{program("bin/bash")}},
	}
	for at, test := range tests {
		if got := collectOne(t, archiveOf(t, `{}`, tarOf(t, test.files...)), Options{}).Base; got != test.want {
			t.Errorf("%d: %s, want %s", at, got, test.want)
		}
	}
}

func TestUsers(t *testing.T) {
	layer := tarOf(t, file{name: "etc/passwd", text: "root:x:0:0::/root:/bin/sh\napp:x:1000:1001::/:/bin/sh\n7:x:9:9::/:\n"}, file{name: "etc/group", text: "web:x:50:\n"})
	for spec, want := range map[string]string{
		"": "0 0 root known root", "root": "0 0 root known root", "0": "0 0 root known root", "00": "0 0 root known root", "+0": "0 0 root known root",
		"0:0": "0 0 root known root", "app": "1000 1001 app known", "1000": "1000 1001 app known", "1000:0": "1000 0 app known", "app:web": "1000 50 app known",
		"app:77": "1000 77 app known", "app:gone": "1000 - app known", "65532": "65532 0  known", "7": "9 9 7 known", "gone": "- - ", "-1": "- - ", "99999999999": "- - ",
	} {
		config := fmt.Sprintf(`{"config":{"User":%q}}`, spec)
		u := collectOne(t, archiveOf(t, config, layer), Options{}).User
		show := func(id *int64) string {
			if id == nil {
				return "-"
			}
			return fmt.Sprint(*id)
		}
		got := show(u.UID) + " " + show(u.GID) + " " + u.Name
		if u.Known {
			got += " known"
		}
		if u.Root {
			got += " root"
		}
		if got != want {
			t.Errorf("%q: %q, want %q", spec, got, want)
		}
	}
	if u := collectOne(t, archiveOf(t, `{"config":{"User":"root"}}`, tarOf(t, file{name: "x"})), Options{}).User; !u.Root || u.Known {
		t.Errorf("root without /etc/passwd: %+v", u)
	}
}

func TestProgramsOfCommands(t *testing.T) {
	tests := []struct{ command, want string }{
		{"/app", "/app"}, {"tini|--|/app|-x", "tini /app"}, {"/bin/sh|-c|exec /app --port 1 && sleep 2", "/bin/sh /app sleep"},
		{"/usr/bin/env|A=b|python3|app.py", "/usr/bin/env python3"}, {"sh|/run.sh", "sh /run.sh"}, {"bash|-ec|cd /x; export A=b; gosu app java -jar x", "bash gosu java"},
		{"sh|-c", "sh"}, {"", ""}, {"java|-jar|x.jar", "java"}, {"sh|-c|$APP", "sh"}, {"dumb-init|--rewrite|15:2|node", "dumb-init node"},
		{"gosu|app|/srv/app|--port|1", "gosu /srv/app"}, {"su-exec|app:web|node|x.js", "su-exec node"}, {"/usr/bin/setpriv|--reuid|1000|--regid=1000|--clear-groups|--|/app", "/usr/bin/setpriv /app"},
		{"setpriv|--reuid=1000|--init-groups|java|-jar|x.jar", "setpriv java"}, {"/tini|-g|-s|--|gosu|app|env|A=b|C=d|python3|x.py", "/tini gosu env python3"},
		{"tini|-p|SIGTERM|--|/app", "tini /app"}, {"dumb-init|-c|/app", "dumb-init /app"}, {"dumb-init|-c|sh|-c|exec /app", "dumb-init sh /app"},
		{"nice|-n|10|/app", "nice /app"}, {"nice|-10|/app", "nice /app"}, {"ionice|-c|2|-n|7|/app", "ionice /app"}, {"chroot|/jail|/bin/app", "chroot /bin/app"},
		{"chroot|--userspec|app:app|/jail|/bin/app", "chroot /bin/app"}, {"timeout|-k|5|30s|/app", "timeout /app"}, {"stdbuf|-oL|/app", "stdbuf /app"},
		{"env|-i|-u|HOME|A=b|/app", "env /app"}, {"env|-S|node --flag x.js", "env node"}, {"chpst|-u|app:web|-e|/etc/env|/app", "chpst /app"},
		{"s6-setuidgid|app|/app", "s6-setuidgid /app"}, {"sudo|-E|-u|app|A=b|/app", "sudo /app"}, {"runuser|-u|app|--|/app", "runuser /app"}, {"runuser|app|-c|/app --x", "runuser /app"},
		{"su|-|app|-c|exec /app", "su /app"}, {"su|app", "su"}, {"bash|-euo|pipefail|-c|/app", "bash /app"}, {"sh|-o|errexit|/run.sh|x", "sh /run.sh"},
		{"bash|--rcfile|/etc/x|/run.sh", "bash /run.sh"}, {"taskset|-c|0-1|/app", "taskset /app"}, {"exec|/app", "exec /app"}, {"sh|-c|exec gosu $U \"$@\"", "sh gosu"},
		{"sh|-c|exec -a web /app", "sh /app"}, {"gosu", "gosu"}, {"gosu|app", "gosu"}, {"tini|--", "tini"}, {"env|A=b", "env"}, {"setpriv|--reuid", "setpriv"},
		{"sh|-c|A=b DB.X=y /app", "sh /app"}, {"/app=x", "/app=x"}, {strings.Repeat("exec|", 5000) + "x", strings.TrimSpace(strings.Repeat("exec ", mostExecutables))},
	}
	for _, test := range tests {
		var command []string
		if test.command != "" {
			command = strings.Split(test.command, "|")
		}
		if got := strings.Join(programsOf(command), " "); got != test.want {
			t.Errorf("%s: %q, want %q", test.command, got, test.want)
		}
	}
}

func TestDrops(t *testing.T) {
	for text, want := range map[string]string{
		"exec gosu redis \"$0\" \"$@\"": "gosu", "set -- su-exec app \"$@\"": "su-exec", "exec setpriv --reuid=app -- x": "setpriv",
		"# exec gosu app": "", "if command -v gosu; then": "", "echo gosu app": "", "apk add su-exec": "", "exec su app -c x": "su", "suspend": "",
		"su": "", "exec sudo -u app x": "sudo", "sudo make install": "", "chroot --userspec=app / x": "chroot", "chroot /x": "", "s6-setuidgid app x": "s6-setuidgid",
		"if [ \"$(id -u)\" = 0 ]; then exec gosu app \"$0\"; fi": "gosu", "which gosu && gosu app x": "gosu", "which gosu": "", "apt-get install -y gosu curl": "",
	} {
		if got := strings.Join(dropsIn(text), " "); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestExecutables(t *testing.T) {
	layer := tarOf(t, file{name: "usr/bin/python3.11", text: "\x7fELF", mode: 0o755}, file{name: "usr/bin/python3", to: "python3.11"},
		file{name: "app/run.sh", text: "#!/bin/sh -e\nexec gosu app x\n", mode: 0o664, uid: 7})
	i := collectOne(t, saved(t, "a:1", imageOf(t, func(c *v1.ConfigFile) {
		c.Config.User, c.Config.WorkingDir = "7", "/app"
		c.Config.Entrypoint, c.Config.Cmd = []string{"python3", "x.py"}, []string{"sh", "run.sh"}
	}, layer)), Options{})
	want := []Executable{{Word: "python3", From: "entrypoint", Path: "/usr/bin/python3", Target: "/usr/bin/python3.11", Mode: "0755", ELF: true}}
	if diff := cmp.Diff(want, i.Executables); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	i = collectOne(t, archiveOf(t, `{"config":{"User":"7","Entrypoint":["/bin/sh","/app/run.sh"]}}`, layer), Options{})
	want = []Executable{{Word: "/bin/sh", From: "entrypoint", Missing: true},
		{Word: "/app/run.sh", From: "entrypoint", Path: "/app/run.sh", Mode: "0664", UID: 7, Script: "sh", GroupWritable: true, OwnerWritable: true}}
	if diff := cmp.Diff(want, i.Executables); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"gosu"}, i.Drops); diff != "" {
		t.Errorf("drops (-want +got):\n%s", diff)
	}
}

// lines is a reader of packages for tests: each line of a file named packages is one.
type lines struct{ all []software.Package }

func (l *lines) Wants(name string, mode fs.FileMode, size int64) bool {
	return mode.IsRegular() && strings.HasSuffix(name, "packages")
}

func (l *lines) File(name string, layer int, content io.Reader, size int64) error {
	text, err := io.ReadAll(content)
	if err != nil || int64(len(text)) != size {
		return fmt.Errorf("%d of %d bytes: %w", len(text), size, err)
	}
	l.Remove(name, layer)
	for line := range strings.Lines(string(text)) {
		l.all = append(l.all, software.Package{Type: software.NPM, Name: strings.TrimSpace(line), Path: name, Layer: layer})
	}
	return nil
}

func (l *lines) Packages() []software.Package { return l.all }

func (l *lines) Remove(name string, layer int) {
	l.all = slices.DeleteFunc(l.all, func(p software.Package) bool { return p.Path == name && p.Layer < layer })
}

func TestPackagesOfFilesThatAreGone(t *testing.T) {
	big := strings.Repeat("x\n", 1<<20)
	layers := [][]byte{tarOf(t, file{name: "a/packages", text: "one\n"}, file{name: "b/packages", text: "two\n"}, file{name: "c/packages", text: "three\n"}, file{name: "d/packages", text: big}),
		tarOf(t, file{name: "a/.wh.packages"}, file{name: "b/packages", text: "four\n"}, file{name: ".wh.d"})}
	i := collectOne(t, archiveOf(t, `{}`, layers...), Options{Software: func() PackageReader { return &lines{} }})
	var names []string
	for _, p := range i.Packages {
		names = append(names, p.Name)
	}
	if diff := cmp.Diff([]string{"four", "three"}, names); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if i.PackageCounts["npm"] != 2 || len(i.Unread) > 0 {
		t.Errorf("counts %v, unread %v", i.PackageCounts, i.Unread)
	}
}

// TestDatabasesThatAreGone reads with the real reader: what a layer takes away must neither hide an equal
// package of another database nor name the distribution, however it is taken away.
func TestDatabasesThatAreGone(t *testing.T) {
	const bash = "Package: bash\nStatus: install ok installed\nVersion: 5.2\n"
	below := tarOf(t, file{name: "etc/os-release", text: "ID=mine\nVERSION_ID=1\n"}, file{name: "usr/lib/os-release", text: "ID=debian\nVERSION_ID=12\n"},
		file{name: "var/lib/dpkg/status", text: bash}, file{name: "var/lib/dpkg/status.d/bash", text: bash}, file{name: "usr/lib/sysimage/dpkg/status", text: bash})
	for name, above := range map[string][]file{
		"whiteouts": {{name: "etc/.wh.os-release"}, {name: "var/lib/.wh.dpkg"}},
		"opaque":    {{name: "etc/.wh..wh..opq"}, {name: "var/lib/dpkg/.wh..wh..opq"}},
		"emptied":   {{name: "etc/os-release"}, {name: "var/lib/dpkg/status"}, {name: "var/lib/dpkg/status.d", to: "/nowhere"}},
		"links":     {{name: "etc", to: "usr/lib"}, {name: "var/lib/dpkg", to: "../../usr/lib/sysimage/dpkg"}},
	} {
		i := collectOne(t, archiveOf(t, `{}`, below, tarOf(t, above...)), Options{Software: func() PackageReader { return packages.NewReader(packages.DefaultLimits) }})
		want := []software.Package{{Type: software.Deb, Name: "bash", Version: "5.2", Distribution: "debian", DistributionVersion: "12", Path: "usr/lib/sysimage/dpkg/status"}}
		if diff := cmp.Diff(want, i.Packages); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestOnlyPackages looks for packages alone: nothing else is read, and a place with several images is refused.
func TestOnlyPackages(t *testing.T) {
	var told [][2]int
	options := Options{OnlyPackages: true, Software: func() PackageReader { return &lines{} }, Progress: func(done, total int) { told = append(told, [2]int{done, total}) }}
	layers := [][]byte{tarOf(t, file{name: "packages", text: "one\n"}, file{name: "root/.netrc", text: "machine x login y password hunter2hunter2\n"}), tarOf(t, file{name: "b/packages", text: "two\n"})}
	i := collectOne(t, archiveOf(t, `{"config":{"Env":["A=b"]}}`, layers...), options)
	if len(i.Packages) != 2 || i.Files != nil || i.Users != nil || len(i.Secrets) > 0 {
		t.Errorf("%d packages, files %v, users %v, secrets %v", len(i.Packages), i.Files, i.Users, i.Secrets)
	}
	if diff := cmp.Diff([][2]int{{1, 2}, {2, 2}}, told); diff != "" {
		t.Errorf("progress (-want +got):\n%s", diff)
	}
	folder := layoutOf(t, map[string]v1.Image{"1.0": imageOf(t, nil, layers[0]), "2.0": imageOf(t, nil, layers[1])})
	if images, errs := Collect(t.Context(), folder, options); len(images) > 0 || len(errs) != 1 || errs[0].Message != "it holds 2 images: pick one, as in "+folder+"#1.0" {
		t.Errorf("%d images, errors %v", len(images), errs)
	}
}

func TestOwnersOfFiles(t *testing.T) {
	i := collectOne(t, archiveOf(t, `{}`, tarOf(t, file{name: "lib/apk/db/installed", text: "P:busybox\nF:bin\nR:busybox\n\nP:curl\nF:usr/bin\nR:curl\n"},
		file{name: "bin/busybox", text: "\x7fELF", mode: 0o4755}, file{name: "usr/bin/curl", text: "\x7fELF", mode: 0o755}, file{name: "usr/bin/wget", to: "/bin/busybox"})), Options{})
	if diff := cmp.Diff([]Program{{"curl", "download", "/usr/bin/curl", "curl"}, {"wget", "download", "/usr/bin/wget", "busybox"}}, i.Tools); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if i.Setuid[0].Package != "busybox" {
		t.Errorf("%v", i.Setuid)
	}
}

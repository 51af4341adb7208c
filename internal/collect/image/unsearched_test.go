package image

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTextsThatAreTooLarge(t *testing.T) {
	text := func(size int) string { return strings.Repeat("level: info\n", size/12+1)[:size] }
	layer := tarOf(t, file{name: "app/a.yaml", text: text(mostUnnamed)}, file{name: "app/b.yaml", text: text(mostUnnamed + 1)}, file{name: "app/c.bin", text: text(mostUnnamed + 1)},
		file{name: "app/.env", text: text(mostNamed)}, file{name: "app/prod.tfstate", text: text(mostNamed + 1)}, file{name: "app/d.js", text: "\x00" + text(mostUnnamed)},
		file{name: "usr/lib/x/e.yaml", text: text(mostUnnamed + 1)}, file{name: "app/tests/.env", text: text(mostNamed + 1)}, file{name: "app/f.jks", text: text(mostNamed + 1)})
	i := collectOne(t, archiveOf(t, `{}`, layer), Options{})
	want := &Unsearched{Files: 2, Bytes: mostUnnamed + 1 + mostNamed + 1, Named: []TooLarge{{"/app/prod.tfstate", 0, mostNamed + 1}}}
	if diff := cmp.Diff(want, i.Unsearched); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if i = collectOne(t, archiveOf(t, `{}`, tarOf(t, file{name: "app/.env", text: "A=b\n"})), Options{}); i.Unsearched != nil {
		t.Errorf("%+v", i.Unsearched)
	}
}

func TestTextsBeyondTheLimitOfAnImage(t *testing.T) {
	limits := DefaultLimits
	limits.Text = 1000
	layer := tarOf(t, file{name: "a.yaml", text: strings.Repeat("a", 900)}, file{name: "b.yaml", text: strings.Repeat("a", 200)},
		file{name: ".env", text: "DB_PASSWORD=Zx8qLm2Rt9\n"}, file{name: "c.yaml", text: strings.Repeat("a", 50)})
	i := collectOne(t, archiveOf(t, `{}`, layer), Options{Limits: limits})
	want := &Unsearched{Files: 3, Bytes: 273, Named: []TooLarge{{"/.env", 0, 23}}}
	if diff := cmp.Diff(want, i.Unsearched); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(i.Unread) != 1 || len(i.Secrets) != 0 {
		t.Errorf("unread %v, secrets %v", i.Unread, i.Secrets)
	}
}

// TestProgramsThatChecksAskFor names what controls look for that stands in folders of its own or has
// a name that others have too.
func TestProgramsThatChecksAskFor(t *testing.T) {
	program := func(name string, mode int64) file { return file{name: name, text: "\x7fELF", mode: mode} }
	layer := tarOf(t, program("usr/bin/git", 0o755), program("usr/bin/svn", 0o755), program("usr/bin/hg", 0o755), program("usr/lib/openssh/sshd-session", 0o755),
		program("usr/lib/cockpit/cockpit-ws", 0o755), program("usr/sbin/xrdp-sesman", 0o755), program("usr/local/bin/op", 0o755), program("usr/bin/super", 0o4755), program("usr/bin/x0vncserver", 0o755))
	var got []string
	for _, tool := range collectOne(t, archiveOf(t, `{}`, layer), Options{}).Tools {
		got = append(got, tool.Name+" "+tool.Kind)
	}
	want := []string{"git vcs", "hg vcs", "super privilege", "svn vcs", "x0vncserver remote", "cockpit-ws remote", "sshd-session remote", "xrdp-sesman remote"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

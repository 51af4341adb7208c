package imagecontents

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

func inputOf(t *testing.T, text string) assessment.Input {
	t.Helper()
	documents, problems := document.Read([]byte(text), document.DefaultLimits)
	if len(documents) != 1 || len(problems) > 0 {
		t.Fatalf("read %q: %v", text, problems)
	}
	s := inventory.NewSubject(documents[0].Root, &inventory.Source{}, 0, "", nil)
	return assessment.Input{Subject: s, Element: s.Root, Index: inventory.NewIndex([]*inventory.Subject{s})}
}

func TestNamed(t *testing.T) {
	for want, given := range map[string]int{"a, b": 0, "a, b and 3 more": 5} {
		if got := named([]string{"a", "b"}, given); got != want {
			t.Errorf("named(a b, %d) = %q, want %q", given, got, want)
		}
	}
	if got := named(strings.Fields("a b c d e f"), 0); got != "a, b, c, d and 2 more" {
		t.Errorf("named of six is %q", got)
	}
}

func TestAccepted(t *testing.T) {
	for _, test := range []struct {
		file, pattern string
		want          bool
	}{
		{"/usr/bin/su", "/usr/bin/su", true}, {"usr/bin/su", "/usr/bin/su", true}, {"/usr/bin/sudo", "/usr/bin/su", false},
		{"/usr/bin/su", "/usr/*/su", true}, {"/usr/local/bin/su", "/usr/*/su", false}, {"/usr/local/bin/su", "/usr/*", true},
		{"/usrlocal", "/usr/*", false}, {"/a", "", false}, {"/a", "[", false},
	} {
		if got := accepted(test.file, []string{test.pattern}); got != test.want {
			t.Errorf("accepted(%q, %q) = %v", test.file, test.pattern, got)
		}
	}
}

func TestPortRange(t *testing.T) {
	for text, want := range map[string][2]int{
		"22/tcp": {22, 22}, "22": {22, 22}, "8000-8010/udp": {8000, 8010}, "": {1, 0}, "a/tcp": {1, 0}, "0/tcp": {1, 0},
		"70000": {1, 0}, "22x/tcp": {1, 0}, "22-": {1, 0}, "22-23-24": {1, 0},
	} {
		if from, to := portRange(text); from != want[0] || to != want[1] {
			t.Errorf("portRange(%q) = %d to %d, want %v", text, from, to, want)
		}
	}
}

func TestStartsAsRoot(t *testing.T) {
	for text, want := range map[string]string{
		`config: {}`: "USER is not set", `config: {user: ""}`: "USER is not set", `config: {user: ":0"}`: "USER is not set",
		`config: {user: "0"}`: `USER is "0"`, `config: {user: "0:1000"}`: `USER is "0:1000"`, `config: {user: "00"}`: `USER is "00"`,
		`config: {user: "1000:0"}`: "", `config: {user: app}`: "", `config: {user: rooty}`: "",
		"config: {user: app}\nuser: {root: true}": `USER "app" has UID 0 in /etc/passwd`,
	} {
		if got := startsAsRoot(inputOf(t, text).Element); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestDropper(t *testing.T) {
	for text, want := range map[string]string{
		"drops: [gosu]": "gosu", "config: {entrypoint: [/sbin/su-exec, app, x]}": "su-exec",
		`config: {cmd: [sh, -c, "exec setpriv --reuid 5 x"]}`: "setpriv", "config: {entrypoint: [/app/su-server]}": "", "config: {}": "",
	} {
		if got := dropper(inputOf(t, text).Element); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestEndsInExec(t *testing.T) {
	for command, want := range map[string]bool{
		"exec app": true, "  exec app --port $PORT;\n": true, "migrate && exec app": true, "A=b exec app": true, "cd /app; exec app": true,
		"app": false, "exec app & wait": false, "execute": false, "": false, "A=b": false, "exec app | tee log": false,
	} {
		if got := endsInExec(command); got != want {
			t.Errorf("endsInExec(%q) = %v", command, got)
		}
	}
}

func TestSystemWithoutEndPasses(t *testing.T) {
	in := inputOf(t, "files: 1\nobserved: '2026-11-30T00:00:00Z'\nos: {id: photon, version: '5.0', name: VMware Photon OS/Linux 5.0}\n")
	if got := supported(in); len(got) > 0 {
		t.Errorf("got %v", got)
	}
}

// TestHostileFacts gives every check values of wrong types and none at all: none may stop, and none
// may pass where nothing was read.
func TestHostileFacts(t *testing.T) {
	bodies := []string{"a: b\n", "config: text\nfiles: x\nusers: 1\nos: []\n", "config: [a]\nfiles: 1\ntools: [1, [], {name: [a]}]\nsetuid: {a: b}\nexecutables: [1]\nsecrets: [[], 5]\n",
		"config: {user: [a], ports: [[], {}], entrypoint: {a: b}, cmd: 5}\nuser: 5\nowned: [a]\nwritable: [5]\nwritableCount: x\nwasted: 5\nwaste: 99999999999\nsize: []\nfiles: 1\n",
		"created: [a]\nobserved: {}\nos: {id: [], name: {}}\nunread: [5, {path: []}]\nbase: [full]\npackageCounts: 5\n"}
	for _, body := range bodies {
		for name, check := range Checks {
			verdicts := check(inputOf(t, "kind: ContainerImage\n"+body))
			for _, v := range verdicts {
				if v.Outcome == "" {
					t.Errorf("%s on %q gives no outcome", name, body)
				}
			}
			if body == bodies[0] && passes(verdicts) {
				t.Errorf("%s passes an image of which nothing was read", name)
			}
		}
	}
}

func passes(verdicts []assessment.Verdict) bool {
	for _, v := range verdicts {
		if v.Outcome != assessment.Pass {
			return false
		}
	}
	return true
}

func TestManySecretsAreCounted(t *testing.T) {
	in := inputOf(t, "files: 1\nsecrets: ["+strings.Repeat("{what: a password, path: /a}, ", 60)+"]\n")
	got := secrets(in)
	if len(got) != mostSecrets+1 || got[mostSecrets].Message != "10 more secrets were found" {
		t.Errorf("got %d verdicts, the last %q", len(got), got[len(got)-1].Message)
	}
}

func TestAgeIsOfTheScan(t *testing.T) {
	in := inputOf(t, "created: '2026-01-01T00:00:00Z'\nobserved: '2026-01-31T00:00:00Z'\n")
	in.Values = map[string]any{"days": 29}
	want := []string{"image was made 30 days ago, at most 29 are wanted"}
	var got []string
	for _, v := range age(in) {
		got = append(got, v.Message)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

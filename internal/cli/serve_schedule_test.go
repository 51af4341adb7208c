package cli

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/kubeproof/kubeproof/test/apiserver"
)

var quietLog = slog.New(slog.DiscardHandler)

const privileged = "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: shop}\nspec: {containers: [{name: c, image: a, securityContext: {privileged: true}}]}\n"

// planned writes a schedule and serves it to somebody who is signed in.
func (p *office) planned(schedule string) (client *http.Client, address string, printed *output) {
	p.t.Helper()
	p.run(0, "review", "init", "--name", "Anna", "--checklist", "requirements")
	file := filepath.Join(p.t.TempDir(), "schedule.yaml")
	if err := os.WriteFile(file, []byte(schedule), 0o600); err != nil {
		p.t.Fatal(err)
	}
	address, printed = p.serve("--schedule", file)
	link := printed.wait(p.t, nil, `half an hour: (\S+)`)
	return p.signIn(link, address), address, printed
}

// until asks for the page of scans until it holds what a pattern finds.
func (p *office) until(client *http.Client, address, pattern string) string {
	p.t.Helper()
	text := ""
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		response, err := client.Get(address + "/scans")
		if _, text = read(p.t, response, err); regexp.MustCompile(pattern).MatchString(text) {
			return text
		}
	}
	p.t.Fatalf("the page of scans never shows %s: %s", pattern, text)
	return ""
}

// TestServeSchedule: what was never scanned is scanned at once and recorded as the person who is named, again
// when somebody asks, and what fails says why.
func TestServeSchedule(t *testing.T) {
	p := newOffice(t)
	manifest := filepath.Join(t.TempDir(), "pod.yaml")
	if err := os.WriteFile(manifest, []byte(privileged), 0o600); err != nil {
		t.Fatal(err)
	}
	client, address, printed := p.planned("as: Anna\nclusters:\n- name: files\n  target: " + manifest + "\n  every: 24h\n" +
		"- name: gone\n  context: nowhere\n  kubeconfig: " + filepath.Join(t.TempDir(), "none") + "\n  every: 24h\n")
	page := p.until(client, address, `(?s)files.*recorded.*gone.*nothing could be read`)
	for _, want := range []string{"every 24h", "by Anna", "no such file: name one with --kubeconfig", `aria-label="Scan files now"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q: %s", want, page)
		}
	}
	response, err := client.Get(address + "/findings")
	if got, text := read(t, response, err); got != 200 || !strings.Contains(text, "privileged") {
		t.Errorf("findings: %d %s", got, text)
	}
	response, err = client.PostForm(address+"/scans/now", url.Values{"name": {"files"}})
	if got, text := read(t, response, err); got != 200 || !strings.Contains(text, "begins as soon as its turn comes") {
		t.Errorf("scan now: %d %s", got, text)
	}
	p.until(client, address, `(?s)href="/scans/2.*href="/scans/2`)
	id := regexp.MustCompile(`href="(/scans/2[^"]+)"`).FindStringSubmatch(p.until(client, address, `href="/scans/2`))[1]
	response, err = client.Get(address + id + "/inventory")
	if got, text := read(t, response, err); got != 200 || !strings.HasPrefix(text, "\x1f\x8b") {
		t.Errorf("what was seen is not kept: %d", got)
	}
	if !strings.Contains(printed.String(), `"msg":"scan failed","name":"gone"`) {
		t.Errorf("the log: %s", printed)
	}
}

// TestServeScheduleOnACluster reads a real API server with the rights that kubeproof rbac role asks for.
func TestServeScheduleOnACluster(t *testing.T) {
	cluster := apiserver.Start(t, apiserver.Options{})
	p := newOffice(t)
	role := p.run(0, "rbac", "role")
	for _, text := range []string{role, "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: kubeproof}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: kubeproof}\n" +
		"subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: scanner}]\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n---\n" + privileged} {
		objects, err := apiserver.Objects([]byte(text))
		if err == nil {
			err = cluster.Create(objects)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	kubeconfig, err := cluster.Kubeconfig("scanner")
	if err != nil {
		t.Fatal(err)
	}
	client, address, _ := p.planned("as: Anna\nclusters:\n- name: real\n  kubeconfig: " + kubeconfig + "\n  every: 1h\n  at: \"00:30\"\n")
	page := p.until(client, address, `(?s)real.*recorded`)
	id := regexp.MustCompile(`href="(/scans/2[^"]+)"`).FindStringSubmatch(page)
	if id == nil {
		t.Fatalf("no scan is listed: %s", page)
	}
	response, err := client.Get(address + id[1])
	if got, text := read(t, response, err); got != 200 || !strings.Contains(text, "container-privileged") || !strings.Contains(text, "Kubernetes v1.") {
		t.Errorf("the scan: %d %s", got, text)
	}
	response, err = client.Get(address + "/findings?control=container-privileged")
	if got, text := read(t, response, err); got != 200 || !strings.Contains(text, "shop/p") {
		t.Errorf("the finding: %d %s", got, text)
	}
}

// TestTwoServersOneSchedule: on one store one of them scans; when it stops the other goes on.
func TestTwoServersOneSchedule(t *testing.T) {
	p := newOffice(t)
	p.run(0, "review", "init", "--name", "Anna", "--checklist", "requirements")
	manifest, file := filepath.Join(t.TempDir(), "pod.yaml"), filepath.Join(t.TempDir(), "schedule.yaml")
	for name, text := range map[string]string{manifest: privileged, file: "as: Anna\nclusters:\n- name: files\n  target: " + manifest + "\n  every: 24h\n"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	open := func() *scheduled {
		f := &serving{schedule: file}
		f.store, f.key = p.env["KUBEPROOF_STORE"], p.env["KUBEPROOF_LEDGER_KEY"]
		s, err := f.open(t.Context(), p.streams(&output{wake: make(chan bool, 1)}, &output{wake: make(chan bool, 1)}), true)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		scans, err := f.readSchedule(t.Context(), s, quietLog)
		if err != nil {
			t.Fatal(err)
		}
		return scans
	}
	one, two := open(), open()
	if !one.runner.Step(t.Context()) || two.runner.Step(t.Context()) {
		t.Error("the first did not scan, or the second did too")
	}
	if !two.Planned()[0].Elsewhere || two.RunNow("files") == nil || one.Planned()[0].Elsewhere {
		t.Errorf("%+v, %+v", one.Planned(), two.Planned())
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	one.run(ended) // it stops, and gives the lease back
	if two.runner.Step(t.Context()) || two.Planned()[0].Elsewhere {
		t.Error("the second does not lead, or scans what was scanned just now")
	}
	if err := two.RunNow("files"); err != nil || !two.runner.Step(t.Context()) || two.Planned()[0].Wrong != "" {
		t.Errorf("the second does not scan: %v, %+v", err, two.Planned())
	}
}

func TestServeScheduleRefuses(t *testing.T) {
	p := newOffice(t)
	p.run(0, "review", "init", "--name", "Anna", "--checklist", "requirements")
	p.run(0, "review", "person", "add", "Vera", "--role", "viewer")
	file := filepath.Join(t.TempDir(), "s.yaml")
	for want, text := range map[string]string{
		"s.yaml:3: every: 1m0s is out of range":       "as: Anna\nclusters:\n- {name: x, every: 1m}\n",
		`"Nobody", who is to record the scans, is no`: "as: Nobody\nclusters:\n- {name: x, every: 1h}\n",
		`"Vera", who is to record the scans, is no`:   "as: Vera\nclusters:\n- {name: x, every: 1h}\n",
		`x: review "other" is unknown`:                "as: Anna\nclusters:\n- {name: x, every: 1h, review: other}\n",
		`x: environment "moon" is unknown`:            "as: Anna\nclusters:\n- {name: x, every: 1h, environment: moon}\n",
		`x: control or topic "nothing-of-that"`:       "as: Anna\nclusters:\n- {name: x, every: 1h, controls: [nothing-of-that]}\n",
		"x: read configuration":                       "as: Anna\nclusters:\n- {name: x, every: 1h, config: /nothing/of/that}\n",
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := p.run(exitUsage, "serve", "--listen", "127.0.0.1:0", "--schedule", file); !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	if got := p.run(exitUsage, "serve", "--schedule", filepath.Join(t.TempDir(), "none")); !strings.Contains(got, "no such file") {
		t.Error(got)
	}
}

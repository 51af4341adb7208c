package scan

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/config"
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

func control1(id, scope, cel string) *control.Control {
	return &control.Control{ID: id, Topic: "pods", Title: id, Severity: control.High, Team: control.Apps, Why: "w", Fix: "f",
		Check: control.Check{Scope: scope, CEL: cel, Message: `"wrong"`}}
}

// assess runs two controls over files given as name and text.
func assess(t *testing.T, settings string, baseline *Baseline, files ...string) *assessment.Assessment {
	t.Helper()
	c, err := config.Parse("c.yaml", []byte(settings))
	if err != nil {
		t.Fatal(err)
	}
	inv := &inventory.Inventory{}
	for i := 0; i+1 < len(files); i += 2 {
		source := &inventory.Source{File: files[i], Text: []byte(files[i+1])}
		documents, _ := document.Read(source.Text, document.DefaultLimits)
		for _, d := range documents {
			inv.Subjects = append(inv.Subjects, inventory.NewSubject(d.Root, source, d.EndLine, "", nil))
		}
	}
	request := Request{Config: c, Baseline: baseline, Known: []*control.Control{{ID: "host-pid"}, {ID: "another"}}, Today: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC), Controls: []*control.Control{
		control1("host-pid", "pod", "!pod.?hostPID.orValue(false)"),
		control1("privileged", "containers.all", "!container.?securityContext.?privileged.orValue(false)"),
	}}
	plan, err := Prepare(request)
	if err != nil {
		t.Fatal(err)
	}
	a, err := Assess(context.Background(), plan, request, inv)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

const bad = "kind: Pod\nmetadata: {name: a}\nspec:\n  hostPID: true\n  containers:\n    - {name: x, securityContext: {privileged: true}}\n    - {name: z}\n"

func TestAcceptedFailuresAreCountedApart(t *testing.T) {
	a := assess(t, "exceptions:\n  - {control: host-pid, subject: a, reason: needed, expires: 2026-12-31}\n", nil, "pod.yaml", bad)
	want := []assessment.Counts{{Accepted: 1}, {Pass: 1, Fail: 1}}
	for i, c := range a.Controls {
		if diff := cmp.Diff(want[i], c.Outcomes); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.ID, diff)
		}
	}
	if a.Summary.Severity[control.High] != 1 || a.Summary.Outcomes.Accepted != 1 {
		t.Errorf("summary %+v", a.Summary)
	}
}

func TestPathRulesLeaveControlsOut(t *testing.T) {
	a := assess(t, "paths:\n  - {path: vendor/**, exclude: [pods]}\n  - {path: '*.yaml', exclude: [host-pid]}\n", nil,
		"vendor/x/pod.yaml", bad, "pod.yaml", bad)
	var got []string
	for _, f := range a.Findings {
		got = append(got, f.Location.File+" "+f.Control)
	}
	if diff := cmp.Diff([]string{"pod.yaml privileged"}, got); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}

func TestBaseline(t *testing.T) {
	first := assess(t, "", nil, "pod.yaml", bad)
	var earlier strings.Builder
	earlier.WriteString(`{"schema":"kubeproof.dev/scan/v1","findings":[{"fingerprint":"gone","outcome":"fail"}`)
	for _, f := range first.Findings {
		earlier.WriteString(`,{"outcome":"fail","fingerprint":"` + f.Fingerprint + `"}`)
	}
	earlier.WriteString("]}")
	baseline, err := ReadBaseline("old.json", strings.NewReader(earlier.String()))
	if err != nil {
		t.Fatal(err)
	}
	moved := "# lines move\n\n" + strings.Replace(bad, "{name: z}", "{name: z, securityContext: {privileged: yes}}", 1)
	a := assess(t, "", baseline, "pod.yaml", moved)
	known := map[string]bool{}
	for _, f := range a.Findings {
		known[f.Control+" "+f.Subject.Container] = f.Baseline
	}
	if diff := cmp.Diff(map[string]bool{"host-pid ": true, "privileged x": true, "privileged z": false}, known); diff != "" {
		t.Errorf("in baseline (-want +got):\n%s", diff)
	}
	if len(a.Notices) != 1 || a.Notices[0].Kind != assessment.BaselineFixed {
		t.Errorf("notices %+v, want that one failure is gone", a.Notices)
	}
}

func TestBaselineRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                      "read baseline b.json: EOF: make one with `kubeproof scan -o json=FILE`",
		"{":                     "read baseline b.json: unexpected EOF: make one with `kubeproof scan -o json=FILE`",
		`{"schema":"other/v1"}`: "read baseline b.json: schema is \"other/v1\", not \"kubeproof.dev/scan/v1\": make one with `kubeproof scan -o json=FILE`",
	} {
		if _, err := ReadBaseline("b.json", strings.NewReader(text)); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestMalformedWorkloadsAreErrors(t *testing.T) {
	a := assess(t, "", nil, "pod.yaml", "kind: Deployment\nmetadata: {name: d}\nspec: {}\n---\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers: none\n---\nkind: Pod\nspec:\n  containers:\n    - ~\n    - {name: x}\n")
	var got []string
	for _, e := range a.Errors {
		got = append(got, e.Message)
	}
	want := []string{
		`Deployment "d" has no pod template that can be read: nothing of it was judged`,
		"spec.containers is a string where a list is expected: it was not judged",
		"spec.containers[0] is null where a map is expected: it was not judged",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
}

func TestUnseenControlsSaySo(t *testing.T) {
	a := assess(t, "", nil, "cm.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")
	if got := a.Controls[1].Unseen; got != "nothing seen that it judges: every container of a pod: main, init and ephemeral" {
		t.Errorf("unseen says %q", got)
	}
	if a.Summary.Judged != 0 || a.Summary.Unjudged["ConfigMap"] != 1 {
		t.Errorf("summary %+v", a.Summary)
	}
}

package engine

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/kubeproof/kubeproof/catalog"
	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/test/corpus"
)

// judgeCatalogue judges a text by every built-in control; forget switches the memory off.
func judgeCatalogue(t *testing.T, text string, forget bool) *Result {
	t.Helper()
	controls, err := control.Load(catalog.FS, "controls", "")
	if err != nil {
		t.Fatal(err)
	}
	plan, err := New(controls, Options{KeepAll: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := plan.Check(); err != nil {
		t.Fatal(err)
	}
	for _, r := range plan.rules {
		r.memorable = r.memorable && !forget
	}
	result, err := plan.Judge(context.Background(), read(t, text))
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// TestRememberedVerdictsAreThoseEvaluated compares findings with and without memory on the
// corpus and on every example of the catalogue, hostile types included.
func TestRememberedVerdictsAreThoseEvaluated(t *testing.T) {
	documents := corpus.Documents(400, 7)
	controls, err := control.Load(catalog.FS, "controls", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range controls {
		documents = append(append(documents, c.Examples.Good...), c.Examples.Bad...)
	}
	for _, value := range []string{"5", "text", "[a]", "{a: b}", "~", "yes", "1.5", "[]", "{}"} {
		documents = append(documents, strings.ReplaceAll("apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec:\n  securityContext: V\n  containers:\n    - {name: a, image: b, securityContext: V}\n    - {name: c, image: d, securityContext: {privileged: V, capabilities: V, runAsUser: V}}\n  volumes: [{name: v, hostPath: V}]\n", "V", value))
	}
	text := strings.Join(documents, "\n---\n")
	remembered, evaluated := judgeCatalogue(t, text, false), judgeCatalogue(t, text, true)
	if len(remembered.Findings) < 10_000 {
		t.Fatalf("only %d verdicts: the comparison shows little", len(remembered.Findings))
	}
	ignore := cmpopts.IgnoreFields(assessment.Finding{}, "Node", "Object")
	if diff := cmp.Diff(evaluated, remembered, ignore); diff != "" {
		t.Errorf("findings differ (-evaluated +remembered):\n%.3000s", diff)
	}
}

func TestDependencies(t *testing.T) {
	tests := []struct {
		cel  string
		want []string
		ok   bool
	}{
		{`!container.?securityContext.?privileged.orValue(false)`, []string{"container.securityContext.privileged"}, true},
		{`container.?a.orValue(pod.?a.orValue(1)) == params.b`, []string{"container.a", "pod.a"}, true},
		{`container.?list.orValue([]).exists(c, c == container.x)`, []string{"container.list", "container.x"}, true},
		{`container.?list.orValue([]).all(container, container == 'x')`, []string{"container.list"}, true},
		{`object.metadata.?labels[?"a.b/c"].orValue("") != ""`, []string{"object.metadata.labels.a.b/c"}, true},
		{`object.metadata.labels[container.name] == ""`, []string{"object.metadata.labels", "container.name"}, true},
		{`has(pod.x) && pod.y[0] == 1`, []string{"pod.x", "pod.y"}, true},
		{`pod == object`, []string{"pod", "object"}, false},
		{`volume.all(k, k != 'hostPath')`, []string{"volume"}, true},
	}
	env, err := newEnvironment([]string{"object", "container", "pod", "volume", "params"})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range tests {
		compiled, issues := env.Compile(test.cel)
		if issues.Err() != nil {
			t.Fatal(issues.Err())
		}
		found, ok := dependencies(compiled.NativeRep().Expr())
		var got []string
		for _, d := range found {
			got = append(got, strings.Join(append([]string{d.variable}, d.path...), "."))
		}
		if diff := cmp.Diff(test.want, got); diff != "" || ok != test.ok {
			t.Errorf("%s: remembered %v, want %v (-want +got):\n%s", test.cel, ok, test.ok, diff)
		}
	}
}

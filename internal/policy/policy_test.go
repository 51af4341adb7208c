package policy

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/kubeproof/kubeproof/catalog"
	"github.com/kubeproof/kubeproof/internal/control"
)

// catalogued gives a control of the catalogue with its parameters as they are.
func catalogued(t *testing.T, id string) (*control.Control, control.Values) {
	t.Helper()
	controls, err := control.Load(catalog.FS, "controls", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range controls {
		if c.ID == id {
			values, err := c.Values(nil)
			if err != nil {
				t.Fatal(err)
			}
			return c, values
		}
	}
	t.Fatalf("there is no control %s", id)
	return nil, nil
}

func TestTranslate(t *testing.T) {
	c, values := catalogued(t, "container-run-as-user-high")
	policy, binding, err := Translate(c, values)
	if err != nil {
		t.Fatal(err)
	}
	var got []byte
	for _, object := range []map[string]any{policy, binding} {
		text, err := yaml.Marshal(object)
		if err != nil {
			t.Fatal(err)
		}
		got = append(append(got, "---\n"...), text...)
	}
	want, err := os.ReadFile("testdata/container-run-as-user-high.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("policy (-want +got):\n%s", diff)
	}
}

func TestTranslateRefuses(t *testing.T) {
	tests := []struct {
		name  string
		check control.Check
		want  string
	}{
		{"Go", control.Check{Scope: "pod", Go: "rbac.Paths"}, "translate control c: its check is written in Go, which the API server does not run"},
		{"all kinds", control.Check{Scope: "objects", CEL: "true"}, `translate control c: its scope "objects" compares objects or judges all kinds, which no policy does`},
		{"comparison", control.Check{Scope: "inventory", CEL: "true"}, `translate control c: its scope "inventory" compares objects or judges all kinds, which no policy does`},
		{"unknown kind", control.Check{Scope: "object:Service,Widget", CEL: "true"}, "translate control c: it judges Widget, of which no API group is known here"},
		{"unknown scope", control.Check{Scope: "planet", CEL: "true"}, `translate control c: its scope "planet" is unknown`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, _, err := Translate(&control.Control{ID: "c", Check: test.check}, nil)
			if err == nil || err.Error() != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

func TestRenamed(t *testing.T) {
	names := map[string]string{"pod": "variables.pod", "params": "variables.params"}
	tests := []struct{ name, cel, want string }{
		{"names", "pod.x == params.y && pod", "variables.pod.x == variables.params.y && variables.pod"},
		{"fields", "a.pod.b.?pod.params", "a.pod.b.?pod.params"},
		{"fields after space", "a . pod", "a . pod"},
		{"conditional", "a ? pod : params", "a ? variables.pod : variables.params"},
		{"index", "a[?pod]", "a[?variables.pod]"},
		{"longer words", "pods podx xpod pod2 _pod", "pods podx xpod pod2 _pod"},
		{"literals", `'pod' + "pod" + r'\' + pod`, `'pod' + "pod" + r'\' + variables.pod`},
		{"escapes", `'\'pod' + pod`, `'\'pod' + variables.pod`},
		{"long literals", `'''pod ' pod''' + pod`, `'''pod ' pod''' + variables.pod`},
		{"raw long literals", `R"""\""" + pod`, `R"""\""" + variables.pod`},
		{"bytes", `b'pod' + rb"\" + pod`, `b'pod' + rb"\" + variables.pod`},
		{"a word before a literal", `in'pod'`, `in'pod'`},
		{"comments", "true // pod 'x\n&& pod // the end", "true \n&& variables.pod"},
		{"a comment mark in a literal", `'//' + pod`, `'//' + variables.pod`},
		{"division", "a / pod", "a / variables.pod"},
		{"numbers", "1.0 + 2.pod + 0x1F", "1.0 + 2.pod + 0x1F"},
		{"a literal without end", "'pod", "'pod"},
		{"an escape at the end", `'\`, `'\`},
		{"other scripts", "'ü' + pod", "'ü' + variables.pod"},
		{"nothing", "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := renamed(test.cel, names, map[string]bool{}); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestLiterals(t *testing.T) {
	tests := []struct {
		name   string
		values control.Values
		want   string
	}{
		{"one type", control.Values{"b": []string{"x", `quo"te`}, "a": []string{}}, `{"a": [], "b": ["x", "quo\"te"]}`},
		{"several types", control.Values{"n": 3, "s": "new\nline", "m": map[string]string{"k": "v", "a": "ü"}, "t": true},
			`{"m": dyn({"a": "ü", "k": "v"}), "n": dyn(3), "s": dyn("new\nline"), "t": dyn(true)}`},
		{"none", nil, "{}"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := literals(test.values); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

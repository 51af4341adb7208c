package control_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/kubeproof/kubeproof/catalog"
	"github.com/kubeproof/kubeproof/internal/control"
)

// TestRulesAreTheControlsWithoutExamples: nothing but the examples is left out.
func TestRulesAreTheControlsWithoutExamples(t *testing.T) {
	whole, err := control.Load(catalog.FS, "controls", "")
	if err != nil {
		t.Fatal(err)
	}
	rules, err := control.LoadRules(catalog.FS, "controls", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range whole {
		c.Examples = control.Examples{}
	}
	for _, c := range rules {
		c.Examples = control.Examples{} // of files that go on behind them
	}
	if diff := cmp.Diff(whole, rules, cmpopts.IgnoreUnexported(control.Control{})); diff != "" {
		t.Errorf("(-whole +rules):\n%s", diff)
	}
}

func BenchmarkLoad(b *testing.B) {
	for name, load := range map[string]func() ([]*control.Control, error){
		"whole": func() ([]*control.Control, error) { return control.Load(catalog.FS, "controls", "") },
		"rules": func() ([]*control.Control, error) { return control.LoadRules(catalog.FS, "controls", "") },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := load(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

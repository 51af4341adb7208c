package controltest_test

import (
	"context"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/kubeproof/kubeproof/catalog"
	"github.com/kubeproof/kubeproof/internal/collect"
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// TestChecksSurviveBrokenObjects damages the examples of every Go check, a value at a time, and
// judges them: whatever an object holds, a check must not stop.
func TestChecksSurviveBrokenObjects(t *testing.T) {
	controls, err := control.Load(catalog.FS, "controls", "catalog")
	if err != nil {
		t.Fatal(err)
	}
	r, judged := rand.New(rand.NewPCG(1, 2)), 0
	for _, c := range controls {
		if c.Check.Go == "" {
			continue
		}
		plan, err := engine.New([]*control.Control{c}, engine.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range slices.Concat(c.Examples.Good, c.Examples.Bad) {
			subjects, _ := collect.Example([]byte(text))
			for range 12 {
				result, err := plan.Judge(context.Background(), &inventory.Inventory{Subjects: damaged(r, subjects)})
				if err != nil {
					t.Fatal(err)
				}
				judged++
				for _, f := range result.Findings {
					if strings.Contains(f.Message, "report this as a defect") {
						t.Errorf("%s: %s", c.ID, f.Message)
					}
				}
			}
		}
	}
	if judged < 5000 {
		t.Errorf("only %d inventories were judged", judged)
	}
}

// damaged copies the subjects; in each a value is replaced by one of another shape.
func damaged(r *rand.Rand, subjects []*inventory.Subject) []*inventory.Subject {
	var all []*inventory.Subject
	for _, s := range subjects {
		root := document.Make(damage(r, s.Root.Plain()))
		all = append(all, inventory.NewTypedSubject(s.Kind, s.APIVersion, root, s.Source, s.EndLine, "", nil))
	}
	inventory.ResolveOwners(all)
	return all
}

// damage goes down to a random value and replaces it.
func damage(r *rand.Rand, value any) any {
	switch v := value.(type) {
	case map[string]any:
		if keys := slices.Sorted(maps.Keys(v)); len(keys) > 0 && r.IntN(5) > 0 {
			key := keys[r.IntN(len(keys))]
			v[key] = damage(r, v[key])
			return v
		}
	case []any:
		if len(v) > 0 && r.IntN(5) > 0 {
			i := r.IntN(len(v))
			v[i] = damage(r, v[i])
			return v
		}
	}
	shapes := []any{nil, "", "x\x1b[31m", int64(-1), 1e300, true, []any{}, []any{nil, "x", map[string]any{}}, map[string]any{}, map[string]any{"a": []any{nil}}}
	return shapes[r.IntN(len(shapes))]
}

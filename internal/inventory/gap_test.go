package inventory

import "testing"

func TestSaw(t *testing.T) {
	tests := []struct {
		name string
		gap  Gap
		saw  map[string]bool
	}{
		{"nowhere", Gap{Kind: "Pod"}, map[string]bool{"": false, "shop": false}},
		{"not in some", Gap{Kind: "Pod", Namespaces: []string{"shop"}}, map[string]bool{"": false, "shop": false, "other": true}},
		{"in one alone", Gap{Kind: "Pod", Except: []string{"shop"}}, map[string]bool{"": false, "shop": true, "other": false}},
		{"another kind", Gap{Kind: "Job"}, map[string]bool{"": true, "shop": true}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			inv := &Inventory{Gaps: []Gap{test.gap}}
			for namespace, want := range test.saw {
				if got := inv.Saw(namespace, "Pod", "Service"); got != want {
					t.Errorf("in %q: saw %v, want %v", namespace, got, want)
				}
			}
		})
	}
}

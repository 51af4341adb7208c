package ask

import "github.com/kubeproof/kubeproof/internal/engine/rbac"

// RightsDiff are the rights that were gained and lost between two inventories.
type RightsDiff struct {
	Schema  string        `json:"schema"`
	Changes []RightChange `json:"changes"`
	Gaps    []Gap         `json:"incomplete"`
}

// RightChange is what one subject gained and lost.
type RightChange struct {
	Subject Subject `json:"subject"`
	Gained  []Right `json:"gained"`
	Lost    []Right `json:"lost"`
}

// CompareRights tells which rights subjects gained and lost, whatever roles and bindings are called;
// what Kubernetes' own bindings give is left out unless all is true.
func CompareRights(before, after *Seen, all bool) RightsDiff {
	d := RightsDiff{Schema: "kubeproof.dev/rbac-diff/v1", Changes: []RightChange{}, Gaps: append(before.GapsOf(RightsKinds...), after.GapsOf(RightsKinds...)...)}
	for _, change := range rbac.Diff(rbac.Of(before.Index), rbac.Of(after.Index), all) {
		d.Changes = append(d.Changes, RightChange{describe(change.Subject), gather(change.Gained), gather(change.Lost)})
	}
	return d
}

// InScope is rights that hold in one place.
type InScope struct {
	Namespace string
	Rights    []Right
}

// ByScope puts rights that hold in one place together, in their order.
func ByScope(rights []Right) []InScope {
	var all []InScope
	at := map[string]int{}
	for _, r := range rights {
		i, known := at[r.Namespace]
		if !known {
			i = len(all)
			at[r.Namespace] = i
			all = append(all, InScope{Namespace: r.Namespace})
		}
		all[i].Rights = append(all[i].Rights, r)
	}
	return all
}

package ask

import (
	"fmt"

	"github.com/kubeproof/kubeproof/internal/engine/reach"
)

// MostGroups is how many groups of workloads a matrix or a drawing may have: nobody reads more.
const MostGroups = 1500

// Matrix is which groups of workloads may open connections to which. Flows that are denied are left
// out of JSON.
type Matrix struct {
	Schema      string      `json:"schema"`
	Groups      []*Group    `json:"groups"`
	Flows       []Flow      `json:"flows"`
	Enforcement Enforcement `json:"enforcement"`
	Problems    []Reason    `json:"problems"`
	Gaps        []Gap       `json:"incomplete"`
	// All are the flows by row and column, in the order of the groups.
	All [][]Flow `json:"-"`
}

// Matrix gives what may pass between the workloads of the namespaces that are asked for, and the
// Internet, of at most so many groups. The error says that there are more.
func (s *Seen) Matrix(asked func(namespace string) bool, most int) (*Matrix, error) {
	m := reach.Of(s.Index)
	x := m.Matrix()
	a := &Matrix{Schema: "kubeproof.dev/network-matrix/v1", Groups: groupEndpoints(m, x, asked), Flows: []Flow{},
		Enforcement: s.Enforcement(), Problems: s.Problems(), Gaps: s.GapsOf(reach.Kinds...)}
	if len(a.Groups) > most {
		return nil, fmt.Errorf("%d groups of workloads make %d pairs, which nobody reads", len(a.Groups), len(a.Groups)*len(a.Groups))
	}
	for _, from := range a.Groups {
		row := make([]Flow, len(a.Groups))
		for i, to := range a.Groups {
			flow, ok := flowBetween(x, from, to)
			if ok && flow.Answer != string(reach.Denied) {
				a.Flows = append(a.Flows, flow)
			}
			row[i] = flow
		}
		a.All = append(a.All, row)
	}
	return a, nil
}

package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/engine/reach"
)

// networkGroup is endpoints of one namespace that policies treat alike, or a place outside.
type networkGroup struct {
	Name      string   `json:"name"`
	Namespace string   `json:"namespace,omitempty"`
	Members   []string `json:"members,omitempty"`
	Ports     []string `json:"ports,omitempty"` // that containers declare
	Host      bool     `json:"hostNetwork,omitempty"`
	place     reach.Place
}

// mostMembers is how many members the name of a group lists.
const mostMembers = 3

// groupEndpoints puts the endpoints that policies treat alike together, by namespace, and the Internet
// at the end.
func groupEndpoints(m *reach.Model, x *reach.Matrix, asked func(namespace string) bool) []*networkGroup {
	type key struct {
		namespace string
		class     int
	}
	found := map[key]*networkGroup{}
	var groups []*networkGroup
	for _, e := range m.Endpoints {
		if !asked(e.Namespace) {
			continue
		}
		k := key{e.Namespace, x.Class(e)}
		g := found[k]
		if g == nil {
			g = &networkGroup{Namespace: e.Namespace, Host: e.HostNetwork, place: reach.Place{Endpoint: e}}
			for _, p := range e.Ports {
				g.Ports = append(g.Ports, reach.Span{Protocol: p.Protocol, First: p.Number, Last: p.Number}.String())
			}
			g.Ports = slices.Compact(g.Ports)
			found[k] = g
			groups = append(groups, g)
		}
		name := strings.TrimPrefix(e.String(), e.Namespace+"/")
		if slices.Contains(g.Members, name) {
			name += " " + e.Kind
		}
		g.Members = append(g.Members, name)
	}
	for _, g := range groups {
		g.Name = g.Namespace + "/" + shortList(g.Members)
	}
	return append(groups, &networkGroup{Name: "internet", place: m.Internet()})
}

func shortList(names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	if len(names) > mostMembers {
		return fmt.Sprintf("{%s and %d more}", strings.Join(names[:mostMembers], ","), len(names)-mostMembers)
	}
	return "{" + strings.Join(names, ",") + "}"
}

// networkFlow is what may pass between two groups.
type networkFlow struct {
	From    string   `json:"from"`
	To      string   `json:"to"`
	Answer  string   `json:"answer"` // allowed, denied, unknown, or some
	Allowed []string `json:"allowed,omitempty"`
	Unknown []string `json:"unknown,omitempty"`
	from    *networkGroup
	to      *networkGroup
}

// flowBetween gives the flow from one group to another; ok is false between the Internet and itself
// and within a single pod.
func flowBetween(x *reach.Matrix, from, to *networkGroup) (flow networkFlow, ok bool) {
	if from.place.Endpoint == nil && to.place.Endpoint == nil {
		return flow, false
	}
	cell := x.Cell(from.place, to.place)
	flow = networkFlow{From: from.Name, To: to.Name, Answer: string(cell.Answer), from: from, to: to}
	if cell.Answer == "" {
		flow.Answer = "some"
		flow.Allowed, flow.Unknown = spansOf(cell, reach.Allowed), spansOf(cell, reach.Unknown)
	}
	return flow, true
}

func spansOf(cell *reach.Cell, answer reach.Answer) []string {
	var all []string
	for _, s := range cell.Open(answer) {
		all = append(all, s.String())
	}
	return all
}

// String says what may pass: "all", "none", "unknown", or the ports.
func (f networkFlow) String() string {
	switch f.Answer {
	case "allowed":
		return "all"
	case "denied":
		return "none"
	case "unknown":
		return "unknown"
	}
	text := strings.Join(f.Allowed, ", ")
	if len(f.Unknown) > 0 {
		text += " (unknown: " + strings.Join(f.Unknown, ", ") + ")"
	}
	return text
}

package ask

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/engine/reach"
)

// Group is endpoints of one namespace that policies treat alike, or a place outside.
type Group struct {
	Name      string   `json:"name"`
	Namespace string   `json:"namespace,omitempty"`
	Members   []string `json:"members,omitempty"`
	Ports     []string `json:"ports,omitempty"` // that containers declare
	Host      bool     `json:"hostNetwork,omitempty"`
	place     reach.Place
	second    *reach.Endpoint // another member; nil if there is none
}

// Own is the name without the namespace.
func (g *Group) Own() string { return strings.TrimPrefix(g.Name, g.Namespace+"/") }

// mostMembers is how many members the name of a group lists.
const mostMembers = 3

// groupEndpoints puts the endpoints that policies treat alike together, by namespace, and the Internet
// at the end.
func groupEndpoints(m *reach.Model, x *reach.Matrix, asked func(namespace string) bool) []*Group {
	type key struct {
		namespace string
		class     int
	}
	found := map[key]*Group{}
	var groups []*Group
	for _, e := range m.Endpoints {
		if !asked(e.Namespace) {
			continue
		}
		k := key{e.Namespace, x.Class(e)}
		g := found[k]
		if g == nil {
			g = &Group{Namespace: e.Namespace, Host: e.HostNetwork, place: reach.Place{Endpoint: e}}
			for _, p := range e.Ports {
				g.Ports = append(g.Ports, reach.Span{Protocol: p.Protocol, First: p.Number, Last: p.Number}.String())
			}
			g.Ports = slices.Compact(g.Ports)
			found[k] = g
			groups = append(groups, g)
		} else if g.second == nil {
			g.second = e
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
	return append(groups, &Group{Name: "internet", place: m.Internet()})
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

// Flow is what may pass between two groups.
type Flow struct {
	From    string   `json:"from"`
	To      string   `json:"to"`
	Answer  string   `json:"answer"` // allowed, denied, unknown, or some
	Allowed []string `json:"allowed,omitempty"`
	Unknown []string `json:"unknown,omitempty"`
	from    *Group
	to      *Group
}

// flowBetween gives the flow from one group to another; ok is false between the Internet and itself
// and within a single pod.
func flowBetween(x *reach.Matrix, from, to *Group) (flow Flow, ok bool) {
	if from.place.Endpoint == nil && to.place.Endpoint == nil {
		return flow, false
	}
	cell := x.Cell(from.place, to.other(from))
	flow = Flow{From: from.Name, To: to.Name, Answer: string(cell.Answer), from: from, to: to}
	if cell.Answer == "" {
		flow.Answer = "some"
		flow.Allowed, flow.Unknown = spansOf(cell, reach.Allowed), spansOf(cell, reach.Unknown)
	}
	return flow, true
}

// other is the place that connections from a group lead to: within a group from one member to another.
func (g *Group) other(from *Group) reach.Place {
	if g == from && g.second != nil {
		return reach.Place{Endpoint: g.second}
	}
	return g.place
}

func spansOf(cell *reach.Cell, answer reach.Answer) []string {
	var all []string
	for _, s := range cell.Open(answer) {
		all = append(all, s.String())
	}
	return all
}

// String says what may pass: "all", "none", "unknown", or the ports.
func (f Flow) String() string {
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

package ask

import (
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/engine/escalation"
	"github.com/kubeproof/kubeproof/internal/engine/rbac"
	"github.com/kubeproof/kubeproof/internal/graph"
)

// DrawnRights says what is drawn of rights.
type DrawnRights struct {
	// Only is the subject that alone is drawn; nil for all.
	Only *rbac.Subject
	// Namespace is that in which rights hold, or in which ways begin; "" for all.
	Namespace string
	// All draws also what came with Kubernetes and the platform.
	All bool
}

// Bindings draws subjects, the roles that they are bound to, and where: one node for each role in
// each place.
func (s *Seen) Bindings(o DrawnRights) *graph.Graph {
	model := rbac.Of(s.Index)
	title := "Who is bound to what"
	if o.Only != nil {
		title += ": " + o.Only.String()
	}
	if o.Namespace != "" {
		title += " in namespace " + o.Namespace
	}
	d := &sketch{Graph: graph.Graph{Title: title}, known: map[string]bool{}}
	for _, grant := range model.Grants {
		if !o.All && o.Only == nil && model.Origin(grant.Binding).Foreign() || o.Namespace != "" && grant.Namespace != "" && grant.Namespace != o.Namespace {
			continue
		}
		for _, holder := range grant.Subjects {
			who := holder.Subject.Canonical()
			if o.Only == nil || who == *o.Only || who.Kind == rbac.Group && slices.Contains(o.Only.Groups(), who.Name) {
				d.bind(who, grant)
			}
		}
	}
	return &d.Graph
}

// WaysDrawn draws the shortest ways to the goals.
func (s *Seen) WaysDrawn(goals []escalation.Goal, o DrawnRights) *graph.Graph {
	g := s.Ways()
	title := "Ways to more rights"
	var only []rbac.Subject
	if o.Only != nil {
		only, title = append(only, *o.Only), title+": "+o.Only.String()
	}
	if o.Namespace != "" {
		title += " from namespace " + o.Namespace
	}
	d := &sketch{Graph: graph.Graph{Title: title}, known: map[string]bool{}}
	for _, goal := range goals {
		routes := g.Routes(goal, escalation.Choice{Certain: true, NotByAdmin: besideAdmin(goals, goal)})
		for _, start := range startsOf(g, only) {
			if who := g.Vertices[start].Who; o.Namespace != "" && who.Namespace != o.Namespace {
				continue
			}
			if path := routes.Path(start); o.All || !g.Direct(path) {
				d.way(g, path)
			}
		}
	}
	return &d.Graph
}

// sketch is a graph that is added to, each thing once.
type sketch struct {
	graph.Graph
	known map[string]bool
}

func (d *sketch) node(n graph.Node) {
	if !d.known[n.ID] {
		d.known[n.ID] = true
		d.Nodes = append(d.Nodes, n)
	}
}

func (d *sketch) edge(e graph.Edge) {
	if key := e.From + "\x00" + e.To + "\x00" + e.Label; !d.known[key] {
		d.known[key] = true
		d.Edges = append(d.Edges, e)
	}
}

func (d *sketch) bind(who rbac.Subject, grant *rbac.Grant) {
	d.node(subjectNode(who))
	role := graph.Node{Label: grant.RoleKind + " " + grant.RoleName, Kind: grant.RoleKind, Group: "in the whole cluster"}
	if grant.Namespace != "" {
		role.Group = "in namespace " + grant.Namespace
	}
	role.ID = role.Label + " " + role.Group
	if grant.Role == nil {
		role.Detail = "not seen"
	} else if _, all := everyRight(grant); all {
		role.Level, role.Detail = "high", "every right"
		if grant.Namespace == "" {
			role.Level = "critical"
		}
	}
	d.node(role)
	d.edge(graph.Edge{From: who.String(), To: role.ID, Label: grant.Binding.Name, Kind: grant.Binding.Kind})
}

func everyRight(grant *rbac.Grant) (*rbac.Rule, bool) {
	request := rbac.Request{Verb: "*", Group: "*", Resource: "*", Namespace: grant.Namespace}
	rule := grant.Allows(request)
	return rule, rule != nil
}

func subjectNode(who rbac.Subject) graph.Node {
	n := graph.Node{ID: who.String(), Label: who.String(), Kind: who.Kind}
	if who.Kind == rbac.ServiceAccount {
		n.Group = "namespace " + who.Namespace
	}
	return n
}

// way adds a way. What only leads from the whole cluster to one namespace is drawn as one place.
func (d *sketch) way(g *escalation.Graph, path escalation.Path) {
	edges := path.Edges()
	for i := 0; i < len(edges); i++ {
		e := g.Edges[edges[i]]
		from, to := g.Vertices[e.From], g.Vertices[e.To]
		for i+1 < len(edges) && escalation.Kinds[g.Edges[edges[i+1]].Kind].Narrows() {
			i++
			to = g.Vertices[g.Edges[edges[i]].To]
		}
		d.node(wayNode(from))
		d.node(wayNode(to))
		kind := escalation.Kinds[e.Kind].ID
		label, _, _ := strings.Cut(e.Detail, " in ")
		if !strings.Contains(label, " ") { // nothing, or a name alone
			label = strings.ReplaceAll(kind, "-", " ")
		}
		d.edge(graph.Edge{From: from.String(), To: to.String(), Label: label, Kind: kind})
	}
}

func wayNode(v escalation.Vertex) graph.Node {
	n := graph.Node{ID: v.String(), Label: v.String(), Kind: "place"}
	switch v.Kind {
	case escalation.Actor:
		return subjectNode(v.Who)
	case escalation.Workload:
		n.Kind, n.Group = "workload", "namespace "+v.Object.Namespace
	case escalation.Admin, escalation.EveryNode, escalation.SomeNode, escalation.Node:
		n.Kind, n.Level = "goal", "critical"
	case escalation.Secrets:
		if v.Namespace == "" {
			n.Kind, n.Level = "goal", "critical"
		}
	}
	return n
}

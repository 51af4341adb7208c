package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubeproof/kubeproof/internal/engine/escalation"
	"github.com/kubeproof/kubeproof/internal/engine/rbac"
	"github.com/kubeproof/kubeproof/internal/graph"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// rbacGraph are the flags of rbac graph.
type rbacGraph struct {
	gathering
	format, subject, to string
	escalation, all     bool
}

func newRBACGraphCommand(streams *Streams) *cobra.Command {
	o := &rbacGraph{}
	command := &cobra.Command{
		Use: "graph", Short: "Draw who is bound to what, or how subjects could become administrator",
		Long: fmt.Sprintf(`Draw who is bound to which role in which place, or, with --escalation, the shortest ways by which
subjects could become cluster-admin, root on a node, or read every Secret.

What came with Kubernetes and the platform is left out unless --all is given. A drawing holds at most
%d nodes and %d edges: choose with --subject and --namespace, or write dot or json, which have no bound.

Exit codes: 0 drawn, 2 wrong usage or too much to draw, 3 something could not be read.`, graph.MostNodes, graph.MostEdges),
		Example: "  kubeproof rbac graph > rbac.svg\n  kubeproof rbac graph -n shop -o dot --in deploy/ | dot -Tpdf > rbac.pdf\n" +
			"  kubeproof rbac graph --escalation --to admin > ways.svg",
		Args: none,
		RunE: func(command *cobra.Command, _ []string) error { return o.run(command, streams) },
	}
	o.register(command)
	flags := command.Flags()
	flags.StringVar(&o.subject, "subject", "", "only `SUBJECT`: user:NAME, group:NAME or sa:NAMESPACE/NAME")
	flags.BoolVar(&o.escalation, "escalation", false, "draw ways to more rights instead of bindings")
	flags.StringVar(&o.to, "to", "", "with --escalation, only ways to `GOAL`: admin, node or secrets")
	flags.BoolVar(&o.all, "all", false, "also what came with Kubernetes and the platform")
	flags.StringVarP(&o.format, "format", "o", "svg", "`FORMAT`: svg, dot or json")
	return command
}

func (o *rbacGraph) run(command *cobra.Command, streams *Streams) error {
	if !slices.Contains([]string{"svg", "dot", "json"}, o.format) {
		return usageError("format %q is unknown: use svg, dot or json", o.format)
	}
	if o.to != "" && !o.escalation {
		return usageError("--to needs --escalation")
	}
	goals, err := parseGoals(o.to)
	if err != nil {
		return err
	}
	namespace := o.takeNamespace()
	inv, err := o.inventory(command.Context(), streams, rbacKinds...)
	if err != nil {
		return err
	}
	index := inventory.NewIndex(inv.Subjects)
	var drawn *graph.Graph
	if o.escalation {
		drawn, err = o.ways(index, inv, goals, namespace)
	} else {
		drawn, err = o.bindings(index, namespace)
	}
	if err != nil {
		return err
	}
	write := map[string]func() error{"svg": func() error { return drawn.SVG(streams.Out) },
		"dot": func() error { return drawn.DOT(streams.Out) }, "json": func() error { return drawn.JSON(streams.Out) }}[o.format]
	if err := write(); errors.Is(err, graph.ErrTooLarge) {
		return usageError("%v: choose with --subject or --namespace", err)
	} else if err != nil {
		return usageError("%v", err)
	}
	return partial(inv, rbacKinds...)
}

// bindings draws subjects, the roles that they are bound to, and where: one node for each role in
// each place.
func (o *rbacGraph) bindings(index *inventory.Index, namespace string) (*graph.Graph, error) {
	model := rbac.Of(index)
	title := "Who is bound to what"
	var only rbac.Subject
	if o.subject != "" {
		who, err := findSubject(index, o.subject)
		if err != nil {
			return nil, err
		}
		only, title = who, title+": "+who.String()
	}
	if namespace != "" {
		title += " in namespace " + namespace
	}
	d := &sketch{Graph: graph.Graph{Title: title}, known: map[string]bool{}}
	for _, grant := range model.Grants {
		if !o.all && o.subject == "" && model.Origin(grant.Binding).Foreign() || namespace != "" && grant.Namespace != "" && grant.Namespace != namespace {
			continue
		}
		for _, holder := range grant.Subjects {
			who := holder.Subject.Canonical()
			if o.subject == "" || who == only || who.Kind == rbac.Group && slices.Contains(only.Groups(), who.Name) {
				d.bind(who, grant)
			}
		}
	}
	return &d.Graph, nil
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

// ways draws the shortest ways of escalation.
func (o *rbacGraph) ways(index *inventory.Index, inv *inventory.Inventory, goals []escalation.Goal, namespace string) (*graph.Graph, error) {
	g := escalation.Of(index, inv)
	var names []string
	title := "Ways to more rights"
	if o.subject != "" {
		names, title = []string{o.subject}, title+": "+o.subject
	}
	starts, err := startsOf(index, g, names)
	if err != nil {
		return nil, err
	}
	if namespace != "" {
		title += " from namespace " + namespace
	}
	d := &sketch{Graph: graph.Graph{Title: title}, known: map[string]bool{}}
	for _, goal := range goals {
		routes := g.Routes(goal, escalation.Choice{Certain: true, NotByAdmin: besideAdmin(goals, goal)})
		for _, start := range starts {
			if who := g.Vertices[start].Who; namespace != "" && who.Namespace != namespace {
				continue
			}
			if path := routes.Path(start); o.all || !g.Direct(path) {
				d.way(g, path)
			}
		}
	}
	return &d.Graph, nil
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

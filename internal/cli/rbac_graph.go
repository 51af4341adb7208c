package cli

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/kubeproof/kubeproof/internal/ask"
	"github.com/kubeproof/kubeproof/internal/graph"
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
	goals, err := ask.ParseGoals(o.to)
	if err != nil {
		return usageError("%v", err)
	}
	namespace := o.takeNamespace()
	inv, err := o.inventory(command.Context(), streams, ask.RightsKinds...)
	if err != nil {
		return err
	}
	seen, choice := ask.Of(inv), ask.DrawnRights{Namespace: namespace, All: o.all}
	if o.subject != "" {
		who, err := seen.FindSubject(o.subject)
		if err != nil {
			return usageError("%v", err)
		}
		choice.Only = &who
	}
	var drawn *graph.Graph
	if o.escalation {
		drawn = seen.WaysDrawn(goals, choice)
	} else {
		drawn = seen.Bindings(choice)
	}
	write := map[string]func() error{"svg": func() error { return drawn.SVG(streams.Out) },
		"dot": func() error { return drawn.DOT(streams.Out) }, "json": func() error { return drawn.JSON(streams.Out) }}[o.format]
	if err := write(); errors.Is(err, graph.ErrTooLarge) {
		return usageError("%v: choose with --subject or --namespace", err)
	} else if err != nil {
		return usageError("%v", err)
	}
	return partial(inv, ask.RightsKinds...)
}

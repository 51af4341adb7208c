package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubeproof/kubeproof/internal/ask"
	"github.com/kubeproof/kubeproof/internal/engine/reach"
)

func newNetworkCommand(streams *Streams) *cobra.Command {
	command := &cobra.Command{Use: "network", Short: "Ask what can talk to what",
		Long: `Ask what can talk to what, by the network policies of the cluster of the current context, or, with --in,
of another context, a saved inventory, a folder or a chart. No packet is sent, and nothing is changed.`,
		Example: "  kubeproof network matrix -n shop\n  kubeproof network can shop/web shop/db 5432\n  kubeproof network generate -n shop --in deploy/"}
	command.AddCommand(
		newNetworkCanCommand(streams),
		newNetworkMatrixCommand(streams),
		newNetworkGraphCommand(streams),
		newNetworkGenerateCommand(streams),
		newNetworkExposedCommand(streams),
	)
	return command
}

// networkAsking are the flags of commands that ask the model of the network.
type networkAsking struct {
	gathering
	namespaces []string
}

// takeNamespaces takes the namespaces that are asked about from -n, which may list several. Of a
// cluster all is read nevertheless: the other end of a connection may stand anywhere.
func (o *networkAsking) takeNamespaces() {
	for name := range strings.SplitSeq(o.takeNamespace(), ",") {
		if name = strings.TrimSpace(name); name != "" {
			o.namespaces = append(o.namespaces, name)
		}
	}
	o.gathering.asked = "" // check looks for all of them
	if len(o.namespaces) != 1 {
		o.namespace = ""
	}
}

// asked reports whether a namespace is asked about.
func (o *networkAsking) asked(namespace string) bool {
	return len(o.namespaces) == 0 || slices.Contains(o.namespaces, namespace)
}

// check refuses namespaces that have no workloads: most likely they are misspelt.
func (o *networkAsking) check(m *reach.Model) error {
	for _, name := range o.namespaces {
		if len(m.In(name)) == 0 {
			return usageError("namespace %q has no workloads here", name)
		}
	}
	return nil
}

// writeNetwork tells people whether policies are enforced, and what of them cannot be read.
func writeNetwork(out *lines, e ask.Enforcement, problems []ask.Reason) {
	out.print("%s", e)
	for _, problem := range problems {
		out.print("Problem: %s", problem)
	}
}

package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubeproof/kubeproof/internal/engine/reach"
	"github.com/kubeproof/kubeproof/internal/inventory"
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

// networkEnforcement says whether policies are more than paper.
type networkEnforcement struct {
	State   string `json:"state"`
	Network string `json:"network,omitempty"`
	Reason  string `json:"reason"`
}

func describeEnforcement(m *reach.Model) networkEnforcement {
	e := m.Enforcement()
	return networkEnforcement{string(e.State), e.Network, e.Reason}
}

// write tells it to people.
func (e networkEnforcement) write(out *lines) {
	switch reach.State(e.State) {
	case reach.Enforces:
		out.print("Enforced: yes, by %s: %s", e.Network, e.Reason)
	case reach.Decoration:
		out.print("Enforced: NO: %s. Every connection is possible, whatever policies say", e.Reason)
	default:
		out.print("Enforced: unknown: %s. The answers are what the policies say", e.Reason)
	}
}

// networkProblems are what of policies cannot be read.
func networkProblems(m *reach.Model) []networkReason {
	all := []networkReason{}
	for _, problem := range m.Problems {
		all = append(all, describeReason(problem))
	}
	return all
}

// networkReason is one ground of an answer, with its place.
type networkReason struct {
	Effect string      `json:"effect"`
	Policy *rbacObject `json:"policy,omitempty"`
	Path   string      `json:"path,omitempty"`
	Text   string      `json:"text"`
}

func describeReason(r reach.Reason) networkReason {
	described := networkReason{Effect: string(r.Effect), Text: r.Text}
	if r.Policy == nil {
		return described
	}
	described.Policy = &rbacObject{Kind: r.Policy.Kind, Namespace: r.Policy.Namespace, Name: r.Policy.Name}
	at := r.Policy.Root
	if r.Rule != nil {
		at, described.Path = r.Rule, r.Rule.Path()
	}
	described.Policy.locate(r.Policy, at)
	return described
}

func (r networkReason) String() string {
	if r.Policy == nil {
		return r.Text
	}
	text := r.Policy.String() + " " + r.Text
	place := r.Policy.place()
	switch {
	case place != "" && r.Path != "":
		return text + " (" + r.Path + ", " + place + ")"
	case place+r.Path != "":
		return text + " (" + place + r.Path + ")"
	}
	return text
}

// gapsOfNetwork lists what could not be read of what answers about the network need.
func gapsOfNetwork(inv *inventory.Inventory) []rbacGap {
	gaps := []rbacGap{}
	for _, gap := range inv.Gaps {
		if slices.Contains(reach.Kinds, gap.Kind) {
			gaps = append(gaps, rbacGap{gap.Target, gap.Kind, gap.Reason})
		}
	}
	return gaps
}

package cli

import (
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubeproof/kubeproof/internal/engine/reach"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// networkCan are the flags of network can.
type networkCan struct {
	networkAsking
	format   string
	exitCode bool
}

func newNetworkCanCommand(streams *Streams) *cobra.Command {
	o := &networkCan{}
	command := &cobra.Command{
		Use: "can FROM TO PORT[/PROTOCOL]", Short: "Tell whether one place may open a connection to another",
		Long: `Tell whether FROM may open a connection to a port of TO by the network policies of a cluster, of
files or of a saved inventory, with the rules of both ends that decide. FROM and TO are written
namespace/workload, namespace/kind/workload, namespace/pod, an address, or internet. PORT is that of
the pods, not of a Service. The protocol is TCP (the default), UDP or SCTP.

NetworkPolicy, AdminNetworkPolicy, BaselineAdminNetworkPolicy, ClusterNetworkPolicy, Cilium's and
Calico's policies are known. The answer is unknown where it depends on what they say and the
objects do not show, as DNS names.

Exit codes: 0 answered, 2 wrong usage, 3 something could not be read. With --exit-code: 0 allowed,
1 denied, 3 unknown.`,
		Example: "  kubeproof network can shop/web shop/db 5432\n  kubeproof network can internet shop/web 443 --in deploy/",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 3 {
				return usageError("name two places and a port, as in `kubeproof network can shop/web shop/db 5432`")
			}
			return nil
		},
		RunE: func(command *cobra.Command, args []string) error { return o.run(command, streams, args) },
	}
	o.register(command)
	command.Flags().StringVarP(&o.format, "format", "o", "table", "`FORMAT`: table or json")
	command.Flags().BoolVar(&o.exitCode, "exit-code", false, "exit with 1 if it is denied, with 3 if it is unknown")
	return command
}

func (o *networkCan) run(command *cobra.Command, streams *Streams, args []string) error {
	if err := checkFormat(o.format); err != nil {
		return err
	}
	port, protocol, err := readPortArgument(args[2])
	if err != nil {
		return err
	}
	o.takeNamespaces()
	inv, err := o.inventory(command.Context(), streams, reach.Kinds...)
	if err != nil {
		return err
	}
	a, err := askCan(inv, args[0], args[1], port, protocol)
	if err != nil {
		return err
	}
	if err := give(streams, o.format, a); err != nil {
		return err
	}
	if err := partial(inv, reach.Kinds...); err != nil || !o.exitCode {
		return err
	}
	return a.code()
}

// readPortArgument reads 443, 443/TCP or 53/udp.
func readPortArgument(text string) (uint16, string, error) {
	number, protocol, named := strings.Cut(text, "/")
	if !named {
		protocol = "TCP"
	}
	protocol = strings.ToUpper(protocol)
	port, err := strconv.ParseUint(number, 10, 16)
	if err != nil || port == 0 {
		return 0, "", usageError("port %q is no number from 1 to 65535", number)
	}
	if !slices.Contains([]string{"TCP", "UDP", "SCTP"}, protocol) {
		return 0, "", usageError("protocol %q is unknown: use TCP, UDP or SCTP", protocol)
	}
	return uint16(port), protocol, nil
}

// canAnswer is the answer of network can.
type canAnswer struct {
	Schema      string             `json:"schema"`
	From        string             `json:"from"`
	To          string             `json:"to"`
	Port        uint16             `json:"port"`
	Protocol    string             `json:"protocol"`
	Answers     []canPair          `json:"answers"`
	Enforcement networkEnforcement `json:"enforcement"`
	Problems    []networkReason    `json:"problems"`
	Gaps        []rbacGap          `json:"incomplete"`
}

// canPair is the answer for one pair of places: a workload may have pods that policies tell apart.
type canPair struct {
	From    string  `json:"from"`
	To      string  `json:"to"`
	Answer  string  `json:"answer"`
	Egress  canHalf `json:"egress"`
	Ingress canHalf `json:"ingress"`
}

type canHalf struct {
	Answer  string          `json:"answer"`
	Reasons []networkReason `json:"reasons"`
}

func askCan(inv *inventory.Inventory, from, to string, port uint16, protocol string) (*canAnswer, error) {
	m := reach.Of(inventory.NewIndex(inv.Subjects))
	sources, err := m.Lookup(from)
	if err != nil {
		return nil, usageError("%v", err)
	}
	destinations, err := m.Lookup(to)
	if err != nil {
		return nil, usageError("%v", err)
	}
	a := &canAnswer{Schema: "kubeproof.dev/network-can/v1", From: from, To: to, Port: port, Protocol: protocol,
		Enforcement: describeEnforcement(m), Problems: networkProblems(m), Gaps: gapsOfNetwork(inv)}
	for _, source := range sources {
		for _, destination := range destinations {
			d := m.Decide(source, destination, port, protocol)
			a.Answers = append(a.Answers, canPair{source.String(), destination.String(), string(d.Answer),
				describeHalf(d.EgressAnswer, d.Egress), describeHalf(d.IngressAnswer, d.Ingress)})
		}
	}
	return a, nil
}

func describeHalf(answer reach.Answer, reasons []reach.Reason) canHalf {
	half := canHalf{Answer: string(answer), Reasons: []networkReason{}}
	for _, r := range reasons {
		half.Reasons = append(half.Reasons, describeReason(r))
	}
	return half
}

func (a *canAnswer) write(out *lines) error {
	words := map[string]string{string(reach.Allowed): "yes", string(reach.Denied): "no", string(reach.Unknown): "unknown"}
	for _, pair := range a.Answers {
		out.print("%s: %s to %s, port %d/%s", words[pair.Answer], pair.From, pair.To, a.Port, a.Protocol)
		for _, half := range []struct {
			name string
			canHalf
		}{{"egress of " + pair.From, pair.Egress}, {"ingress of " + pair.To, pair.Ingress}} {
			out.print("  %s: %s", half.name, half.Answer)
			for _, reason := range half.Reasons {
				out.print("    %s", reason)
			}
		}
		out.print("")
	}
	a.Enforcement.write(out)
	for _, problem := range a.Problems {
		out.print("Problem: %s", problem)
	}
	return out.err
}

// code is the exit code for scripts: the worst of all pairs.
func (a *canAnswer) code() error {
	code := exitClean
	for _, pair := range a.Answers {
		switch reach.Answer(pair.Answer) {
		case reach.Denied:
			code = max(code, exitFindings)
		case reach.Unknown:
			code = max(code, exitPartial)
		}
	}
	if code == exitClean {
		return nil
	}
	return &codeError{code: code}
}

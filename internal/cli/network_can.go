package cli

import (
	"github.com/spf13/cobra"

	"github.com/kubeproof/kubeproof/internal/ask"
	"github.com/kubeproof/kubeproof/internal/engine/reach"
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
	port, protocol, err := ask.ParsePort(args[2])
	if err != nil {
		return usageError("%v", err)
	}
	o.takeNamespaces()
	inv, err := o.inventory(command.Context(), streams, reach.Kinds...)
	if err != nil {
		return err
	}
	answer, err := ask.Of(inv).Can(args[0], args[1], port, protocol)
	if err != nil {
		return usageError("%v", err)
	}
	a := canAnswer{answer}
	if err := give(streams, o.format, a); err != nil {
		return err
	}
	if err := partial(inv, reach.Kinds...); err != nil || !o.exitCode {
		return err
	}
	return a.code()
}

// canAnswer is the answer of network can.
type canAnswer struct{ *ask.Can }

func (a canAnswer) write(out *lines) error {
	for _, pair := range a.Answers {
		out.print("%s: %s to %s, port %d/%s", pair.Word(), pair.From, pair.To, a.Port, a.Protocol)
		for _, half := range []struct {
			name string
			ask.CanHalf
		}{{"egress of " + pair.From, pair.Egress}, {"ingress of " + pair.To, pair.Ingress}} {
			out.print("  %s: %s", half.name, half.Answer)
			for _, reason := range half.Reasons {
				out.print("    %s", reason)
			}
		}
		out.print("")
	}
	writeNetwork(out, a.Enforcement, a.Problems)
	return out.err
}

// code is the exit code for scripts: the worst of all pairs.
func (a canAnswer) code() error {
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

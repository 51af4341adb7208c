package cli

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/kubeproof/kubeproof/internal/ask"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/reach"
)

// networkGenerate are the flags of network generate.
type networkGenerate struct {
	networkAsking
	intent     string
	onlyIntent bool
}

func newNetworkGenerateCommand(streams *Streams) *cobra.Command {
	o := &networkGenerate{}
	command := &cobra.Command{
		Use: "generate", Short: "Write the least NetworkPolicies that workloads need", Args: none,
		Long: `Write NetworkPolicies that deny everything both ways and allow the cluster's DNS and the connections
that workloads are seen to need: Services named in environments, arguments and ConfigMaps, Services
of type LoadBalancer and NodePort, the API server for mounted tokens where its address was seen. What is
known only at run time is stated in an intent:

  allow:
  - {from: shop/web, to: shop/db, port: 5432}
  - {from: internet, to: shop/web, ports: [80, 443]}
  - {from: shop/*, to: 203.0.113.0/24, port: 443, protocol: TCP}

The result is checked against the model: where policies that exist already allow more, or no policy can
do what is needed, that is said on standard error. Read what is written before you apply it.

Exit codes: 0 written, 2 wrong usage, 3 something could not be read.`,
		Example: "  kubeproof network generate -n shop --intent intent.yaml > policies.yaml\n  kubeproof network generate --in deploy/ -n shop",
		RunE:    func(command *cobra.Command, _ []string) error { return o.run(command, streams) },
	}
	o.register(command)
	command.Flags().Lookup("namespace").Usage = "write policies of the namespaces `NAME,...` (default: all that have workloads); objects of files that name none are taken to be in it"
	command.Flags().StringVar(&o.intent, "intent", "", "`FILE` with connections that are wanted (- for standard input)")
	command.Flags().BoolVar(&o.onlyIntent, "only-intent", false, "allow only what the intent states")
	return command
}

func (o *networkGenerate) run(command *cobra.Command, streams *Streams) error {
	if o.onlyIntent && o.intent == "" {
		return usageError("--only-intent needs --intent")
	}
	o.takeNamespaces()
	stated, err := o.readIntent(streams)
	if err != nil {
		return err
	}
	inv, err := o.inventory(command.Context(), streams, reach.Kinds...)
	if err != nil {
		return err
	}
	seen := ask.Of(inv)
	if err := o.check(reach.Of(seen.Index)); err != nil {
		return err
	}
	namespaces := o.namespaces
	if len(namespaces) == 0 {
		namespaces = seen.WorkloadNamespaces()
	}
	generated, err := seen.Generate(namespaces, stated, o.onlyIntent)
	var wrong *ask.IntentError
	switch {
	case errors.As(err, &wrong):
		return usageError("intent %s: %v", o.intent, err)
	case err != nil:
		return usageError("%v", err)
	}
	if err := writeGenerated(streams, generated); err != nil {
		return err
	}
	return partial(inv, reach.Kinds...)
}

// readIntent reads the file before anything else, so that mistakes are found at once; nil if there
// is none.
func (o *networkGenerate) readIntent(streams *Streams) (*document.Node, error) {
	if o.intent == "" {
		return nil, nil
	}
	text, err := os.ReadFile(o.intent)
	if o.intent == "-" {
		text, err = io.ReadAll(streams.In)
	}
	if err != nil {
		return nil, usageError("read intent: %v", err)
	}
	documents, problems := document.Read(text, document.DefaultLimits)
	if len(problems) > 0 {
		return nil, usageError("intent %s: line %d: %s", o.intent, problems[0].Line, problems[0].Message)
	}
	if len(documents) != 1 {
		return nil, usageError("intent %s: it holds %s where one is expected", o.intent, counted(len(documents), "document"))
	}
	return documents[0].Root, nil
}

func writeGenerated(streams *Streams, g *ask.Generated) error {
	if _, err := io.WriteString(streams.Out, g.YAML); err != nil {
		return usageError("write policies: %v", err)
	}
	for _, note := range g.Notes {
		fmt.Fprintf(streams.Err, "kubeproof: note: %s\n", harmless(note))
	}
	for _, difference := range g.Differences {
		fmt.Fprintf(streams.Err, "kubeproof: other policies make a difference: %s\n", harmless(difference))
	}
	return nil
}

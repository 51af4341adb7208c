package cli

import (
	"github.com/spf13/cobra"

	"github.com/kubeproof/kubeproof/internal/ask"
)

// whoCan are the flags of rbac who-can.
type whoCan struct {
	gathering
	format, name string
	everywhere   bool
}

func newRBACWhoCanCommand(streams *Streams) *cobra.Command {
	o := &whoCan{}
	command := &cobra.Command{
		Use: "who-can VERB RESOURCE[/SUBRESOURCE][.GROUP] | VERB PATH", Short: "Tell who may do something",
		Long: `Tell who may do something by the RBAC objects of a cluster, of files or of a saved inventory, with the
role and the binding that allow it. Other authorizers (node, webhook, a cloud's IAM) may allow more.

RESOURCE is written as for kubectl: pods, po, deployments.apps, pods/exec, deployments/scale; PATH begins
with a slash. "*" asks who may do everything. Without --namespace every namespace is asked.

Exit codes: 0 answered, 2 wrong usage, 3 something could not be read.`,
		Example: "  kubeproof rbac who-can get secrets -n shop\n  kubeproof rbac who-can create pods/exec --in deploy/\n  kubeproof rbac who-can get /metrics",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usageError("name a verb and a resource or path, as in `kubeproof rbac who-can get secrets`")
			}
			return nil
		},
		RunE: func(command *cobra.Command, args []string) error {
			if err := checkFormat(o.format); err != nil {
				return err
			}
			if o.everywhere && o.namespace != "" {
				return usageError("--namespace and --all-namespaces exclude each other")
			}
			namespace := o.takeNamespace()
			inv, err := o.inventory(command.Context(), streams, ask.RightsKinds...)
			if err != nil {
				return err
			}
			a, err := ask.Of(inv).WhoCan(args[0], args[1], namespace, o.name)
			if err != nil {
				return usageError("%v", err)
			}
			if err := give(streams, o.format, whoCanAnswer{a}); err != nil {
				return err
			}
			return partial(inv, ask.RightsKinds...)
		},
	}
	o.register(command)
	command.Flags().Lookup("namespace").Usage = "only who may do it in the namespace `NAME`; objects of files that name none are taken to be in it"
	command.Flags().BoolVarP(&o.everywhere, "all-namespaces", "A", false, "who may do it in any namespace (the default)")
	command.Flags().StringVar(&o.name, "name", "", "who may do it with the object `NAME`")
	command.Flags().StringVarP(&o.format, "format", "o", "table", "`FORMAT`: table or json")
	return command
}

package cli

import "github.com/spf13/cobra"

func newRBACCommand(streams *Streams) *cobra.Command {
	command := &cobra.Command{Use: "rbac", Short: "Ask who may do what",
		Long: `Ask who may do what, by the roles and bindings of the cluster of the current context, or, with --in,
of another context, a saved inventory, a folder or a chart. Nothing is changed.`,
		Example: "  kubeproof rbac paths\n  kubeproof rbac who-can get secrets -n shop\n  kubeproof rbac subject sa:shop/ci --in inventory:cluster.json.gz"}
	command.AddCommand(
		newRBACWhoCanCommand(streams),
		newRBACSubjectCommand(streams),
		newRBACSubjectsCommand(streams),
		newRBACDiffCommand(streams),
		newRBACRoleCommand(streams),
		newRBACPathsCommand(streams), newRBACGraphCommand(streams),
	)
	return command
}

package cli

import "github.com/spf13/cobra"

func newRBACCommand(streams *Streams) *cobra.Command {
	command := &cobra.Command{Use: "rbac", Short: "Ask who may do what"}
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

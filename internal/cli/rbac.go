package cli

import "github.com/spf13/cobra"

func newRBACCommand(streams *Streams) *cobra.Command {
	command := &cobra.Command{Use: "rbac", Short: "Ask who may do what"}
	command.AddCommand(
		newRBACRoleCommand(streams),
	)
	return command
}

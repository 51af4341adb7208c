package cli

import "github.com/spf13/cobra"

func newAuditCommand(streams *Streams) *cobra.Command {
	command := &cobra.Command{Use: "audit", Short: "Explain audit policies"}
	command.AddCommand(newAuditExplainCommand(streams))
	return command
}

package cli

import (
	"github.com/spf13/cobra"
)

func newControlCommand(streams *Streams) *cobra.Command {
	command := &cobra.Command{Use: "control", Short: "List, explain, test and begin controls"}
	command.AddCommand(
		newControlListCommand(streams),
		newControlExplainCommand(streams),
		newControlTestCommand(streams),
		newControlNewCommand(streams),
	)
	return command
}

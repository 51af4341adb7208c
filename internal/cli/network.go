package cli

import "github.com/spf13/cobra"

func newNetworkCommand(streams *Streams) *cobra.Command {
	command := &cobra.Command{Use: "network", Short: "Ask what can talk to what"}
	command.AddCommand()
	return command
}

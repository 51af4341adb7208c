package cli

import "github.com/spf13/cobra"

func newScanCommand(streams *Streams) *cobra.Command {
	return &cobra.Command{Use: "scan [TARGET...]", Short: "Assess files"}
}

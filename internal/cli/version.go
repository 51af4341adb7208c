package cli

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// version gives the module's version, and for builds from a checkout its commit.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	text := info.Main.Version
	if text == "" || text == "(devel)" {
		text = "development"
		for _, setting := range info.Settings {
			if setting.Key == "vcs.revision" {
				text += " " + setting.Value[:min(12, len(setting.Value))]
			}
		}
	}
	return text
}

func newVersionCommand(streams *Streams) *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: none,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(streams.Out, "kubeproof", version())
			return err
		},
	}
}

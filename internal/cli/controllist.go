package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/kubeproof/kubeproof/internal/control"
)

func newControlListCommand(streams *Streams) *cobra.Command {
	var format, folder string
	var selection control.Selection
	command := &cobra.Command{
		Use: "list", Short: "List controls", Args: none,
		RunE: func(*cobra.Command, []string) error {
			controls, err := catalogue(folder, builtInControls)
			if err != nil {
				return usageError("%v", err)
			}
			if err := checkFramework(selection.Framework); err != nil {
				return usageError("%v", err)
			}
			chosen, err := selection.Choose(controls.all)
			if err != nil {
				return usageError("%v", err)
			}
			return writeControls(streams.Out, format, chosen)
		},
	}
	flags := command.Flags()
	flags.StringVarP(&format, "format", "o", "table", "`FORMAT`: table or json (json has every field)")
	flags.StringVar(&folder, "controls", "", "`FOLDER` with controls of your own, added to the built-in ones")
	flags.StringVar(&selection.Framework, "framework", "", "only controls that map to the framework `ID`")
	flags.StringSliceVar(&selection.Include, "control", nil, "only these controls or topics, as `ID,...`")
	return command
}

func writeControls(out io.Writer, format string, controls []*control.Control) error {
	switch format {
	case "json":
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false)
		return encoder.Encode(controls)
	case "table":
		table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "SEVERITY\tRISK\tTEAM\tTOPIC\tID\tTITLE")
		for _, c := range controls {
			fmt.Fprintf(table, "%s\t%d\t%s\t%s\t%s\t%s\n", c.Severity, c.Risk, c.Team, c.Topic, c.ID, c.Title)
		}
		return table.Flush()
	}
	return usageError("format %q is unknown: use table or json", format)
}

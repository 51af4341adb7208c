package cli

import (
	"github.com/spf13/cobra"

	"github.com/kubeproof/kubeproof/catalog"
	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/checklist"
)

func newChecklistShowCommand(streams *Streams) *cobra.Command {
	var format string
	command := &cobra.Command{
		Use: "show NAME", Short: "Show the items of a checklist", Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			library, err := checklist.Load(catalog.FS)
			if err != nil {
				return usageError("%v", err)
			}
			list, err := findChecklist(library, args[0])
			if err != nil {
				return err
			}
			return writeChecklist(streams, format, assessList(list, assessment.SeenBy(nil)))
		},
	}
	command.Flags().StringVarP(&format, "output", "o", "table", "table or json (json has every item)")
	return command
}

func writeChecklist(streams *Streams, format string, list assessedList) error {
	switch format {
	case "json":
		return writeJSON(streams.Out, list)
	case "table":
		width := streams.Width
		if width == 0 {
			width = defaultWidth
		}
		table := &checklistTable{out: streams.Out, colour: streams.colour(false), width: width}
		return table.write(list)
	}
	return usageError("format %q is unknown: use table or json", format)
}

package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kubeproof/kubeproof/catalog"
	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/checklist"
)

func newChecklistShowCommand(streams *Streams) *cobra.Command {
	var format string
	in := &inputs{}
	command := &cobra.Command{
		Use: "show NAME [TARGET...]", Short: "Show the items of a checklist, with their state if targets are named",
		Args: cobra.MinimumNArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			library, err := checklist.Load(catalog.FS)
			if err != nil {
				return usageError("%v", err)
			}
			list, err := findChecklist(library, args[0])
			if err != nil {
				return err
			}
			if len(args) == 1 {
				return writeChecklist(streams, format, assessList(list, assessment.SeenBy(nil)))
			}
			a, _, err := in.assess(command.Context(), streams, args[1:])
			if err != nil {
				return err
			}
			if err := writeChecklist(streams, format, assessList(list, assessment.SeenBy(a))); err != nil {
				return err
			}
			return partial(streams, a)
		},
	}
	command.Flags().StringVarP(&format, "output", "o", "table", "table or json (json has every item)")
	in.register(command.Flags())
	return command
}

// partial gives the exit code for an assessment that could not see everything, and says what.
func partial(streams *Streams, a *assessment.Assessment) error {
	lost := false
	for _, e := range a.Errors {
		if e.Lost {
			lost = true
			fmt.Fprintf(streams.Err, "kubeproof: %s:%d: %s\n", e.File, e.Line, e.Message)
		}
	}
	if lost {
		return &codeError{code: exitPartial}
	}
	return nil
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

package cli

import (
	"github.com/spf13/cobra"

	"github.com/kubeproof/kubeproof/catalog"
	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/report"
)

func newChecklistShowCommand(streams *Streams) *cobra.Command {
	var format string
	var noColour bool
	in := &inputs{}
	command := &cobra.Command{
		Use: "show NAME [TARGET...]", Short: "Show the items of a checklist, with their state if targets are named",
		Long: `Show the items of a checklist. Targets, as of scan, are assessed; without any, no item is.

States:
  satisfied       every check passes and nothing else is open
  partly          checks pass, but a question, an exception, or a part that was not seen is open
  not satisfied   at least one check fails
  not assessed    nothing was judged: the reason says what would be
  not applicable  no check applies to what was seen

Exit codes: 0 shown, whatever the states; 2 wrong usage or configuration; 3 something could not
be assessed.`,
		Example: "  kubeproof checklist show requirements deploy/\n  kubeproof checklist show cloud-native-security . -o json",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError("name a checklist: see `kubeproof checklist list`")
			}
			return nil
		},
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
				return writeChecklist(streams, format, noColour, assessList(list, assessment.SeenBy(nil)))
			}
			a, _, err := in.assess(command.Context(), streams, args[1:])
			if err != nil {
				return err
			}
			assessed := assessList(list, assessment.SeenBy(a))
			assessed.LookedAt = report.LookedAt(a)
			if err := writeChecklist(streams, format, noColour, assessed); err != nil {
				return err
			}
			tellLost(streams, a)
			if incomplete(a) {
				return &codeError{code: exitPartial}
			}
			return nil
		},
	}
	command.Flags().StringVarP(&format, "format", "o", "table", "`FORMAT`: table or json (json has every item)")
	command.Flags().BoolVar(&noColour, "no-color", false, "no colour")
	in.register(command.Flags())
	return command
}

func writeChecklist(streams *Streams, format string, noColour bool, list assessedList) error {
	switch format {
	case "json":
		return writeJSON(streams.Out, list)
	case "table":
		width := streams.Width
		if width == 0 {
			width = defaultWidth
		}
		table := &checklistTable{out: streams.Out, colour: streams.colour(noColour), width: width}
		return table.write(list)
	}
	return usageError("format %q is unknown: use table or json", format)
}

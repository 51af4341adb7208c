package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubeproof/kubeproof/internal/ask"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

func newRBACDiffCommand(streams *Streams) *cobra.Command {
	o := &gathering{}
	var format string
	var all bool
	command := &cobra.Command{
		Use: "diff OLD NEW", Short: "Tell which rights were gained and lost",
		Long: `Compare the rights that two targets give: saved inventories, folders or clusters. What counts is what
subjects may do, not how roles and bindings are written or called. What Kubernetes' own bindings give is
left out unless --all is given: files lack them, and releases change them.

Exit codes: 0 compared, whatever differs; 2 wrong usage; 3 something could not be read.`,
		Example: "  kubeproof rbac diff inventory:last-week.json cluster:\n  kubeproof rbac diff main/deploy deploy -o json",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usageError("name two targets: the old one and the new one")
			}
			return nil
		},
		RunE: func(command *cobra.Command, args []string) error {
			if err := checkFormat(format); err != nil {
				return err
			}
			var both [2]*inventory.Inventory
			for i, target := range args {
				var err error
				o.in = []string{target}
				if both[i], err = o.inventory(command.Context(), streams, ask.RightsKinds...); err != nil {
					return err
				}
			}
			a := rightsDiff{ask.CompareRights(ask.Of(both[0]), ask.Of(both[1]), all)}
			var err error
			if format == "json" {
				err = writeJSON(streams.Out, a)
			} else {
				err = a.write(&lines{out: streams.Out, width: streams.Width})
			}
			if err != nil {
				return usageError("%v", err)
			}
			if err := partial(both[0], ask.RightsKinds...); err != nil {
				return err
			}
			return partial(both[1], ask.RightsKinds...)
		},
	}
	o.inputs.register(command.Flags())
	command.Flags().BoolVar(&all, "all", false, "also what Kubernetes' own bindings give")
	command.Flags().StringVarP(&format, "format", "o", "table", "`FORMAT`: table or json")
	return command
}

// rightsDiff is the answer of rbac diff.
type rightsDiff struct{ ask.RightsDiff }

// write shows the changes to people: + for what was gained, - for what was lost.
func (d rightsDiff) write(out *lines) error {
	for i, change := range d.Changes {
		if i > 0 {
			out.print("")
		}
		out.print("%s %s (%s)", change.Subject.Kind, change.Subject.FullName(), change.Subject.Who)
		writeChanged(out, "+", change.Gained)
		writeChanged(out, "-", change.Lost)
	}
	if len(d.Changes) == 0 {
		out.print("Nobody gained or lost a right.")
	}
	return out.err
}

// writeChanged writes rights, those of one scope together.
func writeChanged(out *lines, sign string, rights []ask.Right) {
	for _, in := range ask.ByScope(rights) {
		out.print("  in %s", strings.Replace(ask.Scope(in.Namespace), "cluster", "the whole cluster", 1))
		out.addRights("  "+sign+" ", in.Rights)
		out.flush()
	}
}

package cli

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/kubeproof/kubeproof/internal/collect"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// gathering are the flags of commands that ask an inventory instead of judging it.
type gathering struct {
	inputs
	in []string
}

func (g *gathering) register(command *cobra.Command) {
	g.inputs.register(command.Flags())
	command.Flags().StringArrayVar(&g.in, "in", []string{"cluster:"}, "`TARGET` to ask, as for scan; may be repeated")
}

// inventory reads the targets. What could not be read is told on standard error at once: every
// answer lacks it. Of what a cluster did not show only the kinds that the command asks for are.
func (g *gathering) inventory(ctx context.Context, streams *Streams, kinds ...string) (*inventory.Inventory, error) {
	if err := checkTargets(g.in); err != nil {
		return nil, usageError("%v", err)
	}
	settings, err := g.settings()
	if err != nil {
		return nil, usageError("%v", err)
	}
	options, err := g.collectOptions(streams, settings)
	if err != nil {
		return nil, err
	}
	reading := g.progress(streams, "reading")
	options.Progress = reading.Set
	inv := collect.Collect(ctx, g.in, options)
	reading.Clear()
	if ctx.Err() != nil {
		return nil, &codeError{exitPartial, "interrupted: nothing was read"}
	}
	tellUnread(streams, inv, kinds)
	return inv, nil
}

// tellUnread names what could not be read, each reason once.
func tellUnread(streams *Streams, inv *inventory.Inventory, kinds []string) {
	for _, e := range inv.Errors {
		if e.Lost {
			fmt.Fprintf(streams.Err, "kubeproof: %s\n", harmless(place(e)+e.Message))
		}
	}
	told := map[string]bool{}
	for _, gap := range inv.Gaps {
		if slices.Contains(kinds, gap.Kind) && !told[gap.Reason] {
			told[gap.Reason] = true
			fmt.Fprintf(streams.Err, "kubeproof: %s\n", harmless(fmt.Sprintf("%s: %s not seen: %s", gap.Target, gap.Kind, gap.Reason)))
		}
	}
}

// partial is the error of a command whose answer lacks what could not be read; nil if it is whole.
func partial(inv *inventory.Inventory, kinds ...string) error {
	for _, e := range inv.Errors {
		if e.Lost {
			return &codeError{exitPartial, "the answer is incomplete: something could not be read"}
		}
	}
	if slices.ContainsFunc(inv.Gaps, func(gap inventory.Gap) bool { return slices.Contains(kinds, gap.Kind) }) {
		return &codeError{exitPartial, "the answer is incomplete: something could not be read"}
	}
	return nil
}

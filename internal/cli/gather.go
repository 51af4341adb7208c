package cli

import (
	"cmp"
	"context"
	"fmt"

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
// answer lacks it.
func (g *gathering) inventory(ctx context.Context, streams *Streams) (*inventory.Inventory, error) {
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
	for _, e := range inv.Errors {
		if e.Lost {
			fmt.Fprintf(streams.Err, "kubeproof: %s: %s\n", cmp.Or(e.File, e.Target), e.Message)
		}
	}
	for _, gap := range inv.Gaps {
		fmt.Fprintf(streams.Err, "kubeproof: %s: %s not seen: %s\n", gap.Target, gap.Kind, gap.Reason)
	}
	return inv, nil
}

// partial is the error of a command whose answer lacks what could not be read; nil if it is whole.
func partial(inv *inventory.Inventory, kinds ...string) error {
	for _, e := range inv.Errors {
		if e.Lost {
			return &codeError{exitPartial, "the answer is incomplete: something could not be read"}
		}
	}
	for _, gap := range inv.Gaps {
		for _, kind := range kinds {
			if gap.Kind == kind {
				return &codeError{exitPartial, "the answer is incomplete: something could not be read"}
			}
		}
	}
	return nil
}

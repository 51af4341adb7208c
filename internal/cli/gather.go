package cli

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubeproof/kubeproof/internal/collect"
	"github.com/kubeproof/kubeproof/internal/inventory"
	"github.com/kubeproof/kubeproof/internal/report"
)

// gathering are the flags of commands that ask an inventory instead of judging it.
type gathering struct {
	inputs
	in []string
	// asked is the namespace that takeNamespace took.
	asked string
}

func (g *gathering) register(command *cobra.Command) {
	g.inputs.register(command.Flags())
	command.Flags().StringArrayVar(&g.in, "in", []string{"cluster:"}, "`TARGET` to ask, as for scan; may be repeated")
}

// takeNamespace gives the namespace that is asked about. Of a cluster all is read nevertheless:
// rights in one namespace come from the whole cluster too, and so do connections.
func (g *gathering) takeNamespace() string {
	g.asked = g.namespace
	if slices.ContainsFunc(g.in, isCluster) {
		g.namespace = ""
	}
	return g.asked
}

func isCluster(target string) bool { return strings.HasPrefix(target, "cluster:") }

// checkNamespace refuses a namespace that a cluster does not have: most likely it is misspelt, and
// an answer about it would look like one that is clean.
func checkNamespace(targets []string, inv *inventory.Inventory, name string) error {
	at := slices.IndexFunc(targets, isCluster)
	if at < 0 || name == "" || !inv.Saw(name, "Namespace") || len(inv.Subjects) == 0 {
		return nil
	}
	for _, s := range inv.Subjects {
		if s.Kind == "Namespace" && s.Name == name || s.Namespace == name {
			return nil
		}
	}
	return usageError("namespace %q is not in the %s: see `kubectl get namespaces`", name, report.TargetName(targets[at]))
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
		return nil, &codeError{code: exitPartial, text: "interrupted: nothing was read"}
	}
	tellUnread(streams, inv, kinds)
	if unreachable(inv) {
		return nil, &codeError{code: exitPartial, text: "nothing could be read, so there is no answer"}
	}
	return inv, checkNamespace(g.in, inv, cmp.Or(g.asked, g.namespace))
}

// unreachable reports whether a cluster gave nothing at all: an answer would then say that nobody may
// do anything.
func unreachable(inv *inventory.Inventory) bool {
	return len(inv.Subjects)+len(inv.Gaps) == 0 &&
		slices.ContainsFunc(inv.Errors, func(e inventory.Error) bool { return e.Lost && isCluster(e.Target) })
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
			fmt.Fprintf(streams.Err, "kubeproof: %s\n", harmless(fmt.Sprintf("%s: %s not seen: %s", report.TargetName(gap.Target), gap.Kind, gap.Reason)))
		}
	}
}

// partial is the error of a command whose answer lacks what could not be read; nil if it is whole.
func partial(inv *inventory.Inventory, kinds ...string) error {
	for _, e := range inv.Errors {
		if e.Lost {
			return &codeError{code: exitPartial, text: "the answer is incomplete: something could not be read"}
		}
	}
	if slices.ContainsFunc(inv.Gaps, func(gap inventory.Gap) bool { return slices.Contains(kinds, gap.Kind) }) {
		return &codeError{code: exitPartial, text: "the answer is incomplete: something could not be read"}
	}
	return nil
}

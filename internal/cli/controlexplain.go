package cli

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubeproof/kubeproof/internal/control"
)

func newControlExplainCommand(streams *Streams) *cobra.Command {
	var folder string
	var scopes bool
	command := &cobra.Command{
		Use: "explain ID", Short: "Explain a control: why, fix, check, mappings, examples",
		RunE: func(_ *cobra.Command, ids []string) error {
			if scopes {
				return explainScopes(streams.Out)
			}
			controls, err := catalogue(folder, builtInControls)
			if err != nil {
				return usageError("%v", err)
			}
			at := slices.IndexFunc(controls.all, func(c *control.Control) bool { return c.ID == ids[0] })
			if at < 0 {
				return usageError("control %q is unknown: %s", ids[0], controls.nearest(ids[0]))
			}
			return explain(streams.Out, controls.all[at])
		},
	}
	command.Args = func(command *cobra.Command, ids []string) error {
		if scopes {
			return none(command, ids)
		}
		return one("a control", "see `kubeproof control list`")(command, ids)
	}
	command.Flags().StringVar(&folder, "controls", "", "`FOLDER` with controls of your own, added to the built-in ones")
	command.Flags().BoolVar(&scopes, "scopes", false, "explain what checks can be bound to")
	return command
}

func explainScopes(out io.Writer) error {
	for _, scope := range control.Scopes {
		fmt.Fprintf(out, "%-22s %s\n", scope.Name, scope.About)
		if len(scope.Names) > 0 {
			fmt.Fprintf(out, "%-22s CEL: %s, object, namespaceObject, params\n", "", strings.Join(scope.Names, ", "))
		}
	}
	_, err := fmt.Fprintf(out, "%-22s objects of one kind or several; CEL: object, namespaceObject, params\n", "object:KIND[,KIND]")
	return err
}

func explain(out io.Writer, c *control.Control) error {
	w := &indented{out: out}
	w.line("%s", c.Title)
	w.line("%s · %s · risk %d of 10 · team %s", c.ID, c.Severity, c.Risk, c.Team)
	w.block("Why", c.Why)
	w.block("Fix", c.Fix)
	if c.Check.CEL != "" {
		w.block("Check ("+c.Check.Scope+", true = fine)", c.Check.CEL)
		if c.Check.When != "" {
			w.block("Only where", c.Check.When)
		}
	} else {
		w.block("Check ("+c.Check.Scope+")", "Go function "+c.Check.Go)
	}
	explainParameters(w, c)
	explainMaps(w, c)
	for i, text := range c.Examples.Good {
		w.block(fmt.Sprintf("Good example %d", i+1), text)
	}
	for i, text := range c.Examples.Bad {
		w.block(fmt.Sprintf("Bad example %d", i+1), text)
	}
	if len(c.References) > 0 {
		w.block("References", strings.Join(c.References, "\n"))
	}
	return w.err
}

func explainParameters(w *indented, c *control.Control) {
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(c.Parameters)) {
		p := c.Parameters[name]
		fmt.Fprintf(&text, "%s (%s, default %v): %s\n", name, p.Type, p.Default, strings.TrimSpace(p.Description))
	}
	if text.Len() > 0 {
		w.block("Parameters", text.String())
	}
}

func explainMaps(w *indented, c *control.Control) {
	var text strings.Builder
	for _, framework := range slices.Sorted(maps.Keys(c.Maps)) {
		fmt.Fprintf(&text, "%s: %s\n", framework, strings.Join(c.Maps[framework], ", "))
	}
	if text.Len() > 0 {
		w.block("Gives evidence that supports", text.String())
	}
}

// indented writes headings and indented blocks and keeps the first error.
type indented struct {
	out io.Writer
	err error
}

func (w *indented) line(format string, args ...any) {
	if _, err := fmt.Fprintf(w.out, format+"\n", args...); w.err == nil {
		w.err = err
	}
}

func (w *indented) block(heading, text string) {
	w.line("\n%s", heading)
	for line := range strings.Lines(strings.TrimSpace(text)) {
		w.line("  %s", strings.TrimRight(line, "\n"))
	}
}

package cli

import (
	"github.com/spf13/cobra"

	"github.com/kubeproof/kubeproof/internal/collect"
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/controltest"
)

func newControlTestCommand(streams *Streams) *cobra.Command {
	return &cobra.Command{
		Use:   "test [FILE|DIR...]",
		Short: "Run controls against the examples in their own files",
		Long: "Run controls against the examples in their own files: good ones must give no finding, bad\n" +
			"ones exactly the findings that \"# want: MESSAGE\" announces, each on its line.\n" +
			"Without arguments the built-in catalogue is tested.",
		RunE: func(_ *cobra.Command, paths []string) error { return testControls(streams, paths) },
	}
}

func testControls(streams *Streams, paths []string) error {
	controls, err := controlsAt(paths)
	if err != nil {
		return usageError("%v", err)
	}
	failed := 0
	out := &indented{out: streams.Out}
	for _, c := range controls {
		failures := controltest.Run(c, collect.Example)
		for _, failure := range failures {
			out.line("%s", failure)
		}
		if len(failures) > 0 {
			failed++
		}
	}
	noun := "controls"
	if len(controls) == 1 {
		noun = "control"
	}
	out.line("%d %s tested, %d failed", len(controls), noun, failed)
	if failed > 0 {
		return &codeError{code: exitFindings}
	}
	return out.err
}

// controlsAt loads the controls in the files and folders named, or the built-in ones.
func controlsAt(paths []string) ([]*control.Control, error) {
	if len(paths) == 0 {
		return builtInControls()
	}
	var all []*control.Control
	for _, path := range paths {
		found, err := loadControls(path)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// Package cli is the command line: one file per command, all commands in newRoot.
// Begin with Main.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"strings"

	"github.com/spf13/cobra"
)

// Exit codes, as the README states them.
const (
	exitClean    = 0 // nothing found
	exitFindings = 1 // findings at or above the threshold
	exitUsage    = 2 // wrong usage, or a configuration that cannot be read
	exitPartial  = 3 // something could not be assessed
)

// Streams are what a command reads and writes.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
	// OutTerminal and ErrTerminal tell whether a person sees Out and Err.
	OutTerminal, ErrTerminal bool
	// Width is the terminal's width in columns; 0 if unknown.
	Width int
	// Getenv reads the environment.
	Getenv func(string) string
}

// System gives the streams of this process.
func System() *Streams {
	return &Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		OutTerminal: isTerminal(os.Stdout), ErrTerminal: isTerminal(os.Stderr),
		Width: columns(), Getenv: os.Getenv}
}

// codeError ends the program with a code. Its text is printed if it has one.
type codeError struct {
	code  int
	text  string
	cause error // nil if nobody asks for it
}

func (e *codeError) Error() string { return e.text }

func (e *codeError) Unwrap() error { return e.cause }

// usageError is a mistake in how the program was called or configured.
func usageError(format string, args ...any) error {
	return &codeError{code: exitUsage, text: fmt.Sprintf(format, args...)}
}

// Main runs one command and gives the exit code. Findings go to standard output, everything
// else to standard error.
func Main(ctx context.Context, args []string, streams *Streams) int {
	// Helm and Kustomize warn through the standard logger, which nobody asked for.
	log.SetOutput(io.Discard)
	streams.relaxCollection()
	root := newRoot(streams)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitClean
	}
	var coded *codeError
	if !errors.As(err, &coded) {
		coded = &codeError{code: exitUsage, text: err.Error()}
	}
	if coded.text != "" {
		fmt.Fprintf(streams.Err, "kubeproof: %s\n", strings.TrimSpace(coded.text))
	}
	return coded.code
}

func newRoot(streams *Streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "kubeproof",
		Short: "Kubernetes security, checked and proven",
		Long: "Kubeproof turns Kubernetes security checklists into one assessment: what a machine can see\n" +
			"it checks, what only people know it asks.\n\nBegin with: kubeproof scan FOLDER, or kubeproof scan cluster:",
		SilenceUsage: true, SilenceErrors: true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: false},
	}
	root.SetIn(streams.In)
	root.SetOut(streams.Out)
	root.SetErr(streams.Err)
	root.AddCommand(
		newScanCommand(streams),
		newSBOMCommand(streams),
		newControlCommand(streams),
		newChecklistCommand(streams),
		newRBACCommand(streams),
		newNetworkCommand(streams),
		newAuditCommand(streams),
		newReviewCommand(streams),
		newExceptionCommand(streams),
		newLedgerCommand(streams),
		newStoreCommand(streams),
		newServeCommand(streams),
		newVersionCommand(streams),
	)
	refuseUnknown(root)
	fitHelp(root, streams.Width)
	return root
}

package cli

import (
	"strings"

	"github.com/spf13/cobra"
)

// refuseUnknown makes wrong usage end with its exit code wherever cobra itself would show the
// help as if it had been asked for: words that no command below a command has, and flags.
func refuseUnknown(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	root.SetFlagErrorFunc(func(command *cobra.Command, err error) error {
		return usageError("%v: see `%s --help`", err, command.CommandPath())
	})
	refuseBelow(root)
	if help, _, err := root.Find([]string{"help"}); err == nil {
		help.Run, help.RunE = nil, func(_ *cobra.Command, words []string) error {
			command, left, err := root.Find(words)
			if err != nil || len(left) > 0 {
				return unknownCommand(root, words)
			}
			return command.Help()
		}
	}
}

func refuseBelow(command *cobra.Command) {
	for _, below := range command.Commands() {
		refuseBelow(below)
	}
	if command.HasSubCommands() && !command.Runnable() {
		command.Args = cobra.ArbitraryArgs
		command.RunE = func(command *cobra.Command, words []string) error {
			if len(words) > 0 {
				return unknownCommand(command, words)
			}
			if !command.HasParent() { // somebody meets the program
				return command.Help()
			}
			command.SetOut(command.ErrOrStderr())
			if err := command.Help(); err != nil {
				return err
			}
			return &codeError{code: exitUsage}
		}
	}
}

func unknownCommand(above *cobra.Command, words []string) error {
	hint := ""
	above.SuggestionsMinimumDistance = 2
	if like := above.SuggestionsFor(words[0]); len(like) > 0 {
		hint = "did you mean " + strings.Join(like, " or ") + "? "
	}
	return usageError("command %q is unknown: %ssee `%s --help`", strings.Join(words, " "), hint, above.CommandPath())
}

// one asks for exactly one argument, and says what it is and how to choose it.
func one(what, how string) cobra.PositionalArgs {
	return func(command *cobra.Command, args []string) error {
		switch {
		case len(args) == 0:
			return usageError("name %s: %s", what, how)
		case len(args) > 1:
			return usageError("name only %s: %q is too much", what, strings.Join(args[1:], " "))
		}
		return nil
	}
}

// none takes no arguments.
func none(command *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usageError("%q is too much: `%s` takes no arguments", strings.Join(args, " "), command.CommandPath())
	}
	return nil
}

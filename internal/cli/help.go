package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// fitHelp lays the help of all commands out for a terminal of that many columns, 0 if there is
// none. A group of commands is not called without one, so its usage does not say so.
func fitHelp(root *cobra.Command, width int) {
	if width == 0 {
		width = defaultWidth
	}
	root.SetUsageTemplate(strings.NewReplacer(
		"{{if .Runnable}}", "{{if and .Runnable (not .HasAvailableSubCommands)}}",
		".LocalFlags.FlagUsages", fmt.Sprintf("(.LocalFlags.FlagUsagesWrapped %d)", max(width, 60)),
	).Replace(root.UsageTemplate()))
	reflowBelow(root, width)
}

func reflowBelow(command *cobra.Command, width int) {
	command.Long = reflow(command.Long, width)
	for _, below := range command.Commands() {
		reflowBelow(below, width)
	}
}

// reflow breaks the paragraphs of a text anew that are too wide; lists and examples stay.
func reflow(text string, width int) string {
	paragraphs := strings.Split(text, "\n\n")
	for i, paragraph := range paragraphs {
		wide := false
		for line := range strings.SplitSeq(paragraph, "\n") {
			wide = wide || len(line) > width
		}
		if wide && !strings.Contains(paragraph, "\n ") && !strings.HasPrefix(paragraph, " ") {
			paragraphs[i] = strings.Join(wrap(paragraph, width), "\n")
		}
	}
	return strings.Join(paragraphs, "\n\n")
}

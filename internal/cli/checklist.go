package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/kubeproof/kubeproof/catalog"
	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/checklist"
)

func newChecklistCommand(streams *Streams) *cobra.Command {
	command := &cobra.Command{Use: "checklist", Short: "Show public checklists and how far they are fulfilled"}
	command.AddCommand(newChecklistListCommand(streams), newChecklistShowCommand(streams))
	return command
}

func newChecklistListCommand(streams *Streams) *cobra.Command {
	var format string
	command := &cobra.Command{
		Use: "list", Short: "List the checklists", Args: none,
		RunE: func(*cobra.Command, []string) error {
			library, err := checklist.Load(catalog.FS)
			if err != nil {
				return usageError("%v", err)
			}
			return writeChecklists(streams.Out, format, library)
		},
	}
	command.Flags().StringVarP(&format, "format", "o", "table", "`FORMAT`: table or json (json has every item)")
	return command
}

// assessedList is a checklist with the state of its items, as JSON shows it.
type assessedList struct {
	ID     string                   `json:"id"`
	Title  string                   `json:"title"`
	About  string                   `json:"about"`
	Source string                   `json:"source"`
	States map[assessment.State]int `json:"states"`
	Items  []assessedItem           `json:"items"`
	// LookedAt names the targets, and how much of them was judged; empty without targets.
	LookedAt []string `json:"lookedAt,omitempty"`
}

// assessedItem is one item with its state.
type assessedItem struct {
	checklist.Item
	assessment.ItemResult
}

// assessList gives every item of a checklist its state.
func assessList(list *checklist.Checklist, seen assessment.Seen) assessedList {
	result := assessedList{ID: list.ID, Title: list.Title, About: list.About, Source: list.Source,
		States: map[assessment.State]int{}, Items: make([]assessedItem, len(list.Items))}
	for _, state := range assessment.States {
		result.States[state] = 0
	}
	for i := range list.Items {
		item := assessedItem{list.Items[i], seen.Item(&list.Items[i])}
		item.Controls, item.Questions = present(item.Controls), present(item.Questions)
		result.States[item.State]++
		result.Items[i] = item
	}
	return result
}

// present makes an empty list where there is none, so that JSON readers always find a list.
func present(all []string) []string {
	if all == nil {
		return []string{}
	}
	return all
}

func writeChecklists(out io.Writer, format string, library *checklist.Library) error {
	switch format {
	case "json":
		lists := make([]assessedList, len(library.Checklists))
		for i, list := range library.Checklists {
			lists[i] = assessList(list, assessment.SeenBy(nil))
		}
		return writeJSON(out, lists)
	case "table":
		table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "ID\tITEMS\tBY CONTROL\tBY QUESTION\tTITLE")
		for _, list := range library.Checklists {
			controls, questions := 0, 0
			for _, item := range list.Items {
				controls += min(len(item.Controls), 1)
				questions += min(len(item.Questions), 1)
			}
			fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%s\n", list.ID, len(list.Items), controls, questions, list.Title)
		}
		return table.Flush()
	}
	return usageError("format %q is unknown: use table or json", format)
}

func writeJSON(out io.Writer, value any) error {
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

// findChecklist gives the checklist of that id, or an error that names those there are.
func findChecklist(library *checklist.Library, id string) (*checklist.Checklist, error) {
	if list, known := library.Checklist(id); known {
		return list, nil
	}
	ids := make([]string, len(library.Checklists))
	for i, list := range library.Checklists {
		ids[i] = list.ID
	}
	return nil, usageError("checklist %q is unknown: use %s", id, strings.Join(ids, ", "))
}

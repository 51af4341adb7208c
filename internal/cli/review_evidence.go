package cli

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/kubeproof/kubeproof/internal/review"
)

func newReviewEvidenceCommand(streams *Streams) *cobra.Command {
	d := &desk{}
	output := ""
	command := &cobra.Command{
		Use: "evidence [ID]", Short: "List the evidence, or write a file of it out to read",
		Example: "  kubeproof review evidence\n  kubeproof review evidence e-1f2e3d4c --output policy.pdf",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usageError("name one piece of evidence: %q is too much", strings.Join(args[1:], " "))
			}
			return nil
		},
		RunE: func(command *cobra.Command, args []string) error {
			var found review.EvidenceText
			if err := d.look(command.Context(), streams, func(_ *session, view *review.View) error {
				if len(args) == 0 {
					return listEvidence(streams, view)
				}
				evidence := view.State.Evidence[args[0]]
				if evidence == nil {
					return usageError("evidence %q is unknown: see `kubeproof review evidence`", args[0])
				}
				if found = view.State.AboutOf(evidence); found == (review.EvidenceText{}) {
					return usageError("evidence %s was erased: what is left of it is its entry in the ledger", args[0])
				}
				return nil
			}); err != nil || len(args) == 0 {
				return err
			}
			return d.writeEvidence(command, streams, found, output)
		},
	}
	d.register(command.Flags())
	command.Flags().StringVar(&output, "output", "", "`FILE` to write to (default standard output)")
	return command
}

func listEvidence(streams *Streams, view *review.View) error {
	serves := map[string][]string{}
	for _, answer := range view.State.Answers {
		for _, attached := range answer.Attached {
			serves[attached.Evidence] = append(serves[attached.Evidence], answer.Key)
		}
	}
	table := tabwriter.NewWriter(streams.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tKIND\tCOLLECTED\tCOUNTS UNTIL\tBY\tWHAT\tSERVES")
	for _, id := range slices.Sorted(maps.Keys(view.State.Evidence)) {
		evidence := view.State.Evidence[id]
		about := view.State.AboutOf(evidence)
		slices.Sort(serves[id])
		row := []string{id, string(evidence.Kind), evidence.Collected, evidence.Expires, view.State.NameOf(evidence.By),
			strings.TrimSpace(about.Title + " " + about.Name + about.URL), strings.Join(serves[id], ", ")}
		for i := range row {
			row[i] = harmless(row[i])
		}
		fmt.Fprintln(table, strings.Join(row, "\t"))
	}
	return table.Flush()
}

// writeEvidence gives a file out as it was handed in; links and notes are told.
func (d *desk) writeEvidence(command *cobra.Command, streams *Streams, about review.EvidenceText, output string) error {
	if about.SHA256 == "" {
		_, err := fmt.Fprintln(streams.Out, harmless(about.URL+about.Note))
		return err
	}
	s, err := d.open(command.Context(), streams, false)
	if err != nil {
		return err
	}
	defer s.Close()
	if output == "" && streams.OutTerminal {
		return usageError("the file may harm a terminal: write it to one with --output FILE")
	}
	return asUsage(s.OpenFile(command.Context(), about.SHA256, func(file io.Reader, _ int64) error {
		if output == "" {
			_, err := io.Copy(streams.Out, file)
			return err
		}
		return writeWhole(output, func(out io.Writer) error {
			_, err := io.Copy(out, file)
			return err
		})
	}))
}

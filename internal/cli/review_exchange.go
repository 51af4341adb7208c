package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/review/sheet"
)

// largestSheet bounds what is read into memory; what is taken for a sheet is bounded further.
const largestSheet = 20 << 20

func newReviewExportCommand(streams *Streams) *cobra.Command {
	d := &desk{}
	formats := []string{"yaml"}
	options := sheet.Options{}
	mine := false
	command := &cobra.Command{
		Use: "export", Short: "Write the questions and answers to edit: YAML for git, XLSX or CSV to fill in offline", Args: none,
		Example: "  kubeproof review export -o yaml=answers.yaml\n  kubeproof review export -o xlsx=answers.xlsx --mine",
		RunE: func(command *cobra.Command, _ []string) error {
			if err := checkFormats(formats, sheet.Formats); err != nil {
				return err
			}
			if streams.OutTerminal && slices.Contains(formats, "xlsx") {
				return usageError("a workbook would harm a terminal: write it to a file with -o xlsx=FILE")
			}
			return d.look(command.Context(), streams, func(s *session, view *review.View) (err error) {
				if mine {
					if options.Mine, err = s.who(view.State); err != nil {
						return err
					}
				}
				return eachFormat(streams, formats, func(name, _ string, out io.Writer) error { return sheet.Write(name, out, view, options) })
			})
		},
	}
	d.register(command.Flags())
	command.Flags().StringArrayVarP(&formats, "format", "o", formats, "as `FORMAT[=FILE]`: yaml, xlsx or csv; may be repeated")
	command.Flags().BoolVar(&options.All, "all", false, "also questions that are not asked")
	command.Flags().BoolVar(&mine, "mine", false, "only what is yours to answer")
	return command
}

// eachFormat writes every FORMAT[=FILE].
func eachFormat(streams *Streams, formats []string, write func(name, file string, out io.Writer) error) error {
	for _, format := range formats {
		name, file, toFile := strings.Cut(format, "=")
		if !toFile {
			if err := write(name, "", streams.Out); err != nil {
				return err
			}
			continue
		}
		if err := writeWhole(file, func(out io.Writer) error { return write(name, file, out) }); err != nil {
			return err
		}
	}
	return nil
}

// importing are the flags of review import.
type importing struct {
	desk
	skipWrong, submit, yes bool
}

func newReviewImportCommand(streams *Streams) *cobra.Command {
	f := &importing{}
	command := &cobra.Command{
		Use: "import FILE", Short: "Read answers that were edited: YAML, XLSX or CSV, - for standard input; what changes is shown first", Args: one("a file", "write one with `kubeproof review export`"),
		Long: `Read answers that were edited, show what they change, and with --yes do it. Rows that are blank or the same change
nothing. What cannot be read is told with its place, and nothing of the file is taken in until it is put right or
--skip-wrong leaves it out.

Exit codes: 0 nothing is wrong, 2 wrong usage or something that does not fit.`,
		Example: "  kubeproof review import answers.xlsx\n  kubeproof review import answers.yaml --yes",
		RunE: func(command *cobra.Command, args []string) error {
			rows, problems, err := readSheet(command.Context(), streams, args[0])
			if err != nil {
				return err
			}
			return f.act(command.Context(), streams, func(s *session, w *journal.Work, plan string) error {
				return f.run(s, w, plan, rows, problems)
			})
		},
	}
	f.register(command.Flags())
	command.Flags().BoolVar(&f.yes, "yes", false, "do it")
	command.Flags().BoolVar(&f.skipWrong, "skip-wrong", false, "leave out what does not fit")
	command.Flags().BoolVar(&f.submit, "submit", false, "also submit the answers for review")
	return command
}

// readSheet reads a file, or standard input for -, whose content then tells the format.
func readSheet(ctx context.Context, streams *Streams, file string) ([]sheet.Row, []sheet.Problem, error) {
	name, text, err := "standard input", []byte(nil), error(nil)
	if file == "-" {
		text, err = await(ctx, func() ([]byte, error) { return io.ReadAll(io.LimitReader(streams.In, largestSheet+1)) })
	} else {
		name = filepath.Base(file)
		text, err = readPlain(file)
	}
	if err != nil {
		return nil, nil, usageError("read %s: %s", file, reason(err))
	}
	if len(text) > largestSheet {
		return nil, nil, usageError("read %s: it has more than %d MiB", file, largestSheet>>20)
	}
	rows, problems, err := sheet.Read(name, text)
	if err != nil {
		return nil, nil, usageError("%v", err)
	}
	return rows, problems, nil
}

// readPlain reads a file that is neither too large nor a folder or a pipe.
func readPlain(file string) ([]byte, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > largestSheet {
		return nil, fmt.Errorf("it is no plain file of at most %d MiB", largestSheet>>20)
	}
	return os.ReadFile(filepath.Clean(file))
}

func (f *importing) run(s *session, w *journal.Work, plan string, rows []sheet.Row, problems []sheet.Problem) error {
	view, err := s.view(w.State, plan)
	if err != nil {
		return err
	}
	changes, more := sheet.Compare(view, s.library, rows)
	problems = append(problems, more...)
	for _, problem := range problems {
		s.say("%s: %s", problem.Place, problem.What)
	}
	for _, change := range changes {
		f.show(s, change)
	}
	switch {
	case len(problems) > 0 && !f.skipWrong:
		return usageError("%s: put it right, or leave it out with --skip-wrong", counted(len(problems), "problem"))
	case len(changes) == 0:
		s.say("nothing changes")
		return nil
	case !f.yes:
		s.say("%s would be made: do it with --yes", counted(len(changes), "change"))
		return nil
	}
	return f.apply(s, w, plan, changes)
}

// show prints the difference that a change makes.
func (f *importing) show(s *session, change sheet.Change) {
	note := map[review.Stage]string{
		review.Approved: " (approved: it has to be approved again)",
		review.InReview: " (in review: it has to be submitted again)",
	}[change.Prior]
	fmt.Fprintf(s.streams.Out, "%s%s\n", harmless(change.Key), note)
	if change.Before != "" {
		fmt.Fprintf(s.streams.Out, "  - %s\n", harmless(change.Before))
	}
	fmt.Fprintf(s.streams.Out, "  + %s\n", harmless(change.After))
}

func (f *importing) apply(s *session, w *journal.Work, plan string, changes []sheet.Change) error {
	submitted := 0
	for _, change := range changes {
		answered := false
		for _, action := range change.Actions {
			if err := w.Do(action); err != nil {
				return usageError("%s: %v", change.Place, err)
			}
			_, isAnswer := action.(*review.SetAnswer)
			answered = answered || isAnswer
		}
		if answered && f.submit {
			if err := w.Do(&review.Submit{Plan: plan, Key: change.Key}); err != nil {
				return usageError("%s: %v", change.Place, err)
			}
			submitted++
		}
	}
	s.say("made %s", counted(len(changes), "change"))
	if submitted > 0 {
		s.say("submitted %s", counted(submitted, "answer"))
	}
	return nil
}

package cli

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubeproof/kubeproof/internal/evidence"
	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/review"
)

// attaching are the flags of review attach.
type attaching struct {
	desk
	title, link, note, scan, known string
	report                         bool
	period                         review.Period
	limit                          int64
	redact                         bool
	to                             []string
}

func newReviewAttachCommand(streams *Streams) *cobra.Command {
	a := &attaching{}
	command := &cobra.Command{
		Use: "attach ITEM [FILE]", Short: "Attach evidence to an item's questions, or to one question",
		Long: `Attach evidence: a file, a link, a note, a recorded scan, or a piece that is attached elsewhere already. Files
are kept in the store by their SHA-256; their content must be what their name says, and texts are searched for
secrets. Evidence counts until --expires, else as long as the question's freshness says from --collected on.
An answer to which evidence is attached has to be approved again.`,
		Example: "  kubeproof review attach S4.020 restore-report.pdf --collected 2026-10-01 --from 2026-07-01 --to 2026-09-30\n" +
			"  kubeproof review attach restore-test --link https://wiki.example.com/restore --title \"restore test\"\n" +
			"  kubeproof review attach S1.001 --evidence e-1f2e3d4c",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 || len(args) > 2 {
				return usageError("name an item or a question, and at most one file: see `kubeproof review attach --help`")
			}
			return nil
		},
		RunE: func(command *cobra.Command, args []string) error {
			return a.run(command.Context(), streams, args)
		},
	}
	flags := command.Flags()
	a.register(flags)
	flags.StringVar(&a.title, "title", "", "what it is, as `TEXT`")
	flags.StringVar(&a.link, "link", "", "the `ADDRESS` of a page instead of a file")
	flags.StringVar(&a.note, "note", "", "a `TEXT` that you write instead of a file")
	flags.StringVar(&a.scan, "scan", "", "the report of a recorded scan, by its environment and `LABEL`, as production/main")
	flags.StringVar(&a.known, "evidence", "", "a piece that is here already, by its `ID`")
	flags.BoolVar(&a.report, "report", false, "the file is a report of another tool")
	flags.StringVar(&a.period.Collected, "collected", "", "the `DAY` on which it was made (default today)")
	flags.StringVar(&a.period.From, "from", "", "the first `DAY` that it speaks of")
	flags.StringVar(&a.period.To, "to", "", "the last `DAY` that it speaks of")
	flags.StringVar(&a.period.Expires, "expires", "", "the last `DAY` on which it counts")
	flags.Int64Var(&a.limit, "limit", evidence.DefaultLimit, "the largest file that is taken in, in `BYTES`")
	flags.BoolVar(&a.redact, "redact", false, "mask secrets in a text instead of refusing it")
	flags.StringSliceVar(&a.to, "to-also", nil, "further items or questions that it serves, as `KEY,...`")
	return command
}

func (a *attaching) run(ctx context.Context, streams *Streams, args []string) error {
	given := 0
	for _, one := range []bool{len(args) == 2, a.link != "", a.note != "", a.scan != "", a.known != ""} {
		if one {
			given++
		}
	}
	if given != 1 {
		return usageError("name just one piece of evidence: a file, --link, --note, --scan or --evidence")
	}
	var taken *evidence.Taken
	if len(args) == 2 {
		var err error
		if taken, err = evidence.Take(args[1], evidence.Options{Limit: a.limit, Redact: a.redact}); err != nil {
			return usageError("%v", err)
		}
	}
	return a.act(ctx, streams, func(s *session, w *journal.Work, plan string) error {
		id, err := a.add(s, w, plan, taken)
		if err != nil {
			return err
		}
		return a.attach(s, w, plan, id, append([]string{args[0]}, a.to...))
	})
}

// add hands the evidence in and gives its id.
func (a *attaching) add(s *session, w *journal.Work, plan string, taken *evidence.Taken) (string, error) {
	if a.known != "" {
		return a.known, nil
	}
	action := &review.AddEvidence{ID: journal.NewID("e"), Period: a.period, EvidenceText: review.EvidenceText{Title: a.title, URL: a.link, Note: a.note}}
	action.Period.Collected = cmp.Or(a.period.Collected, s.now().UTC().Format(review.Day))
	switch {
	case a.link != "":
		action.Kind = review.EvidenceLink
	case a.note != "":
		action.Kind = review.EvidenceNote
	case a.scan != "":
		return action.ID, a.addScan(w, plan, action)
	default:
		return action.ID, a.addFile(s, w, action, taken)
	}
	return action.ID, w.Do(action)
}

func (a *attaching) addFile(s *session, w *journal.Work, action *review.AddEvidence, taken *evidence.Taken) error {
	action.Kind = review.EvidenceFile
	if a.report {
		action.Kind = review.EvidenceReport
	}
	action.Media, action.Size = taken.Media, int64(len(taken.Data))
	action.EvidenceText.Name, action.SHA256, action.Redacted = taken.Name, taken.SHA256, taken.Redacted
	if taken.Redacted > 0 {
		s.say("masked secrets in %s", counted(taken.Redacted, "line"))
	}
	if taken.Unsearched {
		s.say("%s is %s, which was not searched for secrets", taken.Name, taken.Media)
	}
	if err := w.Keep(taken.SHA256, action.Size, bytes.NewReader(taken.Data)); err != nil {
		return err
	}
	return w.Do(action)
}

// addScan hands in the report of a scan, which the store holds already.
func (a *attaching) addScan(w *journal.Work, plan string, action *review.AddEvidence) error {
	scan := w.State.Scans[plan+"/"+a.scan]
	if scan == nil {
		return usageError("scan %q is not recorded: see `kubeproof review status`", a.scan)
	}
	scanned := w.State.ScannedOf(scan)
	if scanned.SHA256 == "" {
		return usageError("the report of scan %s was erased", a.scan)
	}
	action.Kind, action.Media = review.EvidenceScan, "application/json"
	action.Period.Collected = scan.Made.UTC().Format(review.Day)
	action.Title, action.EvidenceText.Name, action.SHA256 = cmp.Or(a.title, "scan of "+scanned.Name), "scan.json", scanned.SHA256
	return w.Do(action)
}

// attach links the evidence to the keys; an item stands for all its questions.
func (a *attaching) attach(s *session, w *journal.Work, plan, id string, to []string) error {
	view, err := s.view(w.State, plan)
	if err != nil {
		return err
	}
	var keys []string
	for _, key := range to {
		item := view.Item(key)
		if item == nil || len(item.Questions) == 0 {
			keys = append(keys, key)
			continue
		}
		for _, asked := range item.Questions {
			if asked.Skipped == "" && !slices.Contains(keys, asked.Question.ID) {
				keys = append(keys, asked.Question.ID)
			}
		}
	}
	if err := w.Do(&review.Link{Evidence: id, Plan: plan, Keys: keys}); err != nil {
		return err
	}
	s.say("attached %s to %s", id, strings.Join(keys, ", "))
	return nil
}

func newReviewDetachCommand(streams *Streams) *cobra.Command {
	d := &desk{}
	command := &cobra.Command{
		Use: "detach QUESTION EVIDENCE", Short: "Take evidence away from a question; the evidence itself stays in the record",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usageError("name a question and the id of the evidence: see `kubeproof review show QUESTION`")
			}
			return nil
		},
		RunE: func(command *cobra.Command, args []string) error {
			return d.act(command.Context(), streams, func(s *session, w *journal.Work, plan string) error {
				if err := w.Do(&review.Unlink{Plan: plan, Key: args[0], Evidence: args[1]}); err != nil {
					return err
				}
				s.say("detached %s from %s", args[1], args[0])
				return nil
			})
		},
	}
	d.register(command.Flags())
	return command
}

package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubeproof/kubeproof/internal/report/dossier"
	"github.com/kubeproof/kubeproof/internal/review"
)

// statusFlags are the flags of review status.
type statusFlags struct {
	desk
	format, section string
	mine, all       bool
	noColour        bool
}

func newReviewStatusCommand(streams *Streams) *cobra.Command {
	f := &statusFlags{}
	command := &cobra.Command{
		Use: "status", Short: "Show where a review stands: progress by section, what is due, what is yours", Args: none,
		Long: `Show where a review stands. The score is satisfied items by those that apply; whatever is unknown, unanswered,
unreviewed or too old is counted beside it and never in it.`,
		Example: "  kubeproof review status\n  kubeproof review status --mine\n  kubeproof review status --all --section access\n  kubeproof review status -o json",
		RunE: func(command *cobra.Command, _ []string) error {
			return f.look(command.Context(), streams, func(s *session, view *review.View) error {
				if f.format == "json" {
					return asUsage(dossier.Write("json", streams.Out, &dossier.Dossier{View: view, Version: version()}))
				}
				if f.format != "table" {
					return usageError("format %q is unknown: use table or json", f.format)
				}
				return f.write(s, view)
			})
		},
	}
	f.register(command.Flags())
	command.Flags().BoolVar(&f.mine, "mine", false, "only what waits for you")
	command.Flags().BoolVar(&f.all, "all", false, "every item with its state")
	command.Flags().StringVar(&f.section, "section", "", "only sections whose name holds `TEXT`")
	command.Flags().StringVarP(&f.format, "format", "o", "table", "`FORMAT`: table or json")
	command.Flags().BoolVar(&f.noColour, "no-color", false, "no colour")
	return command
}

// itemLook is how tables show the state of an item: its word, its sign in a bar, its ANSI colour.
var itemLook = map[review.ItemState]struct{ word, sign, colour string }{
	review.ItemSatisfied:        {"satisfied", "=", "32"},
	review.ItemPartly:           {"partly", "-", "33"},
	review.ItemNotSatisfied:     {"not satisfied", "x", "31"},
	review.ItemContradicted:     {"contradicted", "!", "35"},
	review.ItemAccepted:         {"accepted", "a", "36"},
	review.ItemStale:            {"stale", "~", "33"},
	review.ItemInReview:         {"in review", "r", "34"},
	review.ItemAnswered:         {"answered", "+", "34"},
	review.ItemChangesRequested: {"changes requested", "c", "33"},
	review.ItemOpen:             {"open", ".", "2"},
	review.ItemNotApplicable:    {"not applicable", "o", "2"},
}

func (f *statusFlags) write(s *session, view *review.View) error {
	t := s.table(f.noColour)
	t.line("%s", t.paint("1", harmless(view.About.Title)))
	if view.About.Scope != "" {
		t.wrapped(harmless(view.About.Scope))
	}
	if f.mine {
		return f.writeMine(s, view, t)
	}
	t.line("%s of %s satisfied (%d%%), by risk %d%%; scans: %s", fmt.Sprint(view.Score.Satisfied), counted(view.Score.Applicable, "applicable item"),
		view.Score.Percent(), view.Score.WeightedPercent(), scansOf(view))
	t.line("%s", legend(view.Score))
	for _, list := range view.Lists {
		f.writeList(t, list)
	}
	f.writeAttention(view, t)
	return t.err
}

// table makes a table for the terminal.
func (s *session) table(noColour bool) *checklistTable {
	return &checklistTable{out: s.streams.Out, colour: s.streams.colour(noColour), width: cmp.Or(s.streams.Width, defaultWidth)}
}

func scansOf(view *review.View) string {
	if len(view.Scans) == 0 {
		return "none"
	}
	newest := slices.MaxFunc(view.Scans, func(a, b *review.Scan) int { return a.Made.Compare(b.Made) })
	return fmt.Sprintf("%d, the newest of %s", len(view.Scans), newest.Made.Format(review.Day))
}

// legend counts the states that occur, with their signs.
func legend(score review.Score) string {
	var parts []string
	for _, state := range review.ItemStates {
		if n := score.States[state]; n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d %s", itemLook[state].sign, n, itemLook[state].word))
		}
	}
	return strings.Join(parts, ", ")
}

func (f *statusFlags) writeList(t *checklistTable, list *review.ListView) {
	t.line("")
	t.line("%s  %d of %d (%d%%)", t.paint("1", list.List.Title), list.Score.Satisfied, list.Score.Applicable, list.Score.Percent())
	for _, section := range list.Sections {
		if f.section != "" && !strings.Contains(strings.ToLower(section.Name), strings.ToLower(f.section)) {
			continue
		}
		t.line("%s %3d/%-3d %s", reviewBar(t, section.Score), section.Score.Satisfied, section.Score.Applicable, section.Name)
		if f.all {
			for _, item := range section.Items {
				writeItem(t, item)
			}
		}
	}
}

const reviewBarWidth = 24

// reviewBar shows the states of a section as signs, each state by its share and by at least one sign.
func reviewBar(t *checklistTable, score review.Score) string {
	bar, used := "", 0
	for _, state := range review.ItemStates {
		n := score.States[state]
		if n == 0 {
			continue
		}
		width := min(max(1, n*reviewBarWidth/score.Items), reviewBarWidth-used)
		used += width
		bar += t.paint(itemLook[state].colour, strings.Repeat(itemLook[state].sign, width))
	}
	return "[" + bar + strings.Repeat(" ", reviewBarWidth-used) + "]"
}

func writeItem(t *checklistTable, item *review.ItemView) {
	look := itemLook[item.State]
	t.line("  %s %s %s", t.paint(look.colour, fmt.Sprintf("%-17s", look.word)), item.Item.ID, shorten(item.Item.Text, t.width-29))
	if item.Reason != "" {
		t.line("%20s%s", "", t.paint("2", shorten(harmless(item.Reason), t.width-22)))
	}
}

// shorten cuts a text to one line of a width.
func shorten(text string, width int) string {
	text = strings.Join(strings.Fields(text), " ")
	runes := []rune(text)
	if width < 10 || len(runes) <= width {
		return text
	}
	return string(runes[:width-3]) + "..."
}

// most is how many lines status shows of one matter; --all shows every item.
const mostAttention = 10

// writeAttention tells what people should look at first.
func (f *statusFlags) writeAttention(view *review.View, t *checklistTable) {
	for _, matter := range []struct {
		heading string
		lines   []string
	}{
		{"Contradicted: an answer and a scan disagree", itemsIn(view, review.ItemContradicted)},
		{"Stale: too old to count", itemsIn(view, review.ItemStale)},
		{"Soon too old", expiring(view)},
		{"Due", due(view, "")},
		{"Exceptions", exceptionsDue(view)},
		{"Access reviews", accessDue(view)},
	} {
		if len(matter.lines) == 0 {
			continue
		}
		t.line("")
		t.line("%s", t.paint("1", matter.heading))
		for i, line := range matter.lines {
			if i == mostAttention && !f.all {
				t.line("  and %d more: see --all", len(matter.lines)-i)
				break
			}
			t.line("  %s", shorten(harmless(line), t.width-4))
		}
	}
}

func itemsIn(view *review.View, state review.ItemState) []string {
	var lines []string
	for _, item := range view.Items {
		if item.State == state {
			lines = append(lines, item.Item.ID+" "+item.Reason)
		}
	}
	return lines
}

func expiring(view *review.View) []string {
	var lines []string
	for _, asked := range view.Asked {
		if asked.Soon && asked.Stale == "" && asked.Stage != review.Open {
			lines = append(lines, fmt.Sprintf("%s counts until %s", asked.Question.ID, asked.Until))
		}
	}
	return lines
}

// due lists what is to be answered until a day, of one person or of all.
func due(view *review.View, owner string) []string {
	var lines []string
	for _, asked := range view.Asked {
		answer := asked.Answer
		if answer == nil || answer.Due == "" || owner != "" && asked.Owner != owner || answer.Stage == review.Approved || answer.Stage == review.InReview {
			continue
		}
		late := ""
		if answer.Due < view.Now.UTC().Format(review.Day) {
			late = " (late)"
		}
		lines = append(lines, fmt.Sprintf("%s%s %s, %s: %s", answer.Due, late, asked.Question.ID, view.State.NameOf(asked.Owner), asked.Question.Text))
	}
	slices.Sort(lines)
	return lines
}

func exceptionsDue(view *review.View) []string {
	var lines []string
	for _, exception := range view.Exceptions {
		switch until := exception.Until(view.Now); {
		case exception.State == review.ExceptionRequested:
			lines = append(lines, fmt.Sprintf("%s for %s waits for a reviewer", exception.ID, exception.Item+exception.Control))
		case exception.State == review.ExceptionApproved && until == "":
			lines = append(lines, fmt.Sprintf("%s for %s ended on %s", exception.ID, exception.Item+exception.Control, exception.Expires))
		case until != "" && until < view.Now.AddDate(0, 0, view.Plan.Warn).Format(review.Day):
			lines = append(lines, fmt.Sprintf("%s for %s ends on %s", exception.ID, exception.Item+exception.Control, until))
		}
	}
	return lines
}

func accessDue(view *review.View) []string {
	var lines []string
	for _, access := range view.Access {
		switch {
		case access.Done == nil:
			lines = append(lines, fmt.Sprintf("%s: %d of %s confirmed, due on %s", access.Environment, len(access.Decisions), counted(access.Count, "subject"), access.Due))
		case access.Due < view.Now.AddDate(0, 0, view.Plan.Warn).Format(review.Day):
			lines = append(lines, fmt.Sprintf("%s: the next is due on %s", access.Environment, access.Due))
		}
	}
	return lines
}

// writeMine tells what waits for the person who asks.
func (f *statusFlags) writeMine(s *session, view *review.View, t *checklistTable) error {
	me, err := s.who(view.State)
	if err != nil {
		return err
	}
	person := view.State.People[me]
	some := false
	for _, matter := range []struct {
		heading string
		lines   []string
	}{{"To answer", owned(view, me)}, {"Due", due(view, me)}, {"Changes requested", sentBack(view, me)}, {"To submit", toSubmit(view, me)}, {"To review", toReview(view, person)}} {
		if len(matter.lines) > 0 {
			some = true
			t.line("")
			t.line("%s", t.paint("1", matter.heading))
			for _, line := range matter.lines {
				t.line("  %s", shorten(harmless(line), t.width-4))
			}
		}
	}
	if !some {
		t.line("nothing waits for %s", harmless(view.State.NameOf(me)))
	}
	return t.err
}

package report

import (
	"fmt"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/control"
)

// mostNotes is how many errors the table names unless Full.
const mostNotes = 20

// summary ends the table: what was found, what was not assessed, and what to do next.
func (t *table) summary() {
	t.notAssessed()
	t.notices()
	s := t.r.Assessment.Summary
	verdict := t.r.verdict()
	style := boldRed
	switch {
	case s.Outcomes.Fail == 0 && strings.HasPrefix(verdict, "No failures: "):
		style = green
	case s.Outcomes.Fail == 0:
		style = yellow
	}
	t.line("%s", t.paint(bold, "Summary"))
	for _, target := range t.r.Assessment.Targets {
		if target.About != "" {
			t.row("Cluster", safe(target.About))
		}
	}
	t.images()
	t.row("Result", t.paint(style, verdict))
	if known := t.r.baseline(); known > 0 {
		t.row("Baseline", count(known, "known failure")+" not shown")
	}
	if t.r.failures().total() > 0 {
		t.row("Teams", t.teams())
		t.row("Most", t.most())
	}
	t.row("Checks", outcomes(s.Outcomes))
	t.row("Judged", fmt.Sprintf("%s of %s by %s", number(s.Judged), count(s.Subjects, "object"), count(s.Controls, "control")))
	t.next()
}

// row writes text beside its name, over several lines if it must; painted text stays on one.
func (t *table) row(name, text string) {
	if strings.Contains(text, "\x1b") {
		t.line("  %-9s %s", name, text)
		return
	}
	for _, line := range wrap(text, t.width-12) {
		t.line("  %-9s %s", name, line)
		name = ""
	}
}

func (t *table) teams() string {
	var parts []string
	teams := t.r.teams()
	for _, team := range []control.Team{control.Apps, control.Infra, control.Both} {
		if n := teams[team]; n > 0 {
			parts = append(parts, string(team)+" "+number(n))
		}
	}
	return strings.Join(parts, ", ")
}

// most names the controls that failed most often.
func (t *table) most() string {
	failed := map[string]int{}
	for _, f := range t.urgent {
		if f.Outcome == assessment.Fail && !f.Baseline {
			failed[f.Control]++
		}
	}
	parts := strings.SplitN(counted(failed), ", ", 4)
	return strings.Join(parts[:min(len(parts), 3)], ", ")
}

// outcomes writes the counts that are not 0; passes and failures always.
func outcomes(c assessment.Counts) string {
	parts := []string{number(c.Pass) + " passed", number(c.Fail) + " failed"}
	for _, rest := range []struct {
		n    int
		word string
	}{{c.Accepted, "accepted"}, {c.Unknown, "unknown"}, {c.Error, "in error"}, {c.NotApplicable, "not applicable"}} {
		if rest.n > 0 {
			parts = append(parts, number(rest.n)+" "+rest.word)
		}
	}
	return strings.Join(parts, ", ")
}

// notAssessed says what the run could not see: broken inputs, controls without a subject, kinds
// that no control knows, files left out.
func (t *table) notAssessed() {
	a, problems := t.r.Assessment, t.r.problems()
	unseen := t.r.unseen()
	skipped := skippedFiles(a)
	if len(problems) == 0 && len(unseen) == 0 && len(a.Summary.Unjudged) == 0 && skipped == "" {
		return
	}
	t.line("%s", t.paint(bold, "Not assessed"))
	for i, e := range problems {
		if i == mostNotes && !t.full && len(problems) > mostNotes+1 {
			t.line("  ... and %s: see -o json", count(len(problems)-i, "more problem"))
			break
		}
		t.problem(e)
	}
	if skipped != "" {
		t.note("files left out: " + skipped)
	}
	if len(a.Summary.Unjudged) > 0 {
		t.note("kinds that no control knows: " + counted(a.Summary.Unjudged))
	}
	if len(unseen) > 0 && a.Summary.Subjects > 0 {
		ids := make([]string, len(unseen))
		for i, result := range unseen {
			ids[i] = safe(result.ID)
		}
		if len(ids) > 6 && !t.full {
			ids = append(ids[:5], "...")
		}
		t.note(fmt.Sprintf("%s saw nothing to judge: %s", count(len(unseen), "control"), strings.Join(ids, ", ")))
	}
	t.line("")
}

// notices say what should be tidied up.
func (t *table) notices() {
	notices := t.r.Assessment.Notices
	if len(notices) == 0 {
		return
	}
	t.line("%s", t.paint(bold, "Tidy up"))
	for i, n := range notices {
		if i == mostNotes && !t.full && len(notices) > mostNotes+1 {
			t.line("  ... and %s: see -o json", count(len(notices)-i, "more notice"))
			break
		}
		t.note(strings.TrimSpace(safe(position(n.File, n.Line, 0)) + " " + safe(n.Message)))
	}
	t.line("")
}

func (t *table) problem(p problem) {
	word, style, where := "doubtful", yellow, p.place()
	switch {
	case p.gap:
		word = "unknown"
	case p.Lost:
		word, style = "error", red
	}
	if p.File == "" && TargetName(p.Target) != p.Target { // "cluster prod" would read on
		where += ":"
	}
	for i, line := range wrap(where+"  "+safe(p.Message), t.width-12) {
		lead := strings.Repeat(" ", 12)
		if i == 0 {
			lead = "  " + t.padded(style, word) + "  "
		}
		t.line("%s%s", lead, line)
	}
}

func (t *table) note(text string) {
	for i, line := range wrap(text, t.width-4) {
		lead := "    "
		if i == 0 {
			lead = "  "
		}
		t.line("%s%s", lead, line)
	}
}

// next names the commands that lead on.
func (t *table) next() {
	leads := t.leads()
	if len(leads) == 0 {
		return
	}
	width := 0
	for _, l := range leads {
		width = max(width, len(l.command))
	}
	t.line("")
	t.line("%s", t.paint(bold, "Next"))
	for _, l := range leads {
		t.command(width, l.command, l.about)
	}
}

// command writes a command to be copied, and beside it what it is for, if there is room.
func (t *table) command(width int, text, about string) {
	if 4+width+len(about) > t.width {
		t.line("  %s", text)
		return
	}
	t.line("  %-*s  %s", width, text, t.paint(dim, about))
}

// skippedFiles counts the files that the targets left out on purpose, by reason.
func skippedFiles(a *assessment.Assessment) string {
	total := map[string]int{}
	for _, target := range a.Targets {
		for reason, n := range target.Skipped {
			total[reason] += n
		}
	}
	return counted(total)
}

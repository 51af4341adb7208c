package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/report/escape"
)

// A comment on GitHub holds 65,536 characters; GitLab and Gitea allow more. The report stays below
// with room for what a caller puts before it.
const (
	markdownLimit = 60000
	markdownTop   = 15 // controls in the table of the worst
	markdownEach  = 25 // findings named under one control
)

// writeMarkdown writes a comment for a change: the totals, the worst failures, and all controls
// with findings in folded parts, as many as fit.
func writeMarkdown(w io.Writer, r *Report) error {
	var b strings.Builder
	fmt.Fprintf(&b, "## Kubeproof: %s\n\n", r.verdict())
	r.markdownTotals(&b)
	groups := r.groups()
	markdownWorst(&b, r, groups)
	r.markdownErrors(&b)
	for i, g := range groups {
		part := r.markdownControl(g)
		if utf8.RuneCountInString(b.String())+utf8.RuneCountInString(part) > markdownLimit {
			fmt.Fprintf(&b, "\n%s not shown: the comment would be too long. `kubeproof scan -o html=report.html` shows all.\n", count(len(groups)-i, "more control"))
			break
		}
		b.WriteString(part)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (r *Report) markdownTotals(b *strings.Builder) {
	s := r.Assessment.Summary
	b.WriteString("| critical | high | medium | low | info | passed | accepted | unknown | error |\n")
	b.WriteString("|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n|")
	failures := r.failures()
	for rank := len(failures) - 1; rank >= 0; rank-- {
		fmt.Fprintf(b, " %s |", number(failures[rank]))
	}
	o := s.Outcomes
	fmt.Fprintf(b, " %s | %s | %s | %s |\n\n", number(o.Pass), number(o.Accepted), number(o.Unknown), number(o.Error))
	fmt.Fprintf(b, "%s of %s judged by %s.", number(s.Judged), count(s.Subjects, "object"), count(s.Controls, "control"))
	if known := r.baseline(); known > 0 {
		fmt.Fprintf(b, " %s known from the baseline.", number(known))
	}
	b.WriteString("\n")
}

// markdownWorst is a table of the controls that failed, the worst first, each with its first place.
func markdownWorst(b *strings.Builder, r *Report, groups []*byControl) {
	shown := 0
	for _, g := range groups {
		failures := slices.DeleteFunc(slices.Clone(g.findings), func(f *assessment.Finding) bool {
			return f.Outcome != assessment.Fail || f.Baseline
		})
		if len(failures) == 0 || shown == markdownTop {
			continue
		}
		if shown++; shown == 1 {
			b.WriteString("\n| severity | control | failures | first place |\n|---|---|--:|---|\n")
		}
		f := failures[0]
		fmt.Fprintf(b, "| %s | %s<br>%s | %s | %s<br>%s |\n", f.Severity, inline(r.title(g.id)), code(g.id), number(len(failures)), where(f), inline(f.Message))
	}
}

// where is the place of a finding; in a live cluster, and where it has no place, its subject.
func where(f *assessment.Finding) string {
	if at := place(f); at != "" && f.Location.File != "" {
		return code(at)
	}
	return inline(fullName(f.Subject))
}

func (r *Report) markdownErrors(b *strings.Builder) {
	var lines []string
	broken, unseen := gapsApart(r.problems())
	for _, e := range broken {
		lines = append(lines, fmt.Sprintf("- %s %s\n", code(e.place()), inline(clip(e.Message, 300))))
	}
	folded(b, count(len(lines), "problem")+" in what was read", lines)
	lines = nil
	for _, e := range unseen {
		lines = append(lines, fmt.Sprintf("- %s %s\n", code(e.place()), inline(clip(e.Message, 300))))
	}
	folded(b, count(len(lines), "thing")+" that the cluster did not show", lines)
	lines = nil
	for _, n := range r.Assessment.Notices {
		lines = append(lines, fmt.Sprintf("- %s %s\n", code(position(n.File, n.Line, 0)), inline(clip(n.Message, 300))))
	}
	folded(b, count(len(lines), "thing")+" to tidy up", lines)
}

// folded writes a list that opens on demand, its first entries only; nothing if it is empty.
func folded(b *strings.Builder, summary string, lines []string) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(b, "\n<details><summary>%s</summary>\n\n", summary)
	for i, line := range lines {
		if i == markdownEach {
			fmt.Fprintf(b, "- and %s more\n", number(len(lines)-i))
			break
		}
		b.WriteString(line)
	}
	b.WriteString("\n</details>\n")
}

func (r *Report) markdownControl(g *byControl) string {
	var b strings.Builder
	totals := fmt.Sprintf("%s, %s", g.severity, count(len(g.findings), "finding"))
	fmt.Fprintf(&b, "\n<details><summary>%s (%s)</summary>\n\n", inline(r.title(g.id)), totals)
	fmt.Fprintf(&b, "%s", code(g.id))
	if fix := fixLine(g.findings[0].Fix); fix != "" {
		fmt.Fprintf(&b, ": %s", marked(fix))
	}
	b.WriteString("\n\n")
	for i, f := range g.findings {
		if i == markdownEach {
			fmt.Fprintf(&b, "- and %s more\n", number(len(g.findings)-i))
			break
		}
		fmt.Fprintf(&b, "- %s%s", markdownOutcome(f), opening(inline(clip(f.Message, 300))))
		if at := place(f); at != "" {
			fmt.Fprintf(&b, " at %s", code(at))
		}
		fmt.Fprintf(&b, " (%s)\n", inline(fullName(f.Subject)))
	}
	b.WriteString("\n</details>\n")
	return b.String()
}

func markdownOutcome(f *assessment.Finding) string {
	switch {
	case f.Outcome == assessment.Fail && f.Baseline:
		return "**known** "
	case f.Outcome == assessment.Fail:
		return ""
	case f.Outcome == assessment.Accepted && f.Exception != nil:
		return "**accepted** " + escape.Markdown(f.Exception.Term()) + ": "
	}
	return "**" + inline(string(f.Outcome)) + "** "
}

// inline escapes text so that it stands in Markdown, also in a table cell and in an HTML summary,
// as nothing but text: no markup, no link, no mention of a person, no reference to an issue.
// Mentions are looked for after entities were resolved, so a zero-width space breaks them.
func inline(text string) string { return hush.Replace(escape.Markdown(safe(text))) }

var hush = strings.NewReplacer("@", "@&#8203;", "&#35;", "&#35;&#8203;", "://", ":&#8203;//", "www.", "www&#8203;.")

// opening is escaped text at the beginning of a line, where some characters open a block.
func opening(text string) string {
	if text != "" && strings.ContainsRune("-+= 0123456789", rune(text[0])) {
		return fmt.Sprintf("&#%d;%s", text[0], text[1:])
	}
	return text
}

// code is text in fixed width, for ids and places that people copy: mentions are not looked for
// there.
func code(text string) string { return "<code>" + escape.Markdown(safe(text)) + "</code>" }

// marked is inline for text of the catalogue, in which backticks set off what is code.
func marked(text string) string {
	parts := strings.Split(text, "`")
	if len(parts)%2 == 0 {
		return inline(text)
	}
	for i, part := range parts {
		if i%2 == 0 {
			parts[i] = inline(part)
		} else {
			parts[i] = code(part)
		}
	}
	return strings.Join(parts, "")
}

package dossier

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/kubeproof/kubeproof/internal/review"
)

// A comment on GitHub holds 65,536 characters; a wiki more. The report stays below, with room for what
// a caller puts before it: the items give way, never the ledger.
const (
	markdownLimit = 60000
	markdownTop   = 15  // things that need attention
	markdownCell  = 240 // characters of one text
)

// writeMarkdown writes the document in short: numbers, what needs attention, each item on one line as
// far as there is room, and the checkpoint.
func writeMarkdown(w io.Writer, d *Dossier) error {
	m := &markdown{Document: neutralised(Gather(d))}
	m.head()
	m.attention()
	m.progress()
	m.exceptions()
	m.frameworks()
	m.accessAndScans()
	m.evidence()
	m.gaps()
	end := m.end()
	m.items(markdownLimit - utf8.RuneCountInString(end))
	_, err := io.WriteString(w, m.String()+end)
	return err
}

type markdown struct {
	*Document
	strings.Builder
}

func (m *markdown) printf(format string, args ...any) { fmt.Fprintf(m, format, args...) }

func (m *markdown) head() {
	m.printf("# %s\n\n", opening(inline(m.Review.Title)))
	if m.Review.Scope != "" {
		m.printf("%s\n\n", opening(inline(m.Review.Scope)))
	}
	var environments []string
	for _, environment := range m.Review.Environments {
		environments = append(environments, inline(environment))
	}
	m.printf("Review %s of %s, as of %s.\n\n", code(m.Review.ID), strings.Join(environments, ", "), minute(m.Review.At))
	m.printf("**%s; weighted by risk %d %%.**\n\n", m.headline(), m.Score.WeightedPercent)
	for _, state := range review.ItemStates {
		m.printf("| %s ", spoken(state))
	}
	m.printf("|\n%s|\n", strings.Repeat("|--:", len(review.ItemStates)))
	for _, state := range review.ItemStates {
		m.printf("| %s ", number(m.Score.States[state]))
	}
	m.printf("|\n")
}

func (m *markdown) attention() {
	m.printf("\n## What needs attention first\n\n")
	if len(m.Attention) == 0 {
		m.printf("Nothing is contradicted, not satisfied, stale, or about to end.\n")
		return
	}
	m.printf("| why | where | what | weight |\n|---|---|---|--:|\n")
	first, more := pressing(m.Attention, markdownTop)
	for _, one := range first {
		weight := ""
		if one.Weight > 0 {
			weight = fmt.Sprint(one.Weight)
		}
		m.printf("| **%s** | %s | %s<br>%s | %s |\n", spoken(one.Why), code(one.ID), cell(one.Text), cell(one.Reason), weight)
	}
	if more > 0 {
		m.printf("\nand %s more\n", number(more))
	}
}

func (m *markdown) progress() {
	m.printf("\n## Progress\n\n| checklist | satisfied | score | by risk | partly | not satisfied | contradicted | accepted | stale | open or in work | not applicable |\n")
	m.printf("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n")
	for _, list := range m.Checklists {
		m.row("**"+cell(list.Title)+"**", list.Score)
		for _, section := range list.Sections {
			m.row(cell(section.Name), section.Score)
		}
	}
}

func (m *markdown) row(name string, s Score) {
	n := func(states ...review.ItemState) (sum int) {
		for _, state := range states {
			sum += s.States[state]
		}
		return sum
	}
	m.printf("| %s | %d of %d | %d %% | %d %% | %d | %d | %d | %d | %d | %d | %d |\n", name, s.Satisfied, s.Applicable, s.Percent, s.WeightedPercent,
		n(review.ItemPartly), n(review.ItemNotSatisfied), n(review.ItemContradicted), n(review.ItemAccepted), n(review.ItemStale),
		n(review.ItemOpen, review.ItemAnswered, review.ItemInReview, review.ItemChangesRequested), n(review.ItemNotApplicable))
}

// items writes the sections as folded tables, as many as fit into so many characters.
func (m *markdown) items(most int) {
	m.printf("\n## Items\n")
	used := utf8.RuneCountInString(m.String())
	for l, list := range m.Checklists {
		for s, section := range list.Sections {
			part := m.section(list, section)
			if used += utf8.RuneCountInString(part); used > most {
				left := len(list.Sections) - s
				for _, later := range m.Checklists[l+1:] {
					left += len(later.Sections)
				}
				m.printf("\n%s not shown: the page would be too long. The HTML and JSON reports show all.\n", count(left, "more section"))
				return
			}
			m.WriteString(part)
		}
	}
}

func (m *markdown) section(list List, section Section) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n<details><summary>%s: %s (%d of %d satisfied)</summary>\n\n| state | item | why | answers |\n|---|---|---|---|\n",
		cell(list.Title), cell(section.Name), section.Score.Satisfied, section.Score.Applicable)
	for _, item := range section.All() {
		fmt.Fprintf(&b, "| **%s** | %s %s | %s | %s |\n", spoken(item.State), code(item.ID), cell(item.Text), cell(item.Reason), m.answers(item))
	}
	b.WriteString("\n</details>\n")
	return b.String()
}

// answers says in short who said what of an item, and who approved it.
func (m *markdown) answers(item *Item) string {
	var parts []string
	add := func(id string, answer *Answer) {
		if answer == nil || !answer.Given {
			return
		}
		part := code(id) + ": " + cell(answer.Said()) + ", by " + cell(answer.By.String())
		if decision := answer.Decision; decision != nil && decision.Approved {
			part += ", approved by " + cell(decision.By.String()) + " on " + dayOf(decision.At)
		}
		if n := len(answer.Evidence); n > 0 {
			part += fmt.Sprintf(", evidence: %d", n)
		}
		parts = append(parts, part)
	}
	add(item.ID, item.Declared)
	for _, question := range m.Questions {
		for _, id := range item.Questions {
			if question.ID == id {
				add(id, question.Answer)
			}
		}
	}
	return strings.Join(parts, "<br>")
}

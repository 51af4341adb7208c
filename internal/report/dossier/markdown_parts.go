package dossier

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/kubeproof/kubeproof/internal/report/escape"
)

func (m *markdown) exceptions() {
	if len(m.Exceptions) == 0 {
		return
	}
	m.printf("\n## Exceptions\n\n| exception | risk of | state | ends | why | asked for by | decided by |\n|---|---|---|---|---|---|---|\n")
	for _, one := range m.Exceptions {
		why := cell(one.Reason)
		if one.Erased {
			why = erased
		}
		if one.Compensation != "" {
			why += "<br>instead: " + cell(one.Compensation)
		}
		what := code(cmp.Or(one.Item, one.Control))
		if one.Subject != "" {
			what += " on " + cell(one.Subject)
		}
		decided := ""
		if one.Decision != nil {
			decided = cell(one.Decision.By.String()) + ", " + dayOf(one.Decision.At)
		}
		m.printf("| %s | %s | %s | %s | %s | %s, %s | %s |\n", code(one.ID), what, cell(one.Standing()), cell(one.Expires), why,
			cell(one.Requested.By.String()), dayOf(one.Requested.At), decided)
	}
}

func (m *markdown) frameworks() {
	if len(m.Frameworks) == 0 {
		return
	}
	m.printf("\n## Frameworks\n\nEvidence that supports requirements; no statement that they are met.\n")
	for _, framework := range m.Frameworks {
		m.printf("\n<details><summary>%s: %d of %s are looked at by this review</summary>\n\n", cell(framework.Title), framework.Supported, count(len(framework.Identifiers), "requirement"))
		if framework.Note != "" {
			m.printf("%s\n\n", inline(framework.Note))
		}
		m.printf("| requirement | title | satisfied | items |\n|---|---|--:|---|\n")
		for _, one := range framework.Identifiers {
			m.printf("| %s | %s | %d of %d | %s |\n", cell(one.ID), cell(one.Title), one.Score.Satisfied, one.Score.Applicable, cell(strings.Join(one.Items, ", ")))
		}
		m.printf("\n</details>\n")
	}
}

func (m *markdown) accessAndScans() {
	if len(m.Access) > 0 {
		m.printf("\n## Access reviews\n\n| environment | subjects | keep | lose | undecided | done | next due |\n|---|--:|--:|--:|--:|---|---|\n")
	}
	for _, one := range m.Access {
		done, overdue := "not yet", ""
		if one.Done != nil {
			done = dayOf(one.Done.At)
		}
		if one.Overdue {
			overdue = ", **overdue**"
		}
		m.printf("| %s | %d | %d | %d | %d | %s | %s%s |\n", cell(one.Environment), one.Count, one.Kept, one.Taken, one.Undecided, done, one.Due, overdue)
	}
	if len(m.Scans) > 0 {
		m.printf("\n## Scans\n\n| what | environment | made | counts | objects | lost |\n|---|---|---|---|--:|--:|\n")
	}
	for _, scan := range m.Scans {
		counts := "yes"
		if scan.Stale {
			counts = "**too old**"
		}
		m.printf("| %s | %s | %s | %s | %s | %s |\n", cell(scan.Name), cell(scan.Environment), minute(scan.Made), counts, number(scan.Subjects), number(scan.Lost))
	}
}

// markdownEvidence is how many pieces of evidence are named.
const markdownEvidence = 60

func (m *markdown) evidence() {
	if len(m.Evidence) == 0 {
		return
	}
	m.printf("\n<details><summary>Evidence: %s</summary>\n\n| evidence | kind | what | collected | counts until | for |\n|---|---|---|---|---|---|\n", number(len(m.Evidence)))
	for i, one := range m.Evidence {
		if i == markdownEvidence {
			m.printf("\nand %s more\n", number(len(m.Evidence)-i))
			break
		}
		what := cell(one.Label())
		if one.Erased {
			what = erased
		}
		if link := autolink(one.URL); link != "" {
			what += "<br>" + link
		} else if one.URL != "" && one.URL != one.Label() {
			what += "<br>" + cell(one.URL)
		}
		m.printf("| %s | %s | %s | %s | %s | %s |\n", code(one.ID), cell(string(one.Kind)), what, cell(one.Collected), cell(one.Expires), cell(strings.Join(one.Answers, ", ")))
	}
	m.printf("\n</details>\n")
}

// autolink is the address of a page as a link, if it holds nothing that Markdown, HTML or a table obeys;
// else "".
func autolink(text string) string {
	link := escape.Link(text)
	if link == "" || len(link) > markdownCell || strings.Trim(link, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?#&=%+,;@()") != "" || strings.ContainsAny(link, "<>|`*[]\\\"' ") {
		return ""
	}
	return "<" + link + ">"
}

func (m *markdown) gaps() {
	gaps := m.NotAssessed
	m.printf("\n## What was not assessed\n\n")
	for _, id := range gaps.Checklists {
		m.printf("- checklist %s, which this version does not know\n", code(id))
	}
	for _, gap := range gaps.Methods {
		m.printf("- %s: %s, looked at by no scan that counts\n", inline(gap.About), count(gap.Items, "item"))
	}
	if gaps.Lost > 0 {
		m.printf("- %s that could not be read\n", count(gaps.Lost, "place"))
	}
	if n := len(gaps.Questions); n > 0 {
		m.printf("- %s without an answer: %s\n", count(n, "question"), cell(strings.Join(gaps.Questions, ", ")))
	}
	if n := len(gaps.Parts); n > 0 {
		m.printf("- %s that controls see in part only\n", count(n, "item"))
	}
	m.printf("\nNothing of this counts as satisfied.\n")
}

// end is the position of the ledger and what the numbers mean.
func (m *markdown) end() string {
	var b strings.Builder
	at := m.Ledger
	fmt.Fprintf(&b, "\n## Ledger\n\nThis report rests on %s of a signed log. Keep the checkpoint: it proves later that the log was not rewritten.\n", entries(at.Entries))
	if at.Problem != "" {
		fmt.Fprintf(&b, "\n**%s**\n", inline(at.Problem))
	}
	if at.Note != "" {
		fmt.Fprintf(&b, "\n%s", fenced(at.Note))
	}
	if at.Key != "" {
		fmt.Fprintf(&b, "\nKey:\n\n%s", fenced(at.Key))
	}
	fmt.Fprintf(&b, "\nVerify with `%s`.\n\n## About the numbers\n", Verify)
	for _, paragraph := range about {
		fmt.Fprintf(&b, "\n%s\n", paragraph)
	}
	return b.String()
}

func entries(n int64) string {
	if n == 1 {
		return "1 entry"
	}
	return number(int(n)) + " entries"
}

// fenced is a block of code; its fence is longer than any in the text.
func fenced(text string) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return fence + "\n" + strings.TrimSuffix(text, "\n") + "\n" + fence + "\n"
}

// cell is text in a cell of a table: on one line and not too long.
func cell(text string) string { return inline(escape.Clip(oneLine(text), markdownCell)) }

// inline escapes text so that it stands in Markdown, also in a table and in HTML, as nothing but text:
// no markup, no link, no mention of a person, no reference to an issue. Mentions are looked for after
// entities were resolved, so a zero-width space breaks them.
func inline(text string) string { return hush.Replace(escape.Markdown(oneLine(text))) }

var hush = strings.NewReplacer("@", "@&#8203;", "&#35;", "&#35;&#8203;", "://", ":&#8203;//", "www.", "www&#8203;.")

// opening is escaped text at the beginning of a line, where some characters open a block.
func opening(text string) string {
	if text != "" && strings.ContainsRune("-+=: 0123456789", rune(text[0])) {
		return fmt.Sprintf("&#%d;%s", text[0], text[1:])
	}
	return text
}

// code is text in fixed width, for ids that people copy.
func code(text string) string {
	return "<code>" + hush.Replace(escape.Markdown(escape.Clip(oneLine(text), markdownCell))) + "</code>"
}

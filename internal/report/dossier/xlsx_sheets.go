package dossier

import (
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/kubeproof/kubeproof/internal/review"
)

func join(all []string) string { return strings.Join(all, ", ") }

// summary is the numbers, as name and value: first of the whole, then of each list and section.
func (b *workbook) summary(d *Document) {
	columns := []column{{"part", 46}, {"satisfied", 11}, {"applicable", 11}, {"score %", 9}, {"by risk %", 10}, {"items", 8}}
	for _, state := range review.ItemStates {
		columns = append(columns, column{spoken(state), 12})
	}
	rows := [][]any{scoreRow(d.Review.Title, d.Score)}
	for _, list := range d.Checklists {
		rows = append(rows, scoreRow(list.Title, list.Score))
		for _, section := range list.Sections {
			rows = append(rows, scoreRow(list.Title+" / "+section.Name, section.Score))
		}
	}
	b.sheet("Summary", columns, rows)
	b.facts("Summary", len(rows)+2, len(columns), []string{"Review " + d.Review.ID + " of " + join(d.Review.Environments) + ", as of " + minute(d.Review.At), d.Review.Scope, strings.Join(about, "\n\n")})
}

// facts writes texts below the rows of a sheet, each over all of its columns and as high as it needs.
func (b *workbook) facts(name string, from, columns int, texts []string) {
	for i, text := range texts {
		b.row(name, from+i, []any{text})
		first, err := excelize.CoordinatesToCellName(1, from+i)
		b.do(func() error { return err })
		last, err := excelize.CoordinatesToCellName(columns, from+i)
		b.do(func() error { return err })
		b.do(func() error { return b.file.MergeCell(name, first, last) })
		lines := strings.Count(text, "\n") + len(text)/200 + 1
		b.do(func() error { return b.file.SetRowHeight(name, from+i, float64(min(mostHeight, lineHeight*lines))) })
	}
}

func scoreRow(name string, s Score) []any {
	row := []any{name, s.Satisfied, s.Applicable, s.Percent, s.WeightedPercent, s.Items}
	for _, state := range review.ItemStates {
		row = append(row, s.States[state])
	}
	return row
}

func (b *workbook) items(d *Document) {
	columns := []column{{"item", 10}, {"checklist", 22}, {"section", 24}, {"text", 50}, {"state", 17}, {"reason", 46}, {"weight", 8}, {"machine", 15}, {"failed", 8}, {"error", 8}, {"unknown", 9},
		{"accepted", 9}, {"passed", 8}, {"not applicable", 10}, {"machine's reason", 40}, {"controls", 30}, {"questions", 26}, {"said of the item", 30}, {"evidence", 24}, {"exceptions", 16}, {"accepted until", 13}, {"not looked at yet", 26}, {"part of", 10}}
	var rows [][]any
	for _, item := range d.Items {
		row := []any{item.ID, item.Checklist, item.Section, item.Text, item.State, item.Reason, item.Weight}
		if machine := item.Machine; machine != nil {
			n := machine.Outcomes
			row = append(row, spoken(machine.State), n.Fail, n.Error, n.Unknown, n.Accepted, n.Pass, n.NotApplicable, machine.Reason)
		} else {
			row = append(row, "", "", "", "", "", "", "", "")
		}
		said := item.Declared.Said()
		if item.Declared != nil && item.Declared.Comment != "" {
			said += ": " + item.Declared.Comment
		}
		rows = append(rows, append(row, join(item.Controls), join(item.Questions), said, join(item.Evidence), join(item.Exceptions), item.AcceptedUntil, item.Open, item.Parent))
	}
	b.sheet("Items", columns, rows)
}

func (b *workbook) questions(d *Document) {
	columns := []column{{"question", 24}, {"text", 46}, {"items", 18}, {"stage", 17}, {"answer", 34}, {"result", 14}, {"comment", 40}, {"evidence", 24}, {"role", 13}, {"owner", 20}, {"due", 12}, {"revision", 9},
		{"answered by", 20}, {"answered", 21}, {"decision", 18}, {"decided by", 20}, {"decided", 21}, {"note", 30}, {"signer", 30}, {"SHA-256 of the revision", 34}, {"counts until", 13}, {"too old", 30}, {"contradicted", 36}, {"scans show", 34}, {"not asked", 30}, {"should be attached", 30}}
	var rows [][]any
	for _, question := range d.Questions {
		answer := question.Answer
		if answer == nil {
			answer = &Answer{}
		}
		decision, decided := answer.Decision, ""
		if decision == nil {
			decision = &Decision{}
		} else if decided = "changes requested"; decision.Approved {
			decided = "approved"
		}
		comment, scan := answer.Comment, ""
		if answer.Erased {
			comment = erased
		}
		if question.Scan != nil {
			scan = spoken(question.Scan.Result) + ": " + question.Scan.Text
		}
		rows = append(rows, []any{question.ID, question.Text, join(question.Items), question.Stands(), answer.Said(), spoken(question.Result), comment, join(answer.Evidence),
			string(question.Role), question.Owner.String(), answer.Due, answer.Revision, answer.By.String(), minute(answer.At), decided, decision.By.String(), minute(decision.At),
			decision.Note, decision.Signer, decision.Snapshot, question.Until, question.Stale, question.Contradicted, scan, question.Skipped + question.Waiting, question.Hint})
	}
	b.sheet("Questions", columns, rows)
}

func (b *workbook) evidence(d *Document) {
	columns := []column{{"evidence", 22}, {"kind", 10}, {"title", 40}, {"file", 26}, {"address", 44}, {"note", 40}, {"collected", 12}, {"speaks from", 12}, {"to", 12}, {"counts until", 13}, {"over", 7},
		{"SHA-256", 34}, {"type", 18}, {"bytes", 12}, {"masked secrets", 10}, {"handed in by", 20}, {"handed in", 21}, {"answers", 30}}
	var rows [][]any
	for _, one := range d.Evidence {
		title, over := one.Title, ""
		if one.Erased {
			title = erased
		}
		if one.Over {
			over = "yes"
		}
		rows = append(rows, []any{one.ID, string(one.Kind), title, one.Name, one.URL, one.Note, one.Collected, one.From, one.To, one.Expires, over,
			one.SHA256, one.Media, int(one.Size), one.Redacted, one.By.String(), minute(one.At), join(one.Answers)})
	}
	b.sheet("Evidence", columns, rows)
}

func (b *workbook) exceptions(d *Document) {
	columns := []column{{"exception", 20}, {"item", 10}, {"control", 24}, {"subject", 30}, {"state", 24}, {"ends", 12}, {"counts until", 13}, {"reason", 46}, {"instead", 36}, {"owner", 22}, {"revision", 9},
		{"asked for by", 20}, {"asked for", 21}, {"decided by", 20}, {"decided", 21}, {"note", 30}, {"signer", 30}}
	var rows [][]any
	for _, one := range d.Exceptions {
		reason, decision := one.Reason, one.Decision
		if one.Erased {
			reason = erased
		}
		if decision == nil {
			decision = &Decision{}
		}
		rows = append(rows, []any{one.ID, one.Item, one.Control, one.Subject, one.Standing(), one.Expires, one.Until, reason, one.Compensation, one.Owner, one.Revision,
			one.Requested.By.String(), minute(one.Requested.At), decision.By.String(), minute(decision.At), decision.Note, decision.Signer})
	}
	b.sheet("Exceptions", columns, rows)
}

func (b *workbook) frameworks(d *Document) {
	columns := []column{{"framework", 30}, {"requirement", 16}, {"title", 50}, {"satisfied", 11}, {"applicable", 11}, {"evidence that supports it", 60}}
	var rows [][]any
	for _, framework := range d.Frameworks {
		if framework.Note != "" {
			rows = append(rows, []any{framework.Short, "", framework.Note})
		}
		for _, one := range framework.Identifiers {
			rows = append(rows, []any{framework.Short, one.ID, one.Title, one.Score.Satisfied, one.Score.Applicable, join(one.Items)})
		}
	}
	b.sheet("Frameworks", columns, rows)
}

func (b *workbook) access(d *Document) {
	columns := []column{{"environment", 16}, {"subject", 44}, {"machine", 9}, {"rights", 50}, {"decision", 12}, {"by", 20}, {"on", 21}, {"why", 40}, {"next review due", 14}}
	var rows [][]any
	for _, one := range d.Access {
		if one.Erased {
			rows = append(rows, []any{one.Environment, fmt.Sprintf("%d subjects %s", one.Count, erased), "", "", "", "", "", "", one.Due})
		}
		for _, subject := range one.Subjects {
			machine := ""
			if subject.Machine {
				machine = "yes"
			}
			rows = append(rows, []any{one.Environment, subject.Subject, machine, subject.Rights, subject.Decision, subject.By.String(), minute(subject.At), subject.Why, one.Due})
		}
	}
	b.sheet("Access", columns, rows)
}

// ledger is the position of the log, and the scans that the review rests on.
func (b *workbook) ledger(d *Document) {
	rows := [][]any{{"entries that the report rests on", fmt.Sprint(d.Ledger.Entries)}, {"entries of the checkpoint", fmt.Sprint(d.Ledger.Size)}, {"root", d.Ledger.Root},
		{"checkpoint", d.Ledger.Note}, {"key", d.Ledger.Key}, {"verify with", Verify}}
	if d.Ledger.Problem != "" {
		rows = append(rows, []any{"problem", d.Ledger.Problem})
	}
	for _, scan := range d.Scans {
		text := fmt.Sprintf("%s in %s, made %s, %s seen, %s lost", scan.Name, scan.Environment, minute(scan.Made), count(scan.Subjects, "object"), count(scan.Lost, "place"))
		if scan.Stale {
			text += ", too old to count"
		}
		rows = append(rows, []any{"scan " + scan.ID, text})
	}
	for _, gap := range d.NotAssessed.Methods {
		rows = append(rows, []any{"not assessed", fmt.Sprintf("%s: %s", gap.About, count(gap.Items, "item"))})
	}
	b.sheet("Ledger", []column{{"what", 34}, {"value", 110}}, rows)
}

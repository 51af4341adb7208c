package sheet

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/review"
)

// answerOf puts the row's answer into the action, in the form of the question's type. What does
// not fit is left as it is, for Check to tell.
func answerOf(q *checklist.Question, row Row, set *review.SetAnswer) {
	given := row.Values
	if len(given) == 0 && strings.TrimSpace(row.Text) != "" {
		given = []string{row.Text}
	}
	switch q.Type {
	case checklist.Text:
		set.AnswerText.Text = lines(strings.Join(given, "\n"))
		return
	case checklist.Link:
		set.AnswerText.Text = strings.TrimSpace(strings.Join(given, "\n"))
		return
	case checklist.Many:
		given = splitMany(given)
	}
	for _, value := range given {
		set.Values = append(set.Values, closed(q, unguard(strings.TrimSpace(value))))
	}
}

// splitMany takes the values in one cell apart.
func splitMany(given []string) []string {
	var values []string
	for _, one := range given {
		for _, value := range strings.FieldsFunc(one, func(r rune) bool { return strings.ContainsRune("\n\r,;", r) }) {
			if value = strings.TrimSpace(value); value != "" {
				values = append(values, value)
			}
		}
	}
	return values
}

// closed gives the value that is meant: in the case of letters that the question has, yes where a
// program made true of it, and a day as we write it.
func closed(q *checklist.Question, value string) string {
	for _, known := range q.Values() {
		if strings.EqualFold(known, value) {
			return known
		}
	}
	switch {
	case q.Type == checklist.YesNo && strings.EqualFold(value, "true"):
		return "yes"
	case q.Type == checklist.YesNo && strings.EqualFold(value, "false"):
		return "no"
	case q.Type == checklist.Date:
		if day, err := dayOf(value); err == nil {
			return day
		}
	}
	return value
}

// dayOf reads a day, also as spreadsheet programs write it into CSV where days stand before months
// with dots, or years first. Slashes with the year last are left: they mean either.
func dayOf(text string) (string, error) {
	for _, form := range []string{review.Day, "2006/1/2", "2.1.2006", "2006-01-02 00:00:00"} {
		if day, err := time.Parse(form, strings.TrimSpace(text)); err == nil {
			return day.Format(review.Day), nil
		}
	}
	return "", fmt.Errorf("%q is no date: write YYYY-MM-DD", excerpt(text))
}

// sameValues compares answers by what they mean: the order of several says nothing, and 90.0 is 90.
func sameValues(q *checklist.Question, one, other []string) bool {
	switch {
	case q.Type == checklist.Many:
		return slices.Equal(slices.Sorted(slices.Values(one)), slices.Sorted(slices.Values(other)))
	case q.Type == checklist.Number && len(one) == 1 && len(other) == 1 && q.Check(one) == nil && q.Check(other) == nil:
		a, known := new(big.Rat).SetString(one[0])
		b, alike := new(big.Rat).SetString(other[0])
		return known && alike && a.Cmp(b) == 0
	}
	return slices.Equal(one, other)
}

// sameText compares texts by what people wrote. The apostrophe of CSV does not count: it stays where
// a program makes a workbook of our CSV, and one that somebody wrote is taken off where it makes CSV of
// our workbook.
func sameText(one, other string) bool {
	one, other = lines(one), lines(other)
	return one == other || unguard(one) == other || one == unguard(other)
}

// fits says what is wrong with an answer, as the review would when it is set.
func (c *comparison) fits(stands *entry, set *review.SetAnswer, filled bool) error {
	if err := checkComment(set.Comment); err != nil {
		return err
	}
	if set.NotApplicable {
		switch {
		case filled:
			return errors.New("there is an answer, and it does not apply: keep one")
		case set.Comment == "":
			return errors.New("it does not apply: say why in the comment")
		}
		set.Judged = ""
		return nil
	}
	if stands.asked == nil {
		return errors.New("item has a comment and nothing else: write that it is not applicable, or remove the comment")
	}
	q := stands.asked.Question
	values := set.Values
	if isWritten(q) && set.AnswerText.Text != "" {
		values = []string{set.AnswerText.Text}
	}
	if !filled && stands.answer.Reply != nil {
		return errors.New("answer is empty, and what stands beside it is not: write the answer too; one that was given cannot be erased")
	}
	if err := q.Check(values); err != nil {
		return err
	}
	return checkJudged(q, set.Judged)
}

func checkJudged(q *checklist.Question, judged checklist.Result) error {
	switch needed := q.NeedsJudgement(); {
	case !needed && judged != "":
		return errors.New("the answer itself decides whether it is enough: leave the judgement empty")
	case needed && judged == "":
		return errors.New("judgement is missing: say whether the answer is enough: satisfied, partly or not-satisfied")
	case needed && !slices.Contains(checklist.Results, judged):
		return fmt.Errorf("judgement %q is unknown: use satisfied, partly or not-satisfied", excerpt(string(judged)))
	}
	return nil
}

// maxComment is the most that a review takes.
const maxComment = 64 << 10

func checkComment(text string) error {
	if len(text) > maxComment {
		return fmt.Errorf("comment has %d bytes: write at most %d and attach the rest as evidence", len(text), maxComment)
	}
	for _, r := range text {
		if unicode.Is(unicode.Cc, r) && r != '\n' && r != '\t' && r < 0x80 || r == unicode.ReplacementChar {
			return fmt.Errorf("comment holds the character %U: remove it", r)
		}
	}
	return nil
}

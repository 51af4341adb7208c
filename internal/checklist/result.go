package checklist

import (
	"slices"
	"strconv"
	"time"
)

// NeedsJudgement is true if no rule gives the result of an answer: the person who answers says
// how far it fulfils what is asked.
func (q *Question) NeedsJudgement() bool {
	switch {
	case q.Informs, q.Type == YesNo, q.Type == One:
		return false
	case q.Type == Number:
		return q.AtLeast == nil && q.AtMost == nil
	case q.Type == Date:
		return q.Within == 0
	default:
		return true
	}
}

// Result is how far an answer fulfils the question. judged is what the person says who answers:
// it counts only if the question needs judgement. answered is when, from which the age of a date
// is counted. The result is "" if the answer is not valid, or not judged though it must be.
func (q *Question) Result(values []string, judged Result, answered time.Time) Result {
	switch {
	case q.Check(values) != nil:
		return ""
	case q.Informs:
		return Satisfied
	case q.NeedsJudgement():
		if !slices.Contains(Results, judged) {
			return ""
		}
		return judged
	}
	return q.ruled(values[0], answered)
}

// ruled gives the result of a valid answer by the rule of the question's type.
func (q *Question) ruled(value string, answered time.Time) Result {
	switch q.Type {
	case YesNo:
		return q.resultOfYesNo(value)
	case One:
		return q.choice(value).Result
	case Number:
		number, err := strconv.ParseFloat(value, 64)
		return satisfiedIf(err == nil && (q.AtLeast == nil || number >= *q.AtLeast) && (q.AtMost == nil || number <= *q.AtMost))
	default:
		return satisfiedIf(q.isRecent(value, answered))
	}
}

func (q *Question) resultOfYesNo(value string) Result {
	good := q.Good
	if good == "" {
		good = "yes"
	}
	if value == "partly" {
		return Partly
	}
	return satisfiedIf(value == good)
}

// isRecent is true if a day is not older than allowed, and not to come either. One day is
// allowed for places where it is tomorrow already.
func (q *Question) isRecent(value string, answered time.Time) bool {
	day, err := time.Parse(time.DateOnly, value)
	if err != nil {
		return false
	}
	days := int(answered.UTC().Truncate(24*time.Hour).Sub(day) / (24 * time.Hour))
	return days >= -1 && days <= q.Within
}

func satisfiedIf(good bool) Result {
	if good {
		return Satisfied
	}
	return NotSatisfied
}

package checklist

import (
	"slices"
	"strings"
)

// validateCondition checks when a question is asked; all questions are loaded by then.
func (l *Library) validateCondition(p placed) {
	if p.When == nil {
		return
	}
	other := l.questions[p.When.Question]
	switch {
	case other == nil && l.doubtful:
		return
	case other == nil:
		p.wrong(at("when", "question"), "condition of question %q names question %q, which is unknown", p.ID, p.When.Question)
		return
	case other.Values() == nil:
		p.wrong(at("when", "question"), "condition of question %q names question %q, whose answers are free: name one of type yes-no, one or many",
			p.ID, other.ID)
		return
	}
	if circle := l.circle(p.Question); len(circle) > 0 {
		p.wrong(at("when", "question"), "conditions go in a circle: %s: remove one", strings.Join(circle, ", then "))
	}
	p.validateIs(other.Values())
}

// validateIs checks the answers that a condition waits for.
func (p placed) validateIs(values []string) {
	if len(p.When.Is) == 0 {
		p.wrong(at("when", "is"), "condition of question %q waits for no answer: name at least one", p.ID)
	}
	for i, value := range p.When.Is {
		if !slices.Contains(values, value) {
			p.wrong(at("when", "is", i), "condition of question %q waits for %q, which question %q cannot have: use %s",
				p.ID, value, p.When.Question, either(values))
		} else if slices.Contains(p.When.Is[:i], value) {
			p.wrong(at("when", "is", i), "answer %s in the condition of question %q stands twice: remove one", value, p.ID)
		}
	}
}

// circle gives the ids from a question along its conditions back to itself; nil if they end
// elsewhere. Of the questions in one circle only the first by id gives it: it is one mistake.
func (l *Library) circle(start *Question) []string {
	ids := []string{start.ID}
	for q := start; q.When != nil; {
		if q = l.questions[q.When.Question]; q == nil || slices.Contains(ids[1:], q.ID) {
			return nil
		}
		ids = append(ids, q.ID)
		if q.ID != start.ID {
			continue
		}
		if slices.Min(ids) != start.ID {
			return nil
		}
		return ids
	}
	return nil
}

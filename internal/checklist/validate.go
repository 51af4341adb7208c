package checklist

import (
	"slices"
	"strings"
)

func (c *Checklist) validate(s *source) {
	if c.ID != s.slugName() || !slug.MatchString(c.ID) {
		s.add([]any{"id"}, "id %q must be small letters, digits and dashes, and the file's name without .yaml", c.ID)
	}
	for _, field := range []struct{ name, value string }{{"title", c.Title}, {"about", c.About}, {"source", c.Source}} {
		if strings.TrimSpace(field.value) == "" {
			s.add([]any{field.name}, "%s is missing: people need it", field.name)
		}
	}
	if len(c.Items) == 0 {
		s.add([]any{"items"}, "items are missing: a checklist has at least one")
	}
}

// validateItem checks item n of a list. seen holds the list of every item so far.
func (l *Library) validateItem(s *source, list *Checklist, n int, seen map[string]string) {
	item := &list.Items[n]
	wrong := func(field, format string, args ...any) { s.add([]any{"items", n, field}, format, args...) }
	switch other, twice := seen[item.ID]; {
	case item.ID == "":
		wrong("id", "an item has no id: give it one")
	case twice:
		wrong("id", "item %s exists already in checklist %s: ids are unique over all checklists", item.ID, other)
	}
	seen[item.ID] = list.ID
	for _, field := range []struct{ name, value string }{{"section", item.Section}, {"text", item.Text}} {
		if strings.TrimSpace(field.value) == "" {
			wrong(field.name, "%s of item %s is missing", field.name, item.ID)
		}
	}
	if item.Risk < 0 || item.Risk > 10 {
		wrong("risk", "risk %d of item %s is out of range: use 0 to 10", item.Risk, item.ID)
	}
	if item.Parent != "" && !slices.ContainsFunc(list.Items[:n], func(i Item) bool { return i.ID == item.Parent }) {
		wrong("parent", "parent %q of item %s is no earlier item of this checklist", item.Parent, item.ID)
	}
	l.validateAnswers(item, wrong)
}

// validateAnswers checks how an item is assessed and what answers it.
func (l *Library) validateAnswers(item *Item, wrong func(field, format string, args ...any)) {
	for i, method := range item.Assess {
		if Methods[method] == "" {
			wrong("assess", "letter %q of item %s is unknown: use F, C, N, D, I, P, T or Q", method, item.ID)
		} else if slices.Contains(item.Assess[:i], method) {
			wrong("assess", "letter %s of item %s stands twice: remove one", method, item.ID)
		}
	}
	if len(item.Assess) == 0 {
		wrong("assess", "item %s does not say how it is assessed: give at least one letter", item.ID)
	}
	for i, control := range item.Controls {
		if !slug.MatchString(control) {
			wrong("controls", "control %q of item %s is not a slug", control, item.ID)
		} else if slices.Contains(item.Controls[:i], control) {
			wrong("controls", "control %s of item %s stands twice: remove one", control, item.ID)
		}
	}
	for i, environment := range item.Environments {
		if !slug.MatchString(environment) || slices.Contains(item.Environments[:i], environment) {
			wrong("environments", "environment %q of item %s is not a slug, or stands twice", environment, item.ID)
		}
	}
	for i, question := range item.Questions {
		if l.questions[question] == nil && !l.doubtful {
			wrong("questions", "question %q of item %s is unknown: add it to a file in questions", question, item.ID)
		} else if slices.Contains(item.Questions[:i], question) {
			wrong("questions", "question %s of item %s stands twice: remove one", question, item.ID)
		}
	}
	l.validateItemChoices(item, wrong)
	if len(item.Controls)+len(item.Questions) == 0 {
		wrong("id", "item %s has neither control nor question: nothing could answer it", item.ID)
	}
	if slices.Contains(item.Assess, "Q") && len(item.Questions) == 0 {
		wrong("assess", "item %s is assessed by a person's answer (Q) but names no question", item.ID)
	}
}

// validateItemChoices checks that the choices that an item stands for are those of its question.
func (l *Library) validateItemChoices(item *Item, wrong func(field, format string, args ...any)) {
	if len(item.Choices) == 0 {
		return
	}
	if len(item.Questions) != 1 {
		wrong("choices", "item %s stands for choices but names %d questions: name the one that has them", item.ID, len(item.Questions))
		return
	}
	question := l.questions[item.Questions[0]]
	for _, id := range item.Choices {
		if question != nil && question.choice(id) == nil {
			wrong("choices", "choice %q of item %s is none of question %s", id, item.ID, question.ID)
		}
	}
}

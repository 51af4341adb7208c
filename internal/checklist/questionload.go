package checklist

import (
	"io/fs"
	"strings"
)

// placed is a question with its place, for checks that need all of them.
type placed struct {
	*Question
	source *source
	n      int
}

// wrong notes a mistake at the value that the steps lead to from the question.
func (p placed) wrong(steps []any, format string, args ...any) {
	p.source.add(append([]any{p.n}, steps...), format, args...)
}

func at(steps ...any) []any { return steps }

func (l *Library) loadQuestions(files fs.FS) error {
	lists, sources, err := readFolder[[]*Question](files, "questions")
	if err != nil {
		return err
	}
	var all []placed
	for i, list := range lists {
		if len(sources[i].problems) > 0 {
			l.doubtful = true
			continue
		}
		for n, question := range *list {
			p := placed{question, sources[i], n}
			if question == nil {
				p.wrong(nil, "entry %d holds no question: fill it in or remove it", n+1)
				continue
			}
			question.setDefaults()
			l.validateQuestion(p)
			l.questions[question.ID] = question
			l.Questions = append(l.Questions, question)
			all = append(all, p)
		}
	}
	for _, p := range all {
		l.validateCondition(p)
	}
	return join(sources)
}

func (q *Question) setDefaults() {
	if q.Fresh == 0 {
		q.Fresh = DefaultFresh
	}
	if q.Type == YesNo && q.Good == "" && !q.Informs {
		q.Good = "yes"
	}
}

func (l *Library) validateQuestion(p placed) {
	if !slug.MatchString(p.ID) {
		p.wrong(at("id"), "id %q is not a slug: use small letters, digits and dashes", p.ID)
	} else if l.questions[p.ID] != nil {
		p.wrong(at("id"), "question %q exists already: ids are unique over all files", p.ID)
	}
	for _, field := range []struct{ name, value string }{{"text", p.Text}, {"guidance", p.Guidance}, {"evidence", p.Evidence}} {
		if strings.TrimSpace(field.value) == "" {
			p.wrong(at(field.name), "%s of question %q is missing: people need it", field.name, p.ID)
		}
	}
	p.validateType()
	p.validateBounds()
	p.validateChoices()
	p.validateDuty()
	l.validateBindings(p)
}

package checklist

import (
	"slices"
	"strings"
)

// validateChoices checks the choices of types one and many; the other types have none.
func (p placed) validateChoices() {
	switch chosen := p.Type == One || p.Type == Many; {
	case chosen && len(p.Choices) < 2:
		p.wrong(at("choices"), "question %q of type %s needs at least two choices: it has %d", p.ID, p.Type, len(p.Choices))
	case !chosen && len(p.Choices) > 0:
		p.wrong(at("choices"), "choices of question %q are for types one and many only: remove them", p.ID)
		return
	}
	for i := range p.Choices {
		p.validateChoice(i)
	}
}

func (p placed) validateChoice(i int) {
	choice := &p.Choices[i]
	wrong := func(field, format string, args ...any) { p.wrong(at("choices", i, field), format, args...) }
	if !slug.MatchString(choice.ID) {
		wrong("id", "choice %q of question %q is not a slug: use small letters, digits and dashes", choice.ID, p.ID)
	} else if p.choice(choice.ID) != choice {
		wrong("id", "choice %q of question %q stands twice: ids are unique in a question", choice.ID, p.ID)
	}
	if strings.TrimSpace(choice.Text) == "" {
		wrong("text", "text of choice %q of question %q is missing: people need it", choice.ID, p.ID)
	}
	judges := p.Type == One && !p.Informs
	switch {
	case judges && choice.Result == "":
		wrong("result", "result of choice %q of question %q is missing: use %s", choice.ID, p.ID, either(plain(Results)))
	case judges && !slices.Contains(Results, choice.Result):
		wrong("result", "result %q of choice %q of question %q is unknown: use %s", choice.Result, choice.ID, p.ID, either(plain(Results)))
	case !judges && choice.Result != "":
		wrong("result", "result of choice %q of question %q counts in type one that judges only: remove it", choice.ID, p.ID)
	}
}

// validateBindings checks the controls, topics and frameworks that a question names.
func (l *Library) validateBindings(p placed) {
	for i, control := range p.Controls {
		if !slug.MatchString(control) {
			p.wrong(at("controls", i), "control %q of question %q is not a slug", control, p.ID)
		}
	}
	p.validateOnce("control", "controls", p.Controls)
	p.validateOnce("topic", "topics", p.Topics)
	if l.Frameworks == nil {
		return // they cannot be read, which is an error already
	}
	for i, topic := range p.Topics {
		if !l.topics[topic] {
			p.wrong(at("topics", i), "topic %q of question %q is unknown: no framework binds it", topic, p.ID)
		}
	}
	for i, choice := range p.Choices {
		for n, id := range choice.Frameworks {
			if _, known := l.Framework(id); !known {
				p.wrong(at("choices", i, "frameworks", n), "framework %q of choice %q of question %q is unknown: see catalog/frameworks",
					id, choice.ID, p.ID)
			}
		}
	}
}

// validateOnce finds names that stand twice in a list.
func (p placed) validateOnce(what, field string, names []string) {
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			p.wrong(at(field, i), "%s %s of question %q stands twice: remove one", what, name, p.ID)
		}
	}
}

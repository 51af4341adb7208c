package checklist

import (
	"math"
	"slices"
	"strings"
)

// validateType checks the form of the answer and what belongs to one form only.
func (p placed) validateType() {
	if p.Type == "" {
		p.wrong(at("type"), "type of question %q is missing: use %s", p.ID, either(plain(AnswerTypes)))
		return
	}
	if !slices.Contains(AnswerTypes, p.Type) {
		p.wrong(at("type"), "type %q of question %q is unknown: use %s", p.Type, p.ID, either(plain(AnswerTypes)))
		return
	}
	switch {
	case p.Type != YesNo && p.Good != "":
		p.wrong(at("good"), "good of question %q is for type yes-no only: remove it", p.ID)
	case p.Informs && p.Good != "":
		p.wrong(at("good"), "good of question %q judges, but the question informs: remove one", p.ID)
	case p.Type == YesNo && !p.Informs && p.Good != "yes" && p.Good != "no":
		p.wrong(at("good"), "good %q of question %q is unknown: use yes or no", p.Good, p.ID)
	}
	if p.Type != Number && p.Unit != "" {
		p.wrong(at("unit"), "unit of question %q is for type number only: remove it", p.ID)
	} else if p.Type == Number && strings.TrimSpace(p.Unit) == "" {
		p.wrong(at("unit"), "unit of question %q is missing: people need it", p.ID)
	}
}

// validateBounds checks the limits of numbers and dates.
func (p placed) validateBounds() {
	for _, bound := range []struct {
		name   string
		is     bool
		belong AnswerType
	}{{"atLeast", p.AtLeast != nil, Number}, {"atMost", p.AtMost != nil, Number}, {"within", p.Within != 0, Date}} {
		switch {
		case bound.is && p.Type != bound.belong:
			p.wrong(at(bound.name), "%s of question %q is for type %s only: remove it", bound.name, p.ID, bound.belong)
		case bound.is && p.Informs:
			p.wrong(at(bound.name), "%s of question %q judges, but the question informs: remove one", bound.name, p.ID)
		}
	}
	p.validateFinite("atLeast", p.AtLeast)
	p.validateFinite("atMost", p.AtMost)
	if p.AtLeast != nil && p.AtMost != nil && *p.AtLeast > *p.AtMost {
		p.wrong(at("atLeast"), "atLeast %g of question %q is above atMost %g: no answer could satisfy", *p.AtLeast, p.ID, *p.AtMost)
	}
	if p.Within < 0 {
		p.wrong(at("within"), "within %d of question %q is negative: give days", p.Within, p.ID)
	}
}

// validateFinite refuses .nan and .inf, which YAML knows.
func (p placed) validateFinite(name string, bound *float64) {
	if bound != nil && (math.IsNaN(*bound) || math.IsInf(*bound, 0)) {
		p.wrong(at(name), "%s of question %q is no finite number: write digits", name, p.ID)
	}
}

// validateDuty checks who answers, and for how long that counts.
func (p placed) validateDuty() {
	if p.Owner == "" {
		p.wrong(at("owner"), "owner of question %q is missing: use %s", p.ID, either(plain(Owners)))
	} else if !slices.Contains(Owners, p.Owner) {
		p.wrong(at("owner"), "owner %q of question %q is unknown: use %s", p.Owner, p.ID, either(plain(Owners)))
	}
	if p.Fresh < 0 || p.Fresh > maxFresh {
		p.wrong(at("fresh"), "fresh %d of question %q is out of range: use 1 to %d days", p.Fresh, p.ID, maxFresh)
	}
}

// maxFresh is three years: nothing said about security counts for longer.
const maxFresh = 1095

// plain gives names as plain strings.
func plain[S ~string](names []S) []string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = string(name)
	}
	return all
}

package audit

import (
	"errors"
	"fmt"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/document"
)

// Tries are sample requests, who makes them, and the levels at which they may be logged.
type Tries struct {
	Samples     []Sample
	Actors      []Actor
	Least, Most Level
}

// Met reports whether a level is one of those wanted.
func (t Tries) Met(level Level) bool { return t.Least <= level && level <= t.Most }

// Wanted says which levels are wanted, as "at least Metadata".
func (t Tries) Wanted() string {
	if t.Least > None {
		return "at least " + t.Least.String()
	}
	return "at most " + t.Most.String()
}

// errNothing keeps a policy from passing because nothing was tried.
var errNothing = errors.New("nothing to try: give the parameters requests and actors something")

// TriesOf reads what a control tries from its parameters, by the name of its check: Logged wants
// its requests logged at parameter level or above; Bodies wants requests whose body holds secrets
// at Metadata at most, and those whose response does (parameter responses) at Request at most.
// Other checks try nothing.
func TriesOf(check string, values control.Values) ([]Tries, error) {
	if check != "audit.Logged" && check != "audit.Bodies" {
		return nil, nil
	}
	actors, err := actorsNamed(values.Strings("actors"))
	if err != nil {
		return nil, err
	}
	requests, err := Samples(values.Strings("requests"))
	if err != nil {
		return nil, err
	}
	if check == "audit.Bodies" {
		responses, err := Samples(values.Strings("responses"))
		if err == nil && (len(actors) == 0 || len(requests)+len(responses) == 0) {
			err = errNothing
		}
		return []Tries{{requests, actors, None, Metadata}, {responses, actors, None, Request}}, err
	}
	least, known := LevelNamed(values.String("level"))
	if !known || least == None {
		return nil, fmt.Errorf("parameter level is %q: use Metadata, Request or RequestResponse", values.String("level"))
	}
	if len(actors) == 0 || len(requests) == 0 {
		return nil, errNothing
	}
	return []Tries{{requests, actors, least, RequestResponse}}, nil
}

// Logged judges every policy by sample requests that must be logged, for every caller of
// parameter actors, wherever the policy makes a difference.
func Logged(in assessment.Input) []assessment.Verdict { return tried(in, "audit.Logged") }

// Bodies judges every policy by sample requests whose bodies hold secrets and must stay out of
// the log.
func Bodies(in assessment.Input) []assessment.Verdict { return tried(in, "audit.Bodies") }

func tried(in assessment.Input, check string) []assessment.Verdict {
	all, err := TriesOf(check, in.Values)
	return judged(in, func(found *Found) []assessment.Verdict {
		if err != nil {
			return []assessment.Verdict{found.at(assessment.Error, err.Error(), found.Node)}
		}
		t := &trial{found: found}
		for _, tries := range all {
			t.try(tries)
		}
		return t.verdicts()
	})
}

// trial tries samples on one policy and adds up what misses, by the rule that decides it.
type trial struct {
	found  *Found
	misses []*miss
	// partial is set if the policy names more places than were tried.
	partial bool
}

// miss is what one rule (nil: none) logs otherwise than wanted.
type miss struct {
	rule   *Rule
	level  Level
	wanted string
	sample Sample // the first
	actor  Actor
	place  Place
	others map[Sample]bool // beside the first
}

func (t *trial) try(tries Tries) {
	for _, sample := range tries.Samples {
		places := t.found.Places(sample)
		t.partial = t.partial || len(places) == mostPlaces
		for _, place := range places {
			for _, actor := range tries.Actors {
				decision := t.found.Evaluate(sample.Event(actor, place))
				if !tries.Met(decision.Level) {
					t.miss(decision, tries.Wanted(), sample, actor, place)
				}
			}
		}
	}
}

func (t *trial) miss(decision Decision, wanted string, sample Sample, actor Actor, place Place) {
	for _, m := range t.misses {
		if m.rule == decision.Rule {
			if m.sample != sample {
				m.others[sample] = true
			}
			return
		}
	}
	t.misses = append(t.misses, &miss{decision.Rule, decision.Level, wanted, sample, actor, place, map[Sample]bool{}})
}

func (t *trial) verdicts() []assessment.Verdict {
	var all []assessment.Verdict
	for _, m := range t.misses {
		all = append(all, t.found.at(assessment.Fail, m.String(), t.nodeOf(m.rule)))
	}
	if len(all) == 0 && t.partial {
		all = append(all, t.found.at(assessment.Unknown, fmt.Sprintf("policy names more than the %d namespaces and objects that are tried", mostPlaces), t.found.rulesNode()))
	}
	return all
}

func (t *trial) nodeOf(rule *Rule) *document.Node {
	if rule == nil {
		return t.found.rulesNode()
	}
	return rule.Node
}

// String is the message: the request, who made it and where, the level it got, the one wanted.
func (m *miss) String() string {
	request := m.sample.String() + m.place.String() + " by " + m.actor.Title
	more := ""
	if n := len(m.others); n == 1 {
		more = " (and 1 more request)"
	} else if n > 1 {
		more = fmt.Sprintf(" (and %d more requests)", n)
	}
	if m.rule == nil {
		return fmt.Sprintf("no rule catches %s, so it is not logged: %s is wanted%s", request, m.wanted, more)
	}
	return fmt.Sprintf("rule %d logs %s at %s: %s is wanted%s", m.rule.Number, request, m.level, m.wanted, more)
}

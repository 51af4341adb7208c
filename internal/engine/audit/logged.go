package audit

import (
	"fmt"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
)

// want is what the level of a request must be.
type want struct {
	least, most Level
}

func (w want) met(level Level) bool { return w.least <= level && level <= w.most }

func (w want) String() string {
	if w.least > None {
		return "at least " + w.least.String()
	}
	return "at most " + w.most.String()
}

// Logged judges every policy by sample requests: each must be logged at the level of parameter
// level or above, for every caller of parameter actors, wherever the policy makes a difference.
func Logged(in assessment.Input) []assessment.Verdict {
	least, known := LevelNamed(in.Values.String("level"))
	samples, err := Samples(in.Values.Strings("requests"))
	if err == nil && !known {
		err = fmt.Errorf("parameter level is %q: use Metadata, Request or RequestResponse", in.Values.String("level"))
	}
	return tried(in, samples, want{least, RequestResponse}, err)
}

// Bodies judges every policy by sample requests whose bodies hold secrets: those of parameter
// requests must be logged at Metadata at most, those of parameter responses at Request at most.
func Bodies(in assessment.Input) []assessment.Verdict {
	requests, err := Samples(in.Values.Strings("requests"))
	if err != nil {
		return tried(in, nil, want{}, err)
	}
	responses, err := Samples(in.Values.Strings("responses"))
	if err != nil {
		return tried(in, nil, want{}, err)
	}
	actors := actorsNamed(in.Values.Strings("actors"))
	return judged(in, func(found *Found) []assessment.Verdict {
		t := &trial{found: found, actors: actors}
		t.try(requests, want{None, Metadata})
		t.try(responses, want{None, Request})
		return t.verdicts()
	})
}

func tried(in assessment.Input, samples []Sample, wanted want, err error) []assessment.Verdict {
	actors := actorsNamed(in.Values.Strings("actors"))
	return judged(in, func(found *Found) []assessment.Verdict {
		if err != nil {
			return []assessment.Verdict{found.at(assessment.Error, err.Error(), found.Node)}
		}
		t := &trial{found: found, actors: actors}
		t.try(samples, wanted)
		return t.verdicts()
	})
}

// trial tries samples on one policy and adds up what misses, by the rule that decides it.
type trial struct {
	found  *Found
	actors []Actor
	misses []*miss
	// partial is set if the policy names more places than were tried.
	partial bool
}

// miss is what one rule (nil: none) logs otherwise than wanted.
type miss struct {
	rule   *Rule
	level  Level
	wanted want
	sample Sample // the first
	actor  Actor
	place  Place
	others map[Sample]bool // beside the first
}

func (t *trial) try(samples []Sample, wanted want) {
	for _, sample := range samples {
		places := t.found.Places(sample)
		t.partial = t.partial || len(places) == mostPlaces
		for _, place := range places {
			for _, actor := range t.actors {
				decision := t.found.Evaluate(sample.Event(actor, place))
				if !wanted.met(decision.Level) {
					t.miss(decision, wanted, sample, actor, place)
				}
			}
		}
	}
}

func (t *trial) miss(decision Decision, wanted want, sample Sample, actor Actor, place Place) {
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

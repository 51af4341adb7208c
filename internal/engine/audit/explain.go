package audit

import (
	"slices"
	"strings"
)

// Explained are sample requests that one rule decides alike.
type Explained struct {
	Verbs  []string
	Target string // as Sample.Target
	At     string // where, if that is anywhere special: " in namespace kube-system"
	Actors []Actor
	Level  Level
	Rule   *Rule // nil if none matches
}

// Explain tells which rule decides each sample for each actor. Places at which nothing differs
// from the ordinary one are left out.
func (p *Policy) Explain(samples []Sample, actors []Actor) []Explained {
	var all []Explained
	for len(samples) > 0 {
		target := samples[0].Target()
		n := slices.IndexFunc(samples, func(s Sample) bool { return s.Target() != target })
		if n < 0 {
			n = len(samples)
		}
		all = append(all, p.explainTarget(samples[:n], actors)...)
		samples = samples[n:]
	}
	return all
}

func (p *Policy) explainTarget(samples []Sample, actors []Actor) []Explained {
	var all []Explained
	for _, sample := range samples {
		for i, place := range p.Places(sample) {
			for _, actor := range actors {
				got := p.Evaluate(sample.Event(actor, place))
				if i > 0 && got.Rule == p.Evaluate(sample.Event(actor, p.ordinary(sample))).Rule {
					continue
				}
				all = joinActor(all, Explained{Verbs: []string{sample.Verb}, Target: sample.Target(), At: place.String(),
					Actors: []Actor{actor}, Level: got.Level, Rule: got.Rule})
			}
		}
	}
	return joinVerbs(all)
}

func (p *Policy) ordinary(s Sample) Place { return Place{s.namespaces()[0], s.name()} }

// joinActor adds a caller to what is decided alike for the same verb and place.
func joinActor(all []Explained, e Explained) []Explained {
	for i := range all {
		if all[i].Verbs[0] == e.Verbs[0] && all[i].At == e.At && all[i].Rule == e.Rule {
			if !slices.ContainsFunc(all[i].Actors, func(a Actor) bool { return a.ID == e.Actors[0].ID }) {
				all[i].Actors = append(all[i].Actors, e.Actors[0])
			}
			return all
		}
	}
	return append(all, e)
}

// joinVerbs joins what differs in the verb only.
func joinVerbs(all []Explained) []Explained {
	var joined []Explained
next:
	for _, e := range all {
		for i := range joined {
			if j := &joined[i]; j.At == e.At && j.Rule == e.Rule && ids(j.Actors) == ids(e.Actors) {
				j.Verbs = append(j.Verbs, e.Verbs[0])
				continue next
			}
		}
		joined = append(joined, e)
	}
	return joined
}

func ids(actors []Actor) string {
	var all []string
	for _, actor := range actors {
		all = append(all, actor.ID)
	}
	return strings.Join(all, ",")
}

// ClusterScoped reports whether a resource is built in and its objects live in no namespace.
func ClusterScoped(group, resource string) bool { return builtin[group][resource] == cluster }

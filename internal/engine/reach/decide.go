package reach

import (
	"fmt"
	"slices"
)

// outcome is the set of what may come out.
type outcome uint8

const (
	canAllow outcome = 1 << iota
	canDeny
)

func (o outcome) answer() Answer {
	switch o {
	case canAllow:
		return Allowed
	case canDeny:
		return Denied
	}
	return Unknown
}

// Decide tells whether from may open a connection to a port of to. The protocol is TCP, UDP or
// SCTP. A pod always reaches itself; of a workload the question is whether one of its pods reaches
// another.
func (m *Model) Decide(from, to Place, number uint16, protocol string) Decision {
	c := connection{port: number, protocol: protocol, to: to}
	if from.Endpoint != nil && from.Endpoint == to.Endpoint && from.Endpoint.single {
		why := []Reason{{Effect: Defaults, Text: "a pod always reaches itself"}}
		return Decision{Answer: Allowed, Egress: why, Ingress: why, EgressAnswer: Allowed, IngressAnswer: Allowed}
	}
	out, in := m.walk(egress, from, to, c, true), m.walk(ingress, to, from, c, true)
	d := Decision{Egress: out.reasons, Ingress: in.reasons, EgressAnswer: out.outcome.answer(), IngressAnswer: in.outcome.answer()}
	d.Answer = combine(d.EgressAnswer, d.IngressAnswer)
	return d
}

// Ask is Decide without the reasons, which take most of its time.
func (m *Model) Ask(from, to Place, number uint16, protocol string) Answer {
	return m.ask(from, to, connection{port: number, protocol: protocol, to: to})
}

func (m *Model) ask(from, to Place, c connection) Answer {
	if from.Endpoint != nil && from.Endpoint == to.Endpoint && from.Endpoint.single {
		return Allowed
	}
	out := m.walk(egress, from, to, c, false).outcome.answer()
	if out == Denied {
		return Denied
	}
	return combine(out, m.walk(ingress, to, from, c, false).outcome.answer())
}

func combine(out, in Answer) Answer {
	switch {
	case out == Denied || in == Denied:
		return Denied
	case out == Allowed && in == Allowed:
		return Allowed
	}
	return Unknown
}

// walk is one half of a decision: what the policies that select the subject say of its connection
// with the other place.
type walk struct {
	m              *Model
	d              direction
	subject, other Place
	c              connection
	explain        bool
	selections     []selection
	later          []later
	reasons        []Reason
	outcome        outcome
}

func (m *Model) walk(d direction, subject, other Place, c connection, explain bool) walk {
	w := walk{m: m, d: d, subject: subject, other: other, c: c, explain: explain}
	if subject.Endpoint != nil {
		w.selections = m.policiesOf(subject.Endpoint)
	}
	w.outcome = w.from(0)
	return w
}

func (w *walk) because(effect Effect, p *policy, r *rule, text string) {
	if !w.explain {
		return
	}
	reason := Reason{Effect: effect, Text: text}
	if p != nil {
		reason.Policy = p.object
	}
	if r != nil {
		reason.Rule = r.node
	}
	w.reasons = append(w.reasons, reason)
}

// from gives what may come out of the selections from one on, which begins a tier.
func (w *walk) from(at int) outcome {
	if at == len(w.selections) {
		w.because(Defaults, nil, nil, w.nothing())
		return canAllow
	}
	end := at
	for end < len(w.selections) && w.selections[end].tier == w.selections[at].tier {
		end++
	}
	var out outcome
	for at := at; at < end; {
		next := at + 1
		for next < end && w.selections[next].policy.rank == w.selections[at].policy.rank {
			next++
		}
		found := w.group(w.selections[at:next], end)
		out |= found.outcome
		if !found.open {
			return out
		}
		at = next
	}
	return out | w.close(at, end)
}

// step is what a group of policies says: what may come out, and whether the next is asked.
type step struct {
	outcome outcome
	open    bool
}

// group asks the policies of one rank: nobody knows which of them an implementation asks first.
func (w *walk) group(group []selection, end int) step {
	all := step{open: true}
	for _, s := range group {
		found := w.policy(s, end)
		all.outcome |= found.outcome
		all.open = all.open && found.open
	}
	return all
}

// policy asks one policy, first rule first.
func (w *walk) policy(s selection, end int) step {
	result := step{open: true}
	for _, r := range s.policy.rules[w.d] {
		found := both(s.sure, r.match(w.subject, w.other, w.c))
		if found == no {
			continue
		}
		w.explainRule(s, r, found)
		result.outcome |= w.do(r.action, end)
		if found == yes {
			result.open = false
			return result
		}
	}
	return result
}

// later is what tiers from one on say: it is asked once, however many rules pass.
type later struct {
	at      int
	outcome outcome
}

func (w *walk) next(at int) outcome {
	for _, l := range w.later {
		if l.at == at {
			return l.outcome
		}
	}
	found := w.from(at)
	w.later = append(w.later, later{at, found})
	return found
}

func (w *walk) do(a action, end int) outcome {
	switch a {
	case allow:
		return canAllow
	case deny:
		return canDeny
	}
	return w.next(end)
}

func (w *walk) explainRule(s selection, r *rule, found tri) {
	if !w.explain {
		return
	}
	if found == maybe {
		text, node := s.policy.doubt(s.sure), s.policy.brokenAt
		if s.sure == yes {
			text, node = r.doubt(w.other)
		}
		w.reasons = append(w.reasons, Reason{Effect: Unclear, Policy: s.policy.object, Rule: node, Text: "may " + [...]string{"allow", "deny", "pass"}[r.action] + ": " + text})
		return
	}
	text := fmt.Sprintf("%s %s %s", [...]string{"allows", "denies", "passes"}[r.action], w.d, w.withOther())
	if r.note != "" {
		text += ", " + r.note
	}
	w.because([...]Effect{Allows, Denies, Defaults}[r.action], s.policy, r, text)
}

func (p *policy) doubt(s tri) string {
	switch {
	case p.broken != "":
		return p.broken
	case p.unsure != "":
		return p.unsure
	}
	return "selects pods by labels that were not seen"
}

// close ends a tier: what is isolated and not allowed is denied, else the next tier is asked.
func (w *walk) close(at, end int) outcome {
	isolated, passes := no, w.m.tiers[w.selections[at].tier].passes
	for _, s := range w.selections[at:end] {
		if !s.policy.isolates[w.d] || passes {
			continue
		}
		if w.explain && s.sure == maybe {
			w.because(Unclear, s.policy, nil, "may isolate "+w.subject.String()+": "+s.policy.doubt(s.sure))
		} else if w.explain {
			w.because(Isolates, s.policy, nil, fmt.Sprintf("isolates %s for %s and no rule of it allows this", w.subject, w.d))
		}
		isolated = either(isolated, s.sure)
	}
	switch isolated {
	case yes:
		return canDeny
	case maybe:
		return canDeny | w.next(end)
	}
	return w.next(end)
}

func (w *walk) withOther() string {
	if w.d == ingress {
		return "from " + w.other.String()
	}
	return "to " + w.other.String()
}

// nothing says that no policy decided.
func (w *walk) nothing() string {
	switch {
	case w.subject.Endpoint == nil:
		return w.subject.String() + " is outside the cluster: no policy selects it"
	case w.subject.Endpoint.HostNetwork:
		return w.subject.String() + " uses the network of its node: policies do not select it (the API leaves open whether they could)"
	case !slices.ContainsFunc(w.selections, func(s selection) bool { return s.policy.isolates[w.d] || len(s.policy.rules[w.d]) > 0 }):
		return fmt.Sprintf("no policy selects %s for %s: all is allowed", w.subject, w.d)
	}
	return fmt.Sprintf("no policy that selects %s decides: %s is allowed by default", w.subject, w.d)
}

package reach

import (
	"cmp"
	"slices"
)

// Truth is whether a fact holds.
type Truth string

// The truths. Unsure is given where it depends on what was not seen or is not covered.
const (
	Yes    Truth = "yes"
	No     Truth = "no"
	Unsure Truth = "unknown"
)

// Fact is whether something holds, and by which policy.
type Fact struct {
	Truth Truth
	// Reason names the policy that makes it hold, or why it is unknown; empty if it does not hold.
	Reason Reason
}

// NamespaceFacts are the facts of a namespace that are kept apart.
type NamespaceFacts struct {
	Name string
	// Enforced tells whether the cluster's network enforces policies at all.
	Enforced Enforcement
	// DenyIngress and DenyEgress tell whether what no rule allows is denied for every pod of the
	// namespace, whatever its labels.
	DenyIngress, DenyEgress Fact
	// Undone are the rules that allow everything again, with the endpoints that they open.
	Undone []Opening
	// OpenIngress and OpenEgress are the endpoints that no policy isolates. Pods on the network of
	// their node, which none can, stand in HostNetwork alone.
	OpenIngress, OpenEgress, HostNetwork []*Endpoint
}

// Opening is a rule that allows all ports from or to everybody.
type Opening struct {
	Direction string // ingress or egress
	// Peers is what it opens to: "everybody", "every pod of the cluster", "every IPv4 address".
	Peers     string
	Reason    Reason
	Endpoints []*Endpoint // those of the namespace that it opens now; perhaps none yet
}

// Namespaces lists the namespaces that were seen or that have workloads or policies, by name.
func (m *Model) Namespaces() []string {
	var names []string
	for name := range m.namespaces {
		names = append(names, name)
	}
	for _, e := range m.Endpoints {
		names = append(names, e.Namespace)
	}
	for _, t := range m.tiers {
		for _, p := range t.policies {
			names = append(names, cmp.Or(p.namespace, p.object.Namespace))
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	return slices.DeleteFunc(names, func(name string) bool { return name == "" })
}

// Namespace gives the facts of a namespace.
func (m *Model) Namespace(name string) NamespaceFacts {
	f := NamespaceFacts{Name: name, Enforced: m.Enforcement()}
	anyPod := m.anyPod(name, true)
	f.DenyIngress, f.DenyEgress = m.defaultDeny(ingress, anyPod), m.defaultDeny(egress, anyPod)
	endpoints := m.In(name)
	for _, d := range []direction{ingress, egress} {
		f.Undone = append(f.Undone, m.openings(d, anyPod, endpoints)...)
	}
	for _, e := range endpoints {
		switch {
		case e.HostNetwork:
			f.HostNetwork = append(f.HostNetwork, e)
			continue
		case m.Isolated(e, "ingress") == No:
			f.OpenIngress = append(f.OpenIngress, e)
		}
		if m.Isolated(e, "egress") == No {
			f.OpenEgress = append(f.OpenEgress, e)
		}
	}
	return f
}

// In lists the endpoints of a namespace.
func (m *Model) In(namespace string) []*Endpoint {
	from, _ := slices.BinarySearchFunc(m.Endpoints, namespace, func(e *Endpoint, name string) int { return cmp.Compare(e.Namespace, name) })
	to := from
	for to < len(m.Endpoints) && m.Endpoints[to].Namespace == namespace {
		to++
	}
	return m.Endpoints[from:to:to]
}

// anyPod stands for pods of a namespace that nobody wrote yet: with open labels, or with none.
func (m *Model) anyPod(namespace string, open bool) *Endpoint {
	e := &Endpoint{Namespace: namespace, Name: "any pod", space: m.space(namespace), virtual: true, unlabelled: !open}
	e.ranges = m.rangesOf(e)
	return e
}

// Isolated tells whether what no rule allows is denied for an endpoint, in the direction "ingress"
// or "egress".
func (m *Model) Isolated(e *Endpoint, direction string) Truth {
	d := ingress
	if direction == egress.String() {
		d = egress
	}
	found := no
	for _, s := range m.policiesOf(e) {
		if closes, _ := m.closes(s, d); closes {
			found = either(found, s.sure)
		}
	}
	return [...]Truth{No, Unsure, Yes}[found]
}

// closes reports whether a policy denies what it selects all that no rule allows: it isolates, or
// has a rule that denies everybody.
func (m *Model) closes(s selection, d direction) (bool, *rule) {
	if s.policy.isolates[d] && !m.tiers[s.tier].passes {
		return true, nil
	}
	for _, r := range s.policy.rules[d] {
		if r.action == deny && r.everybody() {
			return true, r
		}
	}
	return false, nil
}

func (m *Model) defaultDeny(d direction, anyPod *Endpoint) Fact {
	fact := Fact{Truth: No}
	bare := m.anyPod(anyPod.Namespace, false)
	for _, s := range m.policiesOf(anyPod) {
		closes, r := m.closes(s, d)
		if !closes {
			continue
		}
		reason := Reason{Effect: Isolates, Policy: s.policy.object, Text: "denies " + d.String() + " by default"}
		if r != nil {
			reason.Effect, reason.Rule = Denies, r.node
		}
		if s.sure == yes {
			return Fact{Yes, reason}
		}
		if s.policy.selects(bare) == maybe && fact.Truth == No {
			reason.Effect, reason.Text = Unclear, "may deny "+d.String()+" by default: "+s.policy.doubt(maybe)
			fact = Fact{Unsure, reason}
		}
	}
	return fact
}

func (m *Model) openings(d direction, anyPod *Endpoint, endpoints []*Endpoint) []Opening {
	byRule := map[*rule]*Opening{}
	var order []*rule
	for _, e := range append([]*Endpoint{anyPod}, endpoints...) {
		for _, s := range m.policiesOf(e) {
			for _, r := range s.policy.rules[d] {
				if r.action != allow || !r.everybody() || s.policy.broken != "" {
					continue
				}
				if byRule[r] == nil {
					byRule[r] = &Opening{Direction: d.String(), Peers: r.width(), Reason: Reason{Effect: Allows, Policy: s.policy.object,
						Rule: r.node, Text: "allows all " + d.String() + " " + [...]string{"from ", "to "}[d] + r.width()}}
					order = append(order, r)
				}
				if e != anyPod {
					byRule[r].Endpoints = append(byRule[r].Endpoints, e)
				}
			}
		}
	}
	var all []Opening
	for _, r := range order {
		all = append(all, *byRule[r])
	}
	return all
}

// width says to whom a rule that matches everybody is open.
func (r *rule) width() string {
	widest := narrow
	for _, p := range r.peers {
		widest = max(widest, p.wide)
	}
	if len(r.peers) == 0 {
		widest = everyone
	}
	return [...]string{"some", "every pod of the cluster", "every IPv6 address", "every IPv4 address", "everybody"}[widest]
}

package reach

import (
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// direction is one half of a connection.
type direction uint8

const (
	ingress direction = iota
	egress
)

func (d direction) String() string { return [...]string{"ingress", "egress"}[d] }

// action is what a rule does with traffic that it matches.
type action uint8

const (
	allow action = iota
	deny
	pass // go on with the next tier
)

// tier is a level of policies; those below are asked only where it does not decide.
type tier struct {
	name     string
	order    float64
	passes   bool // what is selected and not decided goes on with the next tier
	policies []*policy
}

// policy is one object (or the part of it that has one rank) in one form for all kinds.
type policy struct {
	id        int
	object    *inventory.Subject
	namespace string // to which it is confined; "" for the whole cluster
	rank      rank
	subject   func(*Endpoint) tri
	hosts     bool // subject are nodes and the pods on their network, not other pods
	// isolates tells by direction whether what is selected and not allowed is denied.
	isolates [2]bool
	rules    [2][]*rule
	// broken says what would make an API server refuse the policy: it may not be in force at all.
	broken   string
	brokenAt *document.Node
	// unsure says why it is not known whether subject selects.
	unsure string
}

// selects tells whether the policy rules an endpoint. Pods on the network of their node are
// selected by none: the API leaves that open, and no known network does otherwise.
func (p *policy) selects(e *Endpoint) tri {
	if e.HostNetwork != p.hosts || p.namespace != "" && p.namespace != e.Namespace {
		return no
	}
	found := p.subject(e)
	if p.broken != "" {
		found = min(found, maybe)
	}
	return found
}

// spoil notes that an API server would refuse the policy.
func (p *policy) spoil(m *Model, at *document.Node, text string) {
	m.Problems = append(m.Problems, Reason{Effect: Unclear, Policy: p.object, Rule: at, Text: text})
	if p.broken == "" {
		p.broken, p.brokenAt = text, at
	}
}

func (p *policy) add(d direction, r *rule) { p.rules[d] = append(p.rules[d], r) }

// rule is one rule of a policy.
type rule struct {
	node   *document.Node
	action action
	peers  []use   // any of them; none stands for everybody
	ports  []*port // any of them; none stands for all
	// notPorts are those that the rule does not mean.
	notPorts []*port
	// only narrows the rule by the rest of its conditions; nil for none.
	only func(subject, other Place, c connection) tri
	// never is true for a rule that matches nothing, as one with an empty list of peers.
	never bool
	// uncovered says what of the rule the model does not cover; "" if it covers all.
	uncovered string
	note      string // what is not judged of a rule that is, as HTTP paths
}

// use is a peer as one rule names it.
type use struct {
	*peer
	node *document.Node
}

// connection is what is opened: a port at a destination.
type connection struct {
	port     uint16
	protocol string
	to       Place
	any      bool // some port of some protocol: rules that name ports may or may not match
}

func (r *rule) match(subject, other Place, c connection) tri {
	if r.never {
		return no
	}
	result := r.matchPorts(c)
	if result == no {
		return no
	}
	if result = both(result, r.matchPeers(other)); result == no {
		return no
	}
	for _, p := range r.notPorts {
		result = both(result, not(p.match(c)))
	}
	if r.only != nil {
		result = both(result, r.only(subject, other, c))
	}
	if r.uncovered != "" {
		result = min(result, maybe)
	}
	return result
}

func (r *rule) matchPeers(other Place) tri { return anyOrAll(r.peers, other) }

func (r *rule) matchPorts(c connection) tri { return anyOrAll(r.ports, c) }

// anyOrAll reports whether one of a list matches; a list that is absent or empty matches all.
func anyOrAll[T any, M interface{ match(T) tri }](list []M, what T) tri {
	if len(list) == 0 {
		return yes
	}
	found := no
	for _, one := range list {
		if found = either(found, one.match(what)); found == yes {
			break
		}
	}
	return found
}

// doubt says why the rule may or may not match, and where.
func (r *rule) doubt(other Place) (string, *document.Node) {
	if r.uncovered != "" {
		return r.uncovered, r.node
	}
	for _, p := range r.peers {
		if p.match(other) == maybe {
			return p.why, p.node
		}
	}
	return "depends on what is not known here", r.node
}

// everybody reports whether the rule surely matches all connections of both address families, or
// all those with pods.
func (r *rule) everybody() bool {
	if r.never || r.uncovered != "" || r.only != nil || len(r.ports)+len(r.notPorts) > 0 {
		return false
	}
	if len(r.peers) == 0 {
		return true
	}
	for _, p := range r.peers {
		if p.wide != narrow {
			return true
		}
	}
	return false
}

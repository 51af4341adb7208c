package reach

import (
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"

	networkingv1 "k8s.io/api/networking/v1"
)

// calicoTree is a selector as a tree, from which its text is written.
type calicoTree struct {
	op     string
	key    string
	values []string
	parts  []*calicoTree
}

func (c *calicoTree) String() string {
	quote := func(text string) string { return `"` + text + `"` }
	switch c.op {
	case "all":
		return "all()"
	case "has":
		return "has(" + c.key + ")"
	case "!":
		return "!(" + c.parts[0].String() + ")"
	case "&&", "||":
		return "(" + c.parts[0].String() + " " + c.op + " " + c.parts[1].String() + ")"
	case "in", "not in":
		var quoted []string
		for _, v := range c.values {
			quoted = append(quoted, "'"+v+"'")
		}
		return c.key + " " + c.op + " {" + strings.Join(quoted, ", ") + "}"
	}
	return c.key + " " + c.op + " " + quote(c.values[0])
}

func (c *calicoTree) matches(set map[string]string) bool { return c.matchesIn(set, true) }

// matchesIn takes all as the selectors of namespaces do: only what has a namespace.
func (c *calicoTree) matchesIn(set map[string]string, all bool) bool {
	value, has := set[c.key]
	switch c.op {
	case "all":
		return all
	case "has":
		return has
	case "==":
		return has && value == c.values[0]
	case "!=":
		return !has || value != c.values[0]
	case "in":
		return has && slices.Contains(c.values, value)
	case "not in":
		return !has || !slices.Contains(c.values, value)
	case "contains":
		return has && strings.Contains(value, c.values[0])
	case "starts with":
		return has && strings.HasPrefix(value, c.values[0])
	case "ends with":
		return has && strings.HasSuffix(value, c.values[0])
	case "!":
		return !c.parts[0].matchesIn(set, all)
	case "&&":
		return c.parts[0].matchesIn(set, all) && c.parts[1].matchesIn(set, all)
	}
	return c.parts[0].matchesIn(set, all) || c.parts[1].matchesIn(set, all)
}

func randomTree(r *rand.Rand, depth int) *calicoTree {
	if depth > 0 && chance(r, 40) {
		if op := pick(r, "!", "&&", "||"); op == "!" {
			return &calicoTree{op: op, parts: []*calicoTree{randomTree(r, depth-1)}}
		} else {
			return &calicoTree{op: op, parts: []*calicoTree{randomTree(r, depth-1), randomTree(r, depth-1)}}
		}
	}
	c := &calicoTree{op: pick(r, "all", "has", "==", "!=", "in", "not in", "contains", "starts with", "ends with"), key: pick(r, "app", "tier", "team/x"), values: []string{pick(r, "a", "b", "c")}}
	if c.op == "in" || c.op == "not in" {
		c.values = pick(r, []string{"a", "b"}, []string{"c"})
	}
	return c
}

type (
	calicoEntity struct {
		spaces, pods, excluded *calicoTree
		nets, notNets          []string
		accounts               []string
		ports, notPorts        []any
	}
	calicoRule struct {
		action, protocol, notProtocol string
		source, destination           calicoEntity
	}
	calicoPolicy struct {
		kind, namespace, name, tier string
		order                       float64
		selector, spaces            *calicoTree
		types                       []string
		rules                       map[string][]calicoRule
		ordinary                    *networkingv1.NetworkPolicy // instead: a NetworkPolicy of Kubernetes
	}
	calicoSet struct {
		namespace string
		labels    map[string]string
		nets      []string
	}
	calicoTier struct {
		name  string
		order float64
		pass  bool
	}
)

// TestCalicoOracle holds Calico's policies against a literal reading of its reference.
func TestCalicoOracle(t *testing.T) {
	differ(t, 60_000, func(r *rand.Rand, w *oracleWorld) func(from, to oracleEnd, port int32, protocol string) bool {
		var policies []*calicoPolicy
		if chance(r, 40) {
			for _, p := range randomNetworkPolicies(r, w) {
				policies = append(policies, &calicoPolicy{order: 1000, tier: "default", name: p.Name, ordinary: p})
			}
		}
		sets := randomSets(r, w)
		tiers := []calicoTier{{"default", 1e6, false}, {"early", 100, chance(r, 30)}, {"late", 2e6, chance(r, 30)}}
		for _, tier := range tiers[1:] {
			w.objects = append(w.objects, object{"apiVersion": "projectcalico.org/v3", "kind": "Tier", "metadata": object{"name": tier.name},
				"spec": object{"order": tier.order, "defaultAction": map[bool]string{true: "Pass", false: "Deny"}[tier.pass]}})
		}
		slices.SortFunc(tiers, func(a, b calicoTier) int { return int(a.order - b.order) })
		for i := range 1 + r.Intn(5) {
			p := randomCalicoPolicy(r, w, i)
			policies = append(policies, p)
			w.objects = append(w.objects, p.object())
		}
		slices.SortStableFunc(policies, func(a, b *calicoPolicy) int {
			if a.order != b.order {
				return int(a.order - b.order)
			}
			return strings.Compare(a.name, b.name)
		})
		return func(from, to oracleEnd, port int32, protocol string) bool {
			if from.pod != nil && from.pod == to.pod {
				return true
			}
			return decideCalico(w, tiers, policies, sets, "egress", from, to, to, port, protocol) &&
				decideCalico(w, tiers, policies, sets, "ingress", to, from, to, port, protocol)
		}
	})
}

func decideCalico(w *oracleWorld, tiers []calicoTier, policies []*calicoPolicy, sets []calicoSet, direction string, subject, peer, destination oracleEnd, port int32, protocol string) bool {
	if !subject.managed() {
		return true
	}
tiers:
	for _, tier := range tiers {
		some := false
		for _, p := range policies {
			if p.tier != tier.name || !p.applies(w, direction, subject) {
				continue
			}
			some = true
			if p.ordinary != nil {
				kind := map[string]networkingv1.PolicyType{"ingress": "Ingress", "egress": "Egress"}[direction]
				if decideNetworkPolicies(w, []*networkingv1.NetworkPolicy{p.ordinary}, kind, subject, peer, destination, port, protocol) == "allow" {
					return true
				}
				continue
			}
			source, target := peer, subject
			if direction == "egress" {
				source, target = subject, peer
			}
			for _, rule := range p.rules[direction] {
				if !rule.matches(w, sets, p.namespace, source, target, port, protocol) {
					continue
				}
				switch rule.action {
				case "Allow":
					return true
				case "Deny":
					return false
				case "Pass":
					continue tiers
				}
			}
		}
		if some && !tier.pass {
			return false
		}
	}
	return true
}

func (p *calicoPolicy) applies(w *oracleWorld, direction string, subject oracleEnd) bool {
	if p.ordinary != nil {
		kind := map[string]networkingv1.PolicyType{"ingress": "Ingress", "egress": "Egress"}[direction]
		return p.ordinary.Namespace == subject.pod.namespace && oracleSelects(&p.ordinary.Spec.PodSelector, subject.pod.labels) && hasType(p.ordinary, kind)
	}
	types := p.types
	if types == nil {
		switch {
		case len(p.rules["egress"]) == 0:
			types = []string{"Ingress"}
		case len(p.rules["ingress"]) == 0:
			types = []string{"Egress"}
		default:
			types = []string{"Ingress", "Egress"}
		}
	}
	if !slices.ContainsFunc(types, func(t string) bool { return strings.EqualFold(t, direction) }) {
		return false
	}
	if p.namespace != "" && p.namespace != subject.pod.namespace {
		return false
	}
	return (p.selector == nil || p.selector.matches(subject.pod.labels)) && (p.spaces == nil || p.spaces.matches(w.namespaces[subject.pod.namespace]))
}

func (rule calicoRule) matches(w *oracleWorld, sets []calicoSet, namespace string, source, destination oracleEnd, port int32, protocol string) bool {
	if rule.protocol != "" && rule.protocol != protocol || rule.notProtocol == protocol {
		return false
	}
	if !rule.source.matches(w, sets, namespace, source) || !rule.destination.matches(w, sets, namespace, destination) {
		return false
	}
	hit := func(want any) bool {
		switch text := fmt.Sprint(want); {
		case strings.Contains(text, ":"):
			var from, to int32
			fmt.Sscanf(text, "%d:%d", &from, &to)
			return from <= port && port <= to
		case text == "web" || text == "dns":
			return oracleNamed(destination, text, port, protocol)
		default:
			return text == fmt.Sprint(port)
		}
	}
	return (len(rule.destination.ports) == 0 || slices.ContainsFunc(rule.destination.ports, hit)) && !slices.ContainsFunc(rule.destination.notPorts, hit)
}

func (e calicoEntity) matches(w *oracleWorld, sets []calicoSet, namespace string, end oracleEnd) bool {
	if len(e.nets) > 0 && !inAny(e.nets, end.address()) || inAny(e.notNets, end.address()) {
		return false
	}
	selected := e.spaces != nil || e.pods != nil || e.accounts != nil || namespace != "" && e.excluded != nil
	one := func(labels, space map[string]string, in string) bool {
		if e.spaces != nil && !e.spaces.matchesIn(space, in != "") {
			return false
		}
		if e.spaces == nil && namespace != "" && in != namespace {
			return false
		}
		return (e.pods == nil || e.pods.matches(labels)) && (e.accounts == nil || slices.Contains(e.accounts, labels["account"]))
	}
	if selected && !anyCalico(w, sets, end, one) {
		return false
	}
	return e.excluded == nil || !anyCalico(w, sets, end, func(labels, _ map[string]string, _ string) bool { return e.excluded.matches(labels) })
}

// anyCalico asks for a pod and for every network set that has the address.
func anyCalico(w *oracleWorld, sets []calicoSet, end oracleEnd, one func(labels, space map[string]string, in string) bool) bool {
	if end.managed() {
		labels := map[string]string{"account": end.pod.account}
		for key, value := range end.pod.labels {
			labels[key] = value
		}
		if one(labels, w.namespaces[end.pod.namespace], end.pod.namespace) {
			return true
		}
	}
	for _, s := range sets {
		if inAny(s.nets, end.address()) && one(s.labels, w.namespaces[s.namespace], s.namespace) {
			return true
		}
	}
	return false
}

func randomSets(r *rand.Rand, w *oracleWorld) []calicoSet {
	var sets []calicoSet
	for i := range r.Intn(3) {
		s := calicoSet{labels: randomLabels(r), nets: pick(r, []string{"192.0.2.0/24"}, []string{"10.0.1.0/24", "192.0.2.7"}, []string{"2001:db8::/32"})}
		o := object{"apiVersion": "crd.projectcalico.org/v1", "kind": "GlobalNetworkSet", "metadata": object{"name": fmt.Sprintf("s%d", i), "labels": s.labels}, "spec": object{"nets": s.nets}}
		if chance(r, 50) {
			s.namespace = fmt.Sprintf("n%d", 1+r.Intn(len(w.namespaces)))
			o["kind"] = "NetworkSet"
			o["metadata"] = object{"name": fmt.Sprintf("s%d", i), "namespace": s.namespace, "labels": s.labels}
		}
		sets = append(sets, s)
		w.objects = append(w.objects, o)
	}
	return sets
}

func randomCalicoPolicy(r *rand.Rand, w *oracleWorld, i int) *calicoPolicy {
	p := &calicoPolicy{kind: "GlobalNetworkPolicy", name: fmt.Sprintf("c%d", 9-i), tier: pick(r, "default", "default", "early", "late"),
		order: pick(r, 1.0, 5, 5, 999, 1001, 2000), rules: map[string][]calicoRule{}}
	if chance(r, 50) {
		p.kind, p.namespace = "NetworkPolicy", fmt.Sprintf("n%d", 1+r.Intn(len(w.namespaces)))
	} else if chance(r, 40) {
		p.spaces = randomTree(r, 1)
	}
	if chance(r, 70) {
		p.selector = randomTree(r, 2)
	}
	p.types = pick(r, nil, []string{"Ingress"}, []string{"Egress"}, []string{"Ingress", "Egress"})
	for _, direction := range []string{"ingress", "egress"} {
		for range r.Intn(3) {
			p.rules[direction] = append(p.rules[direction], randomCalicoRule(r))
		}
	}
	return p
}

func randomCalicoRule(r *rand.Rand) calicoRule {
	rule := calicoRule{action: pick(r, "Allow", "Allow", "Deny", "Pass", "Log"), source: randomEntity(r), destination: randomEntity(r)}
	switch r.Intn(3) {
	case 0:
		rule.protocol = pick(r, "TCP", "UDP", "SCTP")
		if chance(r, 70) {
			rule.destination.ports = pick(r, []any{80}, []any{"50:90", 8080}, []any{"web"}, []any{"dns", 81})
		}
		if chance(r, 20) {
			rule.destination.notPorts = pick(r, []any{80}, []any{"81:9000"})
		}
	case 1:
		rule.notProtocol = pick(r, "", "TCP", "UDP")
	}
	return rule
}

func randomEntity(r *rand.Rand) calicoEntity {
	var e calicoEntity
	if chance(r, 25) {
		e.pods = randomTree(r, 1)
	}
	if chance(r, 20) {
		e.spaces = randomTree(r, 1)
	}
	if chance(r, 10) {
		e.excluded = randomTree(r, 0)
	}
	if chance(r, 15) {
		e.nets = pick(r, []string{"10.0.0.0/8"}, []string{"0.0.0.0/0"}, []string{"192.0.2.7", "10.1.0.0/16"})
	}
	if chance(r, 10) {
		e.notNets = pick(r, []string{"10.0.1.0/24"}, []string{"::/0"})
	}
	if chance(r, 10) {
		e.accounts = []string{"robot"}
	}
	return e
}

func (p *calicoPolicy) object() object {
	spec := object{"order": p.order, "tier": p.tier}
	put := func(o object, key string, c *calicoTree) {
		if c != nil {
			o[key] = c.String()
		}
	}
	put(spec, "selector", p.selector)
	put(spec, "namespaceSelector", p.spaces)
	if p.types != nil {
		spec["types"] = p.types
	}
	for direction, rules := range p.rules {
		var list []object
		for _, rule := range rules {
			o := object{"action": rule.action}
			for key, value := range map[string]string{"protocol": rule.protocol, "notProtocol": rule.notProtocol} {
				if value != "" {
					o[key] = value
				}
			}
			for side, e := range map[string]calicoEntity{"source": rule.source, "destination": rule.destination} {
				part := object{"nets": e.nets, "notNets": e.notNets, "ports": e.ports, "notPorts": e.notPorts}
				put(part, "selector", e.pods)
				put(part, "namespaceSelector", e.spaces)
				put(part, "notSelector", e.excluded)
				if e.accounts != nil {
					part["serviceAccounts"] = object{"names": e.accounts}
				}
				o[side] = part
			}
			list = append(list, o)
		}
		spec[direction] = list
	}
	return object{"apiVersion": "projectcalico.org/v3", "kind": p.kind, "metadata": object{"namespace": p.namespace, "name": p.name}, "spec": spec}
}

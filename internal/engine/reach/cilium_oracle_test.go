package reach

import (
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

type (
	ciliumRule struct {
		kind      string // Endpoints, Entities, CIDR, CIDRSet or ""
		endpoints []*metav1.LabelSelector
		spaces    []string // for endpoints: "" or a namespace, by index
		words     []string
		except    []string
		ports     []ciliumPort
		noPorts   bool
	}
	ciliumPort struct {
		port, protocol string
		end            int32
	}
	ciliumPolicy struct {
		namespace, name string
		endpoints       *metav1.LabelSelector
		rules           map[string][]ciliumRule // ingress, egress, ingressDeny, egressDeny
		defaultDeny     map[string]bool
	}
)

// TestCiliumOracle holds Cilium's policies, united with NetworkPolicies, against a literal reading
// of its documentation.
func TestCiliumOracle(t *testing.T) {
	differ(t, 60_000, func(r *rand.Rand, w *oracleWorld) func(from, to oracleEnd, port int32, protocol string) bool {
		w.cilium = true
		var ordinary []*networkingv1.NetworkPolicy
		if chance(r, 40) {
			ordinary = randomNetworkPolicies(r, w)
		}
		var policies []*ciliumPolicy
		for i := range 1 + r.Intn(4) {
			p := randomCiliumPolicy(r, w, i)
			policies = append(policies, p)
			w.objects = append(w.objects, p.object())
		}
		return func(from, to oracleEnd, port int32, protocol string) bool {
			if from.pod != nil && from.pod == to.pod {
				return true
			}
			half := func(direction string, kind networkingv1.PolicyType, subject, peer oracleEnd) bool {
				if !subject.managed() {
					return true
				}
				denied, allowed, closed := decideCilium(w, policies, direction, subject, peer, to, port, protocol)
				also := decideNetworkPolicies(w, ordinary, kind, subject, peer, to, port, protocol)
				return !denied && (allowed || also == "allow" || !closed && also == "")
			}
			return half("egress", networkingv1.PolicyTypeEgress, from, to) && half("ingress", networkingv1.PolicyTypeIngress, to, from)
		}
	})
}

func decideCilium(w *oracleWorld, policies []*ciliumPolicy, direction string, subject, peer, destination oracleEnd, port int32, protocol string) (denied, allowed, closed bool) {
	for _, p := range policies {
		if p.namespace != "" && p.namespace != subject.pod.namespace || !oracleSelects(p.endpoints, subject.pod.labels) {
			continue
		}
		hit := func(rule ciliumRule) bool { return rule.matches(w, p.namespace, peer, destination, port, protocol) }
		denied = denied || slices.ContainsFunc(p.rules[direction+"Deny"], hit)
		allowed = allowed || slices.ContainsFunc(p.rules[direction], hit)
		if stated, found := p.defaultDeny[direction]; found {
			closed = closed || stated
		} else {
			closed = closed || len(p.rules[direction])+len(p.rules[direction+"Deny"]) > 0
		}
	}
	return denied, allowed, closed
}

func (c ciliumRule) matches(w *oracleWorld, namespace string, peer, destination oracleEnd, port int32, protocol string) bool {
	if c.kind == "" && c.noPorts {
		return false
	}
	if c.kind != "" && !c.means(w, namespace, peer) {
		return false
	}
	return c.noPorts || slices.ContainsFunc(c.ports, func(p ciliumPort) bool {
		if p.protocol != "" && p.protocol != "ANY" && p.protocol != protocol {
			return false
		}
		var number int32
		if _, err := fmt.Sscanf(p.port, "%d", &number); err != nil {
			return oracleNamed(destination, strings.ToLower(p.port), port, protocol)
		}
		return number == 0 || number == port || p.end > 0 && number <= port && port <= p.end
	})
}

func (c ciliumRule) means(w *oracleWorld, namespace string, peer oracleEnd) bool {
	switch c.kind {
	case "Entities":
		return slices.ContainsFunc(c.words, func(word string) bool {
			return word == "all" || word == "cluster" && peer.pod != nil || word == "world" && peer.pod == nil
		})
	case "CIDR", "CIDRSet":
		return peer.pod == nil && inAny(c.words, peer.address()) && !inAny(c.except, peer.address())
	}
	if !peer.managed() {
		return false
	}
	for i, s := range c.endpoints {
		space := c.spaces[i]
		switch {
		case strings.HasPrefix(space, "app="):
			if w.namespaces[peer.pod.namespace]["app"] != strings.TrimPrefix(space, "app=") {
				continue
			}
		case space == "" && namespace != "" && peer.pod.namespace != namespace, space != "" && peer.pod.namespace != space:
			continue
		}
		if oracleSelects(s, peer.pod.labels) {
			return true
		}
	}
	return false
}

func randomCiliumPolicy(r *rand.Rand, w *oracleWorld, i int) *ciliumPolicy {
	p := &ciliumPolicy{name: fmt.Sprintf("c%d", i), endpoints: randomSelector(r, false), rules: map[string][]ciliumRule{}, defaultDeny: map[string]bool{}}
	if chance(r, 60) {
		p.namespace = fmt.Sprintf("n%d", 1+r.Intn(len(w.namespaces)))
	}
	for _, section := range []string{"ingress", "egress", "ingressDeny", "egressDeny"} {
		most := 3
		if strings.HasSuffix(section, "Deny") {
			most = 2
		}
		for range r.Intn(most) {
			p.rules[section] = append(p.rules[section], randomCiliumRule(r))
		}
	}
	for _, direction := range []string{"ingress", "egress"} {
		if chance(r, 20) {
			p.defaultDeny[direction] = chance(r, 50)
		}
	}
	return p
}

func randomCiliumRule(r *rand.Rand) ciliumRule {
	c := ciliumRule{kind: pick(r, "Endpoints", "Endpoints", "Entities", "CIDR", "CIDRSet", "")}
	switch c.kind {
	case "Endpoints":
		for range r.Intn(3) {
			c.endpoints = append(c.endpoints, randomSelector(r, false))
			c.spaces = append(c.spaces, pick(r, "", "", "n1", "n2", "app=a"))
		}
	case "Entities":
		c.words = pick(r, []string{"all"}, []string{"world"}, []string{"cluster"}, []string{"world", "cluster"}, []string{"none"})
	case "CIDR":
		c.words = pick(r, []string{"0.0.0.0/0"}, []string{"192.0.2.7", "10.0.0.0/8"}, []string{"::/0"})
	case "CIDRSet":
		c.words, c.except = []string{"0.0.0.0/0"}, pick(r, nil, []string{"192.0.2.0/24"}, []string{"10.0.0.0/8"})
	}
	if c.noPorts = chance(r, 40); !c.noPorts {
		for range 1 + r.Intn(2) {
			c.ports = append(c.ports, ciliumPort{pick(r, "0", "53", "80", "8080", "WEB", "dns"), pick(r, "", "ANY", "TCP", "UDP", "SCTP"), 0})
		}
		if chance(r, 20) {
			c.ports = append(c.ports, ciliumPort{"50", "TCP", 90})
		}
	}
	return c
}

func (p *ciliumPolicy) object() object {
	spec := object{"endpointSelector": p.endpoints}
	for section, rules := range p.rules {
		direction := "from"
		if strings.HasPrefix(section, "egress") {
			direction = "to"
		}
		var list []object
		for _, rule := range rules {
			list = append(list, rule.object(direction))
		}
		spec[section] = list
	}
	if len(p.defaultDeny) > 0 {
		spec["enableDefaultDeny"] = p.defaultDeny
	}
	o := object{"apiVersion": "cilium.io/v2", "kind": "CiliumClusterwideNetworkPolicy", "metadata": object{"name": p.name}, "spec": spec}
	if p.namespace != "" {
		o["kind"], o["metadata"] = "CiliumNetworkPolicy", object{"name": p.name, "namespace": p.namespace}
	}
	return o
}

func (c ciliumRule) object(direction string) object {
	o := object{}
	switch c.kind {
	case "Endpoints":
		list := []any{}
		for i, s := range c.endpoints {
			s = s.DeepCopy()
			if s.MatchLabels == nil {
				s.MatchLabels = map[string]string{}
			}
			switch space := c.spaces[i]; {
			case strings.HasPrefix(space, "app="):
				s.MatchLabels["k8s:io.cilium.k8s.namespace.labels.app"] = strings.TrimPrefix(space, "app=")
			case space != "":
				s.MatchLabels["k8s:io.kubernetes.pod.namespace"] = space
			}
			list = append(list, s)
		}
		o[direction+"Endpoints"] = list
	case "CIDRSet":
		o[direction+"CIDRSet"] = []object{{"cidr": c.words[0], "except": c.except}}
	case "":
	default:
		o[direction+c.kind] = c.words
	}
	if !c.noPorts {
		var ports []object
		for _, p := range c.ports {
			port := object{"port": p.port}
			if p.protocol != "" {
				port["protocol"] = p.protocol
			}
			if p.end > 0 {
				port["endPort"] = p.end
			}
			ports = append(ports, port)
		}
		o["toPorts"] = []object{{"ports": ports}}
	}
	return o
}

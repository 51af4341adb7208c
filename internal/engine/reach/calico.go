package reach

import (
	"fmt"
	"math"
	"net/netip"
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// calicoGroups are the API groups of Calico: that of its API server and that of its own objects.
var calicoGroups = []string{"projectcalico.org", "crd.projectcalico.org"}

// networkSet is a Calico NetworkSet or GlobalNetworkSet: labelled blocks of addresses.
type networkSet struct {
	labels map[string]string
	space  *space // nil for a GlobalNetworkSet
	blocks []netip.Prefix
}

func (m *Model) readNetworkSets() {
	for _, kind := range []string{"NetworkSet", "GlobalNetworkSet"} {
		for _, s := range newest(m.index, kind, calicoGroups...) {
			set := &networkSet{labels: labelsOf(s)}
			if kind == "NetworkSet" {
				set.space = m.space(s.Namespace)
			}
			for _, node := range s.Root.Get("spec", "nets").Children() {
				block, err := readNet(node)
				if err != nil {
					m.Problems = append(m.Problems, Reason{Effect: Unclear, Policy: s, Rule: node, Text: err.Error()})
					continue
				}
				m.noteBlock(block)
				set.blocks = append(set.blocks, block)
			}
			m.sets = append(m.sets, set)
		}
	}
}

// readNet reads a block or a single address.
func readNet(node *document.Node) (netip.Prefix, error) {
	if address, err := netip.ParseAddr(node.Text()); err == nil {
		return netip.PrefixFrom(address, address.BitLen()), nil
	}
	return readCIDR(node)
}

// readCalicoPolicies reads Calico's NetworkPolicies and GlobalNetworkPolicies. Policies of one tier
// are asked by order and name; the first rule that matches decides. What a policy of a tier selects
// and no rule of the tier decides is denied, unless the tier says to pass.
// (https://docs.tigera.io/calico/latest/reference/resources/globalnetworkpolicy)
func (m *Model) readCalicoPolicies() {
	for _, s := range calicoPolicies(m.index) {
		spec := s.Root.Get("spec")
		if spec.Get("doNotTrack").Bool() || spec.Get("preDNAT").Bool() {
			continue // these rule host endpoints, never pods
		}
		p := &policy{object: s, namespace: s.Namespace, rank: rank{orderOf(spec.Get("order")), s.Name}}
		if p.rank.order == ordinaryOrder && len(newest(m.index, "NetworkPolicy", kubernetesGroups...)) > 0 {
			p.rank.name = "" // beside NetworkPolicies: which comes first is not stated
		}
		m.readCalicoSubject(p, spec)
		p.isolates = p.readCalicoTypes(m, spec)
		for d, field := range []string{"ingress", "egress"} {
			for _, node := range spec.Get(field).Children() {
				if r := m.readCalicoRule(p, direction(d), node); r != nil && p.isolates[d] {
					p.add(direction(d), r)
				}
			}
		}
		t := m.calicoTier(p, spec)
		t.policies = append(t.policies, p)
	}
}

func calicoPolicies(index *inventory.Index) []*inventory.Subject {
	return append(newest(index, "NetworkPolicy", calicoGroups...), newest(index, "GlobalNetworkPolicy", calicoGroups...)...)
}

// calicoTier finds the tier of a policy. Where it was not seen, nobody knows its order: the policy
// may come before all.
func (m *Model) calicoTier(p *policy, spec *document.Node) *tier {
	name := spec.Get("tier").Text()
	if name == "" {
		name = m.ordinary.name
	}
	if t := m.tier(name); t != nil {
		return t
	}
	p.broken, p.brokenAt = fmt.Sprintf("tier %q was not seen, so that its order is not known", name), spec.Get("tier")
	const front = "\x00unseen"
	t := m.tier(front)
	if t == nil {
		t = &tier{name: front, order: math.Inf(-1)}
		m.tiers = append(m.tiers, t)
		m.sortTiers()
	}
	return t
}

func (p *policy) readCalicoTypes(m *Model, spec *document.Node) [2]bool {
	types := spec.Get("types")
	if types.Len() == 0 {
		out := spec.Get("egress").Len() > 0
		return [2]bool{ingress: !out || spec.Get("ingress").Len() > 0, egress: out}
	}
	return p.listedTypes(m, types)
}

func (m *Model) readCalicoSubject(p *policy, spec *document.Node) {
	pods := m.calicoSelector(p, spec.Get("selector"))
	var spaces expression
	if p.namespace == "" && spec.Get("namespaceSelector") != nil {
		spaces = m.calicoSpaces(p, spec.Get("namespaceSelector"))
	}
	if spec.Get("serviceAccountSelector").Text() != "" {
		p.unsure = "selects by labels of ServiceAccounts, which are not judged"
	}
	p.subject = func(e *Endpoint) tri {
		found := yes
		if pods != nil {
			found = pods(e.calicoLabel)
		}
		if spaces != nil {
			found = both(found, spaces(e.space.calicoLabel))
		}
		if p.unsure != "" {
			found = min(found, maybe)
		}
		return found
	}
}

// calicoSelector compiles a selector; nil if there is none.
func (m *Model) calicoSelector(p *policy, node *document.Node) expression {
	return m.calicoExpression(p, node, node.Text())
}

// calicoSpaces compiles a selector of namespaces, where all() means what has one.
func (m *Model) calicoSpaces(p *policy, node *document.Node) expression {
	return m.calicoExpression(p, node, strings.ReplaceAll(node.Text(), "all()", "has("+calicoName+")"))
}

func (m *Model) calicoExpression(p *policy, node *document.Node, text string) expression {
	if text == "" {
		return nil
	}
	found, keys, err := parseCalico(text)
	if err != nil {
		p.spoil(m, node, err.Error())
		return func(labelReader) tri { return maybe }
	}
	for _, key := range keys {
		m.named[key] = true
	}
	return found
}

// The labels by which Calico knows pods beside their own.
const (
	calicoSpace        = "projectcalico.org/namespace"
	calicoOrchestrator = "projectcalico.org/orchestrator"
	calicoAccount      = "projectcalico.org/serviceaccount"
	calicoName         = "projectcalico.org/name"
	calicoSpacePrefix  = "pcns."
	calicoSAPrefix     = "pcsa."
)

func (e *Endpoint) calicoLabel(key string) (string, tri) {
	switch {
	case key == calicoSpace:
		return e.Namespace, yes
	case key == calicoOrchestrator:
		return "k8s", yes
	case key == calicoAccount || key == calicoSAPrefix+calicoName:
		return e.label(accountKey)
	case len(key) > len(calicoSpacePrefix) && key[:len(calicoSpacePrefix)] == calicoSpacePrefix:
		return e.space.calicoLabel(key[len(calicoSpacePrefix):])
	case len(key) > len(calicoSAPrefix) && key[:len(calicoSAPrefix)] == calicoSAPrefix:
		return "", maybe
	}
	return e.label(key)
}

// calicoLabel reads the labels of a namespace as namespaceSelector does; nil is no namespace.
func (s *space) calicoLabel(key string) (string, tri) {
	switch {
	case s == nil:
		return "", no
	case key == calicoName || key == calicoSpace:
		return s.name, yes
	}
	return s.label(key)
}

func (s *networkSet) label(key string) (string, tri) {
	if key == calicoSpace && s.space != nil {
		return s.space.name, yes
	}
	if s.space != nil && len(key) > len(calicoSpacePrefix) && key[:len(calicoSpacePrefix)] == calicoSpacePrefix {
		return s.space.calicoLabel(key[len(calicoSpacePrefix):])
	}
	value, found := s.labels[key]
	return value, sure(found)
}

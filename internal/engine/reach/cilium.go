package reach

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

const ciliumGroup = "cilium.io"

// beforeAll is the order of Cilium's rules that deny: they come before all that allow.
const beforeAll = -1

// speaksCilium reports whether policies mean what they mean to Cilium.
func speaksCilium(index *inventory.Index) bool {
	return len(ciliumPolicies(index)) > 0 || slices.ContainsFunc(index.Kind("DaemonSet"), func(s *inventory.Subject) bool {
		return s.Pod != nil && (networks[0].is(s) || s.Name == "anetd")
	})
}

func ciliumPolicies(index *inventory.Index) []*inventory.Subject {
	return append(newest(index, "CiliumNetworkPolicy", ciliumGroup), newest(index, "CiliumClusterwideNetworkPolicy", ciliumGroup)...)
}

// readCiliumPolicies reads CiliumNetworkPolicies and CiliumClusterwideNetworkPolicies: rules for
// what an endpointSelector selects, united; what a rule with a section selects is isolated in its
// direction, unless enableDefaultDeny says otherwise.
// (https://docs.cilium.io/en/stable/security/policy/)
func (m *Model) readCiliumPolicies() {
	for _, s := range ciliumPolicies(m.index) {
		specs := s.Root.Get("specs").Children()
		if spec := s.Root.Get("spec"); spec != nil {
			specs = append([]*document.Node{spec}, specs...)
		}
		for _, spec := range specs {
			m.readCiliumSpec(s, spec)
		}
	}
	m.readCiliumSettings()
}

// readCiliumSettings isolates every pod where Cilium is set to enable-policy: always.
func (m *Model) readCiliumSettings() {
	for _, s := range m.index.Kind("ConfigMap") {
		if s.Name == "cilium-config" && s.Root.Get("data", "enable-policy").Text() == "always" {
			m.isolateAll(s)
		}
	}
}

// isolateAll isolates every pod: a setting of the network says so.
func (m *Model) isolateAll(s *inventory.Subject) {
	m.ordinary.policies = append(m.ordinary.policies, &policy{object: s, rank: rank{order: ordinaryOrder},
		subject: func(*Endpoint) tri { return yes }, isolates: [2]bool{true, true}})
}

func (m *Model) readCiliumSpec(s *inventory.Subject, spec *document.Node) {
	allowing := &policy{object: s, namespace: s.Namespace, rank: rank{order: ordinaryOrder}}
	denying := &policy{object: s, namespace: s.Namespace, rank: rank{order: beforeAll}}
	m.readCiliumSubject(allowing, spec)
	for d, sections := range [][2]string{{"ingress", "ingressDeny"}, {"egress", "egressDeny"}} {
		some := spec.Get(sections[0]).Len()+spec.Get(sections[1]).Len() > 0
		if stated := spec.Get("enableDefaultDeny", sections[0]); stated != nil {
			some = stated.Bool()
		}
		allowing.isolates[d] = some
		for i, into := range []*policy{allowing, denying} {
			list := spec.Get(sections[i])
			if list != nil && list.Kind != document.List {
				allowing.spoil(m, list, sections[i]+" is "+list.Kind.Named()+" where a list is expected")
			}
			for _, node := range list.Children() {
				r := m.readCiliumRule(allowing, direction(d), node)
				r.action = [...]action{allow, deny}[i]
				into.add(direction(d), r)
				if needed := m.readRequires(allowing, direction(d), node); needed != nil {
					denying.add(direction(d), needed)
				}
			}
		}
	}
	denying.subject, denying.hosts, denying.unsure = allowing.subject, allowing.hosts, allowing.unsure
	denying.broken, denying.brokenAt = allowing.broken, allowing.brokenAt
	m.ordinary.policies = append(m.ordinary.policies, allowing, denying)
}

func (m *Model) readCiliumSubject(p *policy, spec *document.Node) {
	endpoints, nodes := spec.Get("endpointSelector"), spec.Get("nodeSelector")
	switch {
	case endpoints == nil && nodes == nil:
		p.spoil(m, spec, "names neither endpointSelector nor nodeSelector")
	case endpoints != nil && nodes != nil:
		p.spoil(m, spec, "names both endpointSelector and nodeSelector")
	case nodes != nil:
		p.hosts, p.unsure = true, "selects nodes, whose policies are not judged"
		p.subject = func(*Endpoint) tri { return maybe }
		return
	}
	requirements, err := compileSelector(endpoints)
	if err != nil {
		p.spoil(m, endpoints, "endpointSelector: "+err.Error())
	}
	spaces, pods, _, uncovered := splitCilium(requirements)
	if p.namespace != "" {
		spaces = slices.DeleteFunc(spaces, func(r requirement) bool { return r.key == nameLabel && r.op == isIn })
	}
	m.name(pods)
	p.unsure = uncovered
	p.subject = func(e *Endpoint) tri {
		found := both(holdAll(spaces, e.space.label), holdAll(pods, e.label))
		if uncovered != "" {
			found = min(found, maybe)
		}
		return found
	}
}

// The labels by which Cilium knows pods beside their own.
const (
	ciliumNamespace = "io.kubernetes.pod.namespace"
	ciliumSpaces    = "io.cilium.k8s.namespace.labels."
	ciliumAccount   = "io.cilium.k8s.policy.serviceaccount"
	ciliumCluster   = "io.cilium.k8s.policy.cluster"
)

// splitCilium parts requirements on the labels of namespaces from those of pods. placed reports
// whether any is on the namespace; uncovered says which cannot be judged.
func splitCilium(requirements []requirement) (spaces, pods []requirement, placed bool, uncovered string) {
	for _, r := range requirements {
		source, key, found := strings.Cut(r.key, ":")
		if !found || source != "k8s" && source != "any" {
			key = r.key
			if found {
				uncovered = fmt.Sprintf("label %q is not one of a pod", r.key)
				continue
			}
		}
		r.key = key
		switch {
		case key == ciliumNamespace:
			r.key, placed = nameLabel, true
			spaces = append(spaces, r)
		case strings.HasPrefix(key, ciliumSpaces):
			r.key, placed = strings.TrimPrefix(key, ciliumSpaces), true
			spaces = append(spaces, r)
		case key == ciliumAccount:
			r.key = accountKey
			pods = append(pods, r)
		case key == ciliumCluster:
			r.key = clusterKey
			pods = append(pods, r)
		default:
			pods = append(pods, r)
		}
	}
	return spaces, pods, placed, uncovered
}

// readRequires reads fromRequires or toRequires: what does not meet them is denied, whatever rules
// say. Cilium 1.19 has it no more, so that it may or may not count.
func (m *Model) readRequires(p *policy, d direction, node *document.Node) *rule {
	list := node.Get([...]string{"fromRequires", "toRequires"}[d])
	if list.Len() == 0 {
		return nil
	}
	var met []use
	for _, one := range list.Children() {
		found, err := m.readCiliumEndpoints(p.namespace, one)
		if err != nil {
			p.spoil(m, one, err.Error())
			return nil
		}
		met = append(met, use{found, one})
	}
	return &rule{node: list, action: deny, uncovered: list.Key() + " counts only before Cilium 1.19",
		only: func(_, other Place, _ connection) tri {
			all := yes
			for _, peer := range met {
				all = both(all, peer.match(other))
			}
			return not(all)
		}}
}

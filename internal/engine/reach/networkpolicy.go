package reach

import (
	"fmt"
	"net/netip"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// newest lists the objects of a kind and of one of the API groups; of two with one name the last
// counts, as when both are applied.
func newest(index *inventory.Index, kind string, groups ...string) []*inventory.Subject {
	type key struct{ group, namespace, name string }
	last := map[key]int{}
	var all []*inventory.Subject
	for _, s := range index.Kind(kind) {
		for _, group := range groups {
			if s.Group() != group {
				continue
			}
			k := key{group, s.Namespace, s.Name}
			if at, twice := last[k]; twice && s.Name != "" {
				all[at] = s
				continue
			}
			last[k] = len(all)
			all = append(all, s)
		}
	}
	return all
}

// kubernetesGroups are the API groups of NetworkPolicy, the second of which is gone since 1.16.
var kubernetesGroups = []string{"networking.k8s.io", "extensions"}

// readNetworkPolicies reads the NetworkPolicies of Kubernetes.
// (k8s.io/api/networking/v1, https://kubernetes.io/docs/concepts/services-networking/network-policies/)
func (m *Model) readNetworkPolicies() {
	for _, s := range newest(m.index, "NetworkPolicy", kubernetesGroups...) {
		p := &policy{object: s, namespace: s.Namespace, rank: rank{order: ordinaryOrder}}
		spec := s.Root.Get("spec")
		pods, err := compileSelector(spec.Get("podSelector"))
		if err != nil {
			p.spoil(m, spec.Get("podSelector"), "cannot be read: "+err.Error())
		}
		m.name(pods)
		p.subject = func(e *Endpoint) tri { return holdAll(pods, e.label) }
		p.isolates = p.readTypes(m, spec)
		for d, field := range []string{"ingress", "egress"} {
			if p.isolates[d] {
				m.readRules(p, direction(d), spec.Get(field))
			}
		}
		m.ordinary.policies = append(m.ordinary.policies, p)
	}
}

// readTypes gives the directions in which the policy isolates: Ingress always and Egress if there
// are such rules, unless policyTypes says otherwise.
func (p *policy) readTypes(m *Model, spec *document.Node) [2]bool {
	types := spec.Get("policyTypes")
	if types.Len() == 0 {
		return [2]bool{ingress: true, egress: spec.Get("egress").Len() > 0}
	}
	return p.listedTypes(m, types)
}

// listedTypes reads the directions that a policy lists; a word that is none spoils it.
func (p *policy) listedTypes(m *Model, types *document.Node) [2]bool {
	var found [2]bool
	for _, t := range types.Children() {
		switch t.Text() {
		case "Ingress":
			found[ingress] = true
		case "Egress":
			found[egress] = true
		default:
			p.spoil(m, t, fmt.Sprintf("%s has %q", types.Key(), t.Text()))
		}
	}
	return found
}

func (m *Model) readRules(p *policy, d direction, list *document.Node) {
	if list != nil && list.Kind != document.List {
		p.spoil(m, list, fmt.Sprintf("%s is %s where a list is expected", list.Key(), list.Kind.Named()))
		return
	}
	peers := [...]string{"from", "to"}[d]
	for _, node := range list.Children() {
		r := &rule{node: node}
		p.add(d, r)
		if node.Kind != document.Map && node.Kind != document.Null {
			p.spoil(m, node, "a rule is "+node.Kind.Named())
			r.never = true
			continue
		}
		if list := node.Get(peers); list != nil && list.Kind != document.List {
			p.spoil(m, list, list.Key()+" is "+list.Kind.Named()+" where a list is expected")
		}
		for _, peerNode := range node.Get(peers).Children() {
			found, err := m.readPeer(p.namespace, peerNode)
			if err != nil {
				p.spoil(m, peerNode, err.Error())
				found = m.nobody()
			}
			r.peers = append(r.peers, use{found, peerNode})
		}
		for _, portNode := range node.Get("ports").Children() {
			found, err := readPort(portNode)
			if err != nil {
				p.spoil(m, portNode, err.Error())
				found = &port{first: 1}
			}
			r.ports = append(r.ports, found)
		}
	}
}

// nobody is a peer that matches nothing: what stands there cannot be read.
func (m *Model) nobody() *peer {
	return m.intern("nobody", &peer{test: func(Place) tri { return no }})
}

func (m *Model) readPeer(namespace string, node *document.Node) (*peer, error) {
	block, pods, spaces := node.Get("ipBlock"), node.Get("podSelector"), node.Get("namespaceSelector")
	if block != nil {
		if pods != nil || spaces != nil {
			return nil, fmt.Errorf("a peer has an ipBlock and selectors")
		}
		return m.readBlock(block)
	}
	if pods == nil && spaces == nil {
		return nil, fmt.Errorf("a peer names nothing")
	}
	podRequirements, err := compileSelector(pods)
	if err != nil {
		return nil, err
	}
	if spaces == nil {
		return m.podPeer(namespace, nil, podRequirements), nil
	}
	spaceRequirements, err := compileSelector(spaces)
	if err != nil {
		return nil, err
	}
	return m.podPeer("", spaceRequirements, podRequirements), nil
}

func (m *Model) readBlock(node *document.Node) (*peer, error) {
	block, err := readCIDR(node.Get("cidr"))
	if err != nil {
		return nil, err
	}
	var except []netip.Prefix
	for _, n := range node.Get("except").Children() {
		part, err := readCIDR(n)
		if err != nil {
			return nil, err
		}
		if !block.Overlaps(part) || part.Bits() <= block.Bits() {
			return nil, fmt.Errorf("%s is no part of %s", part, block)
		}
		except = append(except, part)
	}
	return m.blockPeer(block, except, !m.cilium), nil
}

func readCIDR(node *document.Node) (netip.Prefix, error) {
	block, err := netip.ParsePrefix(node.Text())
	if err != nil {
		return block, fmt.Errorf("%q is no address block", node.Text())
	}
	return block.Masked(), nil
}

func readPort(node *document.Node) (*port, error) {
	protocol, err := readProtocol(node.Get("protocol"))
	if err != nil {
		return nil, err
	}
	number, end := node.Get("port"), node.Get("endPort")
	switch {
	case number == nil && end != nil:
		return nil, fmt.Errorf("endPort stands without port")
	case number == nil:
		return &port{protocol: protocol, first: 0, last: 65535}, nil
	case number.Kind == document.String && end != nil:
		return nil, fmt.Errorf("endPort stands with the named port %q", number.Text())
	case number.Kind == document.String && number.Text() != "":
		return &port{protocol: protocol, name: number.Text()}, nil
	}
	return readRange(protocol, number, end)
}

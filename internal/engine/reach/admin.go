package reach

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

const sigGroup = "policy.networking.k8s.io"

// afterPriorities is the order of the BaselineAdminNetworkPolicy, which has no priority.
const afterPriorities = 1001

// readAdminPolicies reads the cluster-wide policies of SIG Network: v1alpha1
// AdminNetworkPolicy and BaselineAdminNetworkPolicy, v1alpha2 ClusterNetworkPolicy.
// (https://network-policy-api.sigs.k8s.io)
func (m *Model) readAdminPolicies() {
	for _, s := range newest(m.index, "AdminNetworkPolicy", sigGroup) {
		m.readClusterPolicy(m.admin, s, s.Root.Get("spec", "priority").Float64())
	}
	for _, s := range newest(m.index, "BaselineAdminNetworkPolicy", sigGroup) {
		m.readClusterPolicy(m.baseline, s, afterPriorities)
	}
	for _, s := range newest(m.index, "ClusterNetworkPolicy", sigGroup) {
		level := m.admin
		switch s.Root.Get("spec", "tier").Text() {
		case "Baseline":
			level = m.baseline
		case "Admin":
		default:
			p := m.readClusterPolicy(level, s, s.Root.Get("spec", "priority").Float64())
			p.spoil(m, s.Root.Get("spec", "tier"), fmt.Sprintf("tier %q is neither Admin nor Baseline", s.Root.Get("spec", "tier").Text()))
			continue
		}
		m.readClusterPolicy(level, s, s.Root.Get("spec", "priority").Float64())
	}
}

func (m *Model) readClusterPolicy(level *tier, s *inventory.Subject, priority float64) *policy {
	p := &policy{object: s, rank: rank{order: priority}}
	spec := s.Root.Get("spec")
	spaces, pods, err := readSubject(spec.Get("subject"))
	if err != nil {
		p.spoil(m, spec.Get("subject"), "subject: "+err.Error())
	}
	m.name(pods)
	p.subject = func(e *Endpoint) tri { return both(holdAll(spaces, e.space.label), holdAll(pods, e.label)) }
	for d, field := range []string{"ingress", "egress"} {
		list := spec.Get(field)
		if list != nil && list.Kind != document.List {
			p.spoil(m, list, field+" is "+list.Kind.Named()+" where a list is expected")
			continue
		}
		for _, node := range list.Children() {
			p.add(direction(d), m.readClusterRule(p, direction(d), node))
		}
	}
	level.policies = append(level.policies, p)
	return p
}

// readSubject reads namespaces or pods, exactly one of which must be there.
func readSubject(node *document.Node) (spaces, pods []requirement, err error) {
	switch {
	case node.Get("namespaces") != nil && node.Get("pods") == nil:
		spaces, err = compileSelector(node.Get("namespaces"))
		return spaces, nil, err
	case node.Get("pods") != nil && node.Get("namespaces") == nil:
		if spaces, err = compileSelector(node.Get("pods", "namespaceSelector")); err != nil {
			return nil, nil, err
		}
		pods, err = compileSelector(node.Get("pods", "podSelector"))
		return spaces, pods, err
	}
	return nil, nil, fmt.Errorf("exactly one of namespaces and pods must be named")
}

func (m *Model) readClusterRule(p *policy, d direction, node *document.Node) *rule {
	r := &rule{node: node}
	if a, known := map[string]action{"Allow": allow, "Accept": allow, "Deny": deny, "Pass": pass}[node.Get("action").Text()]; known {
		r.action = a
	} else {
		p.spoil(m, node, fmt.Sprintf("action %q is unknown", node.Get("action").Text()))
	}
	list := node.Get([...]string{"from", "to"}[d])
	if list.Len() == 0 {
		p.spoil(m, node, "a rule names no peers")
		r.never = true
	}
	for _, peerNode := range list.Children() {
		found, err := m.readClusterPeers(d, peerNode)
		if err != nil {
			p.spoil(m, peerNode, err.Error())
			continue
		}
		for _, one := range found {
			r.peers = append(r.peers, use{one, peerNode})
		}
	}
	if len(r.peers) == 0 {
		r.never = true
	}
	for _, field := range []string{"ports", "protocols"} {
		for _, portNode := range node.Get(field).Children() {
			found, err := readClusterPort(portNode)
			if err != nil {
				p.spoil(m, portNode, err.Error())
				found = &port{last: 65535}
			}
			r.ports = append(r.ports, found)
		}
	}
	return r
}

func (m *Model) readClusterPeers(d direction, node *document.Node) ([]*peer, error) {
	if node.Len() != 1 {
		return nil, fmt.Errorf("a peer must name exactly one kind of places")
	}
	field := node.Children()[0]
	switch kind := field.Key(); {
	case kind == "namespaces" || kind == "pods":
		spaces, pods, err := readSubject(node)
		if err != nil {
			return nil, err
		}
		return []*peer{m.podPeer("", spaces, pods)}, nil
	case kind == "networks" && d == egress:
		var all []*peer
		for _, n := range field.Children() {
			block, err := readCIDR(n)
			if err != nil {
				return nil, err
			}
			all = append(all, m.blockPeer(block, nil, true))
		}
		return all, nil
	case kind == "nodes" && d == egress:
		requirements, err := compileSelector(field)
		if err != nil {
			return nil, err
		}
		return []*peer{m.nodePeer(requirements)}, nil
	case kind == "domainNames" && d == egress:
		return []*peer{m.outsidePeer("domain names stand for addresses that are not known here")}, nil
	}
	return nil, fmt.Errorf("a peer has the unknown field %q", field.Key())
}

// nodePeer is the nodes with certain labels, by their addresses.
func (m *Model) nodePeer(requirements []requirement) *peer {
	return m.intern("nodes "+signature(requirements), &peer{why: "addresses of nodes are not known here", test: func(w Place) tri {
		if w.Endpoint != nil && !w.Endpoint.HostNetwork {
			return no
		}
		if len(m.nodes) == 0 {
			return maybe
		}
		if w.Endpoint != nil && len(w.Endpoint.Addresses) == 0 {
			return maybe
		}
		result, first := no, true
		for _, a := range addressesOf(w) {
			found := m.nodeAt(a, requirements)
			if !first && found != result {
				return maybe
			}
			result, first = found, false
		}
		return result
	}})
}

func addressesOf(w Place) []netip.Addr {
	if w.Endpoint != nil {
		return w.Endpoint.Addresses
	}
	return []netip.Addr{w.Address}
}

func (m *Model) nodeAt(a netip.Addr, requirements []requirement) tri {
	for _, n := range m.nodes {
		if slices.Contains(n.addresses, a) {
			return holdAll(requirements, func(key string) (string, tri) {
				value, found := n.labels[key]
				return value, sure(found)
			})
		}
	}
	return no
}

// outsidePeer is some addresses outside the cluster; which ones is not known.
func (m *Model) outsidePeer(why string) *peer {
	return m.intern("outside "+why, &peer{why: why, test: func(w Place) tri {
		if w.Endpoint == nil || w.Endpoint.HostNetwork {
			return maybe
		}
		return no
	}})
}

// readClusterPort reads a port of v1alpha1 (portNumber, portRange, namedPort) or v1alpha2 (tcp,
// udp, sctp, destinationNamedPort).
func readClusterPort(node *document.Node) (*port, error) {
	if node.Len() != 1 {
		return nil, fmt.Errorf("a port must be named in exactly one way")
	}
	field := node.Children()[0]
	switch field.Key() {
	case "namedPort", "destinationNamedPort":
		return &port{name: field.Text()}, nil
	case "portNumber", "portRange":
		protocol, err := readProtocol(field.Get("protocol"))
		if err != nil {
			return nil, err
		}
		if field.Key() == "portNumber" {
			return readRange(protocol, field.Get("port"), nil)
		}
		return readRange(protocol, field.Get("start"), need(field.Get("end")))
	case "tcp", "udp", "sctp":
		protocol := map[string]string{"tcp": "TCP", "udp": "UDP", "sctp": "SCTP"}[field.Key()]
		at := field.Get("destinationPort")
		switch {
		case at == nil:
			return &port{protocol: protocol, last: 65535}, nil
		case at.Get("range") != nil:
			return readRange(protocol, at.Get("range", "start"), need(at.Get("range", "end")))
		}
		return readRange(protocol, at.Get("number"), nil)
	}
	return nil, fmt.Errorf("a port has the unknown field %q", field.Key())
}

// need gives a node that is no number for one that is absent, so that reading it fails.
func need(node *document.Node) *document.Node {
	if node == nil {
		return document.Make("")
	}
	return node
}

package reach

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
)

// readCiliumRule reads one rule. All its members must match; an empty list of peers matches
// nothing, and so does a rule without peers and ports.
func (m *Model) readCiliumRule(p *policy, d direction, node *document.Node) *rule {
	r := &rule{node: node}
	kinds := 0
	for _, field := range node.Children() {
		kind, known := strings.CutPrefix(field.Key(), [...]string{"from", "to"}[d])
		if !known || kind == "Ports" || kind == "Requires" || field.Kind == document.Null {
			continue
		}
		kinds++
		if field.Len() == 0 {
			r.never = true
		}
		m.readCiliumPeers(p, r, kind, field)
	}
	switch ports := node.Get("toPorts"); {
	case kinds > 1:
		p.spoil(m, node, "a rule names more than one kind of peers")
	case ports.Len() > 0:
		readCiliumPorts(m, p, r, ports)
	case node.Get("icmps").Len() > 0 || kinds == 0:
		r.never = true // ICMP is not asked for; an empty rule allows nothing
	}
	if node.Get("authentication") != nil {
		r.note = "mutual authentication is not judged"
	}
	return r
}

func (m *Model) readCiliumPeers(p *policy, r *rule, kind string, list *document.Node) {
	if kind == "Entities" {
		found, err := m.entityPeer(texts(list))
		if err != nil {
			p.spoil(m, list, err.Error())
			found = m.nobody()
		}
		r.peers = append(r.peers, use{found, list})
		return
	}
	for _, node := range list.Children() {
		found, err := m.readCiliumPeer(p.namespace, kind, node)
		if err != nil {
			p.spoil(m, node, err.Error())
			found = m.nobody()
		}
		r.peers = append(r.peers, use{found, node})
	}
}

func (m *Model) readCiliumPeer(namespace, kind string, node *document.Node) (*peer, error) {
	switch kind {
	case "Endpoints":
		return m.readCiliumEndpoints(namespace, node)
	case "CIDR":
		if address, err := netip.ParseAddr(node.Text()); err == nil {
			return m.blockPeer(netip.PrefixFrom(address, address.BitLen()), nil, false), nil
		}
		block, err := readCIDR(node)
		if err != nil {
			return nil, err
		}
		return m.blockPeer(block, nil, false), nil
	case "CIDRSet":
		return m.readCiliumBlock(node)
	case "Nodes":
		return m.outsidePeer("which nodes are meant is not judged"), nil
	case "FQDNs":
		return m.outsidePeer("DNS names stand for addresses that are not known here"), nil
	case "Groups":
		return m.outsidePeer("groups of a cloud stand for addresses that are not known here"), nil
	case "Services":
		return m.intern("services", &peer{why: "which pods a Service of toServices has is not judged", test: func(Place) tri { return maybe }}), nil
	}
	return nil, fmt.Errorf("peers %q are unknown", kind)
}

func (m *Model) readCiliumBlock(node *document.Node) (*peer, error) {
	if node.Get("cidrGroupRef") != nil || node.Get("cidrGroupSelector") != nil {
		return m.outsidePeer("groups of address blocks are not judged"), nil
	}
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
		if !block.Contains(part.Addr()) {
			return nil, fmt.Errorf("%s is no part of %s", part, block)
		}
		except = append(except, part)
	}
	return m.blockPeer(block, except, false), nil
}

// readCiliumEndpoints reads a selector of peers: of the policy's namespace, unless it names one.
func (m *Model) readCiliumEndpoints(namespace string, node *document.Node) (*peer, error) {
	requirements, err := compileSelector(node)
	if err != nil {
		return nil, err
	}
	spaces, pods, placed, uncovered := splitCilium(requirements)
	if uncovered != "" {
		return m.intern("uncovered "+uncovered, &peer{why: uncovered, test: func(Place) tri { return maybe }}), nil
	}
	if placed {
		namespace = ""
	}
	return m.podPeer(namespace, spaces, pods), nil
}

// entities are the names that Cilium gives to kinds of places.
var entities = []string{"all", "world", "world-ipv4", "world-ipv6", "cluster", "host", "remote-node", "kube-apiserver",
	"ingress", "init", "health", "unmanaged", "none"}

func (m *Model) entityPeer(names []string) (*peer, error) {
	for _, name := range names {
		if !slices.Contains(entities, name) {
			return nil, fmt.Errorf("entity %q is unknown", name)
		}
	}
	has := func(name string) bool { return slices.Contains(names, name) }
	p := &peer{why: "which node is the pod's own, or serves the API, is not known here", test: func(w Place) tri {
		switch {
		case has("all"):
			return yes
		case w.Endpoint != nil && !w.Endpoint.HostNetwork:
			return sure(has("cluster"))
		case w.Endpoint != nil || m.isNode(w.Address):
			if has("cluster") || has("host") && has("remote-node") {
				return yes
			}
			return min(maybe, sure(has("host") || has("remote-node") || has("kube-apiserver")))
		case has("world") || has("world-ipv4") && w.Address.Is4() || has("world-ipv6") && w.Address.Is6():
			return yes
		}
		return min(maybe, sure(has("kube-apiserver")))
	}}
	switch {
	case has("all"):
		p.wide = everyone
	case has("world"):
		p.wide = everyIPv4
	case has("cluster"):
		p.wide = allPods
	}
	return m.intern("entities "+strings.Join(names, " "), p), nil
}

func readCiliumPorts(m *Model, p *policy, r *rule, list *document.Node) {
	for _, node := range list.Children() {
		if node.Get("ports").Len() == 0 {
			r.uncovered = "an element of toPorts names no ports"
		}
		for _, portNode := range node.Get("ports").Children() {
			found, err := readCiliumPort(portNode)
			if err != nil {
				p.spoil(m, portNode, err.Error())
				continue
			}
			r.ports = append(r.ports, found...)
		}
		for _, field := range []string{"rules", "listener", "serverNames"} {
			if node.Get(field) != nil {
				r.note = "what it says of the application's protocol is not judged"
			}
		}
	}
	if len(r.ports) == 0 && r.uncovered == "" {
		r.never = true
	}
}

// readCiliumPort reads a port: a number (0 for all), a range or a name. Without protocol it is any.
func readCiliumPort(node *document.Node) ([]*port, error) {
	protocol := strings.ToUpper(node.Get("protocol").Text())
	switch {
	case protocol == "ANY" || protocol == "":
		protocol = ""
	case slices.Contains(protocols, protocol):
	case slices.Contains([]string{"ICMP", "ICMPV6", "VRRP", "IGMP"}, protocol):
		return nil, nil
	default:
		return nil, fmt.Errorf("protocol %q is unknown", node.Get("protocol").Text())
	}
	text := node.Get("port").Text()
	number, err := strconv.ParseUint(text, 10, 16)
	switch {
	case text == "":
		return nil, fmt.Errorf("a port has no number")
	case err != nil && strings.ContainsAny(strings.ToLower(text), "abcdefghijklmnopqrstuvwxyz"):
		return []*port{{protocol: protocol, name: text, foldCase: true}}, nil
	case err != nil:
		return nil, fmt.Errorf("%q is no port number", text)
	case number == 0:
		return []*port{{protocol: protocol, last: 65535}}, nil
	}
	last := uint64(max(node.Get("endPort").Int64(), 0))
	if last == 0 {
		last = number
	}
	if last < number || last > 65535 {
		return nil, fmt.Errorf("the range of ports %d to %d is empty", number, last)
	}
	return []*port{{protocol: protocol, first: uint16(number), last: uint16(last)}}, nil
}

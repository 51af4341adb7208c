package reach

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
)

// entity is the source or the destination of a rule of Calico: all that is named must match.
type entity struct {
	nets, notNets          []netip.Prefix
	spaces, pods, excluded expression
	ports, notPorts        []*port
	accounts               []string
	uncovered              string
}

func (m *Model) readCalicoRule(p *policy, d direction, node *document.Node) *rule {
	r := &rule{node: node}
	switch node.Get("action").Text() {
	case "Allow":
	case "Deny":
		r.action = deny
	case "Pass":
		r.action = pass
	case "Log":
		return nil
	default:
		p.spoil(m, node, fmt.Sprintf("action %q is unknown", node.Get("action").Text()))
	}
	source, destination := m.readEntity(p, node.Get("source")), m.readEntity(p, node.Get("destination"))
	own, other := destination, source
	if d == egress {
		own, other = source, destination
	}
	r.ports, r.notPorts = destination.ports, destination.notPorts
	r.uncovered = destination.uncovered + source.uncovered
	if len(source.ports)+len(source.notPorts) > 0 {
		r.uncovered = "matches by the source's port, which is not judged"
	}
	if node.Get("http") != nil {
		r.uncovered = "matches by HTTP, which is not judged"
	}
	if other.narrows() {
		r.peers = []use{{m.entityAsPeer(other), node}}
	}
	traffic, err := readTraffic(node)
	if err != nil {
		p.spoil(m, node, err.Error())
	}
	if traffic == nil && !own.narrows() {
		return r
	}
	var ownPeer *peer
	if own.narrows() {
		ownPeer = m.entityAsPeer(own)
	}
	r.only = func(subject, other Place, c connection) tri {
		result := yes
		if traffic != nil {
			result = traffic(other, c)
		}
		if ownPeer != nil {
			result = both(result, ownPeer.match(subject))
		}
		return result
	}
	return r
}

func (e *entity) narrows() bool {
	return len(e.nets)+len(e.notNets)+len(e.accounts) > 0 || e.spaces != nil || e.pods != nil || e.excluded != nil
}

// entityAsPeer makes a peer of the other side of a rule, so that it is matched once.
func (m *Model) entityAsPeer(e *entity) *peer {
	made := &peer{why: "depends on labels or addresses that were not seen", test: func(w Place) tri { return m.isEntity(e, w) }}
	wideNets := len(e.notNets) == 0 && e.spaces == nil && e.pods == nil && e.excluded == nil && len(e.accounts) == 0
	for _, block := range e.nets {
		if wideNets && block.Bits() == 0 && block.Addr().Is4() {
			made.wide = everyIPv4
		}
	}
	return m.intern(fmt.Sprintf("calico %d", len(m.peerList)), made)
}

func (m *Model) readEntity(p *policy, node *document.Node) *entity {
	e := &entity{accounts: texts(node.Get("serviceAccounts", "names"))}
	for _, field := range []string{"nets", "notNets"} {
		for _, n := range node.Get(field).Children() {
			block, err := readNet(n)
			if err != nil {
				p.spoil(m, n, err.Error())
				continue
			}
			m.noteBlock(block)
			if field == "nets" {
				e.nets = append(e.nets, block)
			} else {
				e.notNets = append(e.notNets, block)
			}
		}
	}
	e.pods, e.excluded = m.calicoSelector(p, node.Get("selector")), m.calicoSelector(p, node.Get("notSelector"))
	e.spaces = m.calicoSpaces(p, node.Get("namespaceSelector"))
	if e.spaces == nil && p.namespace != "" && (e.pods != nil || e.excluded != nil || len(e.accounts) > 0) {
		own := requirement{calicoName, isIn, []string{p.namespace}}
		e.spaces = own.read
	}
	if node.Get("services") != nil {
		e.uncovered = "matches the pods of a Service, which is not judged"
	}
	if node.Get("serviceAccounts", "selector").Text() != "" {
		e.uncovered = "matches by labels of ServiceAccounts, which are not judged"
	}
	e.ports, e.notPorts = readCalicoPorts(m, p, node.Get("ports")), readCalicoPorts(m, p, node.Get("notPorts"))
	return e
}

// isEntity tells whether a place is one of an entity.
func (m *Model) isEntity(e *entity, w Place) tri {
	result := yes
	if len(e.nets) > 0 {
		result = w.inAny(e.nets)
	}
	if len(e.notNets) > 0 {
		result = both(result, not(w.inAny(e.notNets)))
	}
	if result != no && (e.spaces != nil || e.pods != nil || len(e.accounts) > 0) {
		result = both(result, m.isSelected(w, func(own, space labelReader) tri {
			found := yes
			if e.spaces != nil {
				found = e.spaces(space)
			}
			if e.pods != nil {
				found = both(found, e.pods(own))
			}
			if len(e.accounts) > 0 {
				found = both(found, requirement{calicoAccount, isIn, e.accounts}.read(own))
			}
			return found
		}))
	}
	if result != no && e.excluded != nil {
		result = both(result, not(m.isSelected(w, func(own, _ labelReader) tri { return e.excluded(own) })))
	}
	return result
}

// isSelected tells whether a place is a pod that is selected, or lies in a selected network set.
func (m *Model) isSelected(w Place, selects func(own, space labelReader) tri) tri {
	result := no
	if w.Endpoint != nil && !w.Endpoint.HostNetwork {
		result = selects(w.Endpoint.calicoLabel, w.Endpoint.space.calicoLabel)
	}
	for _, s := range m.sets {
		if result != yes {
			result = either(result, both(selects(s.label, s.space.calicoLabel), w.inAny(s.blocks)))
		}
	}
	return result
}

// inAny tells whether a place's addresses lie in one of some blocks.
func (w Place) inAny(blocks []netip.Prefix) tri {
	result := no
	for _, b := range blocks {
		if w.Endpoint != nil {
			result = either(result, w.Endpoint.inBlock(b, nil))
		} else {
			result = either(result, sure(b.Contains(w.Address)))
		}
	}
	return result
}

// readTraffic reads protocol, notProtocol and ipVersion; nil if there is none.
func readTraffic(node *document.Node) (func(Place, connection) tri, error) {
	protocol, err := calicoProtocol(node.Get("protocol"))
	if err != nil {
		return nil, err
	}
	other, err := calicoProtocol(node.Get("notProtocol"))
	if err != nil {
		return nil, err
	}
	version := node.Get("ipVersion")
	if protocol == "" && other == "" && version == nil {
		return nil, nil
	}
	return func(w Place, c connection) tri {
		result := sure((protocol == "" || protocol == c.protocol) && (other == "" || other != c.protocol))
		if c.any && protocol+other != "" {
			result = maybe
		}
		if version != nil {
			result = both(result, w.speaks(version.Int64()))
		}
		return result
	}, nil
}

// speaks tells whether the place has addresses of an IP version.
func (w Place) speaks(version int64) tri {
	if w.Endpoint == nil {
		return sure(w.Address.Is4() == (version == 4))
	}
	if len(w.Endpoint.Addresses) == 0 {
		return maybe
	}
	return sure(w.Endpoint.Addresses[0].Is4() == (version == 4))
}

func calicoProtocol(node *document.Node) (string, error) {
	text := node.Text()
	if name, known := map[string]string{"6": "TCP", "17": "UDP", "132": "SCTP"}[text]; known {
		return name, nil
	}
	if number, err := strconv.Atoi(text); err == nil && number > 0 && number < 256 {
		return text, nil
	}
	for _, name := range append([]string{"ICMP", "ICMPv6", "UDPLite"}, protocols...) {
		if strings.EqualFold(name, text) {
			return name, nil
		}
	}
	if node != nil {
		return "", fmt.Errorf("protocol %q is unknown", text)
	}
	return "", nil
}

// readCalicoPorts reads ports: numbers, ranges as "80:90", and names.
func readCalicoPorts(m *Model, p *policy, list *document.Node) []*port {
	var all []*port
	for _, node := range list.Children() {
		from, to, ranged := strings.Cut(node.Text(), ":")
		if !ranged {
			to = from
		}
		first, err := strconv.ParseUint(from, 10, 16)
		last, errLast := strconv.ParseUint(to, 10, 16)
		switch {
		case err == nil && errLast == nil && first <= last:
			all = append(all, &port{first: uint16(first), last: uint16(last)})
		case node.Kind == document.String && !ranged && err != nil && node.Text() != "":
			all = append(all, &port{name: node.Text()})
		default:
			p.spoil(m, node, fmt.Sprintf("%q is no port", node.Text()))
		}
	}
	return slices.Clip(all)
}

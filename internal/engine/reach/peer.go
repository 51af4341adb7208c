package reach

import "net/netip"

// peer is a set of places that rules mean, and how to recognise them.
type peer struct {
	within string // the namespace to which its pods are confined; "" for the whole cluster
	test   func(Place) tri
	why    string // why test may be unsure
	wide   wideness

	first   int   // the endpoint that matched begins with
	matched []tri // by endpoint; nil before the model is bound
}

// wideness tells how much of the world a peer surely means.
type wideness uint8

const (
	narrow    wideness = iota
	allPods            // every pod of the cluster
	everyIPv6          // every IPv6 address
	everyIPv4          // every IPv4 address
	everyone           // every address and pod
)

func (p *peer) match(w Place) tri {
	if e := w.Endpoint; e != nil {
		switch {
		case p.within != "" && e.Namespace != p.within:
			return no
		case p.matched != nil && !e.virtual:
			return p.matched[e.id-p.first]
		}
	}
	return p.test(w)
}

// intern gives the one peer for a key, so that peers that mean the same are matched once.
func (m *Model) intern(key string, p *peer) *peer {
	if found := m.peers[key]; found != nil {
		return found
	}
	m.peers[key] = p
	m.peerList = append(m.peerList, p)
	return p
}

// onNetwork makes a test of pods from one of endpoints: addresses outside and pods on the network
// of their node are not among them.
func onNetwork(test func(*Endpoint) tri) func(Place) tri {
	return func(w Place) tri {
		if w.Endpoint == nil || w.Endpoint.HostNetwork {
			return no
		}
		return test(w.Endpoint)
	}
}

// podPeer is the pods with certain labels in one namespace, or in the namespaces with certain labels.
func (m *Model) podPeer(within string, namespaces, pods []requirement) *peer {
	m.name(pods)
	p := &peer{within: within, why: "selects namespaces by labels that were not seen", test: onNetwork(func(e *Endpoint) tri {
		return both(holdAll(namespaces, e.space.label), holdAll(pods, e.label))
	})}
	if within == "" && len(namespaces)+len(pods) == 0 {
		p.wide = allPods
	}
	return m.intern("pods "+within+" "+signature(namespaces)+" "+signature(pods), p)
}

// blockPeer is a block of addresses without some parts. Where inside is true, it means pods and
// nodes by their addresses too; Cilium knows these by their identity alone.
func (m *Model) blockPeer(block netip.Prefix, except []netip.Prefix, inside bool) *peer {
	key := "block " + block.String()
	m.noteBlock(block)
	for _, e := range except {
		m.noteBlock(e)
		key += " " + e.String()
	}
	if !inside {
		key += " outside"
	}
	p := &peer{why: "addresses of pods are not known here", test: func(w Place) tri {
		switch {
		case w.Endpoint == nil && !inside && m.isNode(w.Address):
			return no
		case w.Endpoint == nil:
			return inBlock(netip.PrefixFrom(w.Address, w.Address.BitLen()), block, except)
		case !inside:
			return no
		}
		return w.Endpoint.inBlock(block, except)
	}}
	if block.Bits() == 0 && len(except) == 0 {
		if p.wide = everyIPv6; block.Addr().Is4() {
			p.wide = everyIPv4
		}
	}
	return m.intern(key, p)
}

// noteBlock keeps the blocks that are narrower than the Internet.
func (m *Model) noteBlock(block netip.Prefix) {
	if block.Bits() > 4 {
		m.blocks = append(m.blocks, block)
	}
}

// inBlock tells whether all of a range lies in a block but not in its exceptions.
func inBlock(r, block netip.Prefix, except []netip.Prefix) tri {
	if !block.Overlaps(r) {
		return no
	}
	result := yes
	if block.Bits() > r.Bits() {
		result = maybe
	}
	for _, e := range except {
		switch {
		case !e.Overlaps(r):
		case e.Bits() <= r.Bits():
			return no
		default:
			result = maybe
		}
	}
	return result
}

// name notes the labels that policies name: what else pods carry makes no difference between them.
func (m *Model) name(requirements []requirement) {
	for _, r := range requirements {
		m.named[r.key] = true
	}
}

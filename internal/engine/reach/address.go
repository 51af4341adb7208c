package reach

import (
	"net/netip"
	"slices"
)

// Internet is the Internet at large: a public address that lies in no block that policies name,
// but those as wide as the Internet.
func (m *Model) Internet() Place {
	for _, octet := range []byte{23, 34, 45, 51, 62, 77, 81, 93, 104, 128, 151, 178, 185, 194, 208, 212} {
		address := netip.AddrFrom4([4]byte{octet, octet, octet, octet})
		if !slices.ContainsFunc(m.blocks, func(b netip.Prefix) bool { return b.Contains(address) }) {
			return Place{Address: address, internet: true}
		}
	}
	return Place{Address: netip.AddrFrom4([4]byte{45, 45, 45, 45}), internet: true}
}

// At is an address that may lie inside the cluster: then the place is the endpoint that has it.
func (m *Model) At(address netip.Addr) Place {
	address = address.Unmap()
	for _, e := range m.Endpoints {
		if !e.HostNetwork && slices.Contains(e.Addresses, address) {
			return Place{Endpoint: e}
		}
	}
	return Place{Address: address}
}

// privateRanges are where pods have their addresses, if nothing else is known (RFC 1918, RFC 6598).
var privateRanges = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.168.0.0/16"), netip.MustParsePrefix("100.64.0.0/10"),
}

// clusterNode is a node with its addresses.
type clusterNode struct {
	labels    map[string]string
	addresses []netip.Addr
}

func (m *Model) readNodes() {
	for _, s := range m.index.Kind("Node") {
		node := &clusterNode{labels: labelsOf(s)}
		for _, a := range s.Root.Get("status", "addresses").Children() {
			if address, err := netip.ParseAddr(a.Get("address").Text()); err == nil {
				node.addresses = append(node.addresses, address.Unmap())
			}
		}
		m.nodes = append(m.nodes, node)
		for _, r := range texts(s.Root.Get("spec", "podCIDRs")) {
			if prefix, err := netip.ParsePrefix(r); err == nil && prefix.Addr().Is4() {
				m.podRanges = append(m.podRanges, prefix.Masked())
			}
		}
	}
}

// isNode reports whether an address is that of a node.
func (m *Model) isNode(a netip.Addr) bool {
	return slices.ContainsFunc(m.nodes, func(n *clusterNode) bool { return slices.Contains(n.addresses, a) })
}

// rangesOf are the ranges in which the addresses of an endpoint lie.
func (m *Model) rangesOf(e *Endpoint) []netip.Prefix {
	var ranges []netip.Prefix
	add := func(a netip.Addr) { ranges = append(ranges, netip.PrefixFrom(a, a.BitLen())) }
	switch {
	case len(e.Addresses) > 0:
		for _, a := range e.Addresses {
			add(a)
		}
	case e.HostNetwork:
		for _, node := range m.nodes {
			for _, a := range node.addresses {
				add(a)
			}
		}
	case len(m.podRanges) > 0:
		return m.podRanges
	default:
		return privateRanges
	}
	return ranges
}

package fact

import (
	"net/netip"
	"slices"
)

// shared are addresses of carriers and clouds that are no more public than private ones (RFC 6598).
var shared = netip.MustParsePrefix("100.64.0.0/10")

// locate tells whether the server stands at a public address. Through a tunnel (a loopback
// address) or from inside of the cluster nothing is known of how it is reached from outside.
func (c *collection) locate(host string, endpoint map[string]any, addresses []netip.Addr) {
	if own, err := netip.ParseAddr(host); err == nil {
		addresses = []netip.Addr{own}
	}
	if c.options.InCluster || len(addresses) == 0 || slices.ContainsFunc(addresses, netip.Addr.IsLoopback) {
		return
	}
	endpoint["public"] = slices.ContainsFunc(addresses, public)
}

func public(a netip.Addr) bool {
	a = a.Unmap()
	return !a.IsPrivate() && !a.IsLoopback() && !a.IsLinkLocalUnicast() && !a.IsUnspecified() && !shared.Contains(a)
}

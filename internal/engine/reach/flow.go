package reach

import (
	"cmp"
	"net/netip"
	"slices"
)

// Flow is a connection that is needed: from one place to a port of another, and why.
type Flow struct {
	From, To FlowEnd
	Port     uint16
	Protocol string
	// Why says what it was concluded from: "env DB_URL of container app", "Service shop/web".
	Why string
}

// FlowEnd is an endpoint, or a block of addresses.
type FlowEnd struct {
	Endpoint *Endpoint
	Block    netip.Prefix
}

// String names an end.
func (e FlowEnd) String() string {
	if e.Endpoint != nil {
		return e.Endpoint.String()
	}
	return e.Block.String()
}

func (f Flow) compare(other Flow) int {
	return cmp.Or(cmp.Compare(f.From.String(), other.From.String()), cmp.Compare(f.To.String(), other.To.String()),
		cmp.Compare(f.Protocol, other.Protocol), cmp.Compare(f.Port, other.Port), cmp.Compare(f.Why, other.Why))
}

// sortFlows orders flows and joins those that are equal but for their reason.
func sortFlows(flows []Flow) []Flow {
	slices.SortFunc(flows, Flow.compare)
	return slices.CompactFunc(flows, func(a, b Flow) bool {
		return a.From == b.From && a.To == b.To && a.Port == b.Port && a.Protocol == b.Protocol
	})
}

package reach

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
)

// port is a range of ports of one protocol, or a named port of the destination's containers.
type port struct {
	protocol    string // "" for any
	first, last uint16
	name        string // set: first and last do not count
	foldCase    bool   // names are compared without regard to case
}

func (p *port) match(c connection) tri {
	if c.any {
		return maybe
	}
	if p.protocol != "" && p.protocol != c.protocol {
		return no
	}
	if p.name == "" {
		return sure(p.first <= c.port && c.port <= p.last)
	}
	e := c.to.Endpoint
	if e == nil || e.HostNetwork {
		return no
	}
	if e.virtual {
		return maybe
	}
	return sure(slices.ContainsFunc(e.Ports, func(has ContainerPort) bool {
		return has.Number == c.port && has.Protocol == c.protocol && p.named(has.Name)
	}))
}

func (p *port) named(name string) bool {
	return p.name == name || p.foldCase && name != "" && strings.EqualFold(p.name, name)
}

// protocols are those that network policies know.
var protocols = []string{"TCP", "UDP", "SCTP"}

// readProtocol gives the protocol of a field; absent is TCP.
func readProtocol(node *document.Node) (string, error) {
	if node == nil {
		return "TCP", nil
	}
	if !slices.Contains(protocols, node.Text()) {
		return "", fmt.Errorf("protocol %q is none of TCP, UDP and SCTP", node.Text())
	}
	return node.Text(), nil
}

// readNumber gives a port number.
func readNumber(node *document.Node) (uint16, error) {
	if n := node.Int64(); node != nil && node.Kind == document.Int && n >= 1 && n <= 65535 {
		return uint16(n), nil
	}
	return 0, fmt.Errorf("%q is no port number", node.Text())
}

// readRange gives the ports between two numbers.
func readRange(protocol string, from, to *document.Node) (*port, error) {
	first, err := readNumber(from)
	if err != nil {
		return nil, err
	}
	last := first
	if to != nil {
		if last, err = readNumber(to); err != nil {
			return nil, err
		}
	}
	if last < first {
		return nil, fmt.Errorf("the range of ports %d to %d is empty", first, last)
	}
	return &port{protocol: protocol, first: first, last: last}, nil
}

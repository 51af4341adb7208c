package reach

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
)

// ReadIntent reads which connections people want, as
//
//	allow:
//	- {from: shop/web, to: shop/db, port: 5432}
//	- {from: internet, to: shop/web, ports: [80, 443]}
//	- {from: shop/*, to: 203.0.113.0/24, port: 443, protocol: TCP}
//
// An end is namespace/workload, namespace/* for all of its workloads, an address, a block of
// addresses, or internet for every address. Errors name the line.
func (m *Model) ReadIntent(root *document.Node) ([]Flow, error) {
	list := root.Get("allow")
	if list == nil || list.Kind != document.List {
		return nil, fmt.Errorf("the intent has no list `allow`")
	}
	var flows []Flow
	for _, field := range root.Children() {
		if field.Key() != "allow" {
			return nil, fmt.Errorf("line %d: the field %q is unknown: use allow", field.KeyLine, field.Key())
		}
	}
	for _, node := range list.Children() {
		found, err := m.readIntended(node)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", node.Line, err)
		}
		flows = append(flows, found...)
	}
	return sortFlows(flows), nil
}

func (m *Model) readIntended(node *document.Node) ([]Flow, error) {
	for _, field := range node.Children() {
		switch field.Key() {
		case "from", "to", "port", "ports", "protocol", "why":
		default:
			return nil, fmt.Errorf("the field %q is unknown: use from, to, port, ports, protocol, why", field.Key())
		}
	}
	sources, err := m.readFlowEnds(node.Get("from").Text())
	if err != nil {
		return nil, fmt.Errorf("from: %w", err)
	}
	destinations, err := m.readFlowEnds(node.Get("to").Text())
	if err != nil {
		return nil, fmt.Errorf("to: %w", err)
	}
	protocol, err := readProtocol(node.Get("protocol"))
	if err != nil {
		return nil, err
	}
	ports, err := readIntendedPorts(node)
	if err != nil {
		return nil, err
	}
	var flows []Flow
	for _, from := range sources {
		for _, to := range destinations {
			if from.Endpoint == nil && to.Endpoint == nil {
				return nil, fmt.Errorf("one end must be a workload")
			}
			for _, port := range ports {
				flows = append(flows, Flow{from, to, port, protocol, strings.TrimSpace("intent " + node.Get("why").Text())})
			}
		}
	}
	return flows, nil
}

func readIntendedPorts(node *document.Node) ([]uint16, error) {
	nodes := node.Get("ports").Children()
	if one := node.Get("port"); one != nil {
		nodes = append([]*document.Node{one}, nodes...)
	}
	if len(nodes) == 0 {
		return nil, fmt.Errorf("no port is stated")
	}
	var ports []uint16
	for _, n := range nodes {
		number, err := strconv.ParseUint(n.Text(), 10, 16)
		if err != nil || number == 0 {
			return nil, fmt.Errorf("port %q is no number from 1 to 65535", n.Text())
		}
		ports = append(ports, uint16(number))
	}
	return ports, nil
}

func (m *Model) readFlowEnds(text string) ([]FlowEnd, error) {
	var ends []FlowEnd
	if text == "internet" {
		for _, block := range everywhere {
			ends = append(ends, FlowEnd{Block: block})
		}
		return ends, nil
	}
	if block, err := netip.ParsePrefix(text); err == nil {
		return []FlowEnd{{Block: block.Masked()}}, nil
	}
	if namespace, found := strings.CutSuffix(text, "/*"); found {
		for _, e := range m.In(namespace) {
			ends = append(ends, FlowEnd{Endpoint: e})
		}
		if len(ends) == 0 {
			return nil, fmt.Errorf("the namespace %q has no workloads", namespace)
		}
		return ends, nil
	}
	places, err := m.Lookup(text)
	if err != nil {
		return nil, err
	}
	for _, place := range places {
		if place.Endpoint == nil {
			ends = append(ends, FlowEnd{Block: netip.PrefixFrom(place.Address, place.Address.BitLen())})
			continue
		}
		ends = append(ends, FlowEnd{Endpoint: place.Endpoint})
	}
	return ends, nil
}

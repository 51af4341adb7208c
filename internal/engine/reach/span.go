package reach

import (
	"fmt"
	"slices"
	"strings"
)

// Span is a range of ports of one protocol with one answer.
type Span struct {
	Protocol    string
	First, Last uint16
	Answer      Answer
}

// String writes a span as "5432", "53/UDP", "8000-8080", "all TCP".
func (s Span) String() string {
	suffix := ""
	if s.Protocol != "TCP" {
		suffix = "/" + s.Protocol
	}
	switch {
	case s.First == 1 && s.Last == 65535:
		return "all " + s.Protocol
	case s.First == s.Last:
		return fmt.Sprintf("%d%s", s.First, suffix)
	}
	return fmt.Sprintf("%d-%d%s", s.First, s.Last, suffix)
}

// Cell is what may pass from one place to another.
type Cell struct {
	// Answer is Allowed or Denied if that holds for all ports, Unknown if nothing is surely allowed
	// and not all is denied, and "" if some ports are allowed.
	Answer Answer
	// Spans divide all ports of the three protocols by their answer.
	Spans []Span
}

// Open lists the spans of one answer.
func (c Cell) Open(answer Answer) []Span {
	var all []Span
	for _, s := range c.Spans {
		if s.Answer == answer {
			all = append(all, s)
		}
	}
	return all
}

// String writes a cell as "all", "none", "unknown", or the ports that are allowed.
func (c Cell) String() string {
	switch c.Answer {
	case Allowed:
		return "all"
	case Denied:
		return "none"
	case Unknown:
		return "unknown"
	}
	var parts []string
	for _, s := range c.Open(Allowed) {
		parts = append(parts, s.String())
	}
	if len(c.Open(Unknown)) > 0 {
		parts = append(parts, "some unknown")
	}
	return strings.Join(parts, ",")
}

var (
	open   = Cell{Allowed, everyPort(Allowed)}
	closed = Cell{Denied, everyPort(Denied)}
)

func everyPort(answer Answer) []Span {
	var all []Span
	for _, protocol := range protocols {
		all = append(all, Span{protocol, 1, 65535, answer})
	}
	return all
}

// Cell gives what may pass from one place to another, over all ports.
func (m *Model) Cell(from, to Place) Cell {
	switch m.ask(from, to, connection{to: to, any: true}) {
	case Allowed:
		return open
	case Denied:
		return closed
	}
	var c Cell
	found := map[Answer]bool{}
	cuts := m.cuts(from, to)
	for _, protocol := range protocols {
		begin := len(c.Spans)
		for i, first := range cuts {
			last := 65535
			if i+1 < len(cuts) {
				last = cuts[i+1] - 1
			}
			answer := m.Ask(from, to, uint16(first), protocol)
			found[answer] = true
			if n := len(c.Spans); n > begin && c.Spans[n-1].Answer == answer {
				c.Spans[n-1].Last = uint16(last)
				continue
			}
			c.Spans = append(c.Spans, Span{protocol, uint16(first), uint16(last), answer})
		}
	}
	switch {
	case len(found) == 1:
		c.Answer = c.Spans[0].Answer
	case !found[Allowed]:
		c.Answer = Unknown
	}
	return c
}

// cuts are the ports from which another answer may hold.
func (m *Model) cuts(from, to Place) []int {
	cuts := []int{1}
	add := func(p *port) {
		if p.name == "" {
			cuts = append(cuts, int(p.first), int(p.last)+1)
			return
		}
		if to.Endpoint != nil {
			for _, has := range to.Endpoint.Ports {
				cuts = append(cuts, int(has.Number), int(has.Number)+1)
			}
		}
	}
	for d, e := range [2]*Endpoint{ingress: to.Endpoint, egress: from.Endpoint} {
		if e == nil {
			continue
		}
		for _, s := range m.policiesOf(e) {
			for _, r := range s.policy.rules[d] {
				for _, p := range append(r.ports[:len(r.ports):len(r.ports)], r.notPorts...) {
					add(p)
				}
			}
		}
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	return slices.DeleteFunc(cuts, func(cut int) bool { return cut < 1 || cut > 65535 })
}

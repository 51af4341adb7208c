package reach

import (
	"encoding/binary"

	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Matrix gives what may pass between any two endpoints. Endpoints that all policies treat alike are
// asked once. It is for one goroutine.
type Matrix struct {
	m       *Model
	classes *classes
	cells   map[[2]int32]*Cell
}

// Matrix makes an empty matrix; cells are filled as they are asked for.
func (m *Model) Matrix() *Matrix {
	return &Matrix{m, inventory.Derived(m.index, "reach.Classes", func(*inventory.Index) *classes { return m.classify() }), map[[2]int32]*Cell{}}
}

// Cell gives what may pass from one place to another.
func (x *Matrix) Cell(from, to Place) *Cell {
	switch x.m.ask(from, to, connection{to: to, any: true}) {
	case Allowed:
		return &open
	case Denied:
		return &closed
	}
	if from.Endpoint == nil || to.Endpoint == nil {
		made := x.m.Cell(from, to)
		return &made
	}
	key := [2]int32{x.classes.of[from.Endpoint.id], x.classes.of[to.Endpoint.id]}
	cell := x.cells[key]
	if cell == nil {
		made := x.m.Cell(from, to)
		cell = &made
		x.cells[key] = cell
	}
	return cell
}

// Class tells endpoints apart that policies treat differently: equal numbers are treated alike, as
// sources and as destinations.
func (x *Matrix) Class(e *Endpoint) int { return int(x.classes.of[e.id]) }

// Classes is the number of kinds of endpoints that policies tell apart.
func (x *Matrix) Classes() int { return x.classes.count }

// classes tells which endpoints all policies treat alike.
type classes struct {
	of    []int32 // by endpoint
	count int
}

// classify finds endpoints alike: the same policies select them, the same peers mean them, and they
// have the same ports.
func (m *Model) classify() *classes {
	signatures := make([][]byte, len(m.Endpoints))
	for i, e := range m.Endpoints {
		s := signatures[i]
		for _, selected := range e.policies {
			s = binary.AppendUvarint(append(s, byte(selected.sure)), uint64(selected.policy.id))
		}
		s = append(s, 0xff, byte(Place{Endpoint: e}.speaks(4)))
		for _, p := range e.Ports {
			s = append(binary.AppendUvarint(append(s, p.Name...), uint64(p.Number)), p.Protocol...)
		}
		signatures[i] = append(s, 0xff)
	}
	for id, p := range m.peerList {
		for i, found := range p.matched {
			if found != no {
				at := p.first + i
				signatures[at] = binary.AppendUvarint(append(signatures[at], byte(found)), uint64(id))
			}
		}
	}
	c := &classes{of: make([]int32, len(m.Endpoints))}
	known := map[string]int32{}
	for i, s := range signatures {
		if m.Endpoints[i].HostNetwork {
			s = append(s, "host"...)
		}
		class, found := known[string(s)]
		if !found {
			class = int32(c.count)
			known[string(s)] = class
			c.count++
		}
		c.of[i] = class
	}
	return c
}

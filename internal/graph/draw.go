package graph

import (
	"fmt"
	"slices"
	"strconv"
)

// Drawing is a graph with the place of everything in it, for those who write it into a page of their
// own. Lengths are pixels. Classes and looks are those of the style of SVG: kg-card, k0, e0...
type Drawing struct {
	Width, Height float64
	// Title is short; Words say what is drawn, for readers who do not see it.
	Title, Words string
	Boxes        []Plate
	Arcs         []Arc
	Cards        []Card
	Legend       []Key
}

// Length is a length or a place in pixels.
type Length float64

// String writes a length with one digit after the point.
func (l Length) String() string { return strconv.FormatFloat(float64(l), 'f', 1, 64) }

// Plate is a rectangle with a word: the frame of a group, or what stands on a line.
type Plate struct {
	X, Y, Width, Height, TextX, TextY Length
	Label, Tip                        string
}

// Arc is a line from one node to another, with its head. Look, from 0, is that of its kind.
type Arc struct {
	Look             int
	Tip, Route, Head string
	Plates           []Plate
}

// Card is a node. ID is the node's own.
type Card struct {
	ID, Level, Tip, Label, Detail  string
	Look                           int
	X, Y, Width, Height            Length
	StripeX, StripeY, StripeHeight Length
	TextX, TextY, DetailY          Length
}

// Key names a kind of nodes or of edges.
type Key struct {
	Node               bool
	Look               int
	X, Y, TextX, TextY Length
	Text               string
}

// Draw places the graph from left to right. It gives ErrTooLarge if nobody could read the drawing.
func (g *Graph) Draw() (*Drawing, error) {
	if err := g.fits(); err != nil {
		return nil, err
	}
	at, err := g.check()
	if err != nil {
		return nil, err
	}
	d := &drawing{layout: newLayout(g, at), place: at}
	d.nodeKinds = kinds(len(g.Nodes), func(i int) string { return g.Nodes[i].Kind })
	d.edgeKinds = kinds(len(g.Edges), func(i int) string { return g.Edges[i].Kind })
	d.boxes()
	for i := range d.arcs {
		d.arc(i)
	}
	d.loops()
	for i := range g.Nodes {
		d.node(i)
	}
	d.Height = d.legend()
	d.Title, d.Words = short(g.Title, 200), d.describe()
	d.Width = max(d.width, textWidth(d.Title, 18)+2*margin, 360)
	return &d.Drawing, nil
}

// drawing makes a drawing of a layout.
type drawing struct {
	*layout
	Drawing
	place                map[string]int     // of nodes, by id
	extents              map[int][2]float64 // of the columns, by slot
	nodeKinds, edgeKinds []string           // in the order of their first use: the look of a kind is its place
}

// kinds lists the kinds in the order of their first use.
func kinds(count int, kind func(int) string) []string {
	var all []string
	for i := range count {
		if !slices.Contains(all, kind(i)) {
			all = append(all, kind(i))
		}
	}
	return all
}

// describe says in words what is drawn, for readers who do not see it.
func (d *drawing) describe() string {
	text := fmt.Sprintf("A graph of %d nodes and %d edges.", len(d.graph.Nodes), len(d.graph.Edges))
	for i, e := range d.graph.Edges {
		if i == 40 {
			return text + fmt.Sprintf(" And %d more edges.", len(d.graph.Edges)-i)
		}
		text += " " + d.tellEdge(e) + "."
	}
	return text
}

func (d *drawing) tellEdge(e Edge) string {
	text := d.graph.Nodes[d.place[e.From]].title() + " → " + d.graph.Nodes[d.place[e.To]].title()
	if e.Label != "" {
		text += ": " + e.Label
	}
	if e.Kind != "" {
		text += " (" + e.Kind + ")"
	}
	return text
}

// boxes draws a frame around the slots of a group that stand together.
func (d *drawing) boxes() {
	for _, column := range d.columns {
		for from := 0; from < len(column); {
			to := from + 1
			for to < len(column) && d.slots[column[to]].group == d.slots[column[from]].group {
				to++
			}
			d.box(column[from:to])
			from = to
		}
	}
	for _, group := range d.graph.groups() {
		var members []int
		for _, s := range d.loose {
			if d.slots[s].group == group {
				members = append(members, s)
			}
		}
		if len(members) > 0 {
			d.box(members)
		}
	}
}

func (d *drawing) box(members []int) {
	group := d.slots[members[0]].group
	if group == "" {
		return
	}
	first := d.slots[members[0]]
	left, right, top, bottom := first.x, first.x+first.width, first.y, first.y
	for _, m := range members {
		s := d.slots[m]
		left, right = min(left, s.x), max(right, s.x+s.width)
		top, bottom = min(top, s.y-s.height/2), max(bottom, s.y+s.height/2)
	}
	limit := max(8, int((right-left)/7))
	d.Boxes = append(d.Boxes, Plate{X: Length(left - boxPad), Y: Length(top - boxHead), Width: Length(right - left + 2*boxPad), Height: Length(bottom - top + boxHead + boxPad - 2),
		TextX: Length(left - boxPad + 8), TextY: Length(top - boxHead + 15), Label: short(group, limit), Tip: group})
}

func (d *drawing) node(i int) {
	n, s := &d.graph.Nodes[i], &d.slots[i]
	top := s.y - s.height/2
	tip := lines(n.title(), n.Detail)
	for _, more := range []struct{ what, value string }{{"kind", n.Kind}, {"group", n.Group}, {"level", n.Level}} {
		if more.value != "" {
			tip += "\n" + more.what + ": " + more.value
		}
	}
	c := Card{ID: n.ID, Level: levelClass(n.Level), Tip: tip, Label: short(n.title(), longestLabel), Detail: short(n.Detail, longestLabel), Look: d.look(d.nodeKinds, n.Kind),
		X: Length(s.x), Y: Length(top), Width: Length(s.width), Height: Length(s.height), StripeX: Length(s.x + 4), StripeY: Length(top + 5), StripeHeight: Length(s.height - 10),
		TextX: Length(s.x + 16), TextY: Length(s.y + 4.5)}
	if n.Detail != "" {
		c.TextY, c.DetailY = Length(s.y-4), Length(s.y+13)
	}
	d.Cards = append(d.Cards, c)
}

// looks is how many kinds are told apart by colour; further ones begin anew.
const looks = 8

func (d *drawing) look(kinds []string, kind string) int { return slices.Index(kinds, kind) % looks }

func levelClass(level string) string {
	switch level {
	case "critical", "high", "medium", "low", "info":
		return level
	}
	return "plain"
}

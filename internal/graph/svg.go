package graph

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
)

// SVG draws the graph from left to right: a file of its own, without scripts, in light or dark as
// the reader's system is. It gives ErrTooLarge if nobody could read the drawing.
func (g *Graph) SVG(w io.Writer) error {
	if err := g.fits(); err != nil {
		return err
	}
	at, err := g.check()
	if err != nil {
		return err
	}
	d := &drawing{layout: newLayout(g, at), out: bufio.NewWriter(w), place: at}
	d.nodeKinds = kinds(len(g.Nodes), func(i int) string { return g.Nodes[i].Kind })
	d.edgeKinds = kinds(len(g.Edges), func(i int) string { return g.Edges[i].Kind })
	d.draw()
	if err := d.out.Flush(); err != nil {
		return fmt.Errorf("write drawing: %w", err)
	}
	return nil
}

// drawing writes a layout.
type drawing struct {
	*layout
	out                  *bufio.Writer
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

func (d *drawing) line(format string, args ...any) { fmt.Fprintf(d.out, format+"\n", args...) }

func (d *drawing) draw() {
	var body strings.Builder
	out := d.out
	d.out = bufio.NewWriter(&body)
	d.boxes()
	for i := range d.arcs {
		d.arc(i)
	}
	d.loops()
	for i := range d.graph.Nodes {
		d.node(i)
	}
	height := d.legend()
	d.out.Flush()
	d.out = out

	title := short(d.graph.Title, 200)
	d.width = max(d.width, textWidth(title, 18)+2*margin, 360)
	d.line(`<svg xmlns="http://www.w3.org/2000/svg" class="kg" role="img" aria-labelledby="kg-title kg-desc" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f">`,
		d.width, height, d.width, height)
	d.line(`<title id="kg-title">%s</title>`, escaped(title))
	d.line(`<desc id="kg-desc">%s</desc>`, escaped(d.describe()))
	d.line("<style>%s</style>", style)
	d.line(`<rect class="kg-page" width="%.0f" height="%.0f"/>`, d.width, height)
	d.line(`<text class="kg-head" x="%d" y="36">%s</text>`, margin, escaped(title))
	d.out.WriteString(body.String())
	d.line("</svg>")
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
	d.line(`<g><title>%s</title><rect class="kg-box" x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="8"/>`, escaped(group),
		left-boxPad, top-boxHead, right-left+2*boxPad, bottom-top+boxHead+boxPad-2)
	limit := max(8, int((right-left)/7))
	d.line(`<text class="kg-group" x="%.1f" y="%.1f">%s</text></g>`, left-boxPad+8, top-boxHead+15, escaped(short(group, limit)))
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
	d.line(`<g class="kg-node %s k%d"><title>%s</title><rect class="kg-card" x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="5"/>`,
		levelClass(n.Level), d.look(d.nodeKinds, n.Kind), escaped(tip), s.x, top, s.width, s.height)
	d.line(`<rect class="kg-stripe" x="%.1f" y="%.1f" width="5" height="%.1f" rx="2"/>`, s.x+4, top+5, s.height-10)
	baseline := s.y + 4.5
	if n.Detail != "" {
		baseline = s.y - 4
		d.line(`<text class="kg-detail" x="%.1f" y="%.1f">%s</text>`, s.x+16, s.y+13, escaped(short(n.Detail, longestLabel)))
	}
	d.line(`<text class="kg-label" x="%.1f" y="%.1f">%s</text></g>`, s.x+16, baseline, escaped(short(n.title(), longestLabel)))
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

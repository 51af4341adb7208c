package graph

import (
	"fmt"
	"strings"
)

// arc draws a line through all its bends, with a head where it leads to.
func (d *drawing) arc(i int) {
	a, path := d.arcs[i], d.paths[i]
	first, last := d.slots[path[0]], d.slots[path[len(path)-1]]
	startX, startY := first.x+first.width, d.port(path[0], path[1], false)
	endX, endY := last.x, d.port(path[len(path)-1], path[len(path)-2], true)
	look := d.look(d.edgeKinds, d.graph.Edges[a.edges[0]].Kind)
	var tips []string
	for _, e := range a.edges {
		tips = append(tips, d.tellEdge(d.graph.Edges[e]))
	}
	lineStart, lineEnd := startX, endX-8
	if a.turned {
		lineStart, lineEnd = startX+8, endX
	}
	var route strings.Builder
	fmt.Fprintf(&route, "M%.1f %.1f", lineStart, startY)
	x, y := lineStart, startY
	curve := func(toX, toY float64) {
		middle := (x + toX) / 2
		fmt.Fprintf(&route, " C%.1f %.1f %.1f %.1f %.1f %.1f", middle, y, middle, toY, toX, toY)
		x, y = toX, toY
	}
	made := Arc{Look: look, Tip: strings.Join(tips, "\n"), Head: head(a.turned, startX, startY, endX, endY)}
	for k, bend := range path[1 : len(path)-1] {
		s := d.slots[bend]
		column := d.extent(path[k+1])
		curve(column[0], s.y)
		fmt.Fprintf(&route, " L%.1f %.1f", column[1], s.y)
		x = column[1]
		if s.label != "" {
			made.Plates = append(made.Plates, Plate{X: Length(s.x), Y: Length(s.y - wordHeight/2), Width: Length(s.width), Height: wordHeight,
				TextX: Length(s.x + s.width/2), TextY: Length(s.y + 4), Label: s.label})
		}
	}
	curve(lineEnd, endY)
	made.Route = route.String()
	d.Arcs = append(d.Arcs, made)
}

func head(turned bool, startX, startY, endX, endY float64) string {
	if turned {
		return fmt.Sprintf("%.1f,%.1f %.1f,%.1f %.1f,%.1f", startX, startY, startX+9, startY-4, startX+9, startY+4)
	}
	return fmt.Sprintf("%.1f,%.1f %.1f,%.1f %.1f,%.1f", endX, endY, endX-9, endY-4, endX-9, endY+4)
}

// port is the height at which a line meets a node: lines spread over the middle of its side in
// the order of where they come from.
func (d *drawing) port(node, other int, left bool) float64 {
	s := d.slots[node]
	list := s.right
	if left {
		list = s.left
	}
	if len(list) < 2 {
		return s.y
	}
	above := 0
	for _, n := range list {
		if d.slots[n].y < d.slots[other].y || d.slots[n].y == d.slots[other].y && n < other {
			above++
		}
	}
	spread := min(s.height-12, float64(len(list)-1)*7)
	return s.y - spread/2 + spread*float64(above)/float64(len(list)-1)
}

// extent is from where to where the column of a slot reaches.
func (d *drawing) extent(s int) [2]float64 {
	if d.extents == nil {
		d.extents = map[int][2]float64{}
		for _, column := range d.columns {
			left, right := d.slots[column[0]].x, 0.0
			for _, s := range column {
				left, right = min(left, d.slots[s].x), max(right, d.slots[s].x+d.slots[s].width)
			}
			for _, s := range column {
				d.extents[s] = [2]float64{left, right}
			}
		}
	}
	return d.extents[s]
}

// loops draws the edges that lead from a node to itself.
func (d *drawing) loops() {
	for _, e := range d.graph.Edges {
		if e.From != e.To {
			continue
		}
		s := d.slots[d.place[e.From]]
		x, y := s.x+s.width-22, s.y-s.height/2
		d.Arcs = append(d.Arcs, Arc{Look: d.look(d.edgeKinds, e.Kind), Tip: d.tellEdge(e), Route: fmt.Sprintf("M%.1f %.1f c-4 -12 16 -12 13 -3", x, y),
			Head: fmt.Sprintf("%.1f,%.1f %.1f,%.1f %.1f,%.1f", x+12, y, x+9, y-7, x+16, y-6)})
	}
}

// legend names the kinds below the drawing; it gives the height of the page.
func (d *drawing) legend() float64 {
	y, x := d.bottom+36, float64(margin)
	right := max(d.width, 360)
	rows := 0
	entry := func(kind string, node bool, look int) {
		if kind == "" {
			return
		}
		text := short(kind, longestLabel)
		width := 28 + textWidth(text, detailSize) + 18
		if x+width > right && x > margin {
			x, y = margin, y+20
		}
		d.Legend = append(d.Legend, Key{Node: node, Look: look, X: Length(x), Y: Length(y), TextX: Length(x + 28), TextY: Length(y + 4), Text: text})
		d.width = max(d.width, x+width+margin)
		x += width
		rows++
	}
	for i, kind := range d.nodeKinds {
		entry(kind, true, i%looks)
	}
	for i, kind := range d.edgeKinds {
		entry(kind, false, i%looks)
	}
	if rows == 0 {
		return d.bottom + margin
	}
	return y + margin
}

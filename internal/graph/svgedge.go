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
	var labels strings.Builder
	for k, bend := range path[1 : len(path)-1] {
		s := d.slots[bend]
		column := d.extent(path[k+1])
		curve(column[0], s.y)
		fmt.Fprintf(&route, " L%.1f %.1f", column[1], s.y)
		x = column[1]
		if s.label != "" {
			fmt.Fprintf(&labels, `<rect class="kg-plate" x="%.1f" y="%.1f" width="%.1f" height="%.1f"/><text class="kg-word e%d" x="%.1f" y="%.1f">%s</text>`,
				s.x, s.y-wordHeight/2, s.width, float64(wordHeight), look, s.x+s.width/2, s.y+4, escaped(s.label))
		}
	}
	curve(lineEnd, endY)
	d.line(`<g class="kg-edge e%d"><title>%s</title><path d="%s"/>%s%s</g>`, look, escaped(strings.Join(tips, "\n")), route.String(),
		head(a.turned, startX, startY, endX, endY), labels.String())
}

func head(turned bool, startX, startY, endX, endY float64) string {
	if turned {
		return fmt.Sprintf(`<polygon points="%.1f,%.1f %.1f,%.1f %.1f,%.1f"/>`, startX, startY, startX+9, startY-4, startX+9, startY+4)
	}
	return fmt.Sprintf(`<polygon points="%.1f,%.1f %.1f,%.1f %.1f,%.1f"/>`, endX, endY, endX-9, endY-4, endX-9, endY+4)
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
		d.line(`<g class="kg-edge e%d"><title>%s</title><path d="M%.1f %.1f c-4 -12 16 -12 13 -3"/><polygon points="%.1f,%.1f %.1f,%.1f %.1f,%.1f"/></g>`,
			d.look(d.edgeKinds, e.Kind), escaped(d.tellEdge(e)), x, y, x+12, y, x+9, y-7, x+16, y-6)
	}
}

// legend names the kinds below the drawing; it gives the height of the page.
func (d *drawing) legend() float64 {
	y, x := d.bottom+36, float64(margin)
	right := max(d.width, 360)
	rows := 0
	entry := func(kind, mark string, look int) {
		if kind == "" {
			return
		}
		text := short(kind, longestLabel)
		width := 28 + textWidth(text, detailSize) + 18
		if x+width > right && x > margin {
			x, y = margin, y+20
		}
		fmt.Fprintf(d.out, mark, look, x, y)
		d.line(`<text class="kg-detail" x="%.1f" y="%.1f">%s</text>`, x+28, y+4, escaped(text))
		d.width = max(d.width, x+width+margin)
		x += width
		rows++
	}
	for i, kind := range d.nodeKinds {
		entry(kind, `<g class="k%d" transform="translate(%.1f %.1f)"><rect class="kg-stripe" x="12" y="-7" width="8" height="14" rx="2"/></g>`, i%looks)
	}
	for i, kind := range d.edgeKinds {
		entry(kind, `<g class="kg-edge e%d" transform="translate(%.1f %.1f)"><path d="M0 0 H18"/><polygon points="22,0 13,-4 13,4"/></g>`, i%looks)
	}
	if rows == 0 {
		return d.bottom + margin
	}
	return y + margin
}

package graph

import (
	"slices"
	"strconv"
	"strings"
)

// Sizes in pixels.
const (
	labelSize, detailSize  = 13, 11
	nodeHeight, tallHeight = 28, 44
	leastWidth             = 96
	bendHeight, wordHeight = 8, 18
	slotGap                = 12 // between slots of a column
	boxPad, boxHead        = 10, 22
	margin                 = 24
	longestLabel           = 44 // characters
	longestWord            = 34
)

// layout is where everything stands.
type layout struct {
	graph   *Graph
	slots   []slot
	columns [][]int // slots by column, top to bottom
	arcs    []arc
	paths   [][]int // the slots of every arc, left to right
	loose   []int   // slots of nodes without arcs
	// leastGap is the least distance between columns; width and bottom are how far all reaches.
	leastGap, width, bottom float64
}

func newLayout(g *Graph, at map[string]int) *layout {
	l := &layout{graph: g, arcs: arcsOf(g, at)}
	layer := layersOf(len(g.Nodes), l.arcs)
	words := slices.ContainsFunc(l.arcs, func(a arc) bool { return l.word(a) != "" })
	step := 1
	l.leastGap = 72
	if words {
		step, l.leastGap = 2, 44 // labels have columns of their own, between those of nodes
	}
	for i := range g.Nodes {
		l.addNode(i, layer[i]*step)
	}
	for i := range l.arcs {
		l.addArc(i, layer[l.arcs[i].from]*step, layer[l.arcs[i].to]*step)
	}
	for _, column := range l.columns {
		setRanks(l.slots, column)
	}
	order(l.slots, l.columns)
	l.placeDown()
	l.placeAcross()
	l.placeLoose()
	return l
}

func (l *layout) addNode(i, column int) {
	n := &l.graph.Nodes[i]
	s := slot{node: i, group: n.Group, height: nodeHeight}
	s.width = max(leastWidth, textWidth(short(n.title(), longestLabel), labelSize)+26)
	if n.Detail != "" {
		s.height = tallHeight
		s.width = max(s.width, textWidth(short(n.Detail, longestLabel), detailSize)+26)
	}
	l.slots = append(l.slots, s)
	if column < 0 {
		l.loose = append(l.loose, i)
		return
	}
	l.toColumn(i, column)
}

func (l *layout) toColumn(s, column int) {
	for len(l.columns) <= column {
		l.columns = append(l.columns, nil)
	}
	l.columns[column] = append(l.columns[column], s)
}

// addArc lays the bends of an arc through the columns between its ends; the first carries the label.
func (l *layout) addArc(i, from, to int) {
	a := l.arcs[i]
	path := []int{a.from}
	word := l.word(a)
	for column := from + 1; column < to; column++ {
		bend := slot{node: -1, arc: i, height: bendHeight}
		if word != "" {
			bend.label, bend.height = word, wordHeight
			bend.width = textWidth(word, detailSize) + 10
			word = ""
		}
		l.slots = append(l.slots, bend)
		l.toColumn(len(l.slots)-1, column)
		path = append(path, len(l.slots)-1)
	}
	path = append(path, a.to)
	for k := 1; k < len(path); k++ {
		l.slots[path[k-1]].right = append(l.slots[path[k-1]].right, path[k])
		l.slots[path[k]].left = append(l.slots[path[k]].left, path[k-1])
	}
	l.paths = append(l.paths, path)
}

// word is the label drawn for all edges of an arc: the first one, and how many more there are.
func (l *layout) word(a arc) string {
	var words []string
	for _, e := range a.edges {
		if label := l.graph.Edges[e].Label; label != "" && !slices.Contains(words, label) {
			words = append(words, label)
		}
	}
	if len(words) == 0 {
		return ""
	}
	if all := strings.Join(words, ", "); len([]rune(all)) <= longestWord {
		return short(all, longestWord)
	}
	if len(words) == 1 {
		return short(words[0], longestWord)
	}
	more := " +" + strconv.Itoa(len(words)-1)
	return short(words[0], longestWord-len(more)) + more
}

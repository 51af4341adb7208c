package graph

import "math"

// placeDown sets the heights: every slot as near to the mean of its neighbours as the order and
// the room that others need allow.
func (l *layout) placeDown() {
	for _, column := range l.columns {
		y := 0.0
		for i, s := range column {
			if i > 0 {
				y += l.room(column[i-1], s)
			}
			l.slots[s].y = y
		}
	}
	for sweep := range 10 {
		for i := range l.columns {
			at := i
			if sweep%2 == 1 {
				at = len(l.columns) - 1 - i
			}
			l.relax(l.columns[at])
		}
	}
	top := math.Inf(1)
	for _, column := range l.columns {
		for _, s := range column {
			top = min(top, l.slots[s].y-l.slots[s].height/2-l.head(s))
		}
	}
	for _, column := range l.columns {
		for _, s := range column {
			l.slots[s].y += headline - top
			l.bottom = max(l.bottom, l.slots[s].y+l.slots[s].height/2+l.foot(s))
		}
	}
	l.bottom = max(l.bottom, headline)
}

// headline is where the drawing begins, below the title.
const headline = 64

// room is the least distance between the middles of two slots, one below the other.
func (l *layout) room(upper, lower int) float64 {
	a, b := &l.slots[upper], &l.slots[lower]
	distance := a.height/2 + b.height/2
	switch {
	case a.group != b.group:
		return distance + l.foot(upper) + l.head(lower) + slotGap
	case a.node < 0 && b.node < 0:
		return distance + 4
	}
	return distance + slotGap
}

// head and foot are what the box of the group needs above and below a slot.
func (l *layout) head(s int) float64 {
	if l.slots[s].group == "" {
		return 0
	}
	return boxHead
}

func (l *layout) foot(s int) float64 {
	if l.slots[s].group == "" {
		return 0
	}
	return boxPad
}

// relax moves the slots of a column to where the sum of squared distances to the wanted heights
// is least while order and room are kept: least squares under an order, solved by pooling
// neighbours that want to pass each other.
func (l *layout) relax(column []int) {
	type pool struct {
		sum, weight float64
		slots       int
	}
	var pools []pool
	shift := make([]float64, len(column)) // room above each slot, so that only the order remains
	for i, s := range column {
		if i > 0 {
			shift[i] = shift[i-1] + l.room(column[i-1], s)
		}
		wish, weight := l.wish(s)
		pools = append(pools, pool{(wish - shift[i]) * weight, weight, 1})
		for n := len(pools); n > 1 && pools[n-2].sum/pools[n-2].weight >= pools[n-1].sum/pools[n-1].weight; n = len(pools) {
			last := pools[n-1]
			pools = pools[:n-1]
			pools[n-2].sum += last.sum
			pools[n-2].weight += last.weight
			pools[n-2].slots += last.slots
		}
	}
	i := 0
	for _, p := range pools {
		for range p.slots {
			l.slots[column[i]].y = p.sum/p.weight + shift[i]
			i++
		}
	}
}

// wish is the height that a slot wants; bends want it more, so that long lines are straight.
func (l *layout) wish(s int) (height, weight float64) {
	sum, count := 0.0, 0.0
	for _, list := range [2][]int{l.slots[s].left, l.slots[s].right} {
		for _, n := range list {
			sum += l.slots[n].y
			count++
		}
	}
	weight = 1
	if l.slots[s].node < 0 && l.slots[s].label == "" {
		weight = 4
	}
	return sum / count, weight
}

// placeAcross sets the left edges: columns as wide as their widest slot, and the steeper the lines
// between two, the further they stand apart.
func (l *layout) placeAcross() {
	x := float64(margin)
	for _, column := range l.columns {
		width := 0.0
		for _, s := range column {
			width = max(width, l.slots[s].width)
			if l.slots[s].group != "" {
				x = max(x, margin+boxPad)
			}
		}
		steepest := 0.0
		for _, s := range column {
			if l.slots[s].node >= 0 {
				l.slots[s].width = width
			}
			l.slots[s].x = x
			if l.slots[s].label != "" {
				l.slots[s].x = x + (width-l.slots[s].width)/2
			}
			for _, n := range l.slots[s].right {
				steepest = max(steepest, math.Abs(l.slots[n].y-l.slots[s].y))
			}
		}
		l.width = x + width + margin + boxPad
		x += width + min(max(l.leastGap, steepest*0.16), 160)
	}
}

// placeLoose sets the nodes without arcs below the others: one block for each group, the blocks in
// rows as wide as the drawing.
func (l *layout) placeLoose() {
	if len(l.loose) == 0 {
		return
	}
	width := 0.0
	members := map[string][]int{}
	for _, s := range l.loose {
		width = max(width, l.slots[s].width)
		members[l.slots[s].group] = append(members[l.slots[s].group], s)
	}
	page := max(l.width, min(float64(len(l.loose)), 4)*(width+slotGap+2*boxPad)+2*margin)
	x, y, below := float64(margin), max(l.bottom+boxHead, headline), 0.0
	for _, group := range l.graph.groups() {
		block := members[group]
		if len(block) == 0 {
			continue
		}
		across := min(len(block), max(1, int((page-2*margin-2*boxPad)/(width+slotGap))))
		blockWidth := float64(across)*(width+slotGap) - slotGap + 2*boxPad
		if x > margin && x+blockWidth > page-margin {
			x, y = margin, below
		}
		below = max(below, l.placeBlock(block, across, x+boxPad, y, width)+slotGap)
		x += blockWidth + slotGap
		l.width = max(l.width, x+margin-slotGap)
	}
	l.bottom = below
}

// placeBlock sets nodes in rows; it gives where the next block may begin.
func (l *layout) placeBlock(block []int, across int, left, top, width float64) float64 {
	top += l.head(block[0])
	tallest := 0.0
	for _, s := range block {
		tallest = max(tallest, l.slots[s].height)
	}
	for i, s := range block {
		at := &l.slots[s]
		at.width = width
		at.x = left + float64(i%across)*(width+slotGap)
		at.y = top + float64(i/across)*(tallest+slotGap) + at.height/2
	}
	rows := (len(block) + across - 1) / across
	return top + float64(rows)*(tallest+slotGap) + l.foot(block[0])
}

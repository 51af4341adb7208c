package graph

import (
	"cmp"
	"slices"
)

// slot is something that takes room in a column: a node, or a bend of an arc, which may carry the
// arc's label.
type slot struct {
	node          int // of the graph; -1 for bends
	arc           int // of bends
	group         string
	label         string // of bends
	width, height float64
	x, y          float64 // left edge, middle
	left, right   []int   // slots in the columns beside it that it is joined with
	rank          int     // its place in the column
}

// sweeps is how often the columns are ordered anew; what follows changes hardly anything.
const sweeps = 12

// order sorts the slots of every column so that few lines cross: each goes where its neighbours in
// the column before stand, and those of a group stay together. The best of all sweeps stays.
func order(slots []slot, columns [][]int) {
	best, least := clone(columns), -1
	for sweep := range 2 * sweeps {
		forward := sweep%2 == 0
		for i := range columns {
			at := i
			if !forward {
				at = len(columns) - 1 - i
			}
			orderColumn(slots, columns[at], forward)
		}
		if crossed := crossings(slots, columns); least < 0 || crossed < least {
			best, least = clone(columns), crossed
		}
	}
	for i, column := range best {
		columns[i] = column
		setRanks(slots, column)
	}
}

func clone(columns [][]int) [][]int {
	all := make([][]int, len(columns))
	for i, column := range columns {
		all[i] = slices.Clone(column)
	}
	return all
}

func setRanks(slots []slot, column []int) {
	for rank, s := range column {
		slots[s].rank = rank
	}
}

// orderColumn sorts one column by the mean places of neighbours: groups by the mean of their slots.
func orderColumn(slots []slot, column []int, byLeft bool) {
	centre := make(map[int]float64, len(column))
	sums, counts := map[string]float64{}, map[string]float64{}
	for _, s := range column {
		neighbours := slots[s].right
		if byLeft {
			neighbours = slots[s].left
		}
		centre[s] = float64(slots[s].rank)
		if len(neighbours) > 0 {
			sum := 0.0
			for _, n := range neighbours {
				sum += float64(slots[n].rank)
			}
			centre[s] = sum / float64(len(neighbours))
		}
		sums[slots[s].group] += centre[s]
		counts[slots[s].group]++
	}
	block := func(s int) float64 {
		if group := slots[s].group; group != "" {
			return sums[group] / counts[group]
		}
		return centre[s]
	}
	slices.SortStableFunc(column, func(a, b int) int {
		if ga, gb := slots[a].group, slots[b].group; ga != gb || ga == "" {
			if c := cmp.Compare(block(a), block(b)); c != 0 || ga == gb {
				return c
			}
			return cmp.Compare(ga, gb)
		}
		return cmp.Compare(centre[a], centre[b])
	})
	setRanks(slots, column)
}

// crossings counts the pairs of lines between neighbouring columns that cross.
func crossings(slots []slot, columns [][]int) int {
	total := 0
	for i := 1; i < len(columns); i++ {
		var ends []int // ranks on the right, in the order of the left
		for _, s := range columns[i-1] {
			first := len(ends)
			for _, n := range slots[s].right {
				ends = append(ends, slots[n].rank)
			}
			slices.Sort(ends[first:])
		}
		total += inversions(ends, len(columns[i]))
	}
	return total
}

// inversions counts the pairs that stand in the wrong order, by a binary indexed tree.
func inversions(list []int, limit int) int {
	tree := make([]int, limit+1)
	total := 0
	for seen, value := range list {
		below := 0
		for at := value + 1; at > 0; at -= at & -at {
			below += tree[at]
		}
		total += seen - below
		for at := value + 1; at <= limit; at += at & -at {
			tree[at]++
		}
	}
	return total
}

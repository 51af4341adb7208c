// Package chart works out where the parts of charts stand, as texts for SVG attributes: bars, areas and
// lines in a box that a page stretches to its width, so that nothing in it is text or round. What a
// chart says in words is not its business. Begin with Parts, Areas and Line.
package chart

import (
	"strconv"
	"strings"
)

// The box in which areas, lines and columns stand.
const (
	Width  = 1000
	Height = 300
)

// Part is one part of a bar; From and Share are percentages of the whole.
type Part struct {
	N           int
	From, Share string
}

// Parts places numbers side by side. Numbers below zero count as none.
func Parts(numbers ...int) []Part {
	whole, before := 0, 0
	for _, n := range numbers {
		whole += max(n, 0)
	}
	parts := make([]Part, len(numbers))
	for i, n := range numbers {
		parts[i] = Part{n, percent(before, whole), percent(max(n, 0), whole)}
		before += max(n, 0)
	}
	return parts
}

func percent(n, of int) string {
	if of == 0 {
		return "0"
	}
	return decimal(100 * float64(n) / float64(of))
}

// decimal writes a number with two digits behind the point at most.
func decimal(f float64) string {
	text := strconv.FormatFloat(f, 'f', 2, 64)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

// Ceiling is where a scale that starts at zero may end so that n fits below it: 4, 10 or 20, with
// zeros behind, so that half of it is a whole number.
func Ceiling(n int) int {
	for scale := 1; scale < 1<<58; scale *= 10 {
		for _, step := range []int{4, 10, 20} {
			if step*scale >= n {
				return step * scale
			}
		}
	}
	return n
}

// Areas stacks rows of numbers upon each other, the first at the bottom, and gives the path around
// each, with the top of the scale. All rows have the same length; a single column becomes a block.
func Areas(rows [][]int) (paths []string, top int) {
	if len(rows) == 0 || len(rows[0]) == 0 {
		return make([]string, len(rows)), Ceiling(0)
	}
	columns := len(rows[0])
	sums, highest := make([]int, columns), 0
	for _, row := range rows {
		for i, n := range row {
			sums[i] += max(n, 0)
			highest = max(highest, sums[i])
		}
	}
	top = Ceiling(highest)
	clear(sums)
	for _, row := range rows {
		below := edge(sums, top)
		for i, n := range row {
			sums[i] += max(n, 0)
		}
		above := edge(sums, top)
		var b strings.Builder
		b.WriteString("M" + above[0])
		for _, point := range above[1:] {
			b.WriteString("L" + point)
		}
		for i := len(below) - 1; i >= 0; i-- {
			b.WriteString("L" + below[i])
		}
		b.WriteString("Z")
		paths = append(paths, b.String())
	}
	return paths, top
}

// edge gives the points of a line through sums.
func edge(sums []int, top int) []string {
	points := make([]string, 0, len(sums)+1)
	for i, sum := range sums {
		points = append(points, place(across(i, len(sums)), float64(sum)/float64(top)))
	}
	if len(sums) == 1 {
		points = append(points, place(1, float64(sums[0])/float64(top)))
	}
	return points
}

// across is where the i-th of n columns stands, from 0 to 1.
func across(i, n int) float64 {
	if n < 2 {
		return 0
	}
	return float64(i) / float64(n-1)
}

// place writes a point of the box; x and y are from 0 to 1, y upwards.
func place(x, y float64) string {
	return decimal(within(x)*Width) + " " + decimal((1-within(y))*Height)
}

func within(f float64) float64 { return max(0, min(1, f)) }

// Point is a point of a line: X and Y from 0 to 1. A point with a negative Y is a gap.
type Point struct{ X, Y float64 }

// Line gives the path through points from left to right. A point that stands alone becomes a dash.
func Line(points []Point) string {
	var b strings.Builder
	for i, p := range points {
		switch first, last := i == 0 || points[i-1].Y < 0, i == len(points)-1 || points[i+1].Y < 0; {
		case p.Y < 0:
		case first && last:
			const half = 0.012
			b.WriteString("M" + place(p.X-half, p.Y) + "L" + place(p.X+half, p.Y))
		case first:
			b.WriteString("M" + place(p.X, p.Y))
		default:
			b.WriteString("L" + place(p.X, p.Y))
		}
	}
	return b.String()
}

// Column is an upright bar of the box, in its units.
type Column struct {
	X, Y, W, H string
	N          int
}

// Columns places the numbers of a row as upright bars, beside those of other rows: place is which of
// so many rows it is, from zero. A bar is as high as the box where its number is top; numbers below
// one have none.
func Columns(numbers []int, place, rows, top int) (columns []Column) {
	if len(numbers) == 0 || top < 1 || rows < 1 {
		return nil
	}
	slot := float64(Width) / float64(len(numbers))
	wide := slot * 0.8 / float64(rows)
	for i, n := range numbers {
		if n < 1 {
			continue
		}
		high := max(within(float64(n)/float64(top))*Height, 2) // so that one is seen beside a thousand
		columns = append(columns, Column{decimal(float64(i)*slot + slot*0.1 + float64(place)*wide), decimal(Height - high), decimal(wide), decimal(high), n})
	}
	return columns
}

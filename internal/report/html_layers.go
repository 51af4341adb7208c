package report

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/secret"
)

// htmlStep is a step of the build: the layer that it made, if it made one, and the command.
type htmlStep struct {
	Layer            string // its number; "" if the step made none
	Command, Whole   string // Whole is "" if Command is all of it
	Size, Files      string
	Wasted           string
	From, Kept, Lost string // percentages of the largest layer, for a bar
}

// layerChart is the picture of the layers: how much of the image each is.
type layerChart struct {
	Label  string
	Parts  []layerPart
	Wasted bool // some part of it is
}

// layerPart is a layer. From, Share and Middle are percentages of the image; the wasted part of it
// begins at LostFrom.
type layerPart struct {
	Class, Number, Label string
	From, Share, Middle  string
	LostFrom, LostShare  string
}

// weighed is a layer with what it adds to the image.
type weighed struct {
	number            string
	size, lost, files int
	node              *document.Node
}

// weigh reads the layers. Where their files were not read their sizes are those of what is stored,
// and nothing is known of waste: sized is false.
func (f imageFact) weigh() (layers []weighed, sized bool) {
	_, sized = f.amount("size")
	for i, n := range f.root.Get("layers").Children() {
		w := weighed{number: strconv.Itoa(i), node: n}
		if sized {
			w.size, _ = amount(n.Get("size"))
			w.lost, _ = amount(n.Get("removed"))
			w.files, _ = amount(n.Get("files"))
		} else {
			w.size, _ = amount(n.Get("bytes"))
		}
		w.lost = min(w.lost, w.size)
		layers = append(layers, w)
	}
	return layers, sized
}

// chart draws the layers side by side; nil if there is nothing to draw. Those after the first
// mostSteps are one part.
func (f imageFact) chart() *layerChart {
	layers, sized := f.weigh()
	if more := len(layers) - mostSteps; more > 0 {
		rest := weighed{number: "others"}
		for _, w := range layers[mostSteps:] {
			rest.size, rest.lost = min(rest.size+w.size, mostAmount), min(rest.lost+w.lost, mostAmount)
		}
		layers = append(layers[:mostSteps:mostSteps], rest)
	}
	total, lost := 0, 0
	for _, w := range layers {
		total, lost = total+w.size, lost+w.lost
	}
	if total == 0 {
		return nil
	}
	c := &layerChart{Wasted: lost > 0, Label: count(f.root.Get("layers").Len(), "layer") + ", " + byteSize(total)}
	if !sized {
		c.Label += " as stored"
	}
	before := 0
	for i, w := range layers {
		if w.size > 0 {
			c.Parts = append(c.Parts, newLayerPart(w, before, total, i))
		}
		before += w.size
	}
	return c
}

// Parts of the chart narrower than leastNumbered percent have no number in them.
const leastNumbered = 3

func newLayerPart(w weighed, before, total, i int) layerPart {
	p := layerPart{Class: "l" + strconv.Itoa(i%2), From: percent(before, total), Share: percent(w.size, total),
		Label: fmt.Sprintf("layer %s: %s", w.number, byteSize(w.size))}
	if 100*w.size/leastNumbered >= total {
		p.Number, p.Middle = w.number, percent(2*before+w.size, 2*total)
	}
	if w.lost > 0 {
		p.LostFrom, p.LostShare = percent(before+w.size-w.lost, total), percent(w.lost, total)
		p.Label += ", " + byteSize(w.lost) + " of it wasted"
	}
	return p
}

// steps lists the steps of the build in their order, then the layers of which the history does not
// tell.
func (h *htmlImage) steps(f imageFact, budget *int) {
	layers, sized := f.weigh()
	h.Sized = sized
	largest := 0
	for _, w := range layers {
		largest = max(largest, w.size)
	}
	told := make([]bool, len(layers))
	total := 0
	add := func(layer int, by string) {
		if total++; total > mostSteps {
			return
		}
		step := htmlStep{}
		if layer >= 0 {
			step = layers[layer].step(largest, sized)
		}
		step.Command, step.Whole = stepText(by, budget)
		h.Steps = append(h.Steps, step)
	}
	for _, n := range f.root.Get("history").Children() {
		layer, known := amount(n.Get("layer"))
		if !known || layer >= len(layers) || told[layer] {
			layer = -1
		} else {
			told[layer] = true
		}
		add(layer, cmp.Or(n.Get("by").Text(), n.Get("comment").Text()))
	}
	for i, w := range layers {
		if !told[i] {
			add(i, w.node.Get("by").Text())
		}
	}
	if total > mostSteps {
		h.MoreSteps = fmt.Sprintf("and %s", count(total-mostSteps, "more step"))
	}
}

func (w weighed) step(largest int, sized bool) htmlStep {
	s := htmlStep{Layer: w.number, Size: byteSize(w.size), Kept: percent(w.size-w.lost, largest), Lost: percent(w.lost, largest)}
	s.From = s.Kept
	if sized {
		s.Files = number(w.files)
		if w.lost > 0 {
			s.Wasted = byteSize(w.lost)
		}
	}
	return s
}

// stepText makes a step of the history fit to be shown: on one line, as a Dockerfile has it, and
// whole if that is not all of it. What is whole is taken from the budget.
func stepText(by string, budget *int) (short, whole string) {
	text := masked(headOf(by, mostCommand))
	written, all := instruction(text)
	short = shown(written, longCommand)
	if all && len(by) <= mostCommand && !strings.HasSuffix(short, "...") {
		return short, ""
	}
	if whole = strings.ReplaceAll(safeLines(text), "\t", "    "); len(whole) > *budget {
		return short, "not shown, or this page would be too large"
	}
	*budget -= len(whole)
	if more := len(by) - mostCommand; more > 0 {
		whole += fmt.Sprintf("\n... and %s more", byteSize(more))
	}
	return short, whole
}

// masked hides secrets line by line. Collectors have done so; but facts may come from elsewhere.
func masked(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = secret.Mask(line)
	}
	return strings.Join(lines, "\n")
}

// instruction writes a step as its Dockerfile did: the forms of Docker's builders are
// "/bin/sh -c #(nop)  CMD ...", "/bin/sh -c ..." and "RUN |1 A=b /bin/sh -c ... # buildkit". all is
// false if more than the builder's own words is left out.
func instruction(by string) (text string, all bool) {
	text = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(by), "# buildkit"))
	before, rest, found := strings.Cut(text, "/bin/sh -c ")
	head := strings.TrimPrefix(before, "RUN ")
	if !found || head != "" && !strings.HasPrefix(head, "|") {
		return text, true // or the shell is part of something else
	}
	if made, nothing := strings.CutPrefix(rest, "#(nop) "); nothing {
		return strings.TrimSpace(made), head == ""
	}
	return "RUN " + strings.TrimSpace(rest), head == ""
}

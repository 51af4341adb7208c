package graph

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// SVG draws the graph from left to right: a file of its own, without scripts, in light or dark as
// the reader's system is. It gives ErrTooLarge if nobody could read the drawing.
func (g *Graph) SVG(w io.Writer) error {
	d, err := g.Draw()
	if err != nil {
		return err
	}
	out := &writing{bufio.NewWriter(w)}
	out.drawing(d)
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write drawing: %w", err)
	}
	return nil
}

// writing writes a drawing as text.
type writing struct{ *bufio.Writer }

func (w *writing) line(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }

func (w *writing) drawing(d *Drawing) {
	w.line(`<svg xmlns="http://www.w3.org/2000/svg" class="kg" role="img" aria-labelledby="kg-title kg-desc" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f">`,
		d.Width, d.Height, d.Width, d.Height)
	w.line(`<title id="kg-title">%s</title>`, escaped(d.Title))
	w.line(`<desc id="kg-desc">%s</desc>`, escaped(d.Words))
	w.line("<style>%s</style>", style)
	w.line(`<rect class="kg-page" width="%.0f" height="%.0f"/>`, d.Width, d.Height)
	w.line(`<text class="kg-head" x="%d" y="36">%s</text>`, margin, escaped(d.Title))
	for _, b := range d.Boxes {
		w.line(`<g><title>%s</title><rect class="kg-box" x="%s" y="%s" width="%s" height="%s" rx="8"/>`, escaped(b.Tip), b.X, b.Y, b.Width, b.Height)
		w.line(`<text class="kg-group" x="%s" y="%s">%s</text></g>`, b.TextX, b.TextY, escaped(b.Label))
	}
	for _, a := range d.Arcs {
		w.arc(a)
	}
	for _, c := range d.Cards {
		w.card(c)
	}
	for _, k := range d.Legend {
		if k.Node {
			w.WriteString(fmt.Sprintf(`<g class="k%d" transform="translate(%s %s)"><rect class="kg-stripe" x="12" y="-7" width="8" height="14" rx="2"/></g>`, k.Look, k.X, k.Y))
		} else {
			w.WriteString(fmt.Sprintf(`<g class="kg-edge e%d" transform="translate(%s %s)"><path d="M0 0 H18"/><polygon points="22,0 13,-4 13,4"/></g>`, k.Look, k.X, k.Y))
		}
		w.line(`<text class="kg-detail" x="%s" y="%s">%s</text>`, k.TextX, k.TextY, escaped(k.Text))
	}
	w.line("</svg>")
}

func (w *writing) arc(a Arc) {
	var words strings.Builder
	for _, p := range a.Plates {
		fmt.Fprintf(&words, `<rect class="kg-plate" x="%s" y="%s" width="%s" height="%s"/><text class="kg-word e%d" x="%s" y="%s">%s</text>`,
			p.X, p.Y, p.Width, p.Height, a.Look, p.TextX, p.TextY, escaped(p.Label))
	}
	w.line(`<g class="kg-edge e%d"><title>%s</title><path d="%s"/><polygon points="%s"/>%s</g>`, a.Look, escaped(a.Tip), a.Route, a.Head, words.String())
}

func (w *writing) card(c Card) {
	w.line(`<g class="kg-node %s k%d"><title>%s</title><rect class="kg-card" x="%s" y="%s" width="%s" height="%s" rx="5"/>`,
		c.Level, c.Look, escaped(c.Tip), c.X, c.Y, c.Width, c.Height)
	w.line(`<rect class="kg-stripe" x="%s" y="%s" width="5" height="%s" rx="2"/>`, c.StripeX, c.StripeY, c.StripeHeight)
	if c.Detail != "" {
		w.line(`<text class="kg-detail" x="%s" y="%s">%s</text>`, c.TextX, c.DetailY, escaped(c.Detail))
	}
	w.line(`<text class="kg-label" x="%s" y="%s">%s</text></g>`, c.TextX, c.TextY, escaped(c.Label))
}

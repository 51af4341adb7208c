package engine

import (
	"strconv"
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
)

// whole writes a map or list of a fact on one line behind what leads to it, as far as an excerpt
// shows it.
func whole(n *document.Node) string {
	var w flow
	if n.Parent().Kind == document.List {
		w.text.WriteString("- ")
	} else {
		w.text.WriteString(n.Key() + ": ")
	}
	if n.Kind == document.Map && n.Parent().Kind == document.List {
		w.entries(n, 0)
	} else {
		w.value(n, 0)
	}
	return w.text.String()
}

// The bounds of what is written: more than an excerpt shows, since masking makes it shorter.
const (
	mostFlow    = 4 * widest
	deepestFlow = 4
)

// flow writes values in the flow style of YAML until there is enough.
type flow struct{ text strings.Builder }

func (w *flow) full() bool { return w.text.Len() > mostFlow }

func (w *flow) value(n *document.Node, depth int) {
	switch {
	case w.full():
	case depth > deepestFlow:
		w.text.WriteString("…")
	case n.Kind == document.Map:
		w.text.WriteByte('{')
		w.entries(n, depth)
		w.text.WriteByte('}')
	case n.Kind == document.List:
		w.text.WriteByte('[')
		w.entries(n, depth)
		w.text.WriteByte(']')
	case n.Kind == document.Null:
		w.text.WriteString("null")
	case n.Kind == document.String:
		w.text.WriteString(scalar(n.Text()))
	default:
		w.text.WriteString(n.Text())
	}
}

func (w *flow) entries(n *document.Node, depth int) {
	for i, child := range n.Children() {
		if w.full() {
			return
		}
		if i > 0 {
			w.text.WriteString(", ")
		}
		if n.Kind == document.Map {
			w.text.WriteString(scalar(child.Key()) + ": ")
		}
		w.value(child, depth+1)
	}
}

// scalar writes a text, in quotes if it could be taken for something else or has signs that should
// not reach a terminal.
func scalar(text string) string {
	if len(text) > mostFlow {
		text = text[:mostFlow]
	}
	plain := text != "" && strings.TrimSpace(text) == text && !strings.ContainsAny(text[:1], "-?!&*|>%@`#~")
	for i := 0; plain && i < len(text); i++ {
		plain = text[i] >= ' ' && text[i] <= '~' && strings.IndexByte("\"'[]{},:#", text[i]) < 0 || text[i] == ':' && i+1 < len(text) && text[i+1] > ' '
	}
	if plain {
		return text
	}
	return strconv.QuoteToASCII(text)
}

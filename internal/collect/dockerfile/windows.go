package dockerfile

import (
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
)

// windowsCommands takes a line of PowerShell or cmd apart at the signs that end commands, and the
// commands at spaces outside of quotes. That finds which programs are called with what; it is no
// grammar.
func windowsCommands(source *text, shell string) []*document.Node {
	var found []*document.Node
	t := &windowsText{source: source, ends: ";|&\n{}()"}
	if shell == "cmd" {
		t.ends = "|&\n()"
	}
	pipelines := 0
	for piped := false; t.at < len(source.string) && len(found) < mostCommands; {
		words, end := t.command()
		if len(words) > 0 {
			node := fields{at: words[0].at}
			node.text("name", strings.TrimSuffix(strings.ToLower(commandName(strings.ReplaceAll(words[0].value, `\`, "/"))), ".exe"))
			node.list("words", placed(words))
			if end == '|' && !piped {
				pipelines++
			}
			if end == '|' || piped {
				node.number("pipeline", pipelines)
				step := 0
				if piped {
					step = 1
				}
				node.number("step", step)
			}
			found = append(found, node.tree())
		}
		piped = end == '|'
	}
	return found
}

type windowsText struct {
	source *text
	at     int
	ends   string
}

// command reads words up to a sign that ends a command, and gives the sign; 0 at the end.
func (t *windowsText) command() (words []argument, end byte) {
	for t.at < len(t.source.string) {
		c := t.source.string[t.at]
		switch {
		case strings.IndexByte(t.ends, c) >= 0:
			t.at++
			return words, c
		case c == ' ' || c == '\t' || c == '\r':
			t.at++
		default:
			words = append(words, t.word())
		}
	}
	return words, 0
}

func (t *windowsText) word() argument {
	start, text := t.at, t.source.string
	var b strings.Builder
	var quote byte
	for ; t.at < len(text); t.at++ {
		c := text[t.at]
		switch {
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0:
			b.WriteByte(c)
		case c == '"' || c == '\'':
			quote = c
		case c == ' ' || c == '\t' || c == '\r' || strings.IndexByte(t.ends, c) >= 0:
			return argument{value: b.String(), at: t.source.place(start)}
		default:
			b.WriteByte(c)
		}
	}
	return argument{value: b.String(), at: t.source.place(start)}
}

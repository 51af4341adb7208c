package dockerfile

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// word gives the text of a word as the shell would see it: without quotes, with the variables that
// are known. What is not known stays as it is written: $NAME, $(command).
func (f *scriptFile) word(w *syntax.Word) string {
	if w == nil {
		return ""
	}
	if len(w.Parts) == 1 {
		return f.part(w.Parts[0], false)
	}
	var b strings.Builder
	for _, part := range w.Parts {
		b.WriteString(f.part(part, false))
	}
	return b.String()
}

func (f *scriptFile) part(part syntax.WordPart, quoted bool) string {
	switch p := part.(type) {
	case *syntax.Lit:
		return unescape(p.Value, quoted)
	case *syntax.SglQuoted:
		return p.Value
	case *syntax.DblQuoted:
		if len(p.Parts) == 1 {
			return f.part(p.Parts[0], true)
		}
		var b strings.Builder
		for _, inner := range p.Parts {
			b.WriteString(f.part(inner, true))
		}
		return b.String()
	case *syntax.ParamExp:
		if value, found := f.parameter(p); found {
			return value
		}
	}
	return f.slice(part)
}

// parameter is the value of $NAME or ${NAME}, and of ${NAME:-text} where NAME is set.
func (f *scriptFile) parameter(p *syntax.ParamExp) (string, bool) {
	if p.Param == nil || p.Length || p.Width || p.Index != nil || p.Slice != nil || p.Repl != nil || p.Excl {
		return "", false
	}
	value, found := f.known[p.Param.Value]
	if p.Exp == nil {
		return value, found && len(value) < longestValue
	}
	switch p.Exp.Op {
	case syntax.DefaultUnset, syntax.DefaultUnsetOrNull, syntax.ErrorUnset, syntax.ErrorUnsetOrNull:
		return value, found && value != ""
	}
	return "", false
}

// slice is a part of the script as it is written.
func (f *scriptFile) slice(node syntax.Node) string {
	start, end := node.Pos(), node.End()
	if !start.IsValid() || !end.IsValid() || int(end.Offset()) > len(f.source.string) || start.Offset() > end.Offset() {
		return ""
	}
	return f.source.string[start.Offset():end.Offset()]
}

// unescape takes backslashes away as the shell does: within double quotes only before what is
// special there.
func unescape(value string, quoted bool) string {
	if strings.IndexByte(value, '\\') < 0 {
		return value
	}
	var b strings.Builder
	for i := 0; i < len(value); i++ {
		if value[i] != '\\' || i+1 == len(value) {
			b.WriteByte(value[i])
			continue
		}
		next := value[i+1]
		if quoted && strings.IndexByte("$`\"\\\n", next) < 0 {
			b.WriteByte('\\')
			continue
		}
		i++
		if next != '\n' {
			b.WriteByte(next)
		}
	}
	return b.String()
}

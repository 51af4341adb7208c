package compose

import (
	"io/fs"
	"strings"
)

// variables are what the .env file gives.
type variables map[string]string

const (
	mostEnvBytes = 64 << 10 // of a .env file
	mostExpanded = 1 << 20  // of one value after filling in, and about that of a file in all
)

// readVariables reads a .env file; none is fine.
func (p *project) readVariables(name string) variables {
	if p.files == nil || !fs.ValidPath(name) {
		return nil
	}
	text, ok := p.read(name, mostEnvBytes)
	if !ok {
		return nil
	}
	found := variables{}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimPrefix(strings.TrimSpace(line), "export ")
		name, value, ok := strings.Cut(line, "=")
		if name = strings.TrimSpace(name); ok && name != "" && name[0] != '#' {
			found[name] = unquote(strings.TrimSpace(value))
		}
	}
	return found
}

// unquote takes off quotes, or the comment after a value without them.
func unquote(value string) string {
	if len(value) >= 2 && (value[0] == '"' || value[0] == '\'') {
		if end := strings.IndexByte(value[1:], value[0]); end >= 0 {
			return value[1 : 1+end]
		}
	}
	if comment := strings.Index(value, " #"); comment >= 0 {
		value = value[:comment]
	}
	return strings.TrimSpace(value)
}

// expand fills in variables as long as the file as a whole stays bounded.
func (p *project) expand(text string) string {
	if p.expanded > mostExpanded {
		return text
	}
	out := p.variables.expand(text)
	p.expanded += max(0, len(out)-len(text))
	return out
}

// expand fills in $NAME, ${NAME}, ${NAME:-default}, ${NAME-default}, ${NAME:+other} and ${NAME:?message}.
// What has neither value nor default stays as it is written; "$$" is a dollar.
func (v variables) expand(text string) string {
	if strings.IndexByte(text, '$') < 0 {
		return text
	}
	out := v.fill(text, 0)
	if len(out) > mostExpanded {
		return text
	}
	return out
}

// deepest is how far defaults may nest: ${A:-${B:-c}}.
const deepest = 8

func (v variables) fill(text string, depth int) string {
	var out strings.Builder
	for text != "" && out.Len() <= mostExpanded {
		dollar := strings.IndexByte(text, '$')
		if dollar < 0 {
			break
		}
		out.WriteString(text[:dollar])
		rest := text[dollar+1:]
		switch {
		case strings.HasPrefix(rest, "$"):
			out.WriteByte('$')
			text = rest[1:]
		case strings.HasPrefix(rest, "{") && closing(rest) > 0:
			end := closing(rest)
			value, ok := v.braced(rest[1:end], depth)
			if !ok {
				value = text[dollar : dollar+1+end+1]
			}
			out.WriteString(value)
			text = rest[end+1:]
		default:
			name := nameLength(rest)
			value, ok := v[rest[:name]]
			if !ok {
				value = text[dollar : dollar+1+name]
			}
			out.WriteString(value)
			text = rest[name:]
		}
	}
	out.WriteString(text)
	return out.String()
}

// braced gives the value of what stands in ${}.
func (v variables) braced(inner string, depth int) (string, bool) {
	name := nameLength(inner)
	value, set := v[inner[:name]]
	operator := inner[name:]
	if strings.HasPrefix(operator, ":") {
		operator = operator[1:]
		set = set && value != ""
	}
	switch {
	case name == 0 || depth > deepest:
		return "", false
	case operator == "" || operator[0] == '?':
		return value, set
	case operator[0] == '+' && set, operator[0] == '-' && !set:
		return v.fill(operator[1:], depth+1), true
	case operator[0] == '+':
		return "", true
	case operator[0] == '-':
		return value, true
	}
	return "", false
}

// closing finds the brace that closes the one that text begins with; 0 if there is none.
func closing(text string) int {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return 0
}

func nameLength(text string) int {
	end := 0
	for end < len(text) && (text[end] == '_' || text[end] >= 'a' && text[end] <= 'z' || text[end] >= 'A' && text[end] <= 'Z' ||
		end > 0 && text[end] >= '0' && text[end] <= '9') {
		end++
	}
	return end
}

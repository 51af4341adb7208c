package ignore

import "strings"

// glob matches a whole text with a pattern, byte by byte as git does ("?" is one byte).
func glob(pattern, text string) bool {
	if pattern == "" {
		return text == ""
	}
	m := matcher{pattern: pattern, text: text}
	return m.match(0, 0)
}

type matcher struct {
	pattern, text string
	// failed remembers places from which no match exists, so that many stars cost a product
	// of lengths and not a power.
	failed map[[2]int]bool
}

func (m *matcher) match(p, t int) bool {
	for ; p < len(m.pattern); p, t = p+1, t+1 {
		c := m.pattern[p]
		if c == '*' {
			return m.star(p, t)
		}
		if t == len(m.text) {
			return false
		}
		switch c {
		case '?':
			if m.text[t] == '/' {
				return false
			}
		case '[':
			end, ok := class(m.pattern[p:], m.text[t])
			if !ok || m.text[t] == '/' {
				return false
			}
			p += end
		default:
			if c == '\\' {
				if p++; p == len(m.pattern) {
					return false
				}
			}
			if m.pattern[p] != m.text[t] {
				return false
			}
		}
	}
	return t == len(m.text)
}

// star matches from one or more asterisks on. Two asterisks that fill a whole step of the
// path go over slashes; git counts the end of the literal beginning as a slash.
func (m *matcher) star(p, t int) bool {
	next := p
	for next < len(m.pattern) && m.pattern[next] == '*' {
		next++
	}
	rest := m.pattern[next:]
	slashes := next-p > 1 && (p == 0 || m.pattern[p-1] == '/') &&
		(rest == "" || rest[0] == '/' || strings.HasPrefix(rest, `\/`))
	if rest == "" {
		return slashes || strings.IndexByte(m.text[t:], '/') < 0
	}
	if slashes && rest[0] == '/' && m.try(next+1, t) {
		return true
	}
	for ; t < len(m.text); t++ {
		if m.try(next, t) {
			return true
		}
		if m.text[t] == '/' && !slashes {
			return false
		}
	}
	return false
}

func (m *matcher) try(p, t int) bool {
	place := [2]int{p, t}
	if m.failed[place] {
		return false
	}
	if m.match(p, t) {
		return true
	}
	if m.failed == nil {
		m.failed = map[[2]int]bool{}
	}
	m.failed[place] = true
	return false
}

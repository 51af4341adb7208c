package ignore

import "strings"

// class matches one byte with the bracket expression that text begins with, and gives the
// place of its closing bracket. An expression that is not closed matches nothing.
func class(text string, c byte) (end int, ok bool) {
	at := 1
	negated := at < len(text) && (text[at] == '!' || text[at] == '^')
	if negated {
		at++
	}
	var previous byte // where a range may begin
	matched := false
	for first := true; ; first = false {
		if at >= len(text) {
			return 0, false
		}
		if text[at] == ']' && !first {
			return at, matched != negated
		}
		switch {
		case text[at] == '-' && previous != 0 && at+1 < len(text) && text[at+1] != ']':
			at++
			if text[at] == '\\' {
				at++
			}
			if at >= len(text) {
				return 0, false
			}
			matched = matched || previous <= c && c <= text[at]
			previous = 0
		case strings.HasPrefix(text[at:], "[:"):
			closing := strings.IndexByte(text[at+2:], ']')
			if closing < 0 {
				return 0, false
			}
			name, named := strings.CutSuffix(text[at+2:at+2+closing], ":")
			if !named { // an ordinary set that begins with a bracket
				matched, previous = matched || c == '[', '['
				break
			}
			in, known := posix[name]
			if !known {
				return 0, false
			}
			matched, previous = matched || in(c), 0
			at += 2 + closing
		default:
			if text[at] == '\\' {
				if at++; at >= len(text) {
					return 0, false
				}
			}
			matched, previous = matched || c == text[at], text[at]
		}
		at++
	}
}

func lower(c byte) bool { return 'a' <= c && c <= 'z' }
func upper(c byte) bool { return 'A' <= c && c <= 'Z' }
func digit(c byte) bool { return '0' <= c && c <= '9' }
func graph(c byte) bool { return '!' <= c && c <= '~' }
func alnum(c byte) bool { return lower(c) || upper(c) || digit(c) }

// posix are the named classes, for ASCII only, as in git.
var posix = map[string]func(byte) bool{
	"alnum":  alnum,
	"alpha":  func(c byte) bool { return lower(c) || upper(c) },
	"blank":  func(c byte) bool { return c == ' ' || c == '\t' },
	"cntrl":  func(c byte) bool { return c < ' ' || c == 127 },
	"digit":  digit,
	"graph":  graph,
	"lower":  lower,
	"print":  func(c byte) bool { return c == ' ' || graph(c) },
	"punct":  func(c byte) bool { return graph(c) && !alnum(c) },
	"space":  func(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' },
	"upper":  upper,
	"xdigit": func(c byte) bool { return digit(c) || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F' },
}

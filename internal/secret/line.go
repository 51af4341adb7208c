package secret

import "strings"

// mode is how the text around a value reads.
type mode uint8

const (
	loose mode = iota // settings: name=value and name: value give values
	code              // a program: only quoted texts and shell assignments give values
	prose             // a comment: only what speaks for itself counts
)

// inLine reports the first secret in one line of text.
func inLine(line string, how mode) (Finding, bool) {
	if _, end, what := findToken(line, 0); end > 0 {
		return Finding{What: what}, true
	}
	if how == prose {
		return Finding{}, false
	}
	if strings.IndexByte(line, '@') >= 0 {
		if _, end, found := findAddress(line, 0); end > 0 {
			return found, true
		}
	}
	if strings.IndexByte(line, '-') >= 0 {
		if _, _, found, ok := findFlag(line); ok {
			return found, true
		}
	}
	if !mentions(line) {
		return Finding{}, false
	}
	for at := 0; ; {
		p, next := nextPair(line, at)
		if next == 0 {
			return requirePass(line)
		}
		if found, ok := p.judge(line, how); ok {
			return found, true
		}
		at = next
	}
}

func (p *pair) judge(line string, how mode) (Finding, bool) {
	value := line[p.start:p.end]
	switch {
	case p.prose, !p.quoted && how == code && !p.shell:
		return Finding{}, false
	case !p.quoted && strings.ContainsAny(value, "()[]{"):
		return Finding{}, false // a call or an index
	case strings.EqualFold(value, p.key) && (how == code || upper.has(value[0])):
		return Finding{}, false // a label, or a variable handed on
	}
	if bare, found := authorization(value); found {
		value = bare
	}
	return keyed(p.key, value)
}

// authorization takes the scheme off the value of an Authorization header.
func authorization(value string) (string, bool) {
	for _, scheme := range []string{"Bearer ", "bearer ", "Basic ", "Token ", "token "} {
		if bare, found := strings.CutPrefix(value, scheme); found {
			return bare, true
		}
	}
	return value, false
}

// requirePass knows the two settings of redis.conf that have a space between name and value.
func requirePass(line string) (Finding, bool) {
	if start, end := redisValue(line); end > 0 {
		return keyed("requirepass", line[start:end])
	}
	return Finding{}, false
}

func redisValue(line string) (start, end int) {
	text := strings.TrimLeft(line, " \t")
	for _, name := range []string{"requirepass ", "masterauth "} {
		if strings.HasPrefix(text, name) {
			value := strings.Trim(text[len(name):], " \t\"'\r")
			if start := strings.LastIndex(line, value); value != "" {
				return start, start + len(value)
			}
		}
	}
	return 0, 0
}

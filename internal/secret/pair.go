package secret

import "strings"

// pair is a name and its value on one line, as in .env files, properties, YAML, JSON, XML,
// connection strings and command lines.
type pair struct {
	key        string
	class      keyClass
	start, end int  // the value in the line, without its quotes
	quoted     bool // the value stood in quotes
	shell      bool // name=value with nothing between
	leads      bool // the name begins the line, so the value may go on to its end
	prose      bool // more words follow, as in "the password: must be long"
}

// nextPair gives the first pair from at on whose name is that of a secret, and where to go on;
// next is 0 at the end.
func nextPair(line string, at int) (found pair, next int) {
	for ; at < len(line); at++ {
		var ok bool
		switch line[at] {
		case '=', ':':
			found, next, ok = pairAt(line, at)
		case '>':
			found, next, ok = elementAt(line, at)
		}
		if ok {
			return found, max(next, at+1)
		}
	}
	return pair{}, 0
}

// pairAt reads the pair whose sign stands at sign.
func pairAt(line string, sign int) (pair, int, bool) {
	after, skip := afterSign(line, sign)
	if skip {
		return pair{}, 0, false
	}
	start, end, bare := nameBefore(line, sign)
	if start == end || start > 0 && (line[start-1] == '$' || line[start-1] == '^' || start > 1 && line[start-1] == '{' && line[start-2] == '$') {
		return pair{}, 0, false
	}
	key := strings.TrimLeft(line[start:end], "-")
	class := judgeKey(key)
	if class == notSecret {
		return pair{}, 0, false
	}
	p := pair{key: key, class: class, leads: leads(line[:start])}
	p.start = after
	for p.start < len(line) && (line[p.start] == ' ' || line[p.start] == '\t') {
		p.start++
	}
	spaced := p.start > after || end < sign && bare
	p.shell = line[sign] == '=' && !spaced && after == sign+1
	if p.start >= len(line) {
		return pair{}, 0, false
	}
	if next, ok := p.readQuoted(line); ok {
		return p, next, true
	}
	if line[sign] == ':' && bare && p.start == after && after == sign+1 {
		return pair{}, 0, false // token:8080
	}
	if bare, found := authorization(line[p.start:]); found {
		p.start = len(line) - len(bare)
	}
	p.end = p.endOfBare(line, line[sign] == ':' || spaced)
	p.prose = line[sign] == ':' && !p.leads && strings.HasPrefix(line[p.end:], " ")
	return p, p.end, p.end > p.start
}

// afterSign gives where the value can begin; skip is true for signs that assign nothing.
func afterSign(line string, sign int) (after int, skip bool) {
	after = sign + 1
	if after >= len(line) {
		return after, false
	}
	switch next := line[after]; {
	case line[sign] == '=' && (next == '=' || next == '~'), line[sign] == ':' && next == ':',
		line[sign] == ':' && strings.HasPrefix(line[after:], "//"), line[sign] == '=' && sign > 0 && line[sign-1] == '=':
		return after, true
	case line[sign] == '=' && next == '>', line[sign] == ':' && next == '=':
		return after + 1, false
	}
	return after, false
}

// nameBefore finds the name that ends before the sign, over spaces and a closing quote; bare is
// true if it had no quote.
func nameBefore(line string, sign int) (start, end int, bare bool) {
	end, bare = sign, true
	for end > 0 && (line[end-1] == ' ' || line[end-1] == '\t') {
		end--
	}
	if end > 0 && (line[end-1] == '"' || line[end-1] == '\'') {
		end, bare = end-1, false
		for end > 0 && line[end-1] == '\\' {
			end--
		}
	}
	start = end
	for start > 0 && end-start <= longestKey && (word | dot).has(line[start-1]) {
		start--
	}
	return start, end, bare
}

// leads reports whether only marks of lists, quotes and keywords stand before a name.
func leads(before string) bool {
	before = strings.TrimSpace(before)
	switch before {
	case "", "-", "export", "set", "- -", "ENV", "ARG", `"`, "'", `- "`, "- '", "{", `{"`, "- name:", "local", "?":
		return true
	}
	return false
}

// readQuoted reads a value in quotes; quotes within JSON within JSON are escaped.
func (p *pair) readQuoted(line string) (next int, ok bool) {
	at := p.start
	for at < len(line) && line[at] == '\\' {
		at++
	}
	if at >= len(line) || line[at] != '"' && line[at] != '\'' {
		return 0, false
	}
	escape, quote := line[p.start:at], line[at]
	p.start, p.quoted = at+1, true
	for end := p.start; end < len(line); end++ {
		switch {
		case escape == "" && line[end] == '\\' && quote == '"':
			end++
		case line[end] == quote && strings.HasSuffix(line[p.start:end], escape):
			p.end = end - len(escape)
			return end + 1, true
		}
	}
	p.end = len(line)
	return p.end, true
}

// endOfBare finds the end of a value without quotes. A value that its name leads up to and that
// a space may stand in (YAML, INI) goes on to the end of the line or its comment.
func (p *pair) endOfBare(line string, spaces bool) int {
	if p.leads && spaces {
		end := len(line)
		if comment := strings.Index(line[p.start:], " #"); comment >= 0 {
			end = p.start + comment
		}
		return p.start + len(strings.TrimRight(line[p.start:end], " \t\r,;\\"))
	}
	stops := " \t\r&;,\"'|)`}<"
	if p.leads {
		stops = " \t\r"
	}
	end := len(line)
	if stop := strings.IndexAny(line[p.start:], stops); stop >= 0 {
		end = p.start + stop
	}
	if more := strings.IndexByte(line[p.start:end], ';'); more >= 0 && strings.IndexByte(line[p.start+more:end], '=') >= 0 {
		end = p.start + more // Password=...;Server=...
	}
	return p.start + len(strings.TrimRight(line[p.start:end], ",;\\"))
}

// elementAt reads <name>value</name>, the tag of which ends at sign.
func elementAt(line string, sign int) (pair, int, bool) {
	start := sign
	for start > 0 && sign-start <= longestKey && (word | dot).has(line[start-1]) {
		start--
	}
	if start == sign || start == 0 || line[start-1] != '<' {
		return pair{}, 0, false
	}
	class := judgeKey(line[start:sign])
	end := strings.IndexByte(line[sign+1:], '<')
	if class == notSecret || end <= 0 {
		return pair{}, 0, false
	}
	return pair{key: line[start:sign], class: class, start: sign + 1, end: sign + 1 + end, quoted: true}, sign + 1 + end, true
}

// mentions reports whether a part of a name that judgeKey knows occurs in text at all, which is
// much cheaper to say than to take the text apart.
func mentions(text string) bool {
	for i := 0; i+1 < len(text); i++ {
		rest := text[i:]
		switch text[i] | 0x20 {
		case 'p':
			if hasFold(rest, "pass") || hasFold(rest, "pw") {
				return true
			}
		case 's':
			if hasFold(rest, "secret") {
				return true
			}
		case 't':
			if hasFold(rest, "token") {
				return true
			}
		case 'k':
			if hasFold(rest, "key") || hasFold(rest, "kennwort") {
				return true
			}
		case 'c':
			if hasFold(rest, "cred") {
				return true
			}
		case 'a':
			if hasFold(rest, "auth") {
				return true
			}
		case 'd':
			if hasFold(rest, "dockerc") {
				return true
			}
		case 'b':
			if hasFold(rest, "bearer") {
				return true
			}
		}
	}
	return false
}

// hasFold reports whether text begins with the lower case prefix, whatever its case.
func hasFold(text, prefix string) bool {
	if len(text) < len(prefix) {
		return false
	}
	for i := 0; i < len(prefix); i++ {
		if text[i]|0x20 != prefix[i] {
			return false
		}
	}
	return true
}

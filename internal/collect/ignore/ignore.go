// Package ignore reads lists of the .gitignore syntax and says what they leave out, as git
// itself does: negation, anchoring, folders only, "**", classes and escapes. Its oracle is
// "git check-ignore". Begin with Parse.
package ignore

import (
	"bytes"
	"strings"
)

// List holds the patterns of one file, in its order.
type List []pattern

// Verdict is what a list says of a path.
type Verdict uint8

// The verdicts. Silent means that no pattern matches, so that a list further up decides.
const (
	Silent Verdict = iota
	Ignored
	Kept // matched by a negated pattern
)

// longestPattern in bytes bounds the time of a match; git has no limit, people stay far below.
const longestPattern = 4096

type pattern struct {
	glob     string // below literal
	literal  string // what the path begins with before the first special character
	negated  bool
	dirOnly  bool
	basename bool // without a slash: matched with the last name of the path
}

// Parse reads a list. Every text is valid; lines that git ignores are ignored.
func Parse(text []byte) List {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	var list List
	for line := range bytes.SplitSeq(text, []byte{'\n'}) {
		line = bytes.TrimSuffix(line, []byte{'\r'})
		if len(line) == 0 || line[0] == '#' || len(line) > longestPattern {
			continue
		}
		if p, ok := parseLine(trimSpaces(string(line))); ok {
			list = append(list, p)
		}
	}
	return list
}

// trimSpaces cuts spaces at the end, unless a backslash protects them.
func trimSpaces(line string) string {
	end := -1
	for at := 0; at < len(line); at++ {
		switch line[at] {
		case ' ':
			if end < 0 {
				end = at
			}
			continue
		case '\\':
			at++
		}
		end = -1
	}
	if end >= 0 {
		return line[:end]
	}
	return line
}

func parseLine(line string) (pattern, bool) {
	var p pattern
	line, p.negated = strings.CutPrefix(line, "!")
	line, p.dirOnly = strings.CutSuffix(line, "/")
	p.basename = !strings.Contains(line, "/")
	p.glob = strings.TrimPrefix(line, "/")
	if at := strings.IndexAny(p.glob, `*?[\`); at >= 0 {
		p.literal, p.glob = p.glob[:at], p.glob[at:]
	} else {
		p.literal, p.glob = p.glob, ""
	}
	return p, line != ""
}

// Match says what the list tells of a path below the list's folder, with forward slashes.
// Of several patterns the last counts. What lies in an ignored folder is ignored whatever
// a list says: the caller does not look there.
func (l List) Match(path string, isDir bool) Verdict {
	base := path[strings.LastIndexByte(path, '/')+1:]
	for i := len(l) - 1; i >= 0; i-- {
		p := &l[i]
		if p.dirOnly && !isDir {
			continue
		}
		name := path
		if p.basename {
			name = base
		}
		rest, found := strings.CutPrefix(name, p.literal)
		if !found || !glob(p.glob, rest) {
			continue
		}
		if p.negated {
			return Kept
		}
		return Ignored
	}
	return Silent
}

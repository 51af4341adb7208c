package buildcontext

import (
	"errors"
	"strings"

	"github.com/moby/patternmatcher"
)

// Bounds of matching. Patterns with wildcards become regular expressions, which take time and memory: each "**" is
// a group, and every thread of an expression keeps all its groups, so that 60 KB of stars fill gigabytes.
const (
	mostWildcards     = 5_000
	mostWildcardBytes = 128 << 10
	longestPattern    = 4096 // bytes; no path is longer, and the library takes the square of it
	mostDoubleStars   = mostDepth
	// mostWork bounds the time of a walk whatever the patterns are: a unit is one thread of a regular expression at
	// one byte of a path, which took 1 to 20 nanoseconds for lists made to be slow.
	mostWork = 1 << 30
)

// matcher is a list of patterns as fsutil uses it. A nil matcher matches nothing.
type matcher struct {
	patterns   *patternmatcher.PatternMatcher
	prunable   bool     // no exception has a wildcard, so that excluded folders need not be entered
	exceptions []string // what exceptions begin with, each with a slash
	each, wild int64    // cost of a path, and of a byte of it
	work       int64
}

// newMatcher leaves out, and tells, what the library does not take; nil if nothing remains.
func newMatcher(patterns []Pattern, tell func(line int, message string)) *matcher {
	m := &matcher{prunable: true}
	texts := make([]string, 0, len(patterns))
	wildcards, wildcardBytes := 0, 0
	for _, p := range patterns {
		if isWild(p.Text) {
			wildcards++
			wildcardBytes += len(p.Text)
		}
		if wildcards > mostWildcards || wildcardBytes > mostWildcardBytes {
			tell(p.Line, "too many patterns with wildcards, from here on they are not followed: shorten the list")
			break
		}
		if err := check(p); err != nil {
			tell(p.Line, "pattern "+quoted(p.Text)+" "+err.Error())
			continue
		}
		texts = append(texts, p.written())
		m.price(p.Text)
	}
	if len(texts) == 0 {
		return nil
	}
	var err error
	if m.patterns, err = patternmatcher.New(texts); err != nil { // each was taken alone
		tell(0, "read the patterns: "+err.Error())
		return nil
	}
	m.findExceptions()
	return m
}

// written is the pattern as the library reads it.
func (p Pattern) written() string {
	if p.Negated {
		return "!" + p.Text
	}
	return p.Text
}

var (
	errTooLong = errors.New("is too long to be followed: shorten it")
	errInvalid = errors.New("is not valid, and a build stops where it is reached: correct it")
)

// check says whether the library takes a pattern, now and when it is reached: there it may find
// that its regular expression is none, as that of "[z-a]".
func check(p Pattern) error {
	if len(p.Text) > longestPattern || strings.Count(p.Text, "**") > mostDoubleStars {
		return errTooLong
	}
	if _, err := patternmatcher.New([]string{p.written()}); err != nil {
		return errInvalid
	}
	if !isWild(p.Text) {
		return nil
	}
	probe, err := patternmatcher.New([]string{"**", "!" + p.Text})
	if err == nil {
		_, err = probe.MatchesOrParentMatches("x")
	}
	if err != nil {
		return errInvalid
	}
	return nil
}

// isWild reports whether the library makes a regular expression of a pattern, or may.
func isWild(text string) bool { return strings.ContainsAny(text, `*?[]\`) }

// price adds what a pattern costs.
func (m *matcher) price(text string) {
	m.each++
	if isWild(text) {
		m.wild += threads(text)
	}
}

// threads estimates how many threads of a pattern's regular expression may be alive at once: each
// star starts one at every byte, and a text of n different bytes drops it at least once in n, so
// that only texts like "aaaa" keep many.
func threads(text string) int64 {
	n := 0
	for chunk := range strings.SplitSeq(text, "*") {
		var seen [256]bool
		different := 0
		for i := range len(chunk) {
			if !seen[chunk[i]] {
				seen[chunk[i]] = true
				different++
			}
		}
		n++
		if different > 0 {
			n += len(chunk) / different
		}
	}
	return int64(n)
}

// afford reports whether one more path may be matched.
func (m *matcher) afford(name string) bool {
	if m == nil {
		return true
	}
	m.work += m.each + m.wild*int64(len(name))
	return m.work <= mostWork
}

// findExceptions prepares what fsutil's NewFilterFS prepares (filter.go): whether an excluded
// folder may hold anything that is sent all the same.
func (m *matcher) findExceptions() {
	for _, p := range m.patterns.Patterns() {
		if !p.Exclusion() {
			continue
		}
		text := strings.TrimSuffix(strings.TrimSuffix(p.String(), "/**"), "/*")
		if strings.ContainsAny(text, `*[]?^\`) {
			m.prunable = false
		}
		m.exceptions = append(m.exceptions, text+"/")
	}
}

// match says whether a path is left out; above is what its folder gave, and the zero value at the
// top. An error cannot occur, since every pattern was tried; a path is not left out for it.
func (m *matcher) match(name string, above patternmatcher.MatchInfo) (bool, patternmatcher.MatchInfo) {
	if m == nil {
		return false, patternmatcher.MatchInfo{}
	}
	out, info, err := m.patterns.MatchesUsingParentResults(name, above)
	return out && err == nil, info
}

// prunes reports whether a folder that is left out need not be entered.
func (m *matcher) prunes(folder string) bool {
	if !m.prunable {
		return false
	}
	folder += "/"
	for _, exception := range m.exceptions {
		if strings.HasPrefix(exception, folder) {
			return false
		}
	}
	return true
}

// hasExceptions reports whether any pattern is negated.
func (m *matcher) hasExceptions() bool { return m != nil && len(m.exceptions) > 0 }

// quoted shortens a pattern for a message.
func quoted(text string) string {
	const longest = 60
	if len(text) > longest {
		text = strings.ToValidUTF8(text[:longest], "") + "..."
	}
	return `"` + strings.Map(printable, text) + `"`
}

func printable(r rune) rune {
	if r < ' ' || r == 0x7f {
		return '?'
	}
	return r
}

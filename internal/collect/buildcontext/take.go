package buildcontext

import (
	"path"
	"slices"
	"strings"
)

// Taken is what a COPY or ADD takes out of the context.
type Taken struct {
	Set
	// Whole is true if a source is the context's own folder, or all that lies in it.
	Whole bool
	// Missing are the sources, as given, that are not there or not sent: the build stops.
	Missing []string
	// Empty are the sources with wildcards that match nothing: the build goes on without.
	Empty []string
	// Problems tell of patterns to exclude that are not valid: the build stops.
	Problems []Problem
	// Cut says what was too much to look at; "" if nothing was.
	Cut string
}

// mostVisits bounds the files that all wildcards of one instruction are compared with.
const mostVisits = 5_000_000

// Take gives what an instruction takes. sources are those of its operands that are local, after
// variables: no addresses, no Git repositories, no here-documents. exclude are the values of --exclude, and
// parents is --parents. Archives that ADD unpacks are taken as they are.
func (c *Context) Take(sources, exclude []string, parents bool) Taken {
	t := c.walked()
	taker := &taker{tree: t, taken: Taken{Set: Set{tree: t, in: make([]bool, len(t.entries))}}}
	taker.exclude = newMatcher(literally(exclude), func(i int, message string) {
		taker.taken.Problems = append(taker.taken.Problems, Problem{i, message})
	})
	for _, source := range sources {
		if parents {
			taker.withParents(source)
		} else {
			taker.source(source, path.Join("/", source), nil, isTop(source))
		}
	}
	return taker.taken
}

// literally makes patterns of values, which are not cleaned as the lines of a list are.
func literally(values []string) []Pattern {
	var patterns []Pattern
	for i, value := range values {
		value = strings.ReplaceAll(wellFormed(value), "\x00", "\x01")
		if strings.TrimSpace(value) == "" {
			continue
		}
		text, negated := strings.CutPrefix(value, "!")
		patterns = append(patterns, Pattern{Text: text, Line: i + 1, Negated: negated})
	}
	return patterns
}

// taker gathers what one instruction takes.
type taker struct {
	*tree
	exclude *matcher
	visits  int
	taken   Taken
}

// isTop reports whether a source is everything at the top.
func isTop(source string) bool {
	clean := path.Join("/", source)
	return clean == "/*" || clean == "/**" || clean == "/"
}

// source takes what a source leads to, filtered by the patterns to include unless they are nil
// (fsutil/copy.ResolveWildcards and Copy). It gives how many files and folders were taken.
func (t *taker) source(given, name string, include *matcher, top bool) {
	literal, pattern := splitWildcards(name)
	base, ok := t.resolve(literal)
	if _, err := path.Match(pattern, ""); err != nil || !ok {
		t.taken.Missing = append(t.taken.Missing, given)
		return
	}
	found, lost := 0, false
	for _, at := range t.matches(base, pattern) {
		end, ok := t.resolve(t.entries[at].path)
		if !ok {
			lost = true
			continue
		}
		t.taken.Whole = t.taken.Whole || end == 0 && (top || include == nil) || top && include == nil
		found += t.copy(end, include)
	}
	wild := pattern != "" || include != nil && include.wild > 0
	switch {
	case lost, !wild && include != nil && found == 0:
		t.taken.Missing = append(t.taken.Missing, given)
	case wild && found == 0:
		t.taken.Empty = append(t.taken.Empty, given)
	}
}

// withParents takes a source under --parents: a pattern, relative to what stands before "/./"
// (dockerfile2llb/convert_copy.go).
func (t *taker) withParents(source string) {
	name, pattern, pivoted := strings.Cut(source, "/./")
	if !pivoted {
		name, pattern = "/", source
	}
	if !path.IsAbs(pattern) { // an absolute one is not cleaned, so that "//a" matches nothing
		pattern = path.Join("/", pattern)
	}
	pattern = strings.TrimPrefix(pattern, "/")
	include := newMatcher(literally([]string{pattern}), func(i int, message string) {
		t.taken.Problems = append(t.taken.Problems, Problem{i, message})
	})
	if include == nil {
		include = &matcher{} // matches nothing, which differs from no filter
	}
	t.source(source, path.Join("/", name), include, pattern == "*" || pattern == "**")
}

// splitWildcards parts a path before its first element with a wildcard.
func splitWildcards(name string) (literal, pattern string) {
	steps := strings.Split(name, "/")
	at := slices.IndexFunc(steps, hasWildcard)
	if at < 0 {
		return name, ""
	}
	return path.Join("/", path.Join(steps[:at]...)), path.Join(steps[at:]...)
}

func hasWildcard(step string) bool {
	for i := 0; i < len(step); i++ {
		switch step[i] {
		case '*', '?', '[':
			return true
		case '\\':
			i++
		}
	}
	return false
}

// matches lists what a pattern matches below a folder, and the folder itself if there is none.
// What a folder holds that is matched goes with it; links are not entered.
func (t *taker) matches(base int, pattern string) []int {
	if pattern == "" {
		return []int{base}
	}
	prefix := t.entries[base].path + "/"
	if base == 0 {
		prefix = ""
	}
	var found []int
	for i := base + 1; i < t.entries[base].end; i++ {
		if t.visits++; t.visits > mostVisits {
			t.taken.Cut = "too many wildcards for a context of this size: not all of their files are listed"
			return found
		}
		e := t.entries[i]
		if matched, _ := path.Match(pattern, strings.TrimPrefix(e.path, prefix)); !matched {
			continue
		}
		found = append(found, i)
		if e.isDir() {
			i = e.end - 1
		}
	}
	return found
}

package buildcontext

import "github.com/moby/patternmatcher"

// copier copies one source as fsutil's copier does: patterns are relative to the source, and do
// not concern the source itself, so that --exclude leaves a file in that is named.
type copier struct {
	*taker
	include *matcher // nil takes all
	prefix  int      // bytes of the paths that lead to the source
	found   int
}

// copy takes a file, or what a folder holds. It gives the number of files and folders below the
// source that were taken.
func (t *taker) copy(source int, include *matcher) int {
	e := t.entries[source]
	if !e.isDir() {
		t.taken.add(source, e)
		return 1
	}
	c := &copier{taker: t, include: include}
	if source != 0 {
		c.prefix = len(e.path) + 1
	}
	c.folder(source, patternmatcher.MatchInfo{}, patternmatcher.MatchInfo{})
	return c.found
}

func (c *copier) folder(at int, include, exclude patternmatcher.MatchInfo) {
	for i := at + 1; i < c.entries[at].end; {
		e := c.entries[i]
		c.visit(i, e, include, exclude)
		i = max(i+1, e.end)
	}
}

func (c *copier) visit(i int, e entry, include, exclude patternmatcher.MatchInfo) {
	name := e.path[c.prefix:]
	if !c.exclude.afford(name) || !c.include.afford(name) {
		c.taken.Cut = "too many patterns for a context of this size: not all files are listed"
		return
	}
	in := true
	if c.include != nil {
		in, include = c.included(name, include)
	}
	out, exclude := c.exclude.match(name, exclude)
	if in && !out {
		c.found++
	}
	switch {
	case e.isDir() && out && !c.exclude.hasExceptions():
	case e.isDir():
		c.folder(i, include, exclude)
	case in && !out:
		c.taken.add(i, e)
	}
}

// included matches a path with the patterns to include.
func (c *copier) included(name string, above patternmatcher.MatchInfo) (bool, patternmatcher.MatchInfo) {
	if c.include.patterns == nil {
		return false, patternmatcher.MatchInfo{}
	}
	return c.include.match(name, above)
}

package buildcontext

import (
	"io/fs"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
)

var (
	testNames = []string{"a", "b", "ab", "abc", ".git", "foo", "bar", "foo.txt", "x.go", "a b", "é", "a.b", "*", "-", "foo*", "!a", "#c"}
	testBits  = []string{"*", "?", "**", "[ab]", "[^a]", "[a-c]", ".", "a", "b", "foo", "bar", ".txt", "/", "/", "/", "..", "!", " ", "-", "x.go", "$", "+", "(", "|", "é", `\*`}
)

func pick(r *rand.Rand, from []string) string { return from[r.IntN(len(from))] }

// randomTree gives a file system and the paths of all that is in it.
func randomTree(r *rand.Rand) (fstest.MapFS, []string) {
	tree, paths := fstest.MapFS{}, []string{}
	var grow func(folder string, depth int)
	grow = func(folder string, depth int) {
		for range 1 + r.IntN(5) {
			name := path.Join(folder, pick(r, testNames))
			switch {
			case slices.Contains(paths, name):
			case depth < 5 && r.IntN(2) == 0:
				tree[name] = &fstest.MapFile{Mode: fs.ModeDir | 0o755}
				paths = append(paths, name)
				grow(name, depth+1)
			default:
				tree[name] = &fstest.MapFile{Data: []byte(name)}
				paths = append(paths, name)
			}
		}
	}
	grow("", 0)
	return tree, paths
}

// randomPattern is half nonsense, half derived from a path that is there.
func randomPattern(r *rand.Rand, paths []string) string {
	var text string
	if r.IntN(2) == 0 {
		for range 1 + r.IntN(5) {
			text += pick(r, testBits)
		}
	} else {
		steps := strings.Split(pick(r, paths), "/")
		for i := range steps {
			if r.IntN(3) == 0 {
				steps[i] = pick(r, []string{"*", "**", "?", "a*", "*b", "f*o", "[a-z]*", "?oo", "*.*"})
			}
		}
		text = strings.Join(steps[:1+r.IntN(len(steps))], "/") + pick(r, []string{"", "", "/**", "/*", "/"})
	}
	return pick(r, []string{"", "", "!"}) + text
}

// sentPaths are all entries of a context, folders too.
func sentPaths(c *Context) []string {
	var paths []string
	for _, e := range c.walked().entries[1:] {
		paths = append(paths, e.path)
	}
	return paths
}

// literalWalk sends what a verdict on every single path leaves in, and the folders of it. No
// folder is skipped.
func literalWalk(tree fstest.MapFS, paths []string, out func(string) bool) []string {
	var sent []string
	for _, name := range paths {
		below := name + "/"
		in := !out(name)
		for _, other := range paths {
			in = in || strings.HasPrefix(other, below) && !out(other)
		}
		if in {
			sent = append(sent, name)
		}
	}
	slices.SortFunc(sent, func(a, b string) int { return slices.Compare(strings.Split(a, "/"), strings.Split(b, "/")) })
	return sent
}

// TestWalkAgrees compares the walk with two oracles: patternmatcher asked for each path with its
// parents' results, and the rules of patternmatcher written down once more, below. fsutil itself
// was compared outside of this repository, which does not depend on it.
func TestWalkAgrees(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 2026))
	const trees = 4000
	compared, left := 0, 0
	for range trees {
		tree, paths := randomTree(r)
		var lines []string
		for range r.IntN(7) {
			lines = append(lines, randomPattern(r, paths))
		}
		list := strings.Join(lines, "\n")
		tree[".dockerignore"] = &fstest.MapFile{Data: []byte(list)}
		paths = append(paths, ".dockerignore")
		patterns, err := ignorefile.ReadAll(strings.NewReader(list))
		if err != nil {
			t.Fatal(err)
		}
		matcher, err := patternmatcher.New(patterns)
		c := Open(tree, ".", "")
		if broken := len(c.Ignore().Problems) > 0; err != nil || broken {
			if err != nil && !broken {
				t.Fatalf("list %q: no problem told, but the library says: %v", list, err)
			}
			continue
		}
		got := sentPaths(c)
		if diff := cmp.Diff(literalWalk(tree, paths, withParents(t, matcher)), got); diff != "" {
			t.Fatalf("list %q (-library +walk):\n%s", list, diff)
		}
		if strings.Contains(list, "|") { // the library does not escape it in its regular expressions
			continue
		}
		if diff := cmp.Diff(literalWalk(tree, paths, byTheRules(patterns)), got); diff != "" {
			t.Fatalf("list %q (-rules +walk):\n%s", list, diff)
		}
		compared += len(paths)
		left += len(paths) - len(got)
	}
	if compared < 20_000 || left < compared/20 {
		t.Errorf("compared %d paths of which %d are left out: the test lost its subject", compared, left)
	}
}

// withParents asks the library as fsutil does.
func withParents(t *testing.T, m *patternmatcher.PatternMatcher) func(string) bool {
	var info func(name string) (bool, patternmatcher.MatchInfo)
	info = func(name string) (bool, patternmatcher.MatchInfo) {
		var above patternmatcher.MatchInfo
		if folder := path.Dir(name); folder != "." {
			_, above = info(folder)
		}
		out, own, err := m.MatchesUsingParentResults(name, above)
		if err != nil {
			t.Fatal(err)
		}
		return out, own
	}
	return func(name string) bool { out, _ := info(name); return out }
}

// byTheRules decides without the library: in order, a pattern that could change the verdict is
// tried; what matched a folder counts for all that is below it.
func byTheRules(patterns []string) func(string) bool {
	var verdict func(name string) (bool, []bool)
	verdict = func(name string) (bool, []bool) {
		above := make([]bool, len(patterns))
		if folder := path.Dir(name); folder != "." {
			_, above = verdict(folder)
		}
		out, matched := false, make([]bool, len(patterns))
		for i, text := range patterns {
			text, negated := strings.CutPrefix(path.Clean(strings.TrimSpace(text)), "!")
			matched[i] = above[i] || negated == out && globbed(text, name)
			if matched[i] {
				out = !negated
			}
		}
		return out, matched
	}
	return func(name string) bool { out, _ := verdict(name); return out }
}

// globbed matches one pattern by trying everything. A pattern of "**" and a plain rest is the
// one exception: it compares the end only.
func globbed(pattern, name string) bool {
	if rest, ok := strings.CutPrefix(pattern, "**"); ok && !strings.ContainsAny(rest, `*?[]\`) {
		return strings.HasSuffix(name, rest) || strings.HasPrefix(rest, "/") && name == rest[1:]
	}
	return glob([]rune(pattern), []rune(name))
}

func glob(p, s []rune) bool {
	if len(p) == 0 {
		return len(s) == 0
	}
	switch p[0] {
	case '*':
		return globStar(p, s)
	case '[':
		end := slices.Index(p, ']')
		if len(s) == 0 {
			return false
		}
		// the library lets a negated class take a slash
		class, negated := strings.CutPrefix(string(p[1:end]), "^")
		one, _ := path.Match("["+class+"]", string(s[0]))
		return one != negated && glob(p[end+1:], s[1:])
	case '?':
		return len(s) > 0 && s[0] != '/' && glob(p[1:], s[1:])
	case '\\':
		p = p[1:]
	}
	return len(s) > 0 && p[0] == s[0] && glob(p[1:], s[1:])
}

func globStar(p, s []rune) bool {
	if len(p) == 1 || p[1] != '*' {
		for i := 0; ; i++ {
			if glob(p[1:], s[i:]) {
				return true
			}
			if i == len(s) || s[i] == '/' {
				return false
			}
		}
	}
	rest := p[2:]
	if len(rest) > 0 && rest[0] == '/' {
		rest = rest[1:]
	}
	if len(rest) == 0 || glob(rest, s) {
		return true
	}
	for i := range s {
		if s[i] == '/' && glob(rest, s[i+1:]) {
			return true
		}
	}
	return false
}

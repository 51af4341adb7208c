package acceptance

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzComments: whatever stands in a file, a directive is applied only with a control, a reason
// and a date, and points at a line of the file.
func FuzzComments(f *testing.F) {
	for _, seed := range []string{
		"a: 1 # kubeproof:accept x until=2026-12-31 needed\n", "# kubeproof:accept x until=2026-12-31 needed\na: 1\n",
		"# kubeproof:accept", "# kubeproof:accept x\n", "# kubeproof:accept x until=\n---\n", "# kubeproof:accept x until=2026-13-01 y\r\n",
		"# kubeproof:accept x until=2026-12-31 a # kubeproof:accept y until=2026-12-31 b", "\x00# kubeproof:accept x until=2026-12-31 \xff",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		lines := 1 + strings.Count(text, "\n")
		for _, d := range commentsIn([]byte(text)) {
			if d.line < 1 || d.line > lines || d.target < d.line || d.target > lines {
				t.Fatalf("directive on line %d for line %d of %d", d.line, d.target, lines)
			}
			if d.refused == nil && (d.control == "" || d.reason == "" || len(d.expires) != len("2026-12-31")) {
				t.Fatalf("applied without control, reason or date: %+v", d)
			}
		}
	})
}

// FuzzGlob: a pattern of a configuration never panics and matches itself if it has no wildcard.
func FuzzGlob(f *testing.F) {
	for _, seed := range []string{"a/b.yaml", "**/x", "*.yaml", "a?c", "[a", "a**b", "", "\\", "(", "\n", "größe/*.yaml", "\xe9"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, pattern string) {
		expression := Glob(pattern)
		if utf8.ValidString(pattern) && !strings.ContainsAny(pattern, "*?") && !expression.MatchString(pattern) {
			t.Fatalf("pattern %q does not match itself", pattern)
		}
	})
}

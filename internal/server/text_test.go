package server

import (
	"slices"
	"testing"
)

func TestSpans(t *testing.T) {
	for text, want := range map[string][]span{
		"":                    nil,
		"words":               {{false, "words"}},
		"`rbac paths` shows":  {{true, "rbac paths"}, {false, " shows"}},
		"see `a`, and `b`":    {{false, "see "}, {true, "a"}, {false, ", and "}, {true, "b"}},
		"it's ` alone":        {{false, "it's ` alone"}},
		"``":                  nil,
		"`<img src=x>` `tail": {{false, "`<img src=x>` `tail"}},
	} {
		if got := spans(text); !slices.Equal(got, want) {
			t.Errorf("%q gives %v, want %v", text, got, want)
		}
	}
}

func TestCount(t *testing.T) {
	for want, of := range map[string]struct {
		n    int
		noun string
	}{"1 fix": {1, "fix"}, "0 fixes": {0, "fix"}, "1,200 items": {1200, "item"}, "2 entries": {2, "entry"}, "3 days": {3, "day"}} {
		if got := count(of.n, of.noun); got != want {
			t.Errorf("%d %s are written %q, want %q", of.n, of.noun, got, want)
		}
	}
}

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

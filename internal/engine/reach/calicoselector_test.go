package reach

import (
	"strings"
	"testing"
)

func TestParseCalico(t *testing.T) {
	labels := func(key string) (string, tri) {
		value, found := map[string]string{"a": "b", "x/y": "z", "in": "i", "not": "n", "has": "h"}[key]
		return value, sure(found)
	}
	for _, test := range []struct{ text, want string }{
		{"", "yes"}, {"  ", "yes"}, {"all()", "yes"}, {"all( )", "yes"}, {"global()", "yes"}, {"has(a)", "yes"}, {"has( b )", "no"}, {"!has(a)", "no"}, {"! ! has(a)", "yes"},
		{`a == "b"`, "yes"}, {`a=='b'`, "yes"}, {`a != "b"`, "no"}, {`q != "b"`, "yes"}, {`a in {"b"}`, "yes"}, {`a in {"c", 'b',}`, "yes"}, {`a in {}`, "no"}, {`a not in {"b"}`, "no"}, {`a notin {"b"}`, "no"},
		{`x/y starts with "z"`, "yes"}, {`x/y ends with 'q'`, "no"}, {`x/y contains "z"`, "yes"}, {`q contains ""`, "no"},
		{`in == "i" && not == "n" && has == "h"`, "yes"},
		{`a == "c" || a == "b" && x/y == "z"`, "yes"}, {`(a == "c" || a == "b") && x/y == "q"`, "no"}, {`!(a == "b" && x/y == "q")`, "yes"},
		{"a", `label "a" stands without operator`}, {"a = 'b'", `label "a" stands without operator`}, {"a == b", "a text in quotes is expected"}, {`a == "b`, "a quote is not closed"},
		{"(has(a)", "a parenthesis is not closed"}, {"has(a", "has( is not closed"}, {"has()", "a label is expected"}, {"a in 'b'", "a set in braces is expected"}, {"a in {'b'", "a brace is not closed"},
		{"has(a) has(b)", `"has(b)" is too much`}, {"has(a) &&", "a label is expected"}, {"&& has(a)", "a label is expected"}, {"a inn {'b'}", "stands without operator"}, {"all(", "all( is not closed"},
		{strings.Repeat("(", 5000), "longer than 4096 bytes"}, {strings.Repeat("!", 4000), "a label is expected"}, {strings.Repeat("(", 4000), "a label is expected"},
	} {
		found, _, err := parseCalico(test.text)
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			got = map[tri]string{yes: "yes", no: "no"}[found(labels)]
		}
		if err == nil && got != test.want || err != nil && !strings.Contains(got, test.want) {
			t.Errorf("%.60q: got %.200s, want %s", test.text, got, test.want)
		}
	}
}

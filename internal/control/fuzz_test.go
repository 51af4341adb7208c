package control

import (
	"strings"
	"testing"
)

// FuzzParse: a control is read or refused with its file, and never panics.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{whole, "", "id: [", "id: a-control", "check: {scope: 5}", "parameters: {a: {type: strings, default: {}}}",
		strings.Replace(whole, "default: 3", "default: &a [*a]", 1), "maps: {pss: x}", "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Parse("a-control.yaml", []byte(text))
		if err != nil && !strings.Contains(err.Error(), "a-control.yaml") {
			t.Fatalf("error %q names no file", err)
		}
		if err == nil {
			if _, err := c.Values(nil); err != nil {
				t.Fatalf("control is accepted, but its own defaults are not: %v", err)
			}
		}
	})
}

package config

import "testing"

// FuzzParse: a configuration is read or refused with its file, and never panics.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"", "failOn: high", "exceptions:\n  - {control: x}", "exceptions: {a: b}", "paths: [{path: a, exclude: [b]}]",
		"parameters: {a: {b: [1]}}", "a: &a [*a]", "exceptions:\n  - *x", "\xff\xfe", "registries: 5"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Parse("c.yaml", []byte(text))
		if err == nil && c == nil {
			t.Fatal("neither a configuration nor an error")
		}
		if err != nil && len(err.Error()) < len("c.yaml: ") {
			t.Fatalf("error %q names no file", err)
		}
	})
}

package cli

import (
	"runtime/debug"
	"testing"
)

// TestPaceOfCollection holds that garbage is collected seldom where most is kept, and at the usual pace
// where images stream through; the environment decides otherwise.
func TestPaceOfCollection(t *testing.T) {
	before := debug.SetGCPercent(usualCollection)
	limit := debug.SetMemoryLimit(-1)
	t.Cleanup(func() { debug.SetGCPercent(before); debug.SetMemoryLimit(limit) })
	tests := []struct {
		targets []string
		gogc    string
		want    int
	}{
		{[]string{"."}, "", relaxedCollection}, {[]string{"image:a"}, "", usualCollection}, {[]string{"image:a", "image:b.tar"}, "", usualCollection},
		{[]string{"image:a", "cluster:"}, "", relaxedCollection}, {nil, "", relaxedCollection}, {[]string{"image:a"}, "150", 123}, {[]string{"."}, "150", 123},
	}
	for _, test := range tests {
		debug.SetGCPercent(123)
		s := &Streams{Getenv: func(name string) string {
			if name == "GOGC" {
				return test.gogc
			}
			return ""
		}}
		s.relaxCollection()
		s.streamCollection(test.targets)
		if got := debug.SetGCPercent(123); got != test.want {
			t.Errorf("%v with GOGC=%s: %d, want %d", test.targets, test.gogc, got, test.want)
		}
	}
}

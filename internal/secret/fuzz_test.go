package secret

import (
	"strings"
	"testing"
)

func FuzzDetect(f *testing.F) {
	for _, row := range positives {
		f.Add(row[0], row[1])
	}
	for _, row := range negatives {
		f.Add(row[0], row[1])
	}
	f.Fuzz(func(t *testing.T, key, value string) {
		found, ok := Detect(key, value)
		if ok != (found.What != "") {
			t.Errorf("Detect(%q, %q) = %+v, %v", key, value, found, ok)
		}
		lines := 1 + strings.Count(value, "\n")
		for _, hit := range Scan(key, value) {
			if hit.Line < 1 || hit.Line > lines || hit.What == "" {
				t.Errorf("Scan(%q, %q) gives %+v of %d lines", key, value, hit, lines)
			}
		}
	})
}

func FuzzMask(f *testing.F) {
	for _, row := range positives {
		f.Add(row[0] + ": " + row[1])
		f.Add(row[1])
	}
	for _, row := range negatives {
		f.Add(row[0] + "=" + row[1])
	}
	f.Fuzz(func(t *testing.T, line string) {
		masked := Mask(line)
		if again := Mask(masked); again != masked {
			t.Errorf("Mask(%q) = %q, masked again %q", line, masked, again)
		}
	})
}

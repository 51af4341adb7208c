package checklist

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// Ordered are the framework's identifiers as people count: 5.2.9 stands before 5.2.10.
func (f *Framework) Ordered() []string {
	return slices.SortedFunc(maps.Keys(f.Identifiers), natural)
}

// natural compares identifiers as people count: 9 stands before 12, and 5.2.9 before 5.2.10.
func natural(a, b string) int {
	for a != "" && b != "" {
		m, n := leading(a), leading(b)
		order := strings.Compare(a[:1], b[:1])
		if m > 0 && n > 0 {
			x, y := strings.TrimLeft(a[:m], "0"), strings.TrimLeft(b[:n], "0")
			order = cmp.Or(len(x)-len(y), strings.Compare(x, y))
		} else {
			m, n = 1, 1
		}
		if order != 0 {
			return order
		}
		a, b = a[m:], b[n:]
	}
	return len(a) - len(b)
}

// leading is how many digits a text begins with.
func leading(text string) int {
	return len(text) - len(strings.TrimLeft(text, "0123456789"))
}

package checklist

import (
	"slices"
	"strings"
	"testing"
)

func TestNatural(t *testing.T) {
	all := strings.Fields("5.2.10 A.10 2 5.2.9 12 A.9 9 a 5 05.1 K03 K010")
	slices.SortStableFunc(all, natural)
	if got, want := strings.Join(all, " "), "2 5 05.1 5.2.9 5.2.10 9 12 A.9 A.10 K03 K010 a"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestOrdered(t *testing.T) {
	framework := &Framework{Identifiers: map[string]string{"5.2.10": "ten", "A.1": "a", "5.2.9": "nine"}}
	if got, want := framework.Ordered(), []string{"5.2.9", "5.2.10", "A.1"}; !slices.Equal(got, want) {
		t.Errorf("order is %v, want %v", got, want)
	}
}

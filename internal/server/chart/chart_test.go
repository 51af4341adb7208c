package chart

import (
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParts(t *testing.T) {
	tests := []struct {
		numbers []int
		want    string
	}{
		{nil, "[]"},
		{[]int{0, 0}, "[{0 0 0} {0 0 0}]"},
		{[]int{1, 0, 3}, "[{1 0 25} {0 25 0} {3 25 75}]"},
		{[]int{1, 2}, "[{1 0 33.33} {2 33.33 66.67}]"},
		{[]int{-5, 2}, "[{-5 0 0} {2 0 100}]"},
	}
	for _, one := range tests {
		if got := fmt.Sprint(Parts(one.numbers...)); got != one.want {
			t.Errorf("%v: %s, want %s", one.numbers, got, one.want)
		}
	}
}

func TestCeiling(t *testing.T) {
	for n, want := range map[int]int{-3: 4, 0: 4, 4: 4, 5: 10, 11: 20, 21: 40, 41: 100, 100: 100, 101: 200, 1_000_001: 2_000_000} {
		if got := Ceiling(n); got != want {
			t.Errorf("%d: %d, want %d", n, got, want)
		}
	}
	if got := Ceiling(math.MaxInt); got < 1 {
		t.Errorf("the largest number gives %d", got)
	}
}

func TestAreas(t *testing.T) {
	paths, top := Areas([][]int{{2, 0, 1}, {2, 4, 0}})
	want := []string{"M0 150L500 300L1000 225L1000 300L500 300L0 300Z", "M0 0L500 0L1000 225L1000 225L500 300L0 150Z"}
	if diff := cmp.Diff(want, paths); diff != "" || top != 4 {
		t.Errorf("top %d: %s", top, diff)
	}
	paths, _ = Areas([][]int{{4}})
	if diff := cmp.Diff([]string{"M0 0L1000 0L1000 300L0 300Z"}, paths); diff != "" {
		t.Error(diff)
	}
	for _, empty := range [][][]int{nil, {{}, {}}, {{-1, 0}}} {
		if paths, top := Areas(empty); len(paths) != len(empty) || top != 4 {
			t.Errorf("%v: %v, %d", empty, paths, top)
		}
	}
}

func TestLine(t *testing.T) {
	gap := -1.0
	tests := []struct {
		points []Point
		want   string
	}{
		{nil, ""},
		{[]Point{{0, 0}, {1, 1}}, "M0 300L1000 0"},
		{[]Point{{0.5, 0.5}}, "M488 150L512 150"},
		{[]Point{{1, 2}}, "M988 0L1000 0"},
		{[]Point{{0, 0}, {0.25, gap}, {0.5, 1}, {1, 1}}, "M0 300L12 300M500 0L1000 0"},
		{[]Point{{0, gap}}, ""},
		{[]Point{{math.Inf(1), math.Inf(1)}, {1, 0}}, "M1000 0L1000 300"},
	}
	for _, one := range tests {
		if got := Line(one.points); got != one.want {
			t.Errorf("%v: %q, want %q", one.points, got, one.want)
		}
	}
}

func TestColumns(t *testing.T) {
	got := Columns([]int{5, 0, 10, -1}, 1, 2, 10)
	want := []Column{{"125", "150", "100", "150", 5}, {"625", "0", "100", "300", 10}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := Columns([]int{1}, 0, 1, 1_000_000); got[0].H != "2" {
		t.Errorf("one beside a million is not seen: %v", got)
	}
	if got := append(Columns(nil, 0, 1, 1), Columns([]int{1}, 0, 1, 0)...); got != nil {
		t.Errorf("nothing gives %v", got)
	}
}

package demo

import (
	"hash/fnv"
	"math/rand/v2"
	"strings"
)

// chance gives a source of numbers that is the same whenever the demonstration is made from one seed, and
// different for everything that has another name.
func chance(seed uint64, name ...string) *rand.Rand {
	sum := fnv.New64a()
	_, _ = sum.Write([]byte(strings.Join(name, "/"))) // never fails
	return rand.New(rand.NewPCG(seed, sum.Sum64()))   // nothing here has to be secret
}

// span is a time from one week to another, without that one.
type span struct{ from, until int }

// spans are when something is the case.
type spans []span

func (s spans) at(week int) bool {
	for _, one := range s {
		if one.from <= week && week < one.until {
			return true
		}
	}
	return false
}

// never ends a span that is still going on.
const never = 1 << 20

// worseOnce is how much less care was taken when the scans began.
const worseOnce = 18

// drawn draws when something is wrong with a workload that is there from a week on: of a hundred those
// beyond care are, most from the beginning, some later; most are mended within the months, and some of those
// come back.
func drawn(r *rand.Rand, care, born int) spans {
	if r.IntN(100) < care-worseOnce {
		return nil
	}
	from := born
	if r.IntN(4) == 0 {
		from += r.IntN(weeks - min(born, weeks-1))
	}
	if r.IntN(8) == 0 {
		return spans{{from, never}}
	}
	until := from + 2 + r.IntN(weeks-from%weeks)
	all := spans{{from, until}}
	if back := until + 2 + r.IntN(6); r.IntN(6) == 0 && back < weeks-1 {
		end := never
		if r.IntN(3) > 0 {
			end = back + 2 + r.IntN(5)
		}
		all = append(all, span{back, end})
	}
	return all
}

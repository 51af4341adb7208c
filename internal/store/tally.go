package store

import (
	"maps"
	"math"
	"time"
)

// tally sums up changes of findings until they are added to the tables of sums.
type tally struct {
	counts map[[3]string]map[[2]int]int // cluster, control, team; severity, state
	places map[[3]string]map[[2]int]int // cluster, namespace, team; severity, state
	days   map[group]day
	fixes  map[fix]int
	cells  int
}

// group is by what days and times to fix are told apart.
type group struct {
	cluster, team string
	severity      int
}

type day struct{ net, fresh, fixed int }

type fix struct {
	group
	bucket int
}

// cell is where a finding counts.
type cell struct {
	cluster, control, namespace, team string
	severity, state                   int
}

func (k *keptFinding) cell() cell {
	return cell{k.Cluster, k.Control, k.Namespace, k.Team, k.severity, k.state}
}

func (c cell) group() group { return group{c.cluster, c.team, c.severity} }

// add counts findings into a cell, or out of it.
func (y *tally) add(c cell, n int) {
	count := func(all *map[[3]string]map[[2]int]int, word string) {
		if *all == nil {
			*all = map[[3]string]map[[2]int]int{}
		}
		key := [3]string{c.cluster, word, c.team}
		if (*all)[key] == nil {
			(*all)[key] = map[[2]int]int{}
			y.cells++
		}
		(*all)[key][[2]int{c.severity, c.state}] += n
	}
	count(&y.counts, c.control)
	count(&y.places, c.namespace)
	if c.state == isOpen {
		y.note(c, day{net: n})
	}
}

// note adds to what happened this day.
func (y *tally) note(c cell, d day) {
	if y.days == nil {
		y.days = map[group]day{}
	}
	sum := y.days[c.group()]
	y.days[c.group()] = day{sum.net + d.net, sum.fresh + d.fresh, sum.fixed + d.fixed}
}

// fixed notes that an open finding is fixed after a while.
func (y *tally) fixed(c cell, bucket int) {
	if y.fixes == nil {
		y.fixes = map[fix]int{}
	}
	y.fixes[fix{c.group(), bucket}]++
}

// full tells whether the tally is to be written before it takes more memory.
func (y *tally) full() bool { return y.cells > 20_000 }

// write adds the sums to the tables of a source.
func (y *tally) write(t *Tx, source int64, on int64) error {
	const what = "count findings"
	spread := func(all map[[3]string]map[[2]int]int) (rows [][]any) {
		for key, inner := range all {
			for at, n := range inner {
				if n != 0 {
					rows = append(rows, []any{source, key[0], key[1], key[2], at[0], at[1], n})
				}
			}
		}
		return rows
	}
	if err := t.putMany(what, "finding_counts", []string{"source", "cluster", "control", "team", "severity", "state", "n"},
		` ON CONFLICT (source, cluster, control, team, severity, state) DO UPDATE SET n = finding_counts.n + excluded.n`, spread(y.counts)); err != nil {
		return err
	}
	if err := t.putMany(what, "finding_places", []string{"source", "cluster", "namespace", "team", "severity", "state", "n"},
		` ON CONFLICT (state, severity, source, cluster, team, namespace) DO UPDATE SET n = finding_places.n + excluded.n`, spread(y.places)); err != nil {
		return err
	}
	if err := t.putMany(what, "finding_namespaces", []string{"source", "cluster", "namespace", "state", "n"},
		` ON CONFLICT (state, source, cluster, namespace) DO UPDATE SET n = finding_namespaces.n + excluded.n`, y.namespaces(source)); err != nil {
		return err
	}
	var days, fixes [][]any
	for g, d := range maps.All(y.days) {
		if d != (day{}) {
			days = append(days, []any{source, g.cluster, g.team, g.severity, on, d.net, d.fresh, d.fixed})
		}
	}
	for f, n := range y.fixes {
		fixes = append(fixes, []any{source, f.cluster, f.team, f.severity, f.bucket, n})
	}
	if err := t.putMany(what, "finding_days", []string{"source", "cluster", "team", "severity", "day", "net", "fresh", "fixed"},
		` ON CONFLICT (source, cluster, team, severity, day) DO UPDATE SET net = finding_days.net + excluded.net, fresh = finding_days.fresh + excluded.fresh,
		fixed = finding_days.fixed + excluded.fixed`, days); err != nil {
		return err
	}
	err := t.putMany(what, "finding_fixes", []string{"source", "cluster", "team", "severity", "bucket", "n"},
		` ON CONFLICT (source, cluster, team, severity, bucket) DO UPDATE SET n = finding_fixes.n + excluded.n`, fixes)
	*y = tally{}
	return err
}

// namespaces gives the sums of places without team and severity.
func (y *tally) namespaces(source int64) (rows [][]any) {
	type namespace struct {
		cluster, name string
		state         int
	}
	sums := map[namespace]int{}
	for key, inner := range y.places {
		for at, n := range inner {
			sums[namespace{key[0], key[1], at[1]}] += n
		}
	}
	for of, n := range sums {
		if n != 0 {
			rows = append(rows, []any{source, of.cluster, of.name, of.state, n})
		}
	}
	return rows
}

const microsOfDay = int64(24 * time.Hour / time.Microsecond)

// octave is into how many steps times to fix are told apart that differ by a factor of two.
const octave = 32

// bucketOf gives the step on which a time to fix is counted; a step is two percent wide.
func bucketOf(open time.Duration) int {
	return int(math.Round(math.Log2(max(open.Minutes(), 1)) * octave))
}

// durationOf is the time in the middle of a step.
func durationOf(bucket int) time.Duration {
	return time.Duration(math.Exp2(float64(bucket)/octave) * float64(time.Minute)).Round(time.Minute)
}

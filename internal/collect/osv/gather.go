package osv

import (
	"maps"
	"slices"
	"time"
)

// gathered is what all workers read.
type gathered struct {
	advisories []*advisory // by identifier, the newest form of each
	seen       map[string]bool
	ecosystems []Ecosystem
}

func gather(r *reading, workers []*worker) gathered {
	g := gathered{seen: map[string]bool{}}
	kept := map[string]*advisory{}
	tallies := map[int]map[string]*tally{}
	for _, w := range workers {
		maps.Copy(g.seen, w.seen)
		for id, a := range w.kept {
			if before := kept[id]; before == nil || a.replaces(before) {
				kept[id] = a
			}
		}
		for source, some := range w.tallies {
			if tallies[source] == nil {
				tallies[source] = map[string]*tally{}
			}
			addTallies(tallies[source], some)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(kept)) {
		g.advisories = append(g.advisories, kept[id])
	}
	for _, source := range slices.Sorted(maps.Keys(tallies)) {
		for _, base := range slices.Sorted(maps.Keys(tallies[source])) {
			g.ecosystems = append(g.ecosystems, tallies[source][base].tell(base, r.sources[source]))
		}
	}
	return g
}

func addTallies(sum, some map[string]*tally) {
	for base, t := range some {
		if sum[base] == nil {
			sum[base] = &tally{}
		}
		s := sum[base]
		s.advisories += t.advisories
		s.newest = max(s.newest, t.newest)
		if t.written.After(s.written) {
			s.written = t.written
		}
	}
}

func (t *tally) tell(base, file string) Ecosystem {
	e := Ecosystem{Ecosystem: base, Advisories: t.advisories, Newest: t.newest, File: file}
	if !t.written.IsZero() {
		e.Written = t.written.UTC().Format(time.RFC3339)
	}
	return e
}

// scan tells by what the packages were judged. Of ecosystems that came along in the files, those
// that no package belongs to are left out.
func (g *gathered) scan(place string, w *wanted, observed time.Time) Scan {
	s := Scan{Database: place, Unmatched: map[string]int{}, Unparsed: map[string]int{}}
	if !observed.IsZero() {
		s.Observed = observed.UTC().Format(time.RFC3339)
	}
	for _, e := range g.ecosystems {
		if w.bases[e.Ecosystem] {
			s.Ecosystems = append(s.Ecosystems, e)
		}
		s.Newest = max(s.Newest, e.Newest)
	}
	for i := range w.units {
		u := &w.units[i]
		switch count := len(u.packages); {
		case !u.covered(g.seen):
			s.Unmatched[u.home.label] += count
		case u.subjects == 0:
			s.Unparsed[u.home.label] += count
		default:
			s.Judged += count
		}
	}
	return s
}

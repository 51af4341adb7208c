package osv

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/software"
)

// told is an advisory that speaks of a unit's vulnerability.
type told struct {
	*advisory
	fixed  string
	rating rating
	notice bool // it speaks of several vulnerabilities at once
	order  string
}

// list makes one vulnerability of all advisories that speak of it, for each package that has it. The
// most severe come first.
func list(w *wanted, advisories []*advisory, options Options) []Vulnerability {
	byUnit := make([]map[*advisory]told, len(w.units))
	for _, a := range advisories {
		for _, h := range a.hits {
			at := h.subject.unit
			if byUnit[at] == nil {
				byUnit[at] = map[*advisory]told{}
			}
			one := told{advisory: a, fixed: h.fixed, rating: h.rating.or(a.rating), order: h.subject.order.ecosystem}
			if before, twice := byUnit[at][a]; twice { // under two names
				one.fixed, one.rating = later(one.order, before.fixed, one.fixed), one.rating.max(before.rating)
			}
			byUnit[at][a] = one
		}
	}
	all := []Vulnerability{}
	for at := range w.units {
		all = append(all, w.units[at].vulnerabilities(byUnit[at], options)...)
	}
	slices.SortStableFunc(all, func(a, b Vulnerability) int {
		return cmp.Or(cmp.Compare(ranks[b.Severity], ranks[a.Severity]), cmp.Compare(b.Score, a.Score), compareID(a.ID, b.ID),
			strings.Compare(a.Package.PURL, b.Package.PURL), strings.Compare(a.Package.Path, b.Package.Path))
	})
	return all
}

func (u *unit) vulnerabilities(found map[*advisory]told, options Options) []Vulnerability {
	if len(found) == 0 {
		return nil
	}
	sorted := slices.SortedFunc(maps.Values(found), func(a, b told) int { return compareID(a.id, b.id) })
	var all []Vulnerability
	for _, c := range classes(sorted, u.system) {
		v := c.vulnerability()
		for _, p := range u.packages {
			v.Package = affectedOf(p)
			v.VEX = options.VEX.Of(c.ids, p, options.Image)
			all = append(all, v)
		}
	}
	return all
}

func affectedOf(p software.Package) Affected {
	return Affected{PURL: p.PURL(), Name: p.Name, Version: p.Version, Path: p.Path, Layer: p.Layer, Declared: p.Declared}
}

// vulnerability sums up what the advisories of one class say.
func (c *class) vulnerability() Vulnerability {
	v := Vulnerability{ID: c.ids[0], Aliases: c.ids[1:], Severity: Unknown}
	var best, ofNotices rating
	for _, t := range c.told {
		if t.notice { // its rating is that of the worst vulnerability in it
			ofNotices = ofNotices.max(t.rating)
		} else {
			best = best.max(t.rating)
		}
		v.Published = earlier(v.Published, t.published)
		v.Modified = max(v.Modified, t.modified)
		if t.fixed != "" {
			v.Fixed = later(t.order, v.Fixed, t.fixed)
			v.FixedSince = earlier(v.FixedSince, t.fixedSince())
		}
		if v.Summary == "" {
			v.Summary = t.summary
		}
	}
	if best.severity == "" {
		best = ofNotices
	}
	if best.severity != "" {
		v.Severity, v.Score = best.severity, best.score
	}
	return v
}

func earlier(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return min(a, b)
}

// fixedSince is the best known time since which the fix exists that the advisory names. No field of
// OSV tells it. Who mends a package publishes a notice with the mended version (DSA, USN, RHSA, ALSA,
// SUSE-SU, GHSA, GO, RUSTSEC...), so its publication is taken. What follows a CVE from its first day
// (DEBIAN-CVE, UBUNTU-CVE, ALPINE-CVE, CVE itself) is published before there is a fix and learns of it
// by a modification; the last one is taken, which may be late but never blames for a fix that was not there.
func (a *advisory) fixedSince() string {
	if a.published == "" || strings.HasPrefix(a.id, "CVE-") || strings.Contains(a.id, "-CVE-") {
		return a.modified
	}
	return a.published
}

package osv

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// class is one vulnerability by all its names.
type class struct {
	ids  []string // the one that it is called by first
	told []told
}

// classes sorts advisories about one package by vulnerability. Aliases are names of the same one, as
// the schema has it. Advisories of distributions name the vulnerabilities that they mend in upstream,
// and some in aliases or related: one is the vulnerability itself, several make the advisory a notice
// that belongs to each of them.
func classes(all []told, system bool) []*class {
	joined := names{}
	about := make([][]string, len(all))
	for i, t := range all {
		about[i] = joined.join(t.advisory, system)
		all[i].notice = len(about[i]) > 1
	}
	byRoot := map[string]*class{}
	notices := map[string][]string{}
	for i, t := range all {
		for _, id := range about[i] {
			root := joined.root(id)
			c := byRoot[root]
			if c == nil {
				c = &class{}
				byRoot[root] = c
			}
			if n := len(c.told); n > 0 && c.told[n-1].advisory == t.advisory {
				continue // two of its vulnerabilities are one
			}
			c.told = append(c.told, t)
			if t.notice {
				notices[root] = append(notices[root], t.id)
			}
		}
	}
	members := map[string][]string{}
	for id := range joined {
		if root := joined.root(id); byRoot[root] != nil {
			members[root] = append(members[root], id)
		}
	}
	var result []*class
	for _, root := range slices.Sorted(maps.Keys(byRoot)) {
		c := byRoot[root]
		c.ids = append(members[root], notices[root]...)
		slices.SortFunc(c.ids, compareID)
		c.ids = slices.Compact(c.ids)
		result = append(result, c)
	}
	return result
}

// names joins names of one vulnerability: each leads to another of its class, the root to itself.
type names map[string]string

func (n names) root(id string) string {
	if n[id] == "" {
		n[id] = id
	}
	for n[id] != id {
		n[id] = n[n[id]]
		id = n[id]
	}
	return id
}

func (n names) same(a, b string) { n[n.root(a)] = n.root(b) }

// join gives the vulnerabilities that an advisory is about, and joins its names of a single one.
func (n names) join(a *advisory, system bool) []string {
	cves := cvesOf(append([]string{a.id}, a.aliases...), a.upstream)
	if system && len(cves) == 0 {
		cves = cvesOf(a.related)
	}
	if system && len(cves) > 1 && !isCVE(a.id) {
		for _, cve := range cves {
			n.root(cve)
		}
		return cves
	}
	n.root(a.id)
	for _, alias := range a.aliases {
		n.same(a.id, alias)
	}
	if len(cves) == 1 {
		n.same(a.id, cves[0])
	}
	if len(cves) == 1 || len(a.upstream) == 1 {
		for _, id := range a.upstream {
			n.same(a.id, id)
		}
	}
	return []string{a.id}
}

func isCVE(id string) bool { return strings.HasPrefix(id, "CVE-") }

func cvesOf(lists ...[]string) []string {
	var all []string
	for _, id := range slices.Concat(lists...) {
		if isCVE(id) {
			all = append(all, id)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// compareID orders identifiers by how well they are known: CVE, then GHSA, then the others; those of
// one kind by their numbers, so that CVE-2024-999 stands before CVE-2024-1000.
func compareID(a, b string) int {
	return cmp.Or(cmp.Compare(fame(a), fame(b)), slices.CompareFunc(strings.Split(a, "-"), strings.Split(b, "-"), func(a, b string) int {
		x, errX := strconv.ParseUint(a, 10, 64)
		y, errY := strconv.ParseUint(b, 10, 64)
		if errX == nil && errY == nil {
			return cmp.Or(cmp.Compare(x, y), strings.Compare(a, b))
		}
		return strings.Compare(a, b)
	}))
}

func fame(id string) int {
	switch {
	case isCVE(id):
		return 0
	case strings.HasPrefix(id, "GHSA-"):
		return 1
	}
	return 2
}

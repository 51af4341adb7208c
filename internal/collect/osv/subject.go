package osv

import (
	"bytes"
	"maps"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/software"
)

// subject is a name and version that advisories are asked for. Several packages may be built of it,
// as libssl3 and libcrypto3 of Alpine's openssl.
type subject struct {
	unit    int
	label   string // for messages
	version string
	order   order
	fits    func(ecosystem string) fit
}

func (s *subject) later(a, b string) string { return later(s.order.ecosystem, a, b) }

// unit are the packages that share all their subjects, and so their vulnerabilities.
type unit struct {
	home     home
	packages []software.Package
	subjects int  // those whose version could be read
	system   bool // of a distribution
}

// wanted are the packages that advisories are looked for, by what advisories call them.
type wanted struct {
	units    []unit
	subjects map[string][]*subject // by appendKey
	bases    map[string]bool       // ecosystems without their releases
}

// want prepares the lookup of packages, in their order by software.Compare.
func want(packages []software.Package) *wanted {
	w := &wanted{subjects: map[string][]*subject{}, bases: map[string]bool{}}
	byKey := map[string]int{}
	for _, p := range slices.SortedStableFunc(slices.Values(packages), compare) {
		h := homeOf(p)
		key := h.label
		for _, n := range h.names {
			key += "\x00" + n.name + "\x00" + n.version
		}
		at, known := byKey[key]
		if !known {
			at = len(w.units)
			byKey[key] = at
			w.units = append(w.units, unit{home: h, system: p.Type.OfSystem()})
			w.add(at)
		}
		w.units[at].packages = append(w.units[at].packages, p)
	}
	return w
}

// compare orders as software.Compare does, and further by what else tells packages apart.
func compare(a, b software.Package) int {
	if order := software.Compare(a, b); order != 0 {
		return order
	}
	if a.Layer != b.Layer {
		return a.Layer - b.Layer
	}
	return strings.Compare(a.PURL(), b.PURL())
}

// add makes the subjects of a unit.
func (w *wanted) add(at int) {
	u := &w.units[at]
	for _, base := range u.home.bases {
		w.bases[base] = true
		for _, n := range u.home.names {
			parsed, err := parse(base, n.version)
			if err != nil {
				continue
			}
			u.subjects++
			key := string(appendKey(nil, []byte(base), []byte(n.name)))
			w.subjects[key] = append(w.subjects[key], &subject{unit: at, label: n.name + " " + n.version, version: n.version, order: parsed, fits: u.home.fits})
		}
	}
}

// appendKey makes the key of an ecosystem, of which a release is left out, and a name as it compares there.
func appendKey(key, ecosystem, name []byte) []byte {
	base, _, _ := bytes.Cut(ecosystem, []byte(":"))
	key = append(append(key, base...), 0)
	switch string(base) {
	case "PyPI":
		return appendPyPI(key, name)
	case "NuGet", "Packagist":
		return appendLower(key, name)
	}
	return append(key, name...)
}

func appendLower(key, name []byte) []byte {
	for _, b := range name {
		if 'A' <= b && b <= 'Z' {
			b += 'a' - 'A'
		}
		key = append(key, b)
	}
	return key
}

// appendPyPI normalises as https://peps.python.org/pep-0503/#normalized-names: runs of - _ . are one -.
func appendPyPI(key, name []byte) []byte {
	separated := false
	for i, b := range name {
		switch {
		case b == '-' || b == '_' || b == '.':
			if separated = true; i == len(name)-1 {
				return append(key, '-')
			}
			continue
		case separated:
			key, separated = append(key, '-'), false
		}
		key = appendLower(key, name[i:i+1])
	}
	return key
}

// covered reports whether any of the ecosystems that were seen is one that the unit belongs to.
func (u *unit) covered(seen map[string]bool) bool {
	if len(u.home.bases) == 0 {
		return false
	}
	for ecosystem := range maps.Keys(seen) {
		if u.home.fits(ecosystem) != never {
			return true
		}
	}
	return false
}

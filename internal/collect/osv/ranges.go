package osv

import (
	"errors"
	"slices"
	"strings"

	"github.com/google/osv-scalibr/semantic"
)

// mostEvents and mostVersions bound what one affected package may cost.
const mostEvents, mostVersions = 10_000, 100_000

// eventRange is a range of versions by what happened in its course.
type eventRange struct {
	Type   string  `json:"type"`
	Events []event `json:"events"`
}

type event struct {
	Introduced   string `json:"introduced"`
	Fixed        string `json:"fixed"`
	LastAffected string `json:"last_affected"`
	Limit        string `json:"limit"`
}

// outcome is what an affected package says of one version.
type outcome struct {
	vulnerable bool
	fixed      string
	rating     rating
}

// includes evaluates an affected package as https://ossf.github.io/osv-schema/#evaluation has it:
// a version is affected if it is listed, or if a range includes it. Ranges of commits say nothing
// about versions.
func (a *affected) includes(s *subject) (outcome, error) {
	var result outcome
	if len(a.Versions) > mostVersions || len(a.Ranges) > mostEvents {
		return result, errors.New("it lists too many versions or ranges")
	}
	for _, one := range a.Ranges {
		if one.Type == "GIT" {
			continue
		}
		by := s.order
		if one.Type == "SEMVER" {
			by = by.semver(s.version)
		}
		included, fixed, err := one.includes(by)
		if err != nil {
			return outcome{}, err
		}
		if included {
			result.vulnerable, result.fixed = true, s.later(result.fixed, fixed)
		}
	}
	if !result.vulnerable && a.lists(s) {
		result.vulnerable = true
		result.fixed = a.firstFix(s.order)
	}
	return result, nil
}

// lists reports whether the list of versions holds that of the subject; versions that their ecosystem
// takes for equal, as 1.0 and 1.0.0 of Python, are the same.
func (a *affected) lists(s *subject) bool {
	if slices.Contains(a.Versions, s.version) {
		return true
	}
	return slices.ContainsFunc(a.Versions, func(version string) bool {
		compared, err := s.order.compare(version)
		return err == nil && compared == 0
	})
}

// includes reports whether a range includes a version, and the first version after it that a fix names.
func (r *eventRange) includes(v order) (included bool, fixed string, err error) {
	if before, err := r.beforeLimits(v); err != nil || !before {
		return false, "", err
	}
	events, err := r.sorted(v)
	if err != nil {
		return false, "", err
	}
	for _, e := range events {
		switch {
		case e.Introduced != "":
			included = included || e.standing >= 0
		case e.Fixed != "":
			included = included && e.standing < 0
		case e.LastAffected != "":
			included = included && e.standing <= 0
		}
		// Later events change nothing: all of them stand above the version.
		if e.standing < 0 {
			break
		}
	}
	if !included {
		return false, "", nil
	}
	at := slices.IndexFunc(events, func(e placed) bool { return e.Fixed != "" && e.standing < 0 })
	if at >= 0 {
		fixed = events[at].Fixed
	}
	return true, fixed, nil
}

func (r *eventRange) beforeLimits(v order) (bool, error) {
	limited := false
	for _, e := range r.Events {
		if e.Limit == "" {
			continue
		}
		limited = true
		if strings.Contains(e.Limit, "*") {
			return true, nil
		}
		compared, err := v.compare(e.Limit)
		if err != nil {
			return false, err
		}
		if compared < 0 {
			return true, nil
		}
	}
	return !limited, nil
}

// placed is an event of one kind and how the version that is judged stands to it: 1 above, 0 equal,
// -1 below.
type placed struct {
	event
	standing int
	parsed   semantic.Version // nil for the 0 that stands before all versions
}

// sorted gives the events that are no limits by their versions, equal ones as they were written. One
// that names several kinds, as early advisories did, is several events.
func (r *eventRange) sorted(v order) ([]placed, error) {
	if len(r.Events) > mostEvents {
		return nil, errors.New("one of its ranges has too many events")
	}
	var all []placed
	for _, e := range r.Events {
		for _, one := range []event{{Introduced: e.Introduced}, {Fixed: e.Fixed}, {LastAffected: e.LastAffected}} {
			version := one.Introduced + one.Fixed + one.LastAffected
			switch {
			case version == "":
			case one.Introduced == "0":
				all = append(all, placed{event: one, standing: 1})
			default:
				p, err := v.place(one, version)
				if err != nil {
					return nil, err
				}
				all = append(all, p)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b placed) int {
		if a.parsed == nil || b.parsed == nil {
			return compareNil(a.parsed, b.parsed)
		}
		compared, _ := a.parsed.Compare(b.parsed) // an error is for versions of two ecosystems alone
		return compared
	})
	return all, nil
}

func compareNil(a, b semantic.Version) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -1
	}
	return 1
}

func (o order) place(one event, version string) (placed, error) {
	if len(version) > longestVersion {
		return placed{}, uncomparable(version)
	}
	parsed, err := semantic.Parse(version, o.ecosystem)
	if err != nil {
		return placed{}, uncomparable(version)
	}
	standing, err := o.version.Compare(parsed)
	if err != nil {
		return placed{}, uncomparable(version)
	}
	return placed{one, standing, parsed}, nil
}

// firstFix is the lowest version above the subject's that a range names as a fix.
func (a *affected) firstFix(by order) string {
	first := ""
	for _, one := range a.Ranges {
		for _, e := range one.Events {
			if e.Fixed == "" || one.Type == "GIT" {
				continue
			}
			if standing, err := by.compare(e.Fixed); err == nil && standing < 0 && (first == "" || later(by.ecosystem, first, e.Fixed) == first) {
				first = e.Fixed
			}
		}
	}
	return first
}

// later gives the later of two versions, of which either may be "".
func later(ecosystem, a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	parsed, err := semantic.Parse(a, ecosystem)
	if err != nil {
		return b
	}
	if compared, err := parsed.CompareStr(b); err == nil && compared < 0 {
		return b
	}
	return a
}

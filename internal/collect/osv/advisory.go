package osv

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// origin is where an advisory was read.
type origin struct {
	file, entry string
	source      int
}

// advisory is what is kept of one that is about wanted packages.
type advisory struct {
	id, modified, published    string
	aliases, upstream, related []string
	summary                    string
	rating                     rating
	hits                       []hit
	origin                     origin
}

// hit is a subject that is vulnerable.
type hit struct {
	subject *subject
	fixed   string
	rating  rating
}

// concern is an affected package, where it stands in the text, and who is asked for it.
type concern struct {
	where     span
	ecosystem string
	subjects  []*subject
}

const (
	longestID      = 256
	longestSummary = 300
)

// decode reads the parts of an advisory that are kept.
func decode(o *outline, from origin) (*advisory, error) {
	a := &advisory{origin: from}
	var modified, published string
	for _, part := range []struct {
		where span
		into  *string
	}{{o.id, &a.id}, {o.modified, &modified}, {o.published, &published}, {o.summary, &a.summary}} {
		if raw := part.where.of(o.text); len(raw) > 0 && json.Unmarshal(raw, part.into) != nil {
			return nil, errString
		}
	}
	if a.id == "" || len(a.id) > longestID {
		return nil, errNoID
	}
	a.modified, a.published = instant(modified), instant(published)
	var err error
	for _, list := range []struct {
		where span
		into  *[]string
	}{{o.aliases, &a.aliases}, {o.upstream, &a.upstream}, {o.related, &a.related}} {
		if *list.into, err = texts(list.where.of(o.text)); err != nil {
			return nil, err
		}
	}
	if a.summary == "" {
		_ = json.Unmarshal(o.details.of(o.text), &a.summary) // distributions write details alone
	}
	a.rating = rate(o.severity.of(o.text), o.database.of(o.text)).or(rateTitle(a.summary))
	if strings.HasPrefix(a.id, "MAL-") { // packages made to do harm, which nobody scores
		a.rating = a.rating.or(rating{severity: Critical})
	}
	a.summary = firstLine(a.summary)
	return a, nil
}

func firstLine(text string) string {
	text, _, _ = strings.Cut(strings.TrimSpace(text), "\n")
	if text = strings.TrimSpace(text); len(text) <= longestSummary {
		return strings.Clone(text)
	}
	cut := longestSummary
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "…"
}

// replaces reports whether an advisory is a newer form of another with its identifier, or the same
// read from a file that comes first: several archives hold one that is about several ecosystems.
func (a *advisory) replaces(b *advisory) bool {
	if a.modified != b.modified {
		return a.modified > b.modified
	}
	if a.origin.source != b.origin.source {
		return a.origin.source < b.origin.source
	}
	return a.origin.file+"\x00"+a.origin.entry < b.origin.file+"\x00"+b.origin.entry
}

// affected is an affected package as the schema has it, without what is not used.
type affected struct {
	Ranges    []eventRange    `json:"ranges"`
	Versions  []string        `json:"versions"`
	Severity  json.RawMessage `json:"severity"`
	Ecosystem json.RawMessage `json:"ecosystem_specific"`
	Database  json.RawMessage `json:"database_specific"`
}

// judge finds the subjects that are vulnerable.
func (a *advisory) judge(text []byte, concerned []concern, faults *faults) {
	best := map[*subject]*finding{}
	var order []*subject
	for _, one := range concerned {
		var what *affected // decoded for a release that is asked for only
		for _, s := range one.subjects {
			fit := s.fits(one.ecosystem)
			if fit == never {
				continue
			}
			if what == nil {
				what = &affected{}
				if err := json.Unmarshal(one.where.of(text), what); err != nil {
					faults.add(a.origin.file, a.origin.entry, "read advisory: an affected package is not as the schema has it: "+plainError(err))
					break
				}
			}
			outcome, err := what.judge(s)
			if err != nil {
				faults.add(a.origin.file, a.origin.entry, fmt.Sprintf("%s cannot be judged: %v", s.label, err))
				continue
			}
			if best[s] == nil {
				best[s] = &finding{}
				order = append(order, s)
			}
			best[s].add(s, fit, outcome)
		}
	}
	for _, s := range order {
		if f := best[s]; f.vulnerable {
			a.hits = append(a.hits, hit{s, f.fixed, f.rating})
		}
	}
}

// judge evaluates an affected package, and rates it where the subject is vulnerable.
func (a *affected) judge(s *subject) (outcome, error) {
	result, err := a.includes(s)
	if err == nil && result.vulnerable {
		result.rating = rate(a.Severity, a.Ecosystem).or(rate(nil, a.Database))
	}
	return result, err
}

// finding is what the entries for one subject say together.
type finding struct {
	outcome
	fit fit
}

// add counts an entry in: entries for exactly the release stand for those of its extended support.
func (f *finding) add(s *subject, by fit, o outcome) {
	switch {
	case by > f.fit:
		f.fit, f.outcome = by, o
	case by == f.fit && o.vulnerable:
		o.fixed = s.later(f.fixed, o.fixed)
		o.rating = o.rating.max(f.rating)
		f.outcome = o
	}
}

func plainError(err error) string {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		return "field " + wrong.Field + " has a wrong type"
	}
	return "invalid JSON"
}

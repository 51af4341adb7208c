package server

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kubeproof/kubeproof/internal/posture"
	"github.com/kubeproof/kubeproof/internal/store"
)

const (
	changedOnPage = 25
	mostDates     = 60 // scans of a cluster that a form offers
)

// comparePage puts two scans side by side.
type comparePage struct {
	A, B    *side
	Clash   string // why nothing is compared
	Same    bool   // both are of one source
	Turned  bool   // they were given the other way round
	Blind   int    // places that the second could not read, and the first could
	Choices []choice
	Dates   []choiceGroup
	posture.Difference
	Kinds  []posture.KindChange
	Rows   []compareRow
	Sum    store.MergeResult
	Show   string
	Shows  []string
	Found  store.ChangedPage
	chosen [2]string
}

// choiceGroup is choices under a heading.
type choiceGroup struct {
	Title string
	All   []choice
}

// side is one of the two scans.
type side struct {
	posture.Source
	Scan store.ScanRow
	*reading
	Newest bool
}

// compareRow is a number of both, with what became of it.
type compareRow struct {
	Name, A, B, Note string
	Better, Worse    bool
}

// changeShows are what can be listed of what changed.
var changeShows = []string{"found", "fixed", "returned"}

// compare compares two scans of one cluster, or the newest ones of two.
func (v *visit) compare() error {
	f, err := v.s.fleet(v.Context())
	if err != nil {
		return err
	}
	query := v.URL.Query()
	page := comparePage{Choices: v.choices(f), Shows: changeShows, Show: oneOf(query.Get("show"), changeShows, changeShows[0]), chosen: [2]string{query.Get("a"), query.Get("b")}}
	if page.A, err = v.side(f, page.chosen[0]); err != nil {
		return err
	}
	if page.B, err = v.side(f, page.chosen[1]); err != nil {
		return err
	}
	if err := v.fillComparison(&page); err != nil {
		return err
	}
	if err := v.fillDates(&page); err != nil {
		return err
	}
	return v.show("compare.html", "Compare", page)
}

// side finds a scan by its id, or the newest one of a source; nil if there is none.
func (v *visit) side(f *fleet, wanted string) (*side, error) {
	if wanted == "" {
		return nil, nil
	}
	var row *store.ScanRow
	if newest := f.byName[wanted]; newest != nil {
		row = &newest.Scan
	} else if len(wanted) <= longestScan && !strings.ContainsRune(strings.ToValidUTF8(wanted, "\x00"), 0) {
		var err error
		if row, err = v.s.Journal.Scan(v.Context(), wanted); err != nil || row == nil {
			return nil, err
		}
	} else {
		return nil, nil
	}
	read, err := v.s.read(v.Context(), row.ID)
	if err != nil || read == nil {
		return nil, err
	}
	one := &side{Source: posture.ParseSource(row.Source), Scan: *row, reading: read}
	if newest := f.byName[row.Source]; newest != nil {
		one.Newest = newest.Scan.ID == row.ID
	}
	return one, nil
}

// longestScan bounds ids of scans in addresses.
const longestScan = 200

func (v *visit) fillComparison(p *comparePage) error {
	switch {
	case p.A == nil || p.B == nil:
		if p.chosen != [2]string{} {
			p.Clash = "Choose two. What the address names is not there, or is not kept any more."
		}
		return nil
	case p.A.Scan.ID == p.B.Scan.ID:
		p.Clash = "Both are the same scan: choose another."
		return nil
	}
	p.Same = p.A.Scan.Source == p.B.Scan.Source
	if p.Same && p.B.Scan.Made.Before(p.A.Scan.Made) {
		p.A, p.B, p.Turned = p.B, p.A, true
	}
	p.Blind = posture.Blind(p.A.Missing, p.B.Missing, p.A.Lost, p.B.Lost)
	p.Difference = posture.Compare(p.A.Topics, p.B.Topics, p.Blind)
	p.Kinds = posture.CompareKinds(p.A.ScanSummary.Kinds, p.B.ScanSummary.Kinds)
	p.Rows = compareRows(p.A, p.B, p.Blind)
	if !p.Same {
		return nil
	}
	var err error
	p.Found, p.Sum, err = v.s.Journal.ChangedBetween(v.Context(), store.Between{From: p.A.Scan.ID, To: p.B.Scan.ID, What: p.Show}, v.URL.Query().Get("after"), changedOnPage)
	if errors.Is(err, store.ErrFilter) {
		return problem(400, "The address is wrong", "The page of the list is an old one: begin again with Compare.")
	}
	return err
}

// fillDates offers the scans of what is compared.
func (v *visit) fillDates(p *comparePage) error {
	var sources []string
	for _, one := range []*side{p.A, p.B} {
		if one != nil && !slices.Contains(sources, one.Scan.Source) {
			sources = append(sources, one.Scan.Source)
		}
	}
	for _, source := range sources {
		scans, err := v.s.Journal.Scans(v.Context(), store.ScanFilter{Sources: []string{source}, Limit: mostDates, Heads: true})
		if err != nil {
			return err
		}
		group := choiceGroup{Title: posture.ParseSource(source).Label + ", by date"}
		for _, one := range scans {
			group.All = append(group.All, choice{one.ID, moment(one.Made, "2006-01-02 15:04 UTC") + ", score " + score(one.Score)})
		}
		p.Dates = append(p.Dates, group)
	}
	return nil
}

// Sides are both.
func (p comparePage) Sides() []*side { return []*side{p.A, p.B} }

// Chosen is what the form has chosen on a side: a or b.
func (p comparePage) Chosen(name string) string {
	one := p.A
	if name == "b" {
		one = p.B
	}
	if one == nil {
		return ""
	}
	for _, known := range p.chosen {
		if known == one.Scan.Source && !p.Same {
			return known
		}
	}
	return one.Scan.ID
}

// To is the address of the page with another list of what changed, or another page of it.
func (p comparePage) To(show, after string) string {
	return "/compare?" + queryOf([]string{"a", p.A.Scan.ID, "b", p.B.Scan.ID, "show", show, "after", after}) + "#changed"
}

// Listed is how many there are of what is listed.
func (p comparePage) Listed(show string) int {
	return map[string]int{"found": p.Sum.New, "fixed": p.Sum.Fixed, "returned": p.Sum.Regressed}[show]
}

// compareRows are the numbers of both scans.
func compareRows(a, b *side, blind int) []compareRow {
	rows := []compareRow{{Name: "made", A: moment(a.Scan.Made, "2006-01-02 15:04 UTC"), B: moment(b.Scan.Made, "2006-01-02 15:04 UTC"), Note: apart(b.Scan.Made.Sub(a.Scan.Made))}}
	scores := compareRow{Name: "score", A: score(a.Scan.Score), B: score(b.Scan.Score)}
	if a.Scan.Score >= 0 && b.Scan.Score >= 0 {
		by := b.Scan.Score - a.Scan.Score
		scores.Better, scores.Worse = by > 0 && blind == 0, by < 0
		scores.Note = moved{true, by}.Words()
		if by > 0 && blind > 0 {
			scores.Note = fmt.Sprintf("%.1f higher, but not all was read", by)
		}
	}
	rows = append(rows, scores)
	for place, severity := range findingSeverities {
		rank := len(findingSeverities) - 1 - place
		rows = append(rows, failures(severity+" failures", a.Scan.Counts[rank], b.Scan.Counts[rank], blind))
	}
	rows = append(rows, amount("controls judged", a.Judged, b.Judged), amount("controls without a subject", a.Unseen, b.Unseen),
		amount("objects seen", a.Subjects, b.Subjects), amount("objects judged", a.ScanSummary.Judged, b.ScanSummary.Judged), amount("places not read", a.Lost, b.Lost))
	return append(rows, compareRow{Name: "Kubernetes", A: versionOf(a), B: versionOf(b)}, compareRow{Name: "support", A: a.Support.Words(), B: b.Support.Words()})
}

func versionOf(s *side) string {
	if s.Support.Version == "" {
		return "not known"
	}
	return s.Support.Version
}

// failures compares how many fail; fewer are not better where the second is blind for something.
func failures(name string, a, b, blind int) compareRow {
	row := amount(name, a, b)
	switch {
	case b > a:
		row.Worse, row.Note = true, "▲ "+number(b-a)+" more, worse"
	case b < a && blind > 0:
		row.Note = number(a-b) + " fewer seen, but not all was read"
	case b < a:
		row.Better, row.Note = true, "▼ "+number(a-b)+" fewer, better"
	}
	return row
}

// amount compares numbers of which neither way is better.
func amount(name string, a, b int) compareRow {
	row := compareRow{Name: name, A: number(a), B: number(b), Note: "="}
	if a < b {
		row.Note = number(b-a) + " more"
	} else if a > b {
		row.Note = number(a-b) + " fewer"
	}
	return row
}

// apart says how long lies between two scans.
func apart(d time.Duration) string {
	word := " later"
	if d < 0 {
		d, word = -d, " earlier"
	}
	switch hours := int(d / time.Hour); {
	case hours >= 48:
		return count(hours/24, "day") + word
	case hours >= 1:
		return count(hours, "hour") + word
	}
	return "within the hour"
}

// arrow is the sign before a change, for those who scan a table quickly.
func arrow(change posture.Change) string {
	return map[posture.Change]string{posture.Better: "▲", posture.Worse: "▼", posture.Same: "=", posture.Differently: "◐", posture.OnlyFirst: "◁", posture.OnlySecond: "▷", posture.Allowed: "✓"}[change]
}

package server

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/report/escape"
	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/store"
)

const (
	scansOnPage = 25
	// mostSources is how many sources the store can be asked for at once.
	mostSources = 200
)

// scansPage lists the scans of a review, the newest first.
type scansPage struct {
	Planned []Planned
	Rows    []scanRow
	Source  string   // the only one that is shown; "" for all
	Sources []string // of the review
	More    bool     // there are other sources
	Begun   bool     // this is not the first page
	Next    string
	handInForm
}

// scanRow is a scan of the list.
type scanRow struct {
	store.ScanRow
	Label  string
	By     string // who recorded it; "" if the ledger does not tell
	Counts tally
	Brief  brief
}

// brief is what the list says of a scan from its summary.
type brief struct {
	Subjects, Judged, Lost int
	Missing                []string
}

// briefs keep what was read of summaries: a scan never changes.
type briefs struct {
	mutex sync.Mutex
	all   map[string]brief
}

func newBriefs() *briefs { return &briefs{all: map[string]brief{}} }

// Bounds of what is kept of summaries.
const (
	mostBriefs   = 5000
	briefMissing = 1
)

// of gives the brief of a scan.
func (b *briefs) of(scan *store.ScanRow, read func() (*store.ScanRow, error)) (brief, error) {
	b.mutex.Lock()
	known, there := b.all[scan.ID]
	b.mutex.Unlock()
	if there {
		return known, nil
	}
	whole, err := read()
	if err != nil || whole == nil { // it was cleaned away meanwhile
		return brief{}, err
	}
	s := journal.ReadSummary(whole.Summary)
	one := brief{s.Subjects, s.Judged, s.Lost, s.Missing[:min(len(s.Missing), briefMissing)]}
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if len(b.all) >= mostBriefs {
		clear(b.all)
	}
	b.all[scan.ID] = one
	return one, nil
}

// scans lists the scans of the review.
func (v *visit) scans() error {
	if v.plan == "" {
		return errNoPlan
	}
	sources, err := v.sources()
	if err != nil {
		return err
	}
	query := v.URL.Query()
	page := scansPage{Planned: v.planned(), Sources: sources[:min(len(sources), mostSources)], More: len(sources) > mostSources, Source: query.Get("source"), handInForm: v.handInForm()}
	filter := store.ScanFilter{Sources: page.Sources, Limit: scansOnPage + 1, Heads: true}
	if page.Source != "" {
		if !slices.Contains(sources, page.Source) {
			return problem(http.StatusNotFound, "There is no such cluster", "No scan of it was handed in to this review: choose one from the list of scans.")
		}
		filter.Sources = []string{page.Source}
	}
	if before, err := time.Parse(time.RFC3339Nano, query.Get("before")); err == nil {
		filter.Before, page.Begun = before, true
	}
	if len(filter.Sources) > 0 { // none would mean all
		if err := v.fillScans(&page, filter); err != nil {
			return err
		}
	}
	return v.show("scans.html", "Scans", page)
}

// sources are those of the review, by their names.
func (v *visit) sources() ([]string, error) {
	newest, err := v.s.Journal.NewestHeads(v.Context(), 0)
	if err != nil {
		return nil, err
	}
	var all []string
	for _, one := range newest {
		if strings.HasPrefix(one.Source, v.plan+"/") {
			all = append(all, one.Source)
		}
	}
	return all, nil
}

func (v *visit) fillScans(page *scansPage, filter store.ScanFilter) error {
	found, err := v.s.Journal.Scans(v.Context(), filter)
	if err != nil {
		return err
	}
	if cut := cutBetween(found, scansOnPage); cut < len(found) {
		found = found[:cut]
		page.Next = "/scans?" + queryOf([]string{"source", page.Source, "before", found[cut-1].Made.UTC().Format(time.RFC3339Nano)})
	}
	recorded, err := v.recorded(found)
	if err != nil {
		return err
	}
	for i := range found {
		row := scanRow{ScanRow: found[i], By: recorded[i], Counts: failuresOf(found[i].Counts)}
		row.Label, _ = placeOfScan(found[i].Source)
		if row.Brief, err = v.s.briefs.of(&found[i], func() (*store.ScanRow, error) { return v.s.Journal.Scan(v.Context(), found[i].ID) }); err != nil {
			return err
		}
		page.Rows = append(page.Rows, row)
	}
	return nil
}

// cutBetween is where a page of scans ends: pages are told apart by time, so that scans of one time stay
// together.
func cutBetween(scans []store.ScanRow, most int) int {
	if len(scans) <= most {
		return len(scans)
	}
	cut := most
	for cut > 1 && scans[cut].Made.Equal(scans[cut-1].Made) {
		cut--
	}
	return cut
}

// failuresOf are the failures of a scan by severity, the worst first.
func failuresOf(counts [5]int) tally {
	t := tally{}
	for _, n := range counts {
		t.N += n
	}
	before := 0
	for rank := len(counts) - 1; rank >= 0; rank-- {
		n := counts[rank]
		t.Parts = append(t.Parts, severityPart{findingSeverities[len(counts)-1-rank], share(before, t.N), share(n, t.N), n})
		before += n
	}
	return t
}

// recorded says who recorded scans: the entry of a scan was written at the time that it was received.
func (v *visit) recorded(scans []store.ScanRow) ([]string, error) {
	h := v.s.history
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if err := h.update(v.Context(), v.s.Journal, v.state.Size); err != nil {
		return nil, err
	}
	names := make([]string, len(scans))
	for i, one := range scans {
		at, there := slices.BinarySearchFunc(h.events, one.Received, func(e event, t time.Time) int { return e.At.Compare(t) })
		for ; there && at < len(h.events) && h.events[at].At.Equal(one.Received); at++ {
			if e := h.events[at]; e.Action == (&review.RecordScan{}).Name() && e.Plan == v.plan {
				names[i] = v.state.NameOf(e.Actor)
				break
			}
		}
	}
	return names, nil
}

// scanPage is one scan.
type scanPage struct {
	scanRow
	Summary journal.ScanSummary
	Failing []failing
	Kept    bool // its report can be had
	Saw     bool // what it saw can be had
	Before  *store.ScanRow
}

// failing is a control that did not hold in a scan.
type failing struct {
	ID, Title, Severity  string
	Fail, Unknown, Error int
}

// scan shows one scan.
func (v *visit) scan() error {
	found, err := v.findScan()
	if err != nil {
		return err
	}
	page := scanPage{scanRow: scanRow{ScanRow: *found, Counts: failuresOf(found.Counts)}, Summary: journal.ReadSummary(found.Summary)}
	page.Label, _ = placeOfScan(found.Source)
	recorded, err := v.recorded([]store.ScanRow{*found})
	if err != nil {
		return err
	}
	page.By, page.Failing = recorded[0], v.failing(page.Summary)
	if page.Kept, err = v.keeps(found); err != nil {
		return err
	}
	if page.Saw, err = v.keepsInventory(found.ID); err != nil {
		return err
	}
	before, err := v.s.Journal.Scans(v.Context(), store.ScanFilter{Sources: []string{found.Source}, Before: found.Made, Limit: 1, Heads: true})
	if err == nil && len(before) > 0 {
		page.Before = &before[0]
	}
	if err != nil {
		return err
	}
	return v.show("scan.html", "Scan of "+escape.Clip(page.Label, 60), page)
}

// findScan gives the scan of the address, if it is of the review.
func (v *visit) findScan() (*store.ScanRow, error) {
	id := v.PathValue("id")
	if v.plan == "" || len(id) > 100 {
		return nil, errNotFound
	}
	found, err := v.s.Journal.Scan(v.Context(), id)
	if err == nil && (found == nil || !strings.HasPrefix(found.Source, v.plan+"/")) {
		err = errNotFound
	}
	return found, err
}

// failing lists the controls that did not hold, the worst first.
func (v *visit) failing(s journal.ScanSummary) []failing {
	var all []failing
	for id, n := range s.Controls {
		if n.Fail+n.Unknown+n.Error == 0 {
			continue
		}
		one := failing{ID: id, Fail: n.Fail, Unknown: n.Unknown, Error: n.Error}
		if known := v.s.Controls[id]; known != nil {
			one.Title, one.Severity = known.Title, string(known.Severity)
		}
		all = append(all, one)
	}
	rank := func(f failing) int {
		if at := slices.Index(findingSeverities, f.Severity); at >= 0 {
			return at
		}
		return len(findingSeverities)
	}
	slices.SortFunc(all, func(a, b failing) int {
		if a, b := rank(a), rank(b); a != b {
			return a - b
		}
		return strings.Compare(a.ID, b.ID)
	})
	return all
}

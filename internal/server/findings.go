package server

import (
	"cmp"
	"errors"
	"net/http"
	"time"

	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/store"
)

const (
	findingsOnPage = 50
	groupsOnPage   = 50
)

// findingsPage is a part of the findings, or groups of them, with counts that lead to others.
type findingsPage struct {
	findingFilter
	All     tally // of all that fit
	Counted bool  // whether All was counted: a text is looked for once, in the list
	Shown   []foundRow
	Groups  []groupRow
	By      string // what the groups are of
	More    bool   // there are other groups
	Begun   bool   // this is not the first page
	Next    string
	Stopped bool // not all findings were looked at
	Facets  []facet
	Rough   bool // the counts of the facets leave filters out
	States  []string
	Orders  []string
	Bys     []string
	None    bool // no review
	Views   []viewLink
	Save    bool // views can be saved
	Share   bool // and shared
}

// tally is a number of findings with its severities.
type tally struct {
	N       int
	Parts   []severityPart
	Stopped bool // there are at least so many
}

// severityPart is a part of a bar; From and Share are percentages of its whole.
type severityPart struct {
	Severity    string
	From, Share string
	N           int
}

// foundRow is a finding of the list.
type foundRow struct {
	*store.StoredFinding
	Cluster, Environment string
	Age                  string
	Due                  time.Time // zero if there is no term
	Late                 bool
}

// groupRow is a group of findings.
type groupRow struct {
	Text, Note, To string
	Severity       string // of a group by severity
	Tally          tally
}

// findings lists what was found. Filters stand in the address, so that a view can be kept and sent on.
func (v *visit) findings() error {
	if v.plan == "" {
		return v.show("findings.html", "Findings", findingsPage{None: true})
	}
	f := readFindingFilter(v.URL.Query())
	page := findingsPage{findingFilter: f, By: f.Get("group"), States: findingStates, Orders: findingOrders, Bys: findingGroups, Begun: v.URL.Query().Get("after") != ""}
	var err error
	if page.Counted = f.Get("q") == ""; page.Counted {
		all, err := v.group(f.without("group", "order"), "severity", len(findingSeverities))
		if err != nil {
			return filterError(err)
		}
		page.All = tallyOf(all, 0)
	}
	if page.By != "" {
		err = v.fillGroups(&page)
	} else {
		err = v.fillRows(&page)
	}
	if err != nil {
		return filterError(err)
	}
	if page.Facets, err = v.facets(f); err != nil {
		return filterError(err)
	}
	if page.Views, err = v.savedViews(f); err != nil {
		return err
	}
	page.Save, page.Share = v.s.SavedViews != nil, v.has(review.Administrator, review.Contributor, review.Reviewer)
	_, exact := f.summed()
	page.Rough = !exact
	return v.show("findings.html", "Findings", page)
}

// filterError tells that nobody can ask so.
func filterError(err error) error {
	if errors.Is(err, store.ErrFilter) {
		return problem(http.StatusBadRequest, "The address is wrong", "What was asked for is no filter, or the page is an old one: begin again with Findings in the menu.")
	}
	return err
}

func (v *visit) fillRows(page *findingsPage) error {
	found, err := v.s.Journal.Findings(v.Context(), v.wanted(page.findingFilter), page.Order(), v.URL.Query().Get("after"), findingsOnPage)
	if err != nil {
		return err
	}
	terms, now := v.state.Plans[v.plan].Terms(), v.s.Now()
	for i := range found.Findings {
		page.Shown = append(page.Shown, rowOf(&found.Findings[i], terms, now))
	}
	if page.Stopped = found.Stopped; found.Next != "" {
		next := page.without()
		next.Set("after", found.Next)
		page.Next = here("/findings", next.Values)
	}
	return nil
}

// rowOf tells how old a finding is, and when it has to be mended.
func rowOf(f *store.StoredFinding, terms review.Terms, now time.Time) foundRow {
	row := foundRow{StoredFinding: f, Age: age(now.Sub(f.FirstSeen))}
	row.Cluster, row.Environment = placeOfScan(f.Source)
	if f.State == store.StateOpen {
		row.Due = terms.Due(control.Severity(f.Severity), openSince(f))
		row.Late = !row.Due.IsZero() && now.After(row.Due)
	}
	return row
}

// openSince is when a finding was found, or last came back.
func openSince(f *store.StoredFinding) time.Time {
	if f.ReopenedAt.After(f.FirstSeen) {
		return f.ReopenedAt
	}
	return f.FirstSeen
}

// age writes a time in days.
func age(d time.Duration) string {
	if days := int(d / (24 * time.Hour)); days > 0 {
		return count(days, "day")
	}
	return "today"
}

func (v *visit) fillGroups(page *findingsPage) error {
	groups, err := v.group(page.without("group", "order"), page.By, groupsOnPage)
	if err != nil {
		return err
	}
	page.More, page.Stopped = groups.More, groups.Stopped
	for _, one := range groups.All {
		row := groupRow{Text: one.Key, To: page.Group(page.By, one.Key), Tally: tallyOf(store.FindingGroups{All: []store.FindingGroup{one}}, groups.All[0].N)}
		switch page.By {
		case "source":
			row.Text, row.Note = placeOfScan(one.Key)
		case "control":
			if known := v.s.Controls[one.Key]; known != nil {
				row.Note = known.Title
			}
		case "severity":
			row.Severity = one.Key
		}
		page.Groups = append(page.Groups, row)
	}
	return nil
}

// tallyOf adds groups up, the worst severity first. The bar is as long as its part of so many, of 0 it is
// whole.
func tallyOf(groups store.FindingGroups, of int) tally {
	sum := tally{Stopped: groups.Stopped}
	var by [5]int
	for _, one := range groups.All {
		sum.N += one.N
		for i, n := range one.BySeverity {
			by[i] += n
		}
	}
	before, of := 0, cmp.Or(of, sum.N)
	for i, severity := range findingSeverities {
		n := by[len(by)-1-i]
		sum.Parts = append(sum.Parts, severityPart{severity, share(before, of), share(n, of), n})
		before += n
	}
	return sum
}

// outcomeWord says what an outcome is called: what is unknown is no failure.
func outcomeWord(outcome string) string {
	switch outcome {
	case "fail":
		return "fails"
	case "error":
		return "not judged"
	}
	return outcome
}

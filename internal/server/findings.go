package server

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/report/escape"
	"github.com/kubeproof/kubeproof/internal/store"
)

// findingsOnPage is how many findings a page shows.
const findingsOnPage = 50

// findingsPage is a part of the findings, with counts that lead to others.
type findingsPage struct {
	Query                          url.Values
	State, Severity, Order, Text   string
	Control, Namespace, Team, Next string
	Shown                          []store.StoredFinding
	Severities, Controls           []store.Count
	Namespaces                     []store.Count
	States, AllSeverities, Orders  []string
}

// findingStates, findingSeverities and findingOrders are what the form offers.
var (
	findingStates     = []string{string(store.StateOpen), string(store.StateAccepted), string(store.StateFixed)}
	findingSeverities = []string{"critical", "high", "medium", "low", "info"}
	findingOrders     = []string{"severity", "age", "control", "subject"}
)

// findings lists what was found. Filters stand in the address, so that a view can be kept and sent on.
func (v *visit) findings() error {
	query := v.URL.Query()
	page := findingsPage{Query: query, State: oneOf(query.Get("state"), findingStates, findingStates[0]), Severity: oneOf(query.Get("severity"), findingSeverities, ""),
		Order: oneOf(query.Get("order"), findingOrders, findingOrders[0]), Text: escape.Clip(query.Get("q"), 200), Control: escape.Clip(query.Get("control"), 100),
		Namespace: escape.Clip(query.Get("namespace"), 100), Team: escape.Clip(query.Get("team"), 20), States: findingStates, AllSeverities: findingSeverities, Orders: findingOrders}
	found, err := v.s.Journal.Findings(v.Context(), page.filter(), page.Order, query.Get("after"), findingsOnPage)
	if errors.Is(err, store.ErrFilter) {
		return problem(http.StatusBadRequest, "The address is wrong", "What was asked for is no filter, or the page is an old one: begin again with Findings in the menu.")
	}
	if err != nil {
		return err
	}
	page.Shown, page.Next = found.Findings, found.Next
	for by, into := range map[string]*[]store.Count{"severity": &page.Severities, "control": &page.Controls, "namespace": &page.Namespaces} {
		if *into, err = v.s.Journal.CountFindings(v.Context(), page.counted(), by); err != nil {
			return err
		}
		*into = (*into)[:min(len(*into), 12)]
	}
	slices.SortFunc(page.Severities, func(a, b store.Count) int {
		return slices.Index(findingSeverities, a.Key) - slices.Index(findingSeverities, b.Key)
	})
	return v.show("findings.html", "Findings", page)
}

// oneOf is the value if it is one that is known.
func oneOf(value string, known []string, otherwise string) string {
	if slices.Contains(known, value) {
		return value
	}
	return otherwise
}

func (p *findingsPage) filter() store.FindingFilter {
	f := p.counted()
	f.Text = p.Text
	return f
}

// counted is the filter without the text, for which counting would read every finding.
func (p *findingsPage) counted() store.FindingFilter {
	list := func(value string) []string {
		if value == "" {
			return nil
		}
		return []string{value}
	}
	return store.FindingFilter{States: list(p.State), Severities: list(p.Severity), Controls: list(p.Control), Namespaces: list(p.Namespace), Teams: list(p.Team)}
}

// To is the address of the page with one filter set anew, from its beginning.
func (p findingsPage) To(name, value string) string {
	query := url.Values{}
	for key, values := range p.Query {
		if key != "after" && key != name {
			query[key] = values
		}
	}
	if value != "" {
		query.Set(name, value)
	}
	return "/findings?" + query.Encode()
}

// After is the address of the next page.
func (p findingsPage) After() string {
	query := url.Values{}
	for key, values := range p.Query {
		query[key] = values
	}
	query.Set("after", p.Next)
	return "/findings?" + query.Encode()
}

// findingPage is one finding with what became of it.
type findingPage struct {
	*store.StoredFinding
	Events []store.FindingEvent
	Kept   journal.FindingData
}

func (v *visit) finding() error {
	id, err := strconv.ParseInt(v.PathValue("id"), 10, 64)
	if err != nil {
		return errNotFound
	}
	found, kept, events, err := v.s.Journal.Finding(v.Context(), id)
	if err != nil {
		return err
	}
	if found == nil {
		return errNotFound
	}
	return v.show("finding.html", found.Control, findingPage{found, events, kept})
}

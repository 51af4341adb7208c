package server

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/kubeproof/kubeproof/internal/store"
)

// facet is a filter with its values and how many findings each leaves.
type facet struct {
	Title   string
	Options []option
	More    bool // there are others
}

type option struct {
	Text, Note, To string
	N              int
	On             bool
}

// optionsOnPage is how many values of a filter are offered.
const optionsOnPage = 10

// facets offers values of filters, each counted with the other filters that sums know.
func (v *visit) facets(f findingFilter) ([]facet, error) {
	rest, _ := f.summed()
	all, err := v.conditions(f, rest)
	if err != nil {
		return nil, err
	}
	for _, one := range []struct{ name, title string }{{"severity", "Severity"}, {"source", "Cluster"}, {"namespace", "Namespace"}, {"team", "Team"}, {"control", "Control"}} {
		groups, err := v.group(rest.without(one.name), one.name, optionsOnPage)
		if err != nil {
			return nil, err
		}
		if one.name == "severity" {
			slices.SortFunc(groups.All, func(a, b store.FindingGroup) int {
				return slices.Index(findingSeverities, a.Key) - slices.Index(findingSeverities, b.Key)
			})
		}
		shown := facet{Title: one.title, More: groups.More}
		for _, group := range groups.All {
			key := group.Key
			if key == "" {
				key = nowhere
			}
			option := option{Text: group.Key, To: f.Toggled(one.name, key), N: group.N, On: slices.Contains(f.Values[one.name], key)}
			if one.name == "source" {
				option.Text, option.Note = placeOfScan(group.Key)
			}
			shown.Options = append(shown.Options, option)
		}
		all = append(all, shown)
	}
	return all, nil
}

// conditions offers states and outcomes. What came back, and what is not known to be well, is few and has
// indexes, by which it is counted.
func (v *visit) conditions(f, rest findingFilter) ([]facet, error) {
	every := rest.without("state")
	every.Set("state", "any")
	groups, err := v.group(every, "state", len(findingStates))
	if err != nil {
		return nil, err
	}
	states := map[string]int{}
	for _, one := range groups.All {
		states[one.Key] = one.N
	}
	back := true
	if states["back"], err = v.few(every, func(s *store.FindingFilter) { s.Regressed = &back }); err != nil {
		return nil, err
	}
	state, outcome := facet{Title: "State"}, facet{Title: "Outcome of what is open"}
	for _, name := range []string{"open", "back", "accepted", "fixed"} {
		to := name
		if name == "open" {
			to = ""
		}
		state.Options = append(state.Options, option{Text: stateWords[name], N: states[name], To: f.To("state", to), On: f.State() == name})
	}
	fails := states["open"]
	for _, name := range []string{"unknown", "error"} {
		n, err := v.few(every, func(s *store.FindingFilter) { s.Outcomes = []string{name} })
		if err != nil {
			return nil, err
		}
		fails -= n
		outcome.Options = append(outcome.Options, option{Text: outcomeWord(name), N: n, To: f.Toggled("outcome", name), On: slices.Contains(f.Values["outcome"], name)})
	}
	outcome.Options = append([]option{{Text: outcomeWord("fail"), N: max(fails, 0), To: f.Toggled("outcome", "fail"), On: slices.Contains(f.Values["outcome"], "fail")}}, outcome.Options...)
	return []facet{state, outcome}, nil
}

// few counts what is open and rare.
func (v *visit) few(f findingFilter, rare func(*store.FindingFilter)) (n int, err error) {
	filter := v.wanted(f)
	filter.Now, filter.States = time.Time{}, []string{string(store.StateOpen)}
	rare(&filter)
	groups, err := v.s.counted.group(v.Context(), v.s.Journal, newestScan(v.state), filter, "severity", len(findingSeverities))
	for _, one := range groups.All {
		n += one.N
	}
	return n, err
}

// placeOfScan is what a source, REVIEW/ENVIRONMENT/LABEL, is called: its label, and its environment.
func placeOfScan(source string) (label, environment string) {
	parts := strings.SplitN(source, "/", 3)
	if len(parts) < 3 {
		return source, ""
	}
	return parts[2], parts[1]
}

// group counts the findings that a filter of the review leaves, by something.
func (v *visit) group(f findingFilter, by string, most int) (store.FindingGroups, error) {
	filter := v.wanted(f)
	if _, simple := f.summed(); !simple {
		return v.s.Journal.GroupFindings(v.Context(), filter, by, most)
	}
	filter.Now = time.Time{}
	return v.s.counted.group(v.Context(), v.s.Journal, newestScan(v.state), filter, by, most)
}

// wanted is a filter of the findings of the review that is looked at.
func (v *visit) wanted(f findingFilter) store.FindingFilter {
	return f.stored(v.state.Plans[v.plan], len(v.state.Plans) == 1, v.s.Now())
}

// counted keeps counts until the next scan comes.
type counted struct {
	mutex sync.Mutex
	scan  int64 // the entry of the newest scan
	known map[string]store.FindingGroups
}

// mostCounted is how many counts are kept.
const mostCounted = 500

func newCounted() *counted { return &counted{scan: -1, known: map[string]store.FindingGroups{}} }

// group is GroupFindings of a filter that does not ask for the time. What it gives is nobody else's.
func (c *counted) group(ctx context.Context, from Journal, scan int64, f store.FindingFilter, by string, most int) (store.FindingGroups, error) {
	text, err := json.Marshal(struct {
		Filter store.FindingFilter
		By     string
		Most   int
	}{f, by, most})
	if err != nil {
		return store.FindingGroups{}, err
	}
	key := string(text)
	if known, there := c.find(scan, key); there {
		return known, nil
	}
	groups, err := from.GroupFindings(ctx, f, by, most)
	if err == nil {
		c.keep(scan, key, groups)
	}
	return groups, err
}

func (c *counted) find(scan int64, key string) (store.FindingGroups, bool) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.scan != scan {
		return store.FindingGroups{}, false
	}
	known, there := c.known[key]
	known.All = slices.Clone(known.All)
	return known, there
}

func (c *counted) keep(scan int64, key string, groups store.FindingGroups) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.scan > scan {
		return // somebody knows a newer state
	}
	if c.scan < scan || len(c.known) >= mostCounted {
		c.scan, c.known = scan, map[string]store.FindingGroups{}
	}
	groups.All = slices.Clone(groups.All)
	c.known[key] = groups
}

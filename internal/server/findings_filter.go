package server

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kubeproof/kubeproof/internal/report/escape"
	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/store"
)

// What the list of findings may be asked for by words of ours.
var (
	findingStates     = []string{"open", "back", "accepted", "fixed", "any"}
	findingSeverities = []string{"critical", "high", "medium", "low", "info"}
	findingOutcomes   = []string{"fail", "unknown", "error"}
	findingOrders     = []string{"severity", "age", "control", "subject"}
	findingGroups     = []string{"control", "source", "namespace", "team", "severity"}
)

// nowhere stands in addresses for what is in no namespace: no namespace has that name.
const nowhere = "-"

// Bounds of what is asked for.
const (
	mostAsked     = 50  // values of one filter
	longestAsked  = 300 // letters of one value
	longestAge    = 3660
	findingsRead  = 4_000 // that one page looks at, where no index helps
	longestWanted = 200   // letters of a text to look for
)

// several are the filters that may have more than one value, with the words that they may be; nil for
// any word.
var several = map[string][]string{"severity": findingSeverities, "outcome": findingOutcomes, "source": nil, "namespace": nil, "team": nil, "control": nil}

// findingFilter is what the address of the list of findings asks for. What is no filter is left out.
type findingFilter struct {
	url.Values
}

// readFindingFilter takes from a query what is a filter, and nothing else.
func readFindingFilter(query url.Values) findingFilter {
	f := findingFilter{url.Values{}}
	for name, known := range several {
		for _, value := range query[name] {
			value = escape.Clip(strings.TrimSpace(value), longestAsked)
			if value != "" && (known == nil || slices.Contains(known, value)) && !slices.Contains(f.Values[name], value) && len(f.Values[name]) < mostAsked {
				f.Add(name, value)
			}
		}
		slices.Sort(f.Values[name])
	}
	f.take("state", oneOf(query.Get("state"), findingStates[1:], ""))
	f.take("order", oneOf(query.Get("order"), findingOrders[1:], ""))
	f.take("group", oneOf(query.Get("group"), findingGroups, ""))
	f.take("late", oneOf(query.Get("late"), []string{"yes"}, ""))
	f.take("q", escape.Clip(strings.TrimSpace(query.Get("q")), longestWanted))
	for _, name := range []string{"older", "younger"} {
		if days, err := strconv.Atoi(query.Get(name)); err == nil && days > 0 && days <= longestAge {
			f.take(name, strconv.Itoa(days))
		}
	}
	return f
}

func (f findingFilter) take(name, value string) {
	if value != "" {
		f.Set(name, value)
	}
}

// oneOf is the value if it is one that is known.
func oneOf(value string, known []string, otherwise string) string {
	if slices.Contains(known, value) {
		return value
	}
	return otherwise
}

// State is the one that is asked for.
func (f findingFilter) State() string { return oneOf(f.Get("state"), findingStates, findingStates[0]) }

// Order is the one that is asked for.
func (f findingFilter) Order() string { return oneOf(f.Get("order"), findingOrders, findingOrders[0]) }

// stored is the filter as the store has it, of the findings of a review. alone says that there is no
// other review.
func (f findingFilter) stored(plan *review.Plan, alone bool, now time.Time) store.FindingFilter {
	s := store.FindingFilter{Sources: f.Values["source"], Teams: f.Values["team"], Severities: f.Values["severity"], Controls: f.Values["control"], Outcomes: f.Values["outcome"],
		Text: f.Get("q"), MinAge: daysOf(f.Get("older")), MaxAge: daysOf(f.Get("younger")), Now: now, Within: findingsRead}
	for _, namespace := range f.Values["namespace"] {
		if namespace == nowhere {
			namespace = ""
		}
		s.Namespaces = append(s.Namespaces, namespace)
	}
	switch state := f.State(); state {
	case "any":
	case "back":
		back := true
		s.States, s.Regressed = []string{string(store.StateOpen)}, &back
	default:
		s.States = []string{state}
	}
	if f.Get("late") != "" {
		s.Late = plan.Terms().Late()
	}
	if !alone {
		s.Reviews = []string{plan.ID}
	}
	return s
}

func daysOf(text string) time.Duration {
	days, _ := strconv.Atoi(text)
	return time.Duration(days) * 24 * time.Hour
}

// without is the filter without some of its parts.
func (f findingFilter) without(names ...string) findingFilter {
	rest := findingFilter{url.Values{}}
	for name, values := range f.Values {
		if !slices.Contains(names, name) {
			rest.Values[name] = values
		}
	}
	return rest
}

// unsummed are the filters that no sum knows.
var unsummed = []string{"q", "outcome", "older", "younger", "late"}

// summed is the filter without what no sum knows, and whether that left something out.
func (f findingFilter) summed() (findingFilter, bool) {
	rest := f.without(unsummed...)
	if rest.Get("state") == "back" {
		rest.Del("state")
		return rest, false
	}
	return rest, len(rest.Values) == len(f.Values)
}

// To is the address of the list with a filter set to one value, from its beginning; "" takes it away.
func (f findingFilter) To(name, value string) string {
	rest := f.without(name)
	rest.take(name, value)
	return here("/findings", rest.Values)
}

// Toggled is the address of the list with one value more, or less, of a filter.
func (f findingFilter) Toggled(name, value string) string {
	rest := f.without(name)
	values := slices.DeleteFunc(slices.Clone(f.Values[name]), func(one string) bool { return one == value })
	if len(values) == len(f.Values[name]) {
		values = append(values, value)
	}
	if slices.Sort(values); len(values) > 0 {
		rest.Values[name] = values
	}
	return here("/findings", rest.Values)
}

// At is the address of something else about the same findings, such as /findings.csv.
func (f findingFilter) At(path string) string { return here(path, f.Values) }

// Group is the address of the findings of one group.
func (f findingFilter) Group(by, key string) string {
	if key == "" {
		key = nowhere
	}
	rest := f.without("group", by)
	rest.Set(by, key)
	return here("/findings", rest.Values)
}

// chip is a filter that is set, with the address of the list without it.
type chip struct{ Name, Value, Without string }

// Chips are the filters that are set.
func (f findingFilter) Chips() []chip {
	var all []chip
	for _, name := range []string{"severity", "outcome", "source", "namespace", "team", "control"} {
		for _, value := range f.Values[name] {
			shown := value
			if name == "namespace" && value == nowhere {
				shown = "none"
			}
			all = append(all, chip{cmp.Or(filterWords[name], name), shown, f.Toggled(name, value)})
		}
	}
	if f.Get("state") != "" {
		all = append(all, chip{"state", stateWords[f.State()], f.To("state", "")})
	}
	for _, name := range []string{"older", "younger", "q"} {
		if value := f.Get(name); value != "" {
			all = append(all, chip{filterWords[name], value, f.To(name, "")})
		}
	}
	if f.Get("late") != "" {
		all = append(all, chip{"late", "past its term", f.To("late", "")})
	}
	return all
}

// filterWords say what filters are called, where it is another word than in addresses.
var filterWords = map[string]string{"source": "cluster", "older": "older than, in days", "younger": "younger than, in days", "q": "with text"}

// stateWords say what states are called.
var stateWords = map[string]string{"open": "open", "back": "came back", "accepted": "accepted", "fixed": "fixed", "any": "any"}

// Hidden are the filters that the form does not ask for, so that it keeps them.
func (f findingFilter) Hidden() url.Values {
	return f.without("state", "order", "group", "late", "q", "older", "younger", "outcome").Values
}

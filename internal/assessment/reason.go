package assessment

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/checklist"
)

// gaps are what keeps an item from being satisfied though nothing fails, as parts of its reason.
func (t tally) gaps(item *checklist.Item) []string {
	var gaps []string
	add := func(n int, one, many string) {
		if n > 0 {
			gaps = append(gaps, plural(n, one, many))
		}
	}
	add(t.counts.Accepted, "1 failure accepted by an exception", "%d failures accepted by exceptions")
	add(t.counts.Unknown, "1 check lacked something it needs", "%d checks lacked something they need")
	add(t.counts.Error, "1 check could not be evaluated", "%d checks could not be evaluated")
	add(t.lost, "1 place could not be read", "%d places could not be read")
	if len(t.idle) > 0 && len(t.idle) < len(item.Controls) {
		gaps = append(gaps, "not run: "+few(t.idle))
	}
	if len(item.Questions) > 0 {
		gaps = append(gaps, "unanswered: "+few(item.Questions))
	}
	switch {
	case item.Open != "":
		gaps = append(gaps, "not judged yet: "+item.Open)
	case len(t.missing) > 0 && t.counts.Total() > 0:
		gaps = append(gaps, "not looked at: "+strings.Join(names(t.missing), ", "))
	}
	return gaps
}

// reason says in one line why the item has its state.
func (t tally) reason(item *checklist.Item, state State, gaps []string) string {
	if t.counts.Total() == 0 {
		return t.unassessed(item)
	}
	parts := []string{t.verdicts()}
	if state == ItemNotSatisfied {
		return parts[0]
	}
	return strings.Join(append(parts, gaps...), "; ")
}

// verdicts tells how the checks went.
func (t tally) verdicts() string {
	c := t.counts
	judged := c.Total() - c.NotApplicable
	switch {
	case c.Fail == 1 && judged == 1:
		return fmt.Sprintf("1 check fails (%s)", t.failing[0])
	case c.Fail > 0:
		return fmt.Sprintf("%d of %d checks %s (%s)", c.Fail, judged, plural(c.Fail, "fails", "fail"), few(t.failing))
	case judged == 0:
		return plural(c.NotApplicable, "1 check, not applicable", "%d checks, none applicable")
	case c.Pass == judged && judged == 1:
		return "1 check passes"
	case c.Pass == judged:
		return fmt.Sprintf("%d checks, all pass", judged)
	}
	return fmt.Sprintf("%d of %s", c.Pass, plural(judged, "1 check passes", "%d checks pass"))
}

// unassessed tells what would give an item without any verdict a state.
func (t tally) unassessed(item *checklist.Item) string {
	var ways []string
	switch {
	case len(t.unseen) > 0:
		ways = append(ways, t.unseen...)
	case len(t.idle) > 0:
		ways = append(ways, looks(item)...)
	}
	if t.lost > 0 {
		ways = append(ways, plural(t.lost, "1 place could not be read", "%d places could not be read"))
	}
	if len(item.Questions) > 0 {
		ways = append(ways, plural(len(item.Questions), "answer question ", "answer questions ")+few(item.Questions))
	}
	if item.Open != "" {
		ways = append(ways, "not judged yet: "+item.Open)
	}
	return strings.Join(ways, "; ")
}

// looks are the scans that would show something for an item.
func looks(item *checklist.Item) []string {
	var ways []string
	if slices.Contains(item.Assess, "F") || !slices.Contains(item.Assess, "C") {
		ways = append(ways, "scan files (kubeproof scan PATH)")
	}
	if slices.Contains(item.Assess, "C") {
		ways = append(ways, "scan the cluster (kubeproof scan cluster:)")
	}
	return ways
}

func names(letters []checklist.Method) []string {
	all := make([]string, len(letters))
	for i, letter := range letters {
		all[i] = checklist.Methods[letter]
	}
	return all
}

// few lists at most three words and counts the rest.
func few(all []string) string {
	if len(all) <= 3 {
		return strings.Join(all, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(all[:3], ", "), len(all)-3)
}

// plural chooses by number; many may hold %d.
func plural(n int, one, many string) string {
	switch {
	case n == 1:
		return one
	case strings.Contains(many, "%d"):
		return fmt.Sprintf(many, n)
	}
	return many
}

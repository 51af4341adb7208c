package posture

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/control"
)

// Change is how a control stands in a second scan beside a first one.
type Change string

// The changes, the worst first. What one of the scans did not see is never better or worse.
const (
	Worse       Change = "worse"
	Differently Change = "seen differently"
	OnlyFirst   Change = "only in the first"
	OnlySecond  Change = "only in the second"
	Allowed     Change = "accepted, not mended"
	Better      Change = "better"
	Same        Change = "same"
)

// Changes are all, the worst first.
var Changes = []Change{Worse, Differently, OnlyFirst, OnlySecond, Allowed, Better, Same}

// ControlChange is a control in two scans.
type ControlChange struct {
	Control // its outcomes and standing are those of the second scan
	First   assessment.Counts
	Change  Change
	Why     string // in words
}

// TopicChange is a topic in two scans.
type TopicChange struct {
	Name          string
	First, Second Topic // without their controls
	// Controls are those that are not the same, the worst change first.
	Controls []ControlChange
	Counts   map[Change]int
}

// Difference is what two scans show of each other.
type Difference struct {
	Topics []TopicChange
	Counts map[Change]int
}

// Blind counts the places that a second scan could not read and a first one could: what they say is
// missing, and how much that is, of which they may name but a part. What neither could read
// is unknown in both, and so hides no failure from one alone.
func Blind(first, second []string, lostFirst, lostSecond int) int {
	if lostFirst > len(first) || lostSecond > len(second) {
		return lostSecond // some are not named, so that nobody can tell
	}
	known := map[string]int{}
	for _, text := range first {
		known[text]++
	}
	n := 0
	for _, text := range second {
		if known[text]--; known[text] < 0 {
			n++
		}
	}
	return n
}

// Compare puts two scans side by side, by what their controls gave. lost is how many places the second
// could not read, and the first could: then fewer failures prove nothing.
func Compare(first, second []Topic, lost int) Difference {
	d := Difference{Counts: map[Change]int{}}
	was := map[string]Topic{}
	names := map[string]bool{}
	for _, topic := range first {
		was[topic.Name], names[topic.Name] = topic, true
	}
	is := map[string]Topic{}
	for _, topic := range second {
		is[topic.Name], names[topic.Name] = topic, true
	}
	for name := range names {
		one := compareTopic(name, was[name], is[name], lost)
		for change, n := range one.Counts {
			d.Counts[change] += n
		}
		d.Topics = append(d.Topics, one)
	}
	slices.SortFunc(d.Topics, func(a, b TopicChange) int {
		return cmp.Or(rankOf(a.Name == Elsewhere)-rankOf(b.Name == Elsewhere), strings.Compare(a.Name, b.Name))
	})
	return d
}

func compareTopic(name string, first, second Topic, lost int) TopicChange {
	one := TopicChange{Name: name, First: first, Second: second, Counts: map[Change]int{}}
	one.First.Controls, one.Second.Controls = nil, nil
	pairs := map[string]*ControlChange{}
	for _, c := range first.Controls {
		pairs[c.ID] = &ControlChange{Control: c, First: c.Outcomes}
		pairs[c.ID].Outcomes, pairs[c.ID].Standing = assessment.Counts{}, Unseen
	}
	for _, c := range second.Controls {
		if pairs[c.ID] == nil {
			pairs[c.ID] = &ControlChange{}
		}
		pairs[c.ID].Control = c
	}
	for _, pair := range pairs {
		pair.Change, pair.Why = changeOf(pair.First, pair.Outcomes, lost)
		one.Counts[pair.Change]++
		if pair.Change != Same {
			one.Controls = append(one.Controls, *pair)
		}
	}
	slices.SortFunc(one.Controls, func(a, b ControlChange) int {
		return cmp.Or(slices.Index(Changes, a.Change)-slices.Index(Changes, b.Change), worse(a.Control, b.Control))
	})
	return one
}

// changeOf tells what became of a control, and why so.
func changeOf(a, b assessment.Counts, lost int) (Change, string) {
	doubtA, doubtB := a.Unknown+a.Error, b.Unknown+b.Error
	fails, doubt := b.Fail-a.Fail, doubtB-doubtA
	switch {
	case b.Total() == 0:
		return OnlyFirst, "the second scan did not judge it"
	case a.Total() == 0:
		return OnlySecond, "the first scan did not judge it"
	case fails > 0 && doubt < 0:
		return Differently, fmt.Sprintf("%d more fail, but of %d the first scan could not tell", fails, -doubt)
	case fails > 0:
		return Worse, fmt.Sprintf("%d more fail", fails)
	case fails < 0 && doubt > 0:
		return Differently, fmt.Sprintf("%d fewer fail, but of %d more nothing is known", -fails, doubt)
	case fails < 0 && lost > 0:
		return Differently, fmt.Sprintf("%d fewer fail, but the second scan could not read all that the first could", -fails)
	case fails < 0 && b.Accepted-a.Accepted >= -fails:
		return Allowed, fmt.Sprintf("%d fewer fail, since the risk is accepted", -fails)
	case fails < 0:
		return Better, fmt.Sprintf("%d fewer fail", -fails)
	case doubt > 0:
		return Differently, fmt.Sprintf("as many fail, but of %d more nothing is known", doubt)
	case doubt < 0:
		return Differently, fmt.Sprintf("as many fail, and of %d more it is known", -doubt)
	}
	return Same, "as many fail"
}

// KindChange is how many objects of a kind two scans saw.
type KindChange struct {
	Kind          string
	First, Second int
}

// CompareKinds gives the kinds of which the scans saw another number, by name.
func CompareKinds(first, second map[string]int) (all []KindChange) {
	for kind, n := range first {
		if second[kind] != n {
			all = append(all, KindChange{kind, n, second[kind]})
		}
	}
	for kind, n := range second {
		if _, both := first[kind]; !both {
			all = append(all, KindChange{kind, 0, n})
		}
	}
	slices.SortFunc(all, func(a, b KindChange) int { return strings.Compare(a.Kind, b.Kind) })
	return all
}

// severityOf is that of a control that the catalogue may not have.
func severityOf(c *control.Control, otherwise string) control.Severity {
	if c != nil {
		return c.Severity
	}
	return control.Severity(otherwise)
}

package posture

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/store"
)

// Mending is a control whose open findings are to be mended, with what that would help.
type Mending struct {
	ID, Title string
	Severity  control.Severity
	Risk      int
	// Open counts the open findings; of Unknown of them the newest scans could not tell whether they fail, so
	// that there is nothing to mend yet.
	Open, Unknown int
	Sources       []string // that have such findings
	Items         []string // of checklists that the control answers
	Checklists    int
}

// Weight is what the mending is ranked by: how many findings fail, times their risk.
func (m *Mending) Weight() int { return max(m.Open-m.Unknown, 0) * m.Risk }

// Mendings ranks controls by the weight of their open findings, the heaviest first. open is what is open
// in each source, outcomes what the newest scan of each source gave. Controls of which nothing fails, and
// those without risk, are not in it.
func Mendings(open []store.OpenCount, outcomes map[string]map[string]assessment.Counts, catalogue map[string]*control.Control, lists []*checklist.Checklist) []Mending {
	byID := map[string]*Mending{}
	for _, one := range open {
		m := byID[one.Control]
		if m == nil {
			m = &Mending{ID: one.Control, Severity: severityOf(catalogue[one.Control], one.Severity)}
			if known := catalogue[one.Control]; known != nil {
				m.Title, m.Risk = known.Title, known.Risk
			}
			byID[one.Control] = m
		}
		m.Open += one.N
		if len(m.Sources) == 0 || m.Sources[len(m.Sources)-1] != one.Source {
			m.Sources = append(m.Sources, one.Source)
			n := outcomes[one.Source][one.Control]
			m.Unknown += n.Unknown + n.Error
		}
	}
	answers := answersOf(lists)
	var all []Mending
	for _, m := range byID {
		if m.Unknown = min(m.Unknown, m.Open); m.Weight() == 0 {
			continue
		}
		m.Items, m.Checklists = answers[m.ID].items, answers[m.ID].lists
		all = append(all, *m)
	}
	slices.SortFunc(all, func(a, b Mending) int {
		return cmp.Or(b.Weight()-a.Weight(), b.Severity.Rank()-a.Severity.Rank(), strings.Compare(a.ID, b.ID))
	})
	return all
}

// answered is what a control answers.
type answered struct {
	items []string
	lists int
}

func answersOf(lists []*checklist.Checklist) map[string]answered {
	all := map[string]answered{}
	for _, list := range lists {
		here := map[string]bool{}
		for i := range list.Items {
			for _, id := range list.Items[i].Controls {
				one := all[id]
				one.items = append(one.items, list.Items[i].ID)
				if !here[id] {
					one.lists++
				}
				here[id] = true
				all[id] = one
			}
		}
	}
	return all
}

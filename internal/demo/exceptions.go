package demo

import (
	"fmt"
	"time"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/review"
)

// asked is a risk that somebody wants to be accepted, and what became of it.
type asked struct {
	who      string
	ago, end int // days before the end of the demonstration: when, and its last day
	item     string
	cluster  string // where a finding is accepted, if no item is named
	nth      int    // which of its findings
	reason   string
	instead  string
	decided  string // approve, reject, withdraw, extend or nothing
}

var risks = []asked{
	{"sol", 150, 40, "", "platform", 0, "The runner needs it until builds move out of the cluster.", "Builds run on nodes of their own.", "approve"},
	{"sol", 60, -110, "", "platform", 2, "The tool of the vendor does not run without it; a new version is announced.", "Nobody outside of the platform team reaches its namespace.", "approve"},
	{"jamie", 45, -12, "", "shop-production", 1, "The importer is replaced at the end of the quarter.", "It only reaches the catalogue's database.", "approve"},
	{"robin", 33, -80, "", "shop-production", 5, "The old client of a partner needs it.", "The partner's addresses alone are let in.", "extend"},
	{"jamie", 21, -60, "", "shop-staging", 3, "Staging holds no data of people.", "", "reject"},
	{"sol", 9, -90, "", "shop-production", 8, "The change is planned for after the season.", "It is watched by an alert.", ""},
	{"robin", 5, -200, "S4.001", "", 0, "The budget comes with the new year.", "A yearly test by the platform team.", ""},
	{"robin", 75, -120, "S0.012", "", 0, "One team alone works with it, and knows it.", "Two people look at each change.", "approve"},
	{"jamie", 14, -30, "", "shop-staging", 6, "It is switched off next week.", "", "withdraw"},
}

// exceptions plans them.
func (m *maker) exceptions() {
	for _, one := range risks {
		id := m.id("x")
		when := m.ago(one.ago, 4)
		m.at(when, one.who, func(w *journal.Work) error {
			action := &review.RequestException{ID: id, Plan: Review, Item: one.item, Expires: m.ago(one.end, 0).Format(review.Day),
				ExceptionText: review.ExceptionText{Reason: one.reason, Compensation: one.instead, Owner: "the " + one.who + " team"}}
			if one.item == "" {
				found, err := m.failure(one.cluster, one.nth)
				if err != nil {
					return err
				}
				action.Control, action.Subject = found.Control, subjectOf(found)
			}
			return w.Do(action)
		})
		later := when.Add(30 * time.Hour)
		switch one.decided {
		case "approve", "extend":
			m.at(later, "kim", func(w *journal.Work) error {
				action := &review.ApproveException{ID: id, Revision: w.State.Exceptions[id].Revision}
				if err := action.Sign(w.State, w.Mark(), m.options.Key); err != nil {
					return err
				}
				return w.Do(action)
			})
		case "reject":
			m.at(later, "kim", func(w *journal.Work) error {
				return w.Do(&review.RejectException{ID: id, Revision: w.State.Exceptions[id].Revision, ReasonText: review.ReasonText{Reason: "Staging reaches the same registry as production."}})
			})
		case "withdraw":
			m.does(later, one.who, &review.WithdrawException{ID: id, ReasonText: review.ReasonText{Reason: "It was switched off today."}})
		}
		if one.decided == "extend" {
			m.at(m.ago(3, 5), one.who, func(w *journal.Work) error {
				text := w.State.ReasonOf(w.State.Exceptions[id])
				text.Reason = "The partner needs three months more."
				return w.Do(&review.ExtendException{ID: id, Expires: m.ago(one.end-60, 0).Format(review.Day), ExceptionText: text})
			})
		}
	}
}

// failure gives one of the severe failures of a cluster's newest scan: of each control one.
func (m *maker) failure(cluster string, nth int) (*assessment.Finding, error) {
	seen := map[string]bool{}
	for _, f := range m.last[cluster].Findings {
		if f.Outcome != assessment.Fail || f.Severity.Rank() < 2 || f.Subject.Namespace == "" || seen[f.Control] {
			continue
		}
		if seen[f.Control] = true; len(seen) > nth {
			return f, nil
		}
	}
	return nil, fmt.Errorf("the last scan of %s has %d failures to choose from, not %d", cluster, len(seen), nth+1)
}

// subjectOf names the subject of a finding as exceptions do.
func subjectOf(f *assessment.Finding) string {
	return f.Subject.Namespace + "/" + f.Subject.Kind + "/" + f.Subject.Name
}

package server

import (
	"fmt"
	"slices"

	"github.com/kubeproof/kubeproof/internal/report/dossier"
	"github.com/kubeproof/kubeproof/internal/review"
)

// overviewPage shows where the review stands.
type overviewPage struct {
	*seen
	Clusters clustersPart
	Urgent   []matter
	More     int
	Due      []matter // the first
	Later    []matter // and the others
	Events   []event
	Mine     int // how many things wait for who is here
}

// matter is one thing that somebody has to look at.
type matter struct {
	Why, To, ID, Text, Reason string
	Day                       string
	Late                      bool
}

const (
	mostUrgent = 8
	mostDue    = 8
	mostEvents = 12
)

func (v *visit) overview() error {
	now, err := v.sees()
	if err != nil {
		return err
	}
	due := dueIn(now)
	first := min(len(due), mostDue)
	page := overviewPage{seen: now, Due: due[:first], Later: due[first:], Mine: v.mine(now).Count()}
	if page.Clusters, err = v.clustersOf(now); err != nil {
		return err
	}
	if page.Events, err = v.lately(mostEvents); err != nil {
		return err
	}
	for _, one := range now.Doc.Attention {
		if len(page.Urgent) < mostUrgent && one.Why != dossier.UrgentSoon {
			page.Urgent = append(page.Urgent, matterOf(now, one))
		} else if one.Why != dossier.UrgentSoon {
			page.More++
		}
	}
	return v.show("overview.html", "Overview", page)
}

func matterOf(now *seen, one dossier.Attention) matter {
	m := matter{Why: string(one.Why), ID: one.ID, Text: one.Text, Reason: one.Reason, Day: one.Until}
	switch one.Kind {
	case "item":
		m.To = "/items/" + one.ID
	case "question":
		m.To = placeOf(now, one.ID)
	default:
		m.To = "/exceptions#x-" + one.ID
	}
	return m
}

// placeOf is where a question is answered: its first item.
func placeOf(now *seen, question string) string {
	if one := now.questions[question]; one != nil && len(one.Items) > 0 {
		return "/items/" + one.Items[0] + "#q-" + question
	}
	return "/items/" + question
}

// dueIn lists what ends or is due soon, by its day.
func dueIn(now *seen) []matter {
	today, horizon := now.Now.UTC().Format(review.Day), now.Now.AddDate(0, 0, now.Plan.Warn).UTC().Format(review.Day)
	var all []matter
	add := func(day, to, id, text string) {
		if day != "" && day < horizon {
			all = append(all, matter{To: to, ID: id, Text: text, Day: day, Late: day < today})
		}
	}
	for _, asked := range now.Asked {
		open := asked.Stage != review.Approved && asked.Stage != review.InReview
		if asked.Answer != nil && open && asked.Skipped == "" {
			add(asked.Answer.Due, placeOf(now, asked.Question.ID), asked.Question.ID, "is to be answered")
		}
		if asked.Stage == review.Approved && asked.Skipped == "" {
			add(asked.Until, placeOf(now, asked.Question.ID), asked.Question.ID, "the answer and its evidence count until then")
		}
	}
	for _, one := range now.Doc.Exceptions {
		if one.State == review.ExceptionApproved || one.Until != "" {
			add(one.Expires, "/exceptions#x-"+one.ID, one.ID, "the risk of "+one.Item+one.Control+" is accepted until then")
		}
	}
	for _, one := range now.Doc.Access {
		text := "who has access is to be reviewed again"
		if one.Done == nil {
			text = fmt.Sprintf("%d of %s are still to be confirmed", one.Undecided, count(one.Count, "subject"))
		}
		add(one.Due, "/access", one.Environment, text)
	}
	slices.SortStableFunc(all, func(a, b matter) int { return compare(a.Day, b.Day) })
	return all
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

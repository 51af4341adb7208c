package server

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/review"
)

// planForm is the form of a review: a new one, or the one that is looked at.
type planForm struct {
	New          bool
	ID           string
	About        review.PlanText
	Lists        []listChoice
	Environments string
	Periods      []periodField
}

// listChoice is a checklist that a review may work through.
type listChoice struct {
	*checklist.Checklist
	Chosen bool
}

// periodField is a number of days of a review.
type periodField struct {
	Name, Text string
	Days       int
}

func periodsOf(s review.Settings) []periodField {
	return []periodField{{"scan-fresh", "until a scan is too old to count", s.ScanFresh}, {"warn", "before something ends that it is told", s.Warn},
		{"access-every", "between two reviews of who has access", s.AccessEvery}, {"longest", "for which a risk can be accepted at once", s.Longest}}
}

// newPlan shows the form of a new review.
func (v *visit) newPlan() error {
	return v.show("plan.html", "New review", v.planForm(nil))
}

// editPlan shows the form of the review that is looked at.
func (v *visit) editPlan() error {
	plan := v.state.Plans[v.plan]
	if plan == nil {
		return errNoPlan
	}
	return v.show("plan.html", "Settings of the review", v.planForm(plan))
}

func (v *visit) planForm(plan *review.Plan) planForm {
	form := planForm{New: plan == nil, Environments: "production", Periods: periodsOf(review.DefaultSettings)}
	if plan != nil {
		form.ID, form.About = plan.ID, v.state.Describe(plan)
		form.Environments, form.Periods = strings.Join(plan.Environments, ", "), periodsOf(plan.Settings)
	}
	for _, list := range v.s.Library.Checklists {
		form.Lists = append(form.Lists, listChoice{list, plan == nil || slices.Contains(plan.Checklists, list.ID)})
	}
	return form
}

// readPlan reads the form of a review. Terms for mending are set elsewhere, and stay.
func readPlan(form url.Values, settings review.Settings) (*review.CreatePlan, error) {
	plan := &review.CreatePlan{ID: strings.TrimSpace(form.Get("id")), Checklists: form["checklist"], Settings: settings,
		PlanText: review.PlanText{Title: strings.TrimSpace(form.Get("title")), Scope: written(form.Get("scope"))}}
	plan.Environments = strings.FieldsFunc(form.Get("environments"), func(r rune) bool { return strings.ContainsRune(", \n\r\t", r) })
	for name, days := range map[string]*int{"scan-fresh": &plan.Settings.ScanFresh, "warn": &plan.Settings.Warn, "access-every": &plan.Settings.AccessEvery, "longest": &plan.Settings.Longest} {
		n, err := strconv.Atoi(strings.TrimSpace(form.Get(name)))
		if err != nil {
			return nil, fmt.Errorf("a period is no number of days: %q", form.Get(name))
		}
		*days = n
	}
	return plan, nil
}

// createPlan begins a review, and looks at it from then on.
func (v *visit) createPlan() error {
	if err := v.form(); err != nil {
		return err
	}
	plan, err := readPlan(v.PostForm, review.DefaultSettings)
	if err != nil {
		return v.tell("/reviews/new", sentence(err.Error()), true)
	}
	refused, err := v.try(func(w *journal.Work) error { return w.Do(plan) })
	switch {
	case err != nil:
		return err
	case refused != nil:
		return v.tell("/reviews/new", sentence(refused.Error()), true)
	}
	v.session.Plan = plan.ID
	return v.tell("/", "The review begins. Name who answers for what, and hand the first scan in.", false)
}

// changePlan sets what the review that is looked at reviews anew.
func (v *visit) changePlan() error {
	if err := v.form(); err != nil {
		return err
	}
	now := v.state.Plans[v.plan]
	if now == nil {
		return errNoPlan
	}
	if v.PostForm.Get("id") != v.plan {
		return v.tell("/reviews/settings", sentence(errOtherPlan.Error()), true)
	}
	plan, err := readPlan(v.PostForm, now.Settings)
	if err != nil {
		return v.tell("/reviews/settings", sentence(err.Error()), true)
	}
	return v.act("/reviews/settings", "The review is changed.", func(w *journal.Work) error {
		plan.Settings.Mend = w.State.Plans[v.plan].Mend
		return w.Do(&review.ChangePlan{ID: v.plan, Checklists: plan.Checklists, Environments: plan.Environments, Settings: plan.Settings, PlanText: plan.PlanText})
	})
}

var errOtherPlan = errors.New("another review is looked at than when the page was opened: nothing was changed")

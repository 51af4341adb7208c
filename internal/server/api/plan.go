package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/review"
)

// PlanBody is what can be set of a review; what is absent stays, or is as usual in a new one.
type PlanBody struct {
	Title        *string       `json:"title,omitempty"`
	Scope        *string       `json:"scope,omitempty" doc:"what is reviewed, in words"`
	Checklists   []string      `json:"checklists,omitempty"`
	Environments []string      `json:"environments,omitempty"`
	ScanFresh    *int          `json:"scanFresh,omitempty" doc:"days until a scan is too old to count"`
	Warn         *int          `json:"warn,omitempty" doc:"days before something ends that it is told"`
	AccessEvery  *int          `json:"accessEvery,omitempty" doc:"days between two reviews of who has access"`
	Longest      *int          `json:"longest,omitempty" doc:"days for which a risk can be accepted at once"`
	Mend         *review.Terms `json:"mend,omitempty" doc:"days in which findings are to be mended, by severity"`
}

// fill puts what is set into a review.
func (b *PlanBody) fill(plan *review.CreatePlan) {
	for _, one := range []struct{ from, into *string }{{b.Title, &plan.Title}, {b.Scope, &plan.Scope}} {
		if one.from != nil {
			*one.into = *one.from
		}
	}
	for _, one := range []struct{ from, into *int }{{b.ScanFresh, &plan.Settings.ScanFresh}, {b.Warn, &plan.Settings.Warn}, {b.AccessEvery, &plan.Settings.AccessEvery}, {b.Longest, &plan.Settings.Longest}} {
		if one.from != nil {
			*one.into = *one.from
		}
	}
	if b.Checklists != nil {
		plan.Checklists = b.Checklists
	}
	if b.Environments != nil {
		plan.Environments = b.Environments
	}
	if b.Mend != nil {
		plan.Settings.Mend = b.Mend
	}
}

type reviewOutput struct{ Body reviewSummary }

// onReview does something to a review and gives it back in short.
func (a *api) onReview(ctx context.Context, id string, do func(*journal.Work) error) (*reviewOutput, error) {
	return change(ctx, a, func(w *journal.Work) (*reviewOutput, error) {
		if err := do(w); err != nil {
			return nil, err
		}
		one, err := a.summary(w.State, id)
		return &reviewOutput{one}, err
	})
}

type createReviewInput struct {
	Body struct {
		ID string `json:"id" doc:"small letters, digits, dots and dashes"`
		PlanBody
	}
}

func (a *api) createReview(ctx context.Context, in *createReviewInput) (*reviewOutput, error) {
	plan := &review.CreatePlan{ID: in.Body.ID, Environments: []string{"production"}, Settings: review.DefaultSettings}
	in.Body.fill(plan)
	return a.onReview(ctx, plan.ID, func(w *journal.Work) error { return w.Do(plan) })
}

type changeReviewInput struct {
	InReview
	Body PlanBody
}

func (a *api) changeReview(ctx context.Context, in *changeReviewInput) (*reviewOutput, error) {
	return a.onReview(ctx, in.Review, func(w *journal.Work) error {
		before := w.State.Plans[in.Review]
		if before == nil {
			return huma.Error404NotFound("review " + in.Review + " is unknown")
		}
		plan := &review.CreatePlan{ID: in.Review, Checklists: before.Checklists, Environments: before.Environments, Settings: before.Settings, PlanText: w.State.Describe(before)}
		in.Body.fill(plan)
		return w.Do(&review.ChangePlan{ID: plan.ID, Checklists: plan.Checklists, Environments: plan.Environments, Settings: plan.Settings, PlanText: plan.PlanText})
	})
}

type setOwnerInput struct {
	InReview
	Role checklist.Owner `path:"role" maxLength:"64" doc:"of questions, as platform"`
	Body struct {
		Person string `json:"person" doc:"who answers for the role; empty for nobody"`
	}
}

func (a *api) setOwner(ctx context.Context, in *setOwnerInput) (*reviewOutput, error) {
	return a.onReview(ctx, in.Review, func(w *journal.Work) error {
		if w.State.Plans[in.Review] == nil {
			return huma.Error404NotFound("review " + in.Review + " is unknown")
		}
		return w.Do(&review.SetOwner{Plan: in.Review, Role: in.Role, Person: in.Body.Person})
	})
}

type assignInput struct {
	OnAnswer
	Body struct {
		Owner string `json:"owner,omitempty" doc:"the id of who has to answer; empty for nobody"`
		Due   string `json:"due,omitempty" format:"date" doc:"until when"`
	}
}

func (a *api) assign(ctx context.Context, in *assignInput) (*answerOutput, error) {
	return a.onAnswer(ctx, &in.OnAnswer, func(w *journal.Work) error {
		return w.Do(&review.Assign{Plan: in.Review, Key: in.Key, Owner: in.Body.Owner, Due: in.Body.Due})
	})
}

type sayInput struct {
	OnAnswer
	Body struct {
		Text string `json:"text" minLength:"1"`
	}
}

func (a *api) comment(ctx context.Context, in *sayInput) (*answerOutput, error) {
	return a.onAnswer(ctx, &in.OnAnswer, func(w *journal.Work) error {
		return w.Do(&review.AddComment{Plan: in.Review, Key: in.Key, ReasonText: review.ReasonText{Reason: in.Body.Text}})
	})
}

type reopenInput struct {
	OnAnswer
	Body struct {
		Reason string `json:"reason" minLength:"1"`
	}
}

func (a *api) reopen(ctx context.Context, in *reopenInput) (*answerOutput, error) {
	return a.onAnswer(ctx, &in.OnAnswer, func(w *journal.Work) error {
		return w.Do(&review.Reopen{Plan: in.Review, Key: in.Key, ReasonText: review.ReasonText{Reason: in.Body.Reason}})
	})
}

package server

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/report/dossier"
	"github.com/kubeproof/kubeproof/internal/report/escape"
	"github.com/kubeproof/kubeproof/internal/review"
)

// exceptionsPage lists the risks that are taken, were taken, or are asked to be.
type exceptionsPage struct {
	*seen
	All  []riskForm
	Item string // that the form to ask is filled in with
	May  mayDo
	Most string // the last day that can be asked for
	// Today is the first.
	Today string
}

// riskForm is an exception with what may be done to it now.
type riskForm struct {
	*dossier.Exception
	Decide, Extend, Withdraw bool
	MayDecide                string // why who is here may not decide; "" if that is not so
}

func (v *visit) exceptions() error {
	now, err := v.sees()
	if err != nil {
		return err
	}
	page := exceptionsPage{seen: now, Item: escape.Clip(v.URL.Query().Get("item"), 64), May: v.may(), Today: now.Now.UTC().Format(review.Day),
		Most: now.Now.AddDate(0, 0, now.Plan.Longest-1).UTC().Format(review.Day)}
	for i, shown := range now.Doc.Exceptions {
		from := now.Exceptions[i]
		one := riskForm{Exception: shown, Extend: page.May.Answer && from.State == review.ExceptionApproved,
			Withdraw: page.May.TakeBack && (from.State == review.ExceptionApproved || from.State == review.ExceptionRequested)}
		if from.State == review.ExceptionRequested && page.May.Review {
			if one.Decide = !slices.Contains(from.Requesters, v.person.ID); !one.Decide {
				one.MayDecide = "You asked for it: somebody else has to decide."
			}
		}
		page.All = append(page.All, one)
	}
	rank := map[review.ExceptionState]int{review.ExceptionRequested: 0, review.ExceptionApproved: 1, review.ExceptionRejected: 2, review.ExceptionWithdrawn: 3}
	slices.SortStableFunc(page.All, func(a, b riskForm) int {
		return cmp.Or(rank[a.State]-rank[b.State], strings.Compare(a.Expires, b.Expires))
	})
	return v.show("exceptions.html", "Exceptions", page)
}

// requestException asks that a risk be accepted.
func (v *visit) requestException() error {
	if err := v.form(); err != nil {
		return err
	}
	form := v.PostForm
	action := &review.RequestException{ID: journal.NewID("x"), Plan: v.plan, Item: strings.TrimSpace(form.Get("item")), Control: strings.TrimSpace(form.Get("control")), Expires: form.Get("expires"),
		ExceptionText: review.ExceptionText{Subject: strings.TrimSpace(form.Get("subject")), Reason: written(form.Get("reason")), Compensation: written(form.Get("compensation")), Owner: strings.TrimSpace(form.Get("owner"))}}
	if action.Control != "" && v.s.Controls[action.Control] == nil {
		return v.tell("/exceptions", "There is no control of that name: see the page Controls.", true)
	}
	return v.act("/exceptions#x-"+action.ID, "Asked for: it waits for a reviewer.", func(w *journal.Work) error { return w.Do(action) })
}

// onException does something to the exception of the address, which must be of the review that is looked at.
func (v *visit) onException(done string, do func(w *journal.Work, exception *review.Exception) error) error {
	if err := v.form(); err != nil {
		return err
	}
	id := v.PathValue("id")
	if one := v.state.Exceptions[id]; one == nil || one.Plan != v.plan {
		return errNotFound
	}
	return v.act("/exceptions#x-"+id, done, func(w *journal.Work) error { return do(w, w.State.Exceptions[id]) })
}

func (v *visit) approveException() error {
	return v.onException("Approved.", func(w *journal.Work, exception *review.Exception) error {
		signer, err := v.s.Journal.LedgerKey()
		if err != nil {
			return err
		}
		approval := &review.ApproveException{ID: exception.ID, Revision: v.revision(), ReasonText: v.reason()}
		if err := approval.Sign(w.State, w.Mark(), signer); err != nil {
			return err
		}
		return w.Do(approval)
	})
}

func (v *visit) rejectException() error {
	return v.onException("Rejected, with your reason.", func(w *journal.Work, exception *review.Exception) error {
		return w.Do(&review.RejectException{ID: exception.ID, Revision: v.revision(), ReasonText: v.reason()})
	})
}

func (v *visit) extendException() error {
	return v.onException("Asked for more time; until that is decided the old end counts.", func(w *journal.Work, exception *review.Exception) error {
		action := &review.ExtendException{ID: exception.ID, Expires: v.PostForm.Get("expires"), ExceptionText: w.State.ReasonOf(exception)}
		action.Reason = v.reason().Reason
		return w.Do(action)
	})
}

func (v *visit) withdrawException() error {
	return v.onException("Withdrawn.", func(w *journal.Work, exception *review.Exception) error {
		return w.Do(&review.WithdrawException{ID: exception.ID, ReasonText: v.reason()})
	})
}

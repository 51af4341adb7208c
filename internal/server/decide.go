package server

import (
	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/review"
)

// reason is what was written beside a decision.
func (v *visit) reason() review.ReasonText {
	return review.ReasonText{Reason: written(v.PostForm.Get("reason"))}
}

// submit hands an answer in for review.
func (v *visit) submit() error {
	item, key, err := v.target()
	if err != nil {
		return err
	}
	return v.act(v.back(item, key), "Submitted: it waits for a reviewer.", func(w *journal.Work) error {
		if err := v.unchanged(w, key); err != nil {
			return err
		}
		return w.Do(&review.Submit{Plan: v.plan, Key: key})
	})
}

// approve accepts just the revision that was read, signed by the ledger's key.
func (v *visit) approve() error {
	item, key, err := v.target()
	if err != nil {
		return err
	}
	return v.act(v.back(item, key), "Approved.", func(w *journal.Work) error {
		signer, err := v.s.Journal.LedgerKey()
		if err != nil {
			return err
		}
		approval := &review.Approve{Plan: v.plan, Key: key, Revision: v.revision(), ReasonText: v.reason()}
		if err := approval.Sign(w.State, w.Mark(), signer); err != nil {
			return err
		}
		return w.Do(approval)
	})
}

// requestChanges sends an answer back.
func (v *visit) requestChanges() error {
	item, key, err := v.target()
	if err != nil {
		return err
	}
	return v.act(v.back(item, key), "Sent back, with your reason.", func(w *journal.Work) error {
		return w.Do(&review.RequestChanges{Plan: v.plan, Key: key, Revision: v.revision(), ReasonText: v.reason()})
	})
}

// reopen takes an answer back to where it can be changed.
func (v *visit) reopen() error {
	item, key, err := v.target()
	if err != nil {
		return err
	}
	return v.act(v.back(item, key), "Reopened: change it, and submit it again.", func(w *journal.Work) error {
		if err := v.unchanged(w, key); err != nil {
			return err
		}
		return w.Do(&review.Reopen{Plan: v.plan, Key: key, ReasonText: v.reason()})
	})
}

package server

import (
	"context"
	"time"

	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/review"
)

// noting is how long it may take to note a wrong password.
const noting = 30 * time.Second

// noteFailure counts a wrong password with the account, so that neither another server nor a new start
// forgets it, and puts a lock-out into the ledger. It is done after the answer: how long that takes
// would tell that there is such an account.
func (s *Server) noteFailure(person string) {
	if person == "" {
		return
	}
	s.behind.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), noting)
		defer cancel()
		locked, now := false, s.Now()
		err := s.Accounts.ChangeAccount(ctx, person, func(a *Account) error {
			locked = a.failed(now)
			return nil
		})
		if err == nil && locked {
			s.Log.Warn("account locked", "person", person)
			err = s.Journal.Act(ctx, review.System, func(w *journal.Work) error { return w.Do(&review.LockOut{ID: person}) })
		}
		if err != nil {
			s.Log.Error("note wrong password", "person", person, "error", err)
		}
	})
}

// failed counts a wrong password, and reports whether the account is locked by it.
func (a *Account) failed(now time.Time) bool {
	if now.Before(a.LockedUntil) {
		return false // it was tried while the one that locked it was looked at
	}
	if !a.LockedUntil.IsZero() && now.Sub(a.LockedUntil) > forgottenAfter {
		a.Failures = 0
	}
	a.Failures++
	over := a.Failures - forgivenByLogin
	if over < 0 {
		return false
	}
	a.LockedUntil = now.Add(lockOf(over))
	return true
}

// lockOf is how long a lock lasts after so many wrong passwords more than are forgiven.
func lockOf(over int) time.Duration { return min(longestLock, firstLock<<min(over, 20)) }

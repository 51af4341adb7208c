package store

import (
	"errors"
	"fmt"
)

// What can be wrong with a store. They are wrapped in errors whose texts say what to do.
var (
	// ErrMissing: there is no store at this place, and it was not to be created.
	ErrMissing = errors.New("there is no store")
	// ErrNewer: the store's tables are of a version that this program does not know.
	ErrNewer = errors.New("the store was written by a newer kubeproof")
	// ErrReadOnly: the store, or this transaction, cannot be written to.
	ErrReadOnly = errors.New("the store is read-only")
	// ErrFull: the disk is full. Nothing of the change was kept, all that was there is.
	ErrFull = errors.New("the disk is full")
	// ErrBusy: another writer took too long.
	ErrBusy = errors.New("the store is busy")
	// ErrDamaged: the database, or a file in it, is not as it was written.
	ErrDamaged = errors.New("the store is damaged")
	// ErrForeign: what is at this place is not a store.
	ErrForeign = errors.New("this is not a store of kubeproof")
	// ErrUnreachable: the server of the database does not answer, or no longer.
	ErrUnreachable = errors.New("the store does not answer")
	// ErrDenied: the rights or the password do not suffice.
	ErrDenied = errors.New("access to the store is denied")
	// ErrTaken: there is one already, and there can only be one.
	ErrTaken = errors.New("it is taken")
)

// explained is an error with its sentinel, for people first and with the database's words last.
func explained(sentinel error, advice string, cause error) error {
	if cause == nil {
		return fmt.Errorf("%w: %s", sentinel, advice)
	}
	return fmt.Errorf("%w: %s (%w)", sentinel, advice, cause)
}

// known tells whether an error says already what to do.
func known(err error) bool {
	for _, sentinel := range []error{ErrMissing, ErrNewer, ErrReadOnly, ErrFull, ErrBusy, ErrDamaged, ErrForeign, ErrUnreachable, ErrDenied} {
		if errors.Is(err, sentinel) {
			return true
		}
	}
	return false
}

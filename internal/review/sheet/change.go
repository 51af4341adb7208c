package sheet

import (
	"github.com/kubeproof/kubeproof/internal/review"
)

// Change is what importing a row would do.
type Change struct {
	Key, Place string
	// Before and After are what changes, in words on one line each; "" is nothing.
	Before, After string
	// Actions are SetAnswer, Assign, or both, in the order in which they are to be done.
	Actions []review.Action
	// Prior is the stage of the answer that it would reopen; "" if it changes no answer.
	Prior review.Stage
}

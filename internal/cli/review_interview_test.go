package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"

	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/review"
)

// TestInterviewEndsWithItsContext interrupts somebody who is asked and types nothing.
func TestInterviewEndsWithItsContext(t *testing.T) {
	silent, typing := io.Pipe()
	defer typing.Close()
	ctx, cancel := context.WithCancel(t.Context())
	var screen bytes.Buffer
	talk := newInterview(ctx, &Streams{In: silent, Err: &screen})
	cancel()
	action, err := talk.ask("main", &review.Asked{Question: &checklist.Question{ID: "backups", Type: checklist.YesNo}})
	if action != nil || !errors.Is(err, context.Canceled) || err.Error() != "interrupted" {
		t.Errorf("the answer is %v, %v", action, err)
	}
}

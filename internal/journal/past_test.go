package journal

import (
	"encoding/json"
	"testing"

	"github.com/kubeproof/kubeproof/internal/review"
)

// TestPast: at every size the state is the one that there was.
func TestPast(t *testing.T) {
	j := begun(t, t.TempDir())
	ctx := t.Context()
	recorded := map[int64]string{}
	note := func() {
		if err := j.Read(ctx, func(state *review.State) error {
			recorded[state.Size] = recordsOf(t, state)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	note()
	for _, action := range []review.Action{
		&review.SignIn{How: review.ByPassword}, &review.Assign{Plan: "main", Key: "backups", Owner: "anna"}, &review.AddComment{Plan: "main", Key: "backups", ReasonText: review.ReasonText{Reason: "hello"}},
		&review.Assign{Plan: "main", Key: "backups"},
	} {
		if err := act(ctx, j, "anna", action); err != nil {
			t.Fatal(err)
		}
		note()
	}
	for size, want := range recorded {
		state, err := j.Past(ctx, size)
		if err != nil || state.Size != size {
			t.Fatal(state, err)
		}
		if got := recordsOf(t, state); got != want {
			t.Errorf("with %d entries it is\n%s\nand was\n%s", size, got, want)
		}
	}
	for _, size := range []int64{-1, 0, 1 << 40} {
		if _, err := j.Past(ctx, size); err == nil {
			t.Errorf("a past of %d entries", size)
		}
	}
}

func recordsOf(t *testing.T, state *review.State) string {
	t.Helper()
	records, err := state.Records()
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(records)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

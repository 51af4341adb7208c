package journal

import (
	"errors"
	"testing"

	"github.com/kubeproof/kubeproof/internal/ledger"
	"github.com/kubeproof/kubeproof/internal/review"
)

// TestApprovalsByOwnKeysVerify: each is proved with the key that its author had then.
func TestApprovalsByOwnKeysVerify(t *testing.T) {
	j := begun(t, t.TempDir())
	first, second := newKey(t, "person/ben"), newKey(t, "person/ben")
	approve := func(key string) {
		t.Helper()
		must(t, j, "anna", answer(t, key), &review.Submit{Plan: "main", Key: "backups"})
		if err := j.Act(t.Context(), "ben", func(w *Work) error {
			approval := &review.Approve{Plan: "main", Key: "backups", Revision: w.State.Answers["main/backups"].Revision}
			signer := map[string]*ledger.Key{"log": j.options.Key, "first": first, "second": second}[key]
			return errors.Join(approval.Sign(w.State, w.Mark(), signer), w.Do(approval))
		}); err != nil {
			t.Fatal(err)
		}
	}
	approve("log")
	must(t, j, "anna", &review.SetPersonKey{ID: "ben", Key: first.Verifier().String()})
	approve("first")
	must(t, j, "anna", &review.SetPersonKey{ID: "ben", Key: second.Verifier().String()})
	approve("second")
	must(t, j, "anna", &review.SetPersonKey{ID: "ben"})
	approve("log")
	if verified := proved(t, j); verified.Statements != 4 {
		t.Errorf("%d approvals are proved", verified.Statements)
	}
}

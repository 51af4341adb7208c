package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/review"
)

// TestTokensOfWhoIsGone: who has left, whose last day is over, or who is nobody reads nothing by a token.
func TestTokensOfWhoIsGone(t *testing.T) {
	d := newDesk(t)
	for _, person := range []string{"ben", "vera"} {
		d.want(http.StatusOK, person, "GET", "/reviews", "")
	}
	if err := d.journal.Act(t.Context(), "anna", func(w *journal.Work) error {
		if err := w.Do(&review.Leave{ID: "ben"}); err != nil {
			return err
		}
		return w.Do(&review.SetUntil{ID: "vera", Until: "2026-06-02"})
	}); err != nil {
		t.Fatal(err)
	}
	d.want(http.StatusOK, "vera", "GET", "/reviews", "")
	d.now = d.now.Add(36 * time.Hour)
	for _, token := range []string{"ben", "vera", d.token("nobody", Scopes...)} {
		if _, text := d.want(http.StatusUnauthorized, token, "GET", "/reviews", ""); !strings.Contains(text, "has ended") {
			t.Errorf("%s: %s", token, text)
		}
	}
	d.want(http.StatusOK, "anna", "GET", "/reviews", "")
}

func TestCheckToken(t *testing.T) {
	for name, one := range map[string]struct {
		name, days string
		scopes     []string
		ok         bool
	}{
		"good": {"ci", " 30 ", Scopes, true}, "a year": {"ci", "366", []string{ScopeRead}, true}, "too long": {"ci", "367", Scopes, false}, "no days": {"ci", "0", Scopes, false}, "nonsense": {"ci", "1e3", Scopes, false},
		"no name": {"", "3", Scopes, false}, "a line break": {"a\nb", "3", Scopes, false}, "a long name": {strings.Repeat("x", 201), "3", Scopes, false}, "no scope": {"ci", "3", nil, false}, "an unknown scope": {"ci", "3", []string{"root"}, false},
	} {
		days := -1
		if err := CheckToken(one.name, one.scopes, one.days, &days); (err == nil) != one.ok || one.ok && days < 1 {
			t.Errorf("%s: %v, %d days", name, err, days)
		}
	}
}

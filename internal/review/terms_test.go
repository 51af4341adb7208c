package review

import (
	"strings"
	"testing"
	"time"

	"github.com/kubeproof/kubeproof/internal/control"
)

// TestTerms: administrators set within how many days findings are to be mended; who sets none has the
// usual ones, and older ledgers, which know none, too.
func TestTerms(t *testing.T) {
	o := newOffice(t)
	if got := o.state.Plans["main"].Terms(); got != DefaultTerms {
		t.Errorf("terms are %+v", got)
	}
	change := func(terms *Terms) *ChangePlan {
		settings := DefaultSettings
		settings.Mend = terms
		return &ChangePlan{ID: "main", Checklists: []string{"list"}, Environments: []string{"production"}, Settings: settings}
	}
	for _, test := range []struct {
		who   string
		terms Terms
		want  string
	}{
		{"carl", Terms{High: 1}, "is no administrator"},
		{"anna", Terms{High: -1}, "-1 days to mend what is high"},
		{"anna", Terms{Info: 3661}, "3661 days to mend what is info"},
	} {
		if err := o.do(test.who, change(&test.terms)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v by %s: %v, want %q", test.terms, test.who, err, test.want)
		}
	}
	o.must("anna", change(&Terms{Critical: 3}))
	terms := o.state.Plans["main"].Terms()
	found := time.Date(2026, 6, 1, 10, 0, 0, 0, time.UTC)
	if due := terms.Due(control.Critical, found); due != found.Add(72*time.Hour) {
		t.Errorf("due is %s", due)
	}
	if due := terms.Due(control.High, found); !due.IsZero() || len(terms.Late()) != 1 || terms.Late()["critical"] != 72*time.Hour {
		t.Errorf("due is %s, late %v", due, terms.Late())
	}
	o.loadsAgain()
	if got := o.replayed().Plans["main"].Terms(); got != (Terms{Critical: 3}) {
		t.Errorf("replayed, terms are %+v", got)
	}
}

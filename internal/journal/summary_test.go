package journal

import (
	"strings"
	"testing"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

func result(id string, severity control.Severity, n assessment.Counts) assessment.ControlResult {
	return assessment.ControlResult{ID: id, Severity: severity, Outcomes: n}
}

func TestScoreOfAScan(t *testing.T) {
	for name, one := range map[string]struct {
		controls []assessment.ControlResult
		want     float64
	}{
		"nothing judged":        {nil, -1},
		"nothing applicable":    {[]assessment.ControlResult{result("a", control.High, assessment.Counts{NotApplicable: 3})}, -1},
		"all well":              {[]assessment.ControlResult{result("a", control.High, assessment.Counts{Pass: 3, NotApplicable: 1})}, 100},
		"unknown is no pass":    {[]assessment.ControlResult{result("a", control.High, assessment.Counts{Pass: 3, Unknown: 1})}, 0},
		"accepted is no fail":   {[]assessment.ControlResult{result("a", control.High, assessment.Counts{Accepted: 1})}, 100},
		"critical weighs more":  {[]assessment.ControlResult{result("a", control.Critical, assessment.Counts{Fail: 1}), result("b", control.Low, assessment.Counts{Pass: 1})}, 16.6},
		"severity that is none": {[]assessment.ControlResult{result("a", "odd", assessment.Counts{Fail: 1}), result("b", control.Info, assessment.Counts{Pass: 1})}, 50},
	} {
		if got := scoreOf(&assessment.Assessment{Controls: one.controls}); got != one.want {
			t.Errorf("%s: %v, want %v", name, got, one.want)
		}
	}
}

func TestSummaryOfAScanStaysSmall(t *testing.T) {
	a := &assessment.Assessment{Controls: []assessment.ControlResult{result("seen", control.High, assessment.Counts{Pass: 1}), result("unseen", control.High, assessment.Counts{})}}
	for range 1000 {
		a.Targets = append(a.Targets, inventory.Target{Name: strings.Repeat("t", 20<<10)})
		a.Errors = append(a.Errors, inventory.Error{Lost: true, Message: strings.Repeat("ä", 10<<10)}, inventory.Error{Message: "only doubtful"})
		a.Gaps = append(a.Gaps, inventory.Gap{Kind: "Node", Reason: "no right"}, inventory.Gap{Kind: inventory.FactEtcd, Reason: "the provider runs it", Provider: true})
	}
	a.Gaps = append(a.Gaps, inventory.Gap{Kind: inventory.FactEtcd, Reason: "somebody else runs it", Provider: true})
	s := summaryOf(a)
	if s.Lost != 2000 || len(s.Missing) != mostMissing || s.Unseen != 1 || len(s.Controls) != 1 {
		t.Errorf("lost %d, missing %d, unseen %d, controls %d", s.Lost, len(s.Missing), s.Unseen, len(s.Controls))
	}
	text, err := s.encode()
	if err != nil || len(text) > mostSummary {
		t.Errorf("%d bytes, %v", len(text), err)
	}
	if back := ReadSummary(text); back.Lost != 2000 {
		t.Errorf("read back: %+v", back)
	}
	if empty := ReadSummary([]byte("{")); empty.Lost != 0 || empty.Controls != nil {
		t.Errorf("broken: %+v", empty)
	}
}

func TestWhatIsNotThereIsGone(t *testing.T) {
	controls := []assessment.ControlResult{result("whole", control.High, assessment.Counts{Pass: 2}), result("doubtful", control.High, assessment.Counts{Pass: 2, Unknown: 1}),
		result("broken", control.High, assessment.Counts{Error: 1}), result("elsewhere", control.High, assessment.Counts{NotApplicable: 1})}
	cluster := map[string]int{inventory.FactCluster: 1}
	for name, one := range map[string]struct {
		gaps    []inventory.Gap
		errors  []inventory.Error
		kinds   map[string]int
		nothing bool
	}{
		"all was seen":                  {nil, nil, nil, false},
		"a kind was not seen":           {[]inventory.Gap{{Kind: "Secret", Reason: "no right"}}, nil, cluster, false},
		"nothing bears the gap":         {[]inventory.Gap{{Kind: "Secret", Reason: "no right"}}, nil, nil, true},
		"a provider runs it":            {[]inventory.Gap{{Kind: inventory.FactEtcd, Provider: true}}, nil, nil, false},
		"one namespace was asked for":   {[]inventory.Gap{{Kind: "Pod", Except: []string{"shop"}, Unasked: true}}, nil, cluster, true},
		"objects were lost":             {nil, []inventory.Error{{Lost: true}}, cluster, true},
		"something was written wrongly": {nil, []inventory.Error{{}}, cluster, false},
	} {
		sure, nothing := certain(&assessment.Assessment{Controls: controls, Gaps: one.gaps, Errors: one.errors, Summary: assessment.Summary{Kinds: one.kinds}})
		if nothing != one.nothing || !sure["whole"] || !sure["elsewhere"] || sure["doubtful"] || sure["broken"] || sure["unknown"] {
			t.Errorf("%s: nothing %v, sure of %v", name, nothing, sure)
		}
	}
}

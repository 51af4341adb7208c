package review

import (
	"strings"
	"testing"
	"time"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/checklist"
)

// TestUnknownIsNeverAYes are ways in which what nobody knows today could count.
func TestUnknownIsNeverAYes(t *testing.T) {
	policies := func(n assessment.Counts) counts { return counts{"policies": n} }
	both := func(o *office) {
		o.must("anna", &ChangePlan{ID: "main", Checklists: []string{"list"}, Environments: []string{"production", "staging"}, Settings: DefaultSettings})
	}
	staging := func(o *office, n assessment.Counts) {
		seen := ScanSeen{Controls: map[string]ScanControl{"policies": {Outcomes: n}}, Methods: []checklist.Method{"C"}, Subjects: 1}
		o.must("carl", &RecordScan{Plan: "main", Environment: "staging", Label: "c", Made: o.now, Seen: seen, ScanText: ScanText{Name: "c"}})
	}
	tests := []struct {
		name string
		make func(o *office)
		item string
		want ItemState
	}{
		{"declared not to apply, and a control fails", func(o *office) { o.declare("A.5"); o.review("A.5"); o.scan("c", "C", policies(fails)) }, "A.5", ItemContradicted},
		{"declared not to apply, on the last day", func(o *office) { o.declare("A.5"); o.review("A.5"); o.later(90) }, "A.5", ItemNotApplicable},
		{"declared not to apply, long ago", func(o *office) { o.declare("A.5"); o.review("A.5"); o.later(91) }, "A.5", ItemStale},
		{"declared not to apply, evidence expired", func(o *office) {
			o.declare("A.5")
			o.attach("e-1", "A.5", Period{Expires: "2026-06-10"})
			o.review("A.5")
			o.later(10)
		}, "A.5", ItemStale},
		{"question said not to apply, and the scan shows that it fails", func(o *office) {
			action := o.set("backups")
			action.NotApplicable, action.Comment = true, "none"
			o.must("carl", action)
			o.review("backups")
			o.scan("c", "C", counts{"backup-runs": fails})
		}, "A.4", ItemContradicted},
		{"not asked: the answer before is too old", func(o *office) { o.approved("backups", "no"); o.later(91) }, "A.3", ItemOpen},
		{"not asked: a scan denies the answer before", func(o *office) { o.approved("backups", "no"); o.scan("c", "C", counts{"backup-runs": passes}) }, "A.3", ItemOpen},
		{"an environment that was never scanned", func(o *office) { both(o); o.scan("c", "C", policies(passes)) }, "A.5", ItemPartly},
		{"an environment that was never scanned, the other has nothing", func(o *office) { both(o); o.scan("c", "C", policies(without)) }, "A.5", ItemOpen},
		{"all environments scanned", func(o *office) { both(o); o.scan("c", "C", policies(passes)); staging(o, passes) }, "A.5", ItemSatisfied},
		{"a scan that failed and grew old beside a new one", func(o *office) {
			o.scan("c", "C", policies(fails))
			o.later(31)
			o.scan("d", "C", policies(passes))
		}, "A.5", ItemStale},
		{"a scan of an environment that the plan has no more", func(o *office) {
			both(o)
			staging(o, passes)
			o.must("anna", &ChangePlan{ID: "main", Checklists: []string{"list"}, Environments: []string{"production"}, Settings: DefaultSettings})
		}, "A.5", ItemOpen},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := newOffice(t)
			test.make(o)
			o.expect(test.item, test.want)
		})
	}
}

// TestWhatNothingJudgesIsOpen: an item without controls and questions is not "not applicable".
func TestWhatNothingJudgesIsOpen(t *testing.T) {
	o := newOffice(t)
	list, _ := o.library.Checklist("list")
	list.Items = append(list.Items, checklist.Item{ID: "A.8", Section: "Network", Text: "nobody looks", Open: "all of it"})
	o.expect("A.8", ItemOpen)
}

// TestWhatChangedIsStale: a declaration binds the words of the item.
func TestWhatChangedIsStale(t *testing.T) {
	o := newOffice(t)
	o.declare("A.5")
	o.review("A.5")
	list, _ := o.library.Checklist("list")
	for i := range list.Items {
		if list.Items[i].ID == "A.5" {
			list.Items[i].Text = "something else"
		}
	}
	o.expect("A.5", ItemStale)
}

// TestADeclarationCanBeTakenBack: then controls and questions judge the item again, at once.
func TestADeclarationCanBeTakenBack(t *testing.T) {
	o := newOffice(t)
	o.scan("c", "C", counts{"policies": passes})
	back := func(comment string) *SetAnswer {
		action := o.set("A.5")
		action.Comment = comment
		return action
	}
	if err := o.do("carl", back("it does")); err == nil {
		t.Error("took back what was not declared")
	}
	o.declare("A.5")
	o.expect("A.5", ItemAnswered)
	if err := o.do("carl", back("")); err == nil {
		t.Error("took it back without a reason")
	}
	o.must("carl", back("it does"))
	o.expect("A.5", ItemSatisfied)
}

// TestForgedScans: no report takes away what another one showed, or brings words into the signed log.
func TestForgedScans(t *testing.T) {
	base := func() *RecordScan {
		return &RecordScan{Plan: "main", Environment: "production", Label: "x", Made: day0, ScanText: ScanText{Name: "x"},
			Seen: ScanSeen{Controls: map[string]ScanControl{"policies": {Outcomes: passes}}, Methods: []checklist.Method{"C"}, Subjects: 1}}
	}
	for name, change := range map[string]func(*RecordScan){
		"failures below zero": func(a *RecordScan) {
			a.Seen.Controls["policies"] = ScanControl{Outcomes: assessment.Counts{Pass: 9, Fail: -1}}
		},
		"a sum that overruns": func(a *RecordScan) {
			a.Seen.Controls["policies"] = ScanControl{Outcomes: assessment.Counts{Fail: 1<<63 - 1}}
		},
		"lost below zero":    func(a *RecordScan) { a.Seen.Lost = -3 },
		"words as a method":  func(a *RecordScan) { a.Seen.Methods = append(a.Seen.Methods, "Anna Berg was here") },
		"words as a control": func(a *RecordScan) { a.Seen.Controls["Anna Berg"] = ScanControl{} },
		"made tomorrow":      func(a *RecordScan) { a.Made = day0.AddDate(0, 0, 1) },
		"a secret in a name": func(a *RecordScan) {
			a.Targets = []string{"https://ghp_" + "aB3dE5fG7hI9jK1lM2nO4pQ6rS8tU0vW1xY2@github.com/a/b"}
		},
	} {
		action := base()
		change(action)
		if err := newOffice(t).do("carl", action); err == nil {
			t.Errorf("%s: recorded", name)
		}
	}
	o := newOffice(t)
	o.must("carl", base())
	older := base()
	older.Made = day0.Add(-time.Hour)
	if err := o.do("carl", older); err == nil {
		t.Error("an older scan took the place of a newer one")
	}
}

// TestWhyNothingWasSeenIsNoPartOfTheBody: it is text that a report brings.
func TestWhyNothingWasSeenIsNoPartOfTheBody(t *testing.T) {
	o := newOffice(t)
	seen := ScanSeen{Controls: map[string]ScanControl{"policies": {Unseen: "Anna's cluster was away"}}, Methods: []checklist.Method{"C"}, Subjects: 1}
	o.must("carl", &RecordScan{Plan: "main", Environment: "production", Label: "c", Made: o.now, Seen: seen, ScanText: ScanText{Name: "c"}})
	if body := string(o.log[len(o.log)-1].body); strings.Contains(body, "Anna") {
		t.Errorf("the body is %s", body)
	}
	if reason := o.view().Item("A.5").Machine.Reason; !strings.Contains(reason, "Anna's cluster was away") {
		t.Errorf("the reason is lost: %s", reason)
	}
}

// TestZonesDecideNothing: a scan is as old in Stockholm as elsewhere, over the change of the clocks too.
func TestZonesDecideNothing(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Skip(err)
	}
	o := newOffice(t)
	o.now = time.Date(2026, 10, 10, 12, 0, 0, 0, time.UTC)
	action := &RecordScan{Plan: "main", Environment: "production", Label: "c", Made: o.now.In(zone), ScanText: ScanText{Name: "c"}, Seen: ScanSeen{Controls: map[string]ScanControl{"policies": {Outcomes: passes}}, Methods: []checklist.Method{"C"}, Subjects: 1}}
	o.must("carl", action)
	o.later(30)
	o.expect("A.5", ItemSatisfied)
	o.now = o.now.Add(time.Microsecond)
	o.expect("A.5", ItemStale)
}

// TestSuggestionOfHalf: a control that did not run, or a file that was not read, suggests no yes.
func TestSuggestionOfHalf(t *testing.T) {
	o := newOffice(t)
	o.must("carl", &RecordScan{Plan: "main", Environment: "production", Label: "c", Made: o.now, ScanText: ScanText{Name: "c"},
		Seen: ScanSeen{Controls: map[string]ScanControl{"backup-runs": {Outcomes: passes}}, Methods: []checklist.Method{"C"}, Subjects: 1, Lost: 1}})
	if got := o.view().Question("backups").Suggestion; got != nil {
		t.Errorf("a scan that lost something suggests %+v", got)
	}
}

package review

import (
	"slices"
	"testing"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/checklist"
)

// scan records what controls gave; the letters say what was looked at.
func (o *office) scan(label string, letters string, controls map[string]assessment.Counts) {
	o.t.Helper()
	seen := ScanSeen{Controls: map[string]ScanControl{}, Subjects: 1}
	for _, letter := range letters {
		seen.Methods = append(seen.Methods, checklist.Method(string(letter)))
	}
	for id, outcomes := range controls {
		seen.Controls[id] = ScanControl{Outcomes: outcomes}
	}
	o.must("carl", &RecordScan{Plan: "main", Environment: "production", Label: label, Made: o.now, Seen: seen, ScanText: ScanText{Name: label}})
}

type counts = map[string]assessment.Counts

var (
	passes  = assessment.Counts{Pass: 2}
	fails   = assessment.Counts{Fail: 1}
	mixed   = assessment.Counts{Pass: 1, Fail: 1}
	unknown = assessment.Counts{Unknown: 1}
	without = assessment.Counts{NotApplicable: 1}
)

// TestItemStates goes through the rule at ItemState.
func TestItemStates(t *testing.T) {
	all := func(outcome assessment.Counts) counts {
		return counts{"backup-runs": outcome, "backup-encrypted": outcome, "policies": outcome}
	}
	tests := []struct {
		name string
		make func(o *office)
		item string
		want ItemState
	}{
		{"nothing happened", func(*office) {}, "A.6", ItemOpen},
		{"nothing happened to what controls judge", func(*office) {}, "A.5", ItemOpen},
		{"answered", func(o *office) { o.answerHow("carl") }, "A.6", ItemAnswered},
		{"in review", func(o *office) { o.submitHow() }, "A.6", ItemInReview},
		{"changes requested", stages[ChangesRequested], "A.6", ItemChangesRequested},
		{"approved", stages[Approved], "A.6", ItemSatisfied},
		{"approved, edited", func(o *office) { stages[Approved](o); o.answerHow("carl") }, "A.6", ItemAnswered},
		{"approved, evidence added", func(o *office) { stages[Approved](o); o.attach("e-1", "how", Period{}) }, "A.6", ItemAnswered},
		{"approved, too old", func(o *office) { stages[Approved](o); o.later(91) }, "A.6", ItemStale},
		{"approved, on its last day", func(o *office) { stages[Approved](o); o.later(90) }, "A.6", ItemSatisfied},
		{"evidence expired", func(o *office) {
			o.answerHow("carl")
			o.attach("e-1", "how", Period{Expires: "2026-06-10"})
			o.review("how")
			o.later(10)
		}, "A.6", ItemStale},
		{"evidence on its last day", func(o *office) {
			o.answerHow("carl")
			o.attach("e-1", "how", Period{Expires: "2026-06-10"})
			o.review("how")
			o.later(9)
		}, "A.6", ItemSatisfied},
		{"old evidence", func(o *office) {
			o.answerHow("carl")
			o.attach("e-1", "how", Period{Collected: "2026-01-01"})
			o.review("how")
		}, "A.6", ItemStale},
		{"old evidence beside new", func(o *office) {
			o.answerHow("carl")
			o.attach("e-1", "how", Period{Collected: "2026-01-01"})
			o.attach("e-2", "how", Period{})
			o.review("how")
		}, "A.6", ItemSatisfied},
		{"judged as partly", func(o *office) {
			action := o.how("a little")
			action.Judged = checklist.Partly
			o.must("carl", action)
			o.review("how")
		}, "A.6", ItemPartly},
		{"a number out of bounds", func(o *office) { o.approved("many-people", "6") }, "A.7", ItemNotSatisfied},
		{"a number within", func(o *office) { o.approved("many-people", "5") }, "A.7", ItemSatisfied},
		{"about an environment that is not in the review", func(o *office) { o.scan("c", "C", all(fails)); stages[Approved](o) }, "A.9", ItemSatisfied},
		{"about an environment that was not scanned", func(o *office) {
			o.must("anna", &ChangePlan{ID: "main", Checklists: []string{"list"}, Environments: []string{"production", "test"}, Settings: DefaultSettings})
			o.scan("c", "C", all(fails))
			stages[Approved](o)
		}, "A.9", ItemPartly},
		{"a choice that was chosen", func(o *office) { o.approved("applicable-standards", "std") }, "A.8", ItemSatisfied},
		{"a choice that was not", func(o *office) { o.approved("applicable-standards", "none") }, "A.8", ItemNotApplicable},
		{"a choice that was not, unreviewed", func(o *office) { o.must("carl", o.set("applicable-standards", "none")) }, "A.8", ItemAnswered},
		{"informs", func(o *office) { o.approved("applicable-standards", "std") }, "A.1", ItemSatisfied},

		{"no, approved", func(o *office) { o.approved("backups", "no") }, "A.2", ItemNotSatisfied},
		{"yes, approved, never scanned", func(o *office) { o.approved("backups", "yes") }, "A.2", ItemPartly},
		{"yes, approved, scan agrees", func(o *office) { o.scan("c", "C", all(passes)); o.approved("backups", "yes") }, "A.2", ItemSatisfied},
		{"yes, approved, scan too old", func(o *office) {
			o.scan("c", "C", all(passes))
			o.later(31)
			o.approved("backups", "yes")
		}, "A.2", ItemStale},
		{"yes, scan disagrees", func(o *office) { o.approved("backups", "yes"); o.scan("c", "C", all(mixed)) }, "A.2", ItemContradicted},
		{"yes, not even reviewed, scan disagrees", func(o *office) { o.must("carl", o.set("backups", "yes")); o.scan("c", "C", all(fails)) }, "A.2", ItemContradicted},
		{"no, scan shows yes", func(o *office) { o.approved("backups", "no"); o.scan("c", "C", all(passes)) }, "A.2", ItemContradicted},
		{"partly never disagrees", func(o *office) {
			o.approved("backups", "partly")
			o.scan("c", "C", counts{"backup-runs": mixed, "backup-encrypted": passes})
		}, "A.2", ItemNotSatisfied},
		{"disagreeing scan dropped", func(o *office) {
			o.scan("c", "C", all(fails))
			o.approved("backups", "yes")
			o.must("carl", &DropScan{ID: "main/production/c", ReasonText: ReasonText{"gone"}})
		}, "A.2", ItemPartly},
		{"disagreeing scan replaced", func(o *office) {
			o.approved("backups", "yes")
			o.scan("c", "C", all(fails))
			o.later(1)
			o.scan("c", "C", all(passes))
		}, "A.2", ItemSatisfied},
		{"another control of the item fails", func(o *office) {
			o.approved("backups", "yes")
			o.scan("c", "C", counts{"backup-runs": passes, "backup-encrypted": fails})
		}, "A.2", ItemNotSatisfied},
		{"fails, nobody asked yet", func(o *office) { o.scan("c", "C", all(fails)) }, "A.2", ItemNotSatisfied},
		{"passes, nobody asked yet", func(o *office) { o.scan("c", "C", all(passes)) }, "A.2", ItemOpen},
		{"scan did not see it", func(o *office) { o.approved("backups", "yes"); o.scan("c", "C", all(unknown)) }, "A.2", ItemPartly},

		{"control passes", func(o *office) { o.scan("c", "C", all(passes)) }, "A.5", ItemSatisfied},
		{"control fails", func(o *office) { o.scan("c", "C", all(fails)) }, "A.5", ItemNotSatisfied},
		{"control does not know", func(o *office) { o.scan("c", "C", all(unknown)) }, "A.5", ItemOpen},
		{"control does not apply", func(o *office) { o.scan("c", "C", all(without)) }, "A.5", ItemNotApplicable},
		{"passed long ago", func(o *office) { o.scan("c", "C", all(passes)); o.later(31) }, "A.5", ItemStale},
		{"one environment passes, another scan fails", func(o *office) { o.scan("c", "C", all(passes)); o.scan("d", "C", all(fails)) }, "A.5", ItemNotSatisfied},

		{"not asked: the other is unanswered", func(*office) {}, "A.3", ItemOpen},
		{"not asked: the other is no", func(o *office) { o.approved("backups", "no") }, "A.3", ItemNotApplicable},
		{"not asked, only submitted", func(o *office) { o.must("carl", o.set("backups", "no")) }, "A.3", ItemOpen},
		{"asked: the other is yes", func(o *office) { o.approved("backups", "yes"); o.approved("restore", "2026-05-01") }, "A.3", ItemSatisfied},
		{"asked, long ago", func(o *office) { o.approved("backups", "yes"); o.approved("restore", "2025-05-01") }, "A.3", ItemNotSatisfied},
		{"of two, one is not asked", func(o *office) { o.approved("backups", "no") }, "A.4", ItemNotSatisfied},
		{"of two, one is open", func(o *office) { o.approved("backups", "yes") }, "A.4", ItemOpen},

		{"declared not to apply", func(o *office) { o.declare("A.5") }, "A.5", ItemAnswered},
		{"declared and submitted", func(o *office) { o.declare("A.5"); o.must("carl", &Submit{"main", "A.5"}) }, "A.5", ItemInReview},
		{"declared and approved", func(o *office) { o.declare("A.5"); o.review("A.5") }, "A.5", ItemNotApplicable},
		{"question does not apply", func(o *office) {
			action := o.how("")
			action.Judged, action.NotApplicable, action.Comment = "", true, "not here"
			o.must("carl", action)
			o.review("how")
		}, "A.6", ItemNotApplicable},

		{"exception asked for", func(o *office) { o.ask("x-1", "A.6") }, "A.6", ItemOpen},
		{"exception approved", func(o *office) { o.ask("x-1", "A.6"); o.grant("x-1", 1) }, "A.6", ItemAccepted},
		{"exception over", func(o *office) { o.ask("x-1", "A.6"); o.grant("x-1", 1); o.later(31) }, "A.6", ItemOpen},
		{"exception on its last day", func(o *office) { o.ask("x-1", "A.6"); o.grant("x-1", 1); o.later(30) }, "A.6", ItemAccepted},
		{"exception of a contradiction", func(o *office) {
			o.approved("backups", "yes")
			o.scan("c", "C", all(fails))
			o.ask("x-1", "A.2")
			o.grant("x-1", 1)
		}, "A.2", ItemAccepted},
		{"exception of what is satisfied", func(o *office) {
			o.ask("x-1", "A.6")
			o.grant("x-1", 1)
			stages[Approved](o)
		}, "A.6", ItemSatisfied},
	}
	reached := map[ItemState]bool{}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := newOffice(t)
			test.make(o)
			o.expect(test.item, test.want)
			reached[test.want] = true
		})
	}
	for _, state := range ItemStates {
		if !reached[state] {
			t.Errorf("no test reaches %s", state)
		}
	}
}

func (o *office) declare(item string) {
	o.t.Helper()
	action := o.set(item)
	action.NotApplicable, action.Comment = true, "there is none"
	o.must("carl", action)
}

func (o *office) ask(id, item string) {
	o.t.Helper()
	o.must("carl", &RequestException{ID: id, Plan: "main", Item: item, Expires: o.now.AddDate(0, 0, 30).Format(Day), ExceptionText: ExceptionText{Reason: "later"}})
}

func (o *office) grant(id string, revision int) {
	o.t.Helper()
	o.must("ben", &ApproveException{ID: id, Revision: revision})
}

// TestScore counts only what is satisfied, and only what applies.
func TestScore(t *testing.T) {
	o := newOffice(t)
	stages[Approved](o)
	o.declare("A.5")
	o.review("A.5")
	score := o.view().Score
	if score.Items != 9 || score.Applicable != 8 || score.Satisfied != 2 || score.Percent() != 25 {
		t.Errorf("score is %+v", score)
	}
	if score.WeightSatisfied != 9+5 || score.Weight != 9+7*5 { // A.6 has the checklist's own risk
		t.Errorf("by risk it is %d of %d", score.WeightSatisfied, score.Weight)
	}
	sum := 0
	for _, n := range score.States {
		sum += n
	}
	if sum != score.Items {
		t.Errorf("the states count %d of %d items", sum, score.Items)
	}
}

// TestFirstQuestionChoosesFrameworks: only what applies is shown, with the items that support it.
func TestFirstQuestionChoosesFrameworks(t *testing.T) {
	o := newOffice(t)
	if views := o.view().Frameworks; views != nil {
		t.Errorf("%d frameworks before the first answer", len(views))
	}
	o.must("carl", o.set("applicable-standards", "std"))
	views := o.view().Frameworks
	if len(views) != 1 || len(views[0].Identifiers) != 2 {
		t.Fatalf("views are %+v", views)
	}
	var items []string
	for _, item := range views[0].Identifiers[0].Items {
		items = append(items, item.Item.ID)
	}
	if !slices.Equal(items, []string{"A.2", "A.4"}) {
		t.Errorf("identifier 1 is supported by %v", items)
	}
	o.must("carl", o.set("applicable-standards", "none"))
	if views := o.view().Frameworks; views != nil {
		t.Error("a framework is shown though none applies")
	}
}

// TestSuggestion: what a scan shows fills answers in, and what it did not see does not.
func TestSuggestion(t *testing.T) {
	tests := []struct {
		outcomes assessment.Counts
		want     *Suggestion
	}{
		{passes, &Suggestion{Values: []string{"yes"}, Result: checklist.Satisfied, Text: "backup-runs: 2 pass"}},
		{mixed, &Suggestion{Values: []string{"partly"}, Result: checklist.Partly, Text: "backup-runs: 1 pass, 1 fail"}},
		{fails, &Suggestion{Values: []string{"no"}, Result: checklist.NotSatisfied, Text: "backup-runs: 1 fail"}},
		{assessment.Counts{Pass: 1, Accepted: 1}, &Suggestion{Values: []string{"partly"}, Result: checklist.Partly, Text: "backup-runs: 1 pass, 1 accepted"}},
		{unknown, nil}, {without, nil}, {assessment.Counts{Pass: 1, Unknown: 1}, nil}, {assessment.Counts{Accepted: 1}, nil},
	}
	for _, test := range tests {
		o := newOffice(t)
		o.scan("c", "C", counts{"backup-runs": test.outcomes})
		got := o.view().Question("backups").Suggestion
		if (got == nil) != (test.want == nil) {
			t.Errorf("%+v suggests %+v", test.outcomes, got)
			continue
		}
		if got != nil && (!slices.Equal(got.Values, test.want.Values) || got.Result != test.want.Result || got.Text != test.want.Text || !got.Made.Equal(o.now)) {
			t.Errorf("%+v suggests %+v, want %+v", test.outcomes, got, test.want)
		}
	}
}

package review

import (
	"fmt"
	"testing"

	"github.com/kubeproof/kubeproof/catalog"
	"github.com/kubeproof/kubeproof/internal/checklist"
)

// BenchmarkView works out a plan of all checklists beside nine others, with an answer to every
// question, ten scans of 300 controls and 200 exceptions.
func BenchmarkView(b *testing.B) {
	o := newOffice(b)
	library, err := checklist.Load(catalog.FS)
	if err != nil {
		b.Fatal(err)
	}
	o.library = library
	var lists []string
	for _, list := range library.Checklists {
		lists = append(lists, list.ID)
	}
	items := 0
	for n := range 10 {
		plan := fmt.Sprintf("plan-%d", n)
		o.must("anna", &CreatePlan{ID: plan, Checklists: lists, Environments: []string{"production"}, Settings: DefaultSettings})
		items = o.fill(plan, lists)
	}
	b.ReportMetric(float64(items), "items")
	for b.Loop() {
		if _, err := o.state.View("plan-0", library, nil, o.now); err != nil {
			b.Fatal(err)
		}
	}
}

func (o *office) fill(plan string, lists []string) (items int) {
	for _, id := range lists {
		list, _ := o.library.Checklist(id)
		items += len(list.Items)
		for _, question := range o.library.QuestionsOf(list) {
			action := &SetAnswer{Plan: plan, Key: question.ID, NotApplicable: true, Catalogue: question.Digest(), AnswerText: AnswerText{Comment: "none"}}
			if question.ID == FirstQuestion {
				action = &SetAnswer{Plan: plan, Key: question.ID, Values: question.Values(), Catalogue: question.Digest(), AnswerText: AnswerText{Comment: "all"}}
			}
			_ = o.do("carl", action) // one that stands in two lists is answered again
		}
	}
	list, _ := o.library.Checklist(lists[0])
	for n := range 20 {
		o.must("carl", &RequestException{ID: fmt.Sprintf("%s-x-%d", plan, n), Plan: plan, Item: list.Items[n].ID, Expires: o.now.AddDate(0, 0, 30).Format(Day), ExceptionText: ExceptionText{Reason: "r"}})
	}
	seen := ScanSeen{Controls: map[string]ScanControl{}, Methods: []checklist.Method{"C"}, Subjects: 1}
	for id := range manyControls(300) {
		seen.Controls[id] = ScanControl{Outcomes: mixed}
	}
	for n := range 10 {
		o.must("carl", &RecordScan{Plan: plan, Environment: "production", Label: fmt.Sprintf("c-%d", n), Made: o.now, Seen: seen, ScanText: ScanText{Name: "c"}})
	}
	return items
}

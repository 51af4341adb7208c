package assessment

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// letters makes methods of "F C Q".
func letters(text string) []checklist.Method {
	var all []checklist.Method
	for _, letter := range strings.Fields(text) {
		all = append(all, checklist.Method(letter))
	}
	return all
}

// seen makes what a run saw; each control's outcomes are given.
func seen(methods string, lost int, controls map[string]Counts) Seen {
	s := Seen{Controls: map[string]ControlResult{}, Methods: map[checklist.Method]bool{}, Lost: lost}
	for _, letter := range letters(methods) {
		s.Methods[letter] = true
	}
	for id, counts := range controls {
		result := ControlResult{ID: id, Outcomes: counts}
		if counts.Total() == 0 {
			result.Unseen = "nothing seen that it judges: things of " + id
		}
		s.Controls[id] = result
	}
	return s
}

func TestItemState(t *testing.T) {
	item := func(assess string, controls, questions []string, open string) *checklist.Item {
		return &checklist.Item{ID: "A.1", Assess: letters(assess), Controls: controls, Questions: questions, Open: open}
	}
	a, ab := []string{"a"}, []string{"a", "b"}
	tests := []struct {
		name  string
		item  *checklist.Item
		seen  Seen
		state State
		why   string
	}{
		{"all pass", item("F C", ab, nil, ""), seen("F", 0, map[string]Counts{"a": {Pass: 2}, "b": {Pass: 3}}),
			ItemSatisfied, "5 checks, all pass"},
		{"one passes", item("F", a, nil, ""), seen("F", 0, map[string]Counts{"a": {Pass: 1, NotApplicable: 4}}),
			ItemSatisfied, "1 check passes"},
		{"one control passes, the other saw nothing", item("F C", ab, nil, ""), seen("F", 0, map[string]Counts{"a": {Pass: 2}, "b": {}}),
			ItemSatisfied, "2 checks, all pass"},
		{"a cluster stands for files and node", item("C F N", a, nil, ""), seen("C", 0, map[string]Counts{"a": {Pass: 2}}),
			ItemSatisfied, "2 checks, all pass"},
		{"a Dockerfile stands for its image", item("D I", a, nil, ""), seen("D", 0, map[string]Counts{"a": {Pass: 2}}),
			ItemSatisfied, "2 checks, all pass"},
		{"a report stands for any look", item("C N T", a, nil, ""), seen("T", 0, map[string]Counts{"a": {Pass: 2}}),
			ItemSatisfied, "2 checks, all pass"},
		{"a report is not demanded", item("F T", a, nil, ""), seen("F", 0, map[string]Counts{"a": {Pass: 2}}),
			ItemSatisfied, "2 checks, all pass"},

		{"the only one fails", item("F", a, nil, ""), seen("F", 0, map[string]Counts{"a": {Fail: 1}}),
			ItemNotSatisfied, "1 check fails (a)"},
		{"one fails", item("F", ab, nil, ""), seen("F", 0, map[string]Counts{"a": {Pass: 2, Fail: 1}, "b": {Pass: 3}}),
			ItemNotSatisfied, "1 of 6 checks fails (a)"},
		{"failing beats everything that is open", item("F C Q", ab, []string{"who"}, "more"),
			seen("F", 3, map[string]Counts{"a": {Fail: 1, Unknown: 1, Error: 1, Accepted: 1}}),
			ItemNotSatisfied, "1 of 4 checks fails (a)"},

		{"a question is open", item("F Q", a, []string{"who"}, ""), seen("F", 0, map[string]Counts{"a": {Pass: 12}}),
			ItemPartly, "12 checks, all pass; unanswered: who"},
		{"a part is not judged yet", item("F C", a, nil, "cluster scan: more"), seen("F", 0, map[string]Counts{"a": {Pass: 12}}),
			ItemPartly, "12 checks, all pass; not judged yet: cluster scan: more"},
		{"unknown is no pass", item("F", a, nil, ""), seen("F", 0, map[string]Counts{"a": {Pass: 2, Unknown: 1}}),
			ItemPartly, "2 of 3 checks pass; 1 check lacked something it needs"},
		{"error is no pass", item("F", a, nil, ""), seen("F", 0, map[string]Counts{"a": {Pass: 1, Error: 2}}),
			ItemPartly, "1 of 3 checks pass; 2 checks could not be evaluated"},
		{"an exception is no proof", item("F", a, nil, ""), seen("F", 0, map[string]Counts{"a": {Pass: 2, Accepted: 2}}),
			ItemPartly, "2 of 4 checks pass; 2 failures accepted by exceptions"},
		{"exceptions alone", item("F", a, nil, ""), seen("F", 0, map[string]Counts{"a": {Accepted: 1}}),
			ItemPartly, "0 of 1 check passes; 1 failure accepted by an exception"},
		{"an unread file may hold a failure", item("F", a, nil, ""), seen("F", 1, map[string]Counts{"a": {Pass: 2}}),
			ItemPartly, "2 checks, all pass; 1 place could not be read"},
		{"a control was left out", item("F", ab, nil, ""), seen("F", 0, map[string]Counts{"a": {Pass: 2}}),
			ItemPartly, "2 checks, all pass; not run: b"},
		{"Dockerfiles were not looked at", item("D F C", a, nil, ""), seen("F", 0, map[string]Counts{"a": {Pass: 2}}),
			ItemPartly, "2 checks, all pass; not looked at: Dockerfiles"},
		{"files do not stand for a node", item("C F N", a, nil, ""), seen("F", 0, map[string]Counts{"a": {Pass: 2}}),
			ItemPartly, "2 checks, all pass; not looked at: a node"},
		{"files do not stand for a cluster that the item alone names", item("C", a, nil, ""), seen("F", 0, map[string]Counts{"a": {Pass: 2}}),
			ItemPartly, "2 checks, all pass; not looked at: a live cluster"},

		{"nothing was scanned", item("F C", a, nil, ""), seen("", 0, nil),
			ItemNotAssessed, "scan files (kubeproof scan PATH); scan the cluster (kubeproof scan cluster:)"},
		{"nothing was scanned, and a question", item("F Q", a, []string{"who", "how"}, ""), seen("", 0, nil),
			ItemNotAssessed, "scan files (kubeproof scan PATH); answer questions who, how"},
		{"only a question", item("C Q", nil, []string{"who"}, "cluster scan: more"), seen("F", 1, map[string]Counts{"a": {Pass: 1}}),
			ItemNotAssessed, "answer question who; not judged yet: cluster scan: more"},
		{"no subject", item("F", ab, nil, ""), seen("F", 0, map[string]Counts{"a": {}, "b": {}}),
			ItemNotAssessed, "nothing seen that it judges: things of a; nothing seen that it judges: things of b"},
		{"no subject, and an unread file", item("F", a, nil, ""), seen("F", 2, map[string]Counts{"a": {}}),
			ItemNotAssessed, "nothing seen that it judges: things of a; 2 places could not be read"},
		{"only unknown and error", item("F", a, nil, ""), seen("F", 0, map[string]Counts{"a": {Unknown: 1, Error: 1}}),
			ItemNotAssessed, "0 of 2 checks pass; 1 check lacked something it needs; 1 check could not be evaluated"},
		{"not applicable, but a question is open", item("F Q", a, []string{"who"}, ""), seen("F", 0, map[string]Counts{"a": {NotApplicable: 2}}),
			ItemNotAssessed, "2 checks, none applicable; unanswered: who"},
		{"not applicable, but a file was not read", item("F", a, nil, ""), seen("F", 1, map[string]Counts{"a": {NotApplicable: 2}}),
			ItemNotAssessed, "2 checks, none applicable; 1 place could not be read"},

		{"not applicable", item("F C", ab, nil, ""), seen("F", 0, map[string]Counts{"a": {NotApplicable: 1}, "b": {NotApplicable: 1}}),
			ItemNotApplicable, "2 checks, none applicable"},
		{"not applicable, and no subject of the other", item("F C", ab, nil, ""), seen("F", 0, map[string]Counts{"a": {NotApplicable: 1}, "b": {}}),
			ItemNotApplicable, "1 check, not applicable"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := test.seen.Item(test.item)
			if got.State != test.state || got.Reason != test.why {
				t.Errorf("got %s: %s\nwant %s: %s", got.State, got.Reason, test.state, test.why)
			}
		})
	}
}

func TestItemCountsAllControls(t *testing.T) {
	item := &checklist.Item{Assess: letters("F"), Controls: []string{"a", "b", "c"}}
	s := seen("F", 0, map[string]Counts{"a": {Pass: 1, Fail: 2}, "b": {Unknown: 3, Error: 4}, "c": {Accepted: 5, NotApplicable: 6}})
	want := Counts{Pass: 1, Fail: 2, Accepted: 5, NotApplicable: 6, Unknown: 3, Error: 4}
	if diff := cmp.Diff(want, s.Item(item).Outcomes); diff != "" {
		t.Errorf("counts differ (-want +got):\n%s", diff)
	}
}

func TestItemNamesAtMostThreeFailingControls(t *testing.T) {
	item := &checklist.Item{Assess: letters("F"), Controls: []string{"a", "b", "c", "d", "e"}}
	fail := Counts{Fail: 1}
	s := seen("F", 0, map[string]Counts{"a": fail, "b": fail, "c": fail, "d": fail, "e": fail})
	if got, want := s.Item(item).Reason, "5 of 5 checks fail (a, b, c and 2 more)"; got != want {
		t.Errorf("reason is %q, want %q", got, want)
	}
}

func TestSeenBy(t *testing.T) {
	if s := SeenBy(nil); len(s.Controls)+len(s.Methods)+s.Lost != 0 {
		t.Errorf("nothing was scanned, got %+v", s)
	}
	s := SeenBy(&Assessment{
		Controls: []ControlResult{{ID: "a", Outcomes: Counts{Pass: 1}}},
		Summary:  Summary{Subjects: 1},
		Errors:   []inventory.Error{{Lost: true}, {Lost: false}},
	})
	want := Seen{
		Controls: map[string]ControlResult{"a": {ID: "a", Outcomes: Counts{Pass: 1}}},
		Methods:  map[checklist.Method]bool{"F": true}, Lost: 1,
	}
	if diff := cmp.Diff(want, s); diff != "" {
		t.Errorf("seen differs (-want +got):\n%s", diff)
	}
	cluster := Summary{Subjects: 9, Kinds: map[string]int{inventory.FactCluster: 1}}
	if s := SeenBy(&Assessment{Targets: make([]inventory.Target, 1), Summary: cluster}); s.Methods["F"] || !s.Methods["C"] {
		t.Errorf("a cluster alone was looked at as %v", s.Methods)
	}
	if s := SeenBy(&Assessment{Targets: make([]inventory.Target, 2), Summary: cluster}); !s.Methods["F"] || !s.Methods["C"] {
		t.Errorf("a cluster and files were looked at as %v", s.Methods)
	}
	built := Summary{Subjects: 3, Kinds: map[string]int{inventory.FactDockerfile: 2, inventory.FactImage: 1}}
	if s := SeenBy(&Assessment{Targets: make([]inventory.Target, 1), Summary: built}); !s.Methods["D"] || !s.Methods["I"] || s.Methods["F"] {
		t.Errorf("Dockerfiles and images alone were looked at, methods are %v", s.Methods)
	}
	told := Summary{Subjects: 2, Kinds: map[string]int{inventory.FactBill: 1, inventory.FactAuditUse: 1}}
	if s := SeenBy(&Assessment{Targets: make([]inventory.Target, 2), Summary: told}); len(s.Methods) > 0 {
		t.Errorf("a bill of materials and an audit log alone were looked at as %v", s.Methods)
	}
	built.Subjects++
	if s := SeenBy(&Assessment{Targets: make([]inventory.Target, 1), Summary: built}); !s.Methods["F"] {
		t.Errorf("files were looked at too, methods are %v", s.Methods)
	}
	if s := SeenBy(&Assessment{Errors: []inventory.Error{{Lost: true}}}); s.Methods["F"] {
		t.Error("a run without subjects looked at files")
	}
}

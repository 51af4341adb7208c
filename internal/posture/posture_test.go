package posture

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/store"
)

// catalogue is a small one.
var catalogue = map[string]*control.Control{
	"a": {ID: "a", Title: "A", Topic: "one", Severity: control.High, Risk: 8},
	"b": {ID: "b", Title: "B", Topic: "one", Severity: control.Low, Risk: 2},
	"c": {ID: "c", Title: "C", Topic: "two", Severity: control.Critical, Risk: 10},
	"d": {ID: "d", Title: "D", Topic: "two", Severity: control.Info},
}

func TestSource(t *testing.T) {
	for name, want := range map[string]Source{"main/prod/eu-1": {"main", "prod", "eu-1"}, "main/prod/a/b": {"main", "prod", "a/b"}, "alone": {"", "", "alone"}, "": {}, "a/b": {"", "", "a/b"}} {
		if got := ParseSource(name); got != want || got.String() != name {
			t.Errorf("%q: %+v, %s", name, got, got)
		}
	}
}

func TestStandingOf(t *testing.T) {
	tests := []struct {
		n    assessment.Counts
		want Standing
	}{
		{assessment.Counts{Pass: 9, Fail: 1, Unknown: 3}, Failing}, {assessment.Counts{Pass: 9, Unknown: 1, Accepted: 1}, Unknown}, {assessment.Counts{Pass: 9, Error: 1}, Unknown},
		{assessment.Counts{Pass: 9, Accepted: 1}, Accepted}, {assessment.Counts{Pass: 1, NotApplicable: 4}, Well}, {assessment.Counts{NotApplicable: 4}, NotApplied}, {assessment.Counts{}, Unseen},
	}
	for _, one := range tests {
		if got := StandingOf(one.n); got != one.want {
			t.Errorf("%+v is %s, want %s", one.n, got, one.want)
		}
	}
}

func TestTopicsOf(t *testing.T) {
	topics := TopicsOf(map[string]assessment.Counts{"a": {Unknown: 1}, "b": {Fail: 2}, "c": {Pass: 1}, "own": {Fail: 1, Pass: 1}}, catalogue)
	var got []string
	for i := range topics {
		one := &topics[i]
		ids := ""
		for _, c := range one.Controls {
			ids += " " + c.ID
		}
		got = append(got, fmt.Sprintf("%s:%s, %d judged, %d fail, %d unknown, %d unseen, level %d", one.Name, ids, one.Judged(), one.Failing, one.Unknown, one.Unseen, one.Level()))
	}
	want := []string{"one: b a, 2 judged, 1 fail, 1 unknown, 0 unseen, level 4", "two: c, 1 judged, 0 fail, 0 unknown, 1 unseen, level 0", "other controls: own, 1 judged, 1 fail, 0 unknown, 0 unseen, level 4"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	worst := Worst(topics, 2)
	if len(worst) != 2 || worst[0].ID != "b" && worst[0].ID != "own" || worst[1].Standing != Failing {
		t.Errorf("the worst are %+v", worst)
	}
	if none := TopicsOf(nil, nil); len(none) != 0 {
		t.Errorf("nothing gives %v", none)
	}
}

// TestChanges: what a scan did not see is never counted as better.
func TestChanges(t *testing.T) {
	n := func(fail, unknown, accepted int) assessment.Counts {
		return assessment.Counts{Pass: 1, Fail: fail, Unknown: unknown, Accepted: accepted}
	}
	none := assessment.Counts{}
	tests := []struct {
		name string
		a, b assessment.Counts
		lost int
		want Change
		why  string
	}{
		{"mended", n(3, 0, 0), n(1, 0, 0), 0, Better, "2 fewer fail"},
		{"mended, as far as was seen", n(3, 0, 0), n(0, 0, 0), 1, Differently, "3 fewer fail, but the second scan could not read all that the first could"},
		{"fewer, but more unknown", n(3, 0, 0), n(1, 2, 0), 0, Differently, "2 fewer fail, but of 2 more nothing is known"},
		{"accepted", n(3, 0, 0), n(1, 0, 2), 0, Allowed, "2 fewer fail, since the risk is accepted"},
		{"accepted in part", n(3, 0, 0), n(1, 0, 1), 0, Better, "2 fewer fail"},
		{"worse", n(1, 0, 0), n(2, 0, 0), 9, Worse, "1 more fail"},
		{"worse and darker", n(1, 0, 0), n(2, 1, 0), 0, Worse, "1 more fail"},
		{"seen now", n(0, 2, 0), n(2, 0, 0), 0, Differently, "2 more fail, but of 2 the first scan could not tell"},
		{"darker", n(1, 0, 0), n(1, 4, 0), 0, Differently, "as many fail, but of 4 more nothing is known"},
		{"clearer", n(0, 4, 0), n(0, 0, 0), 0, Differently, "as many fail, and of 4 more it is known"},
		{"gone", n(3, 0, 0), none, 0, OnlyFirst, "the second scan did not judge it"},
		{"new", none, n(0, 0, 0), 0, OnlySecond, "the first scan did not judge it"},
		{"same", n(1, 1, 1), n(1, 1, 2), 0, Same, "as many fail"},
	}
	for _, one := range tests {
		if got, why := changeOf(one.a, one.b, one.lost); got != one.want || why != one.why {
			t.Errorf("%s is %s, %q", one.name, got, why)
		}
	}
}

func TestBlind(t *testing.T) {
	tests := []struct {
		first, second         []string
		lostFirst, lostSecond int
		want                  int
	}{
		{nil, nil, 0, 0, 0}, {[]string{"a"}, []string{"a"}, 1, 1, 0}, {[]string{"a"}, []string{"a", "a", "b"}, 1, 3, 2}, {[]string{"a", "b"}, nil, 2, 0, 0},
		{[]string{"a"}, []string{"a"}, 1, 9, 9}, {[]string{"a"}, []string{"a"}, 9, 1, 1}, {nil, nil, 3, 0, 0},
	}
	for _, one := range tests {
		if got := Blind(one.first, one.second, one.lostFirst, one.lostSecond); got != one.want {
			t.Errorf("%+v: %d", one, got)
		}
	}
}

func TestCompare(t *testing.T) {
	first := TopicsOf(map[string]assessment.Counts{"a": {Fail: 2}, "b": {Fail: 1}, "c": {Pass: 1}, "own": {Fail: 1}}, catalogue)
	second := TopicsOf(map[string]assessment.Counts{"a": {Fail: 1}, "b": {Fail: 3}, "c": {Pass: 4}}, catalogue)
	d := Compare(first, second, 0)
	if diff := cmp.Diff(map[Change]int{Better: 1, Worse: 1, Same: 1, OnlyFirst: 1}, d.Counts); diff != "" {
		t.Error(diff)
	}
	var got []string
	for _, topic := range d.Topics {
		for _, c := range topic.Controls {
			got = append(got, fmt.Sprintf("%s/%s %s %d>%d", topic.Name, c.ID, c.Change, c.First.Fail, c.Outcomes.Fail))
		}
		if topic.First.Controls != nil {
			t.Errorf("%s keeps its controls", topic.Name)
		}
	}
	if diff := cmp.Diff([]string{"one/b worse 1>3", "one/a better 2>1", "other controls/own only in the first 1>0"}, got); diff != "" {
		t.Error(diff)
	}
	back := Compare(second, first, 0)
	if back.Counts[Better] != 1 || back.Counts[Worse] != 1 || back.Counts[OnlySecond] != 1 {
		t.Errorf("the other way round: %v", back.Counts)
	}
	if none := Compare(nil, nil, 1); len(none.Topics) != 0 {
		t.Errorf("nothing gives %+v", none)
	}
	kinds := CompareKinds(map[string]int{"Pod": 3, "Node": 1, "Secret": 2}, map[string]int{"Pod": 4, "Node": 1, "Job": 1})
	if diff := cmp.Diff([]KindChange{{"Job", 0, 1}, {"Pod", 3, 4}, {"Secret", 2, 0}}, kinds); diff != "" {
		t.Error(diff)
	}
}

func TestMendings(t *testing.T) {
	open := []store.OpenCount{{Source: "s", Control: "a", Severity: "high", N: 3}, {Source: "s", Control: "c", Severity: "critical", N: 4}, {Source: "s", Control: "d", Severity: "info", N: 99},
		{Source: "s", Control: "own", Severity: "low", N: 1}, {Source: "t", Control: "a", Severity: "high", N: 2}, {Source: "t", Control: "a", Severity: "low", N: 1}}
	outcomes := map[string]map[string]assessment.Counts{"s": {"c": {Unknown: 3, Error: 3}, "a": {Fail: 3}}, "t": {"a": {Fail: 2, Unknown: 1}}}
	lists := []*checklist.Checklist{{Items: []checklist.Item{{ID: "1", Controls: []string{"a", "b"}}, {ID: "2", Controls: []string{"a"}}}}, {Items: []checklist.Item{{ID: "3", Controls: []string{"a"}}}}}
	got := Mendings(open, outcomes, catalogue, lists)
	want := []Mending{{ID: "a", Title: "A", Severity: control.High, Risk: 8, Open: 6, Unknown: 1, Sources: []string{"s", "t"}, Items: []string{"1", "2", "3"}, Checklists: 2}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got[0].Weight() != 40 {
		t.Errorf("the weight is %d", got[0].Weight())
	}
}

func TestSupport(t *testing.T) {
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		about, version string
		state          SupportState
		words          string
	}{
		{"shop, Kubernetes v1.36.2 (kind, 100 % sure), 3 nodes", "v1.36.2", Supported, "gets fixes until 2027-06-28"},
		{"Kubernetes v1.33.1+k3s1, 3 nodes", "v1.33.1+k3s1", EndsSoon, "fixes end soon, on 2026-06-28"},
		{"my, Kubernetes v1.36.2, Kubernetes v1.30.1, 3 nodes", "v1.30.1", Ended, "no more fixes since 2025-07-15"},
		{"Kubernetes 1.30, 3 nodes", "1.30", Ended, "no more fixes since 2025-07-15"},
		{"Kubernetes v1.9.0", "v1.9.0", Ended, "gets no more fixes"},
		{"Kubernetes v1.99.0", "v1.99.0", SupportUnknown, "not in the table of " + releases().Date},
		{"Kubernetes, 3 nodes", "", SupportUnknown, "no scan says which version it is"},
		{"", "", SupportUnknown, "no scan says which version it is"},
		{"Kubernetes v1.<script>", "", SupportUnknown, "no scan says which version it is"},
		{"Kubernetes v1." + strings.Repeat("9", 500), "", SupportUnknown, "no scan says which version it is"},
	}
	for _, one := range tests {
		got := SupportOf(one.about, now)
		if got.State != one.state || got.Words() != one.words || got.Version != one.version {
			t.Errorf("%q: %+v, %s", one.about, got, got.Words())
		}
	}
}

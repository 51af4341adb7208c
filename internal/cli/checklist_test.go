package cli

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/checklist"
)

// sample is a checklist with one item of every state, assessed.
func sample() assessedList {
	item := func(id, section string, state assessment.State, reason string) assessedItem {
		return assessedItem{
			checklist.Item{ID: id, Section: section, Text: "Do " + id + " and do it so well that the line must break"},
			assessment.ItemResult{State: state, Reason: reason},
		}
	}
	items := []assessedItem{
		item("A.1", "First", assessment.ItemSatisfied, "3 checks, all pass"),
		item("A.2", "First", assessment.ItemPartly, "3 checks, all pass; unanswered: who"),
		item("A.3", "Second", assessment.ItemNotSatisfied, "1 of 3 checks fail (some-control)"),
		item("A.4", "Second", assessment.ItemNotAssessed, "answer question who"),
		item("A.5", "Second", assessment.ItemNotApplicable, "1 check, not applicable"),
	}
	states := map[assessment.State]int{}
	for _, item := range items {
		states[item.State]++
	}
	return assessedList{ID: "sample", Title: "Sample", Source: "us", States: states, Items: items}
}

func TestChecklistTable(t *testing.T) {
	var out bytes.Buffer
	table := &checklistTable{out: &out, width: 60}
	if err := table.write(sample()); err != nil {
		t.Fatal(err)
	}
	want := `Sample
Source: us

[========--------xxxxxxxx........oooooooo]  5 items
= 1 satisfied  - 1 partly  x 1 not satisfied
. 1 not assessed  o 1 not applicable

First  1 of 2 satisfied
  satisfied       A.1    Do A.1 and do it so well that the
                         line must break
                           3 checks, all pass
  partly          A.2    Do A.2 and do it so well that the
                         line must break
                           3 checks, all pass; unanswered:
                           who

Second  0 of 3 satisfied
  not satisfied   A.3    Do A.3 and do it so well that the
                         line must break
                           1 of 3 checks fail (some-control)
  not assessed    A.4    Do A.4 and do it so well that the
                         line must break
                           answer question who
  not applicable  A.5    Do A.5 and do it so well that the
                         line must break
                           1 check, not applicable
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("table differs (-want +got):\n%s", diff)
	}
}

func TestChecklistTableColours(t *testing.T) {
	var plain, coloured bytes.Buffer
	if err := (&checklistTable{out: &plain, width: 80}).write(sample()); err != nil {
		t.Fatal(err)
	}
	if err := (&checklistTable{out: &coloured, width: 80, colour: true}).write(sample()); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(plain.String(), "\x1b") {
		t.Error("the plain table has escapes")
	}
	without := coloured.String()
	for _, code := range []string{"0", "1", "2", "31", "32", "33"} {
		without = strings.ReplaceAll(without, "\x1b["+code+"m", "")
	}
	if coloured.Len() == plain.Len() || without != plain.String() {
		t.Error("colours change more than colour")
	}
}

// run calls the program and gives its output and exit code.
func runChecklist(t *testing.T, args ...string) (out, errs string, code int) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	streams := &Streams{In: strings.NewReader(""), Out: &stdout, Err: &stderr, Getenv: func(string) string { return "" }}
	code = Main(t.Context(), append([]string{"checklist"}, args...), streams)
	return stdout.String(), stderr.String(), code
}

func TestChecklistListJSONHasEveryItem(t *testing.T) {
	out, errs, code := runChecklist(t, "list", "-o", "json")
	if code != exitClean {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	var lists []struct {
		ID    string
		Items []struct {
			ID, Section, Text, State, Reason string
			Controls, Questions              []string
		}
	}
	if err := json.Unmarshal([]byte(out), &lists); err != nil {
		t.Fatal(err)
	}
	items := 0
	for _, list := range lists {
		for _, item := range list.Items {
			items++
			if item.ID == "" || item.Section == "" || item.Text == "" || item.Reason == "" ||
				item.State != "not-assessed" || item.Controls == nil || item.Questions == nil {
				t.Errorf("item %+v of %s lacks something", item, list.ID)
			}
		}
	}
	if items != 393 {
		t.Errorf("there are %d items, want 393", items)
	}
}

func TestChecklistShowWithoutTargetsAssessesNothing(t *testing.T) {
	out, errs, code := runChecklist(t, "show", "cloud-native-security")
	if code != exitClean {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	if want := "= 0 satisfied  - 0 partly  x 0 not satisfied  . 28 not assessed  o 0 not applicable"; !strings.Contains(out, want) {
		t.Errorf("output lacks %q:\n%s", want, out)
	}
}

func TestChecklistUsage(t *testing.T) {
	tests := []struct {
		args []string
		want string
	}{
		{[]string{"show", "nothing"}, `checklist "nothing" is unknown: use requirements, assessment-guidelines, cloud-native-security, container-security, information-security-review`},
		{[]string{"list", "-o", "yaml"}, `format "yaml" is unknown: use table or json`},
		{[]string{"show", "requirements", "-o", "yaml"}, `format "yaml" is unknown: use table or json`},
	}
	for _, test := range tests {
		_, errs, code := runChecklist(t, test.args...)
		if code != exitUsage || strings.TrimSpace(errs) != "kubeproof: "+test.want {
			t.Errorf("%v: exit code %d, %s", test.args, code, errs)
		}
	}
}

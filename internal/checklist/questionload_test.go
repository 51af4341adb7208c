package checklist_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/checklist"
)

// asked gives a file with one question for each text; texts begin at lines 2, 4, 6...
func asked(texts ...string) string {
	var file strings.Builder
	for i, text := range texts {
		id := string(rune('a' + i))
		file.WriteString("- {id: " + id + ", text: T, guidance: G, evidence: E,\n   " + text + "}\n")
	}
	return file.String()
}

func TestLoadSetsDefaults(t *testing.T) {
	library, err := checklist.Load(catalogue(map[string]string{"questions/more.yaml": asked(
		"type: yes-no, owner: security",
		"type: yes-no, good: no, fresh: 365, owner: security",
		"type: text, owner: security, when: {question: a, is: [yes, partly]}, topics: [root], controls: [x]",
		"type: many, owner: security, choices: [{id: x, text: X, frameworks: [std-1]}, {id: y, text: Y}]")}))
	if err != nil {
		t.Fatal(err)
	}
	a, _ := library.Question("a")
	b, _ := library.Question("b")
	c, _ := library.Question("c")
	if a.Good != "yes" || a.Fresh != checklist.DefaultFresh || b.Good != "no" || b.Fresh != 365 || c.Good != "" {
		t.Errorf("questions are %+v, %+v, %+v", a, b, c)
	}
	if diff := cmp.Diff(&checklist.Condition{Question: "a", Is: []string{"yes", "partly"}}, c.When); diff != "" {
		t.Errorf("condition (-want +got):\n%s", diff)
	}
}

func TestLoadReportsMistakesOfQuestions(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"empty entry", "- \n" + asked("type: text, owner: security"),
			[]string{`1: entry 1 holds no question: fill it in or remove it`}},
		{"unknown words", asked("type: maybe, owner: nobody"), []string{
			`2: type "maybe" of question "a" is unknown: use yes-no, one, many, text, number, date or link`,
			`2: owner "nobody" of question "a" is unknown: use management, compliance, security, platform, operations, development or procurement`}},
		{"good elsewhere", asked("type: text, good: yes, owner: security"),
			[]string{`2: good of question "a" is for type yes-no only: remove it`}},
		{"good unknown", asked("type: yes-no, good: partly, owner: security"),
			[]string{`2: good "partly" of question "a" is unknown: use yes or no`}},
		{"good and informs", asked("type: yes-no, good: no, informs: true, owner: security"),
			[]string{`2: good of question "a" judges, but the question informs: remove one`}},
		{"unit", asked("type: text, unit: days, owner: security", "type: number, owner: security"), []string{
			`2: unit of question "a" is for type number only: remove it`,
			`3: unit of question "b" is missing: people need it`}},
		{"bounds elsewhere", asked("type: date, atLeast: 1, atMost: 2, owner: security", "type: number, unit: x, within: 3, owner: security"), []string{
			`2: atLeast of question "a" is for type number only: remove it`,
			`2: atMost of question "a" is for type number only: remove it`,
			`4: within of question "b" is for type date only: remove it`}},
		{"bounds cross", asked("type: number, unit: x, atLeast: 3, atMost: 2.5, owner: security"),
			[]string{`2: atLeast 3 of question "a" is above atMost 2.5: no answer could satisfy`}},
		{"bounds not finite", asked("type: number, unit: x, atLeast: .nan, atMost: .inf, owner: security"), []string{
			`2: atLeast of question "a" is no finite number: write digits`,
			`2: atMost of question "a" is no finite number: write digits`}},
		{"bounds that inform", asked("type: number, unit: x, atLeast: 3, informs: true, owner: security"),
			[]string{`2: atLeast of question "a" judges, but the question informs: remove one`}},
		{"within negative", asked("type: date, within: -1, owner: security"),
			[]string{`2: within -1 of question "a" is negative: give days`}},
		{"fresh", asked("type: text, owner: security, fresh: -1", "type: text, owner: security, fresh: 1096"), []string{
			`2: fresh -1 of question "a" is out of range: use 1 to 1095 days`,
			`4: fresh 1096 of question "b" is out of range: use 1 to 1095 days`}},
		{"choices missing", asked("type: one, owner: security", "type: many, owner: security, choices: [{id: x, text: X}]"), []string{
			`1: question "a" of type one needs at least two choices: it has 0`,
			`4: question "b" of type many needs at least two choices: it has 1`}},
		{"choices elsewhere", asked("type: text, owner: security, choices: [{id: x, text: X}]"),
			[]string{`2: choices of question "a" are for types one and many only: remove them`}},
		{"choices", asked("type: one, owner: security, choices: [{id: X y, text: X, result: satisfied},\n" +
			"   {id: x, result: good},\n   {id: x, text: X, frameworks: [std-1, std-9]}]"), []string{
			`2: choice "X y" of question "a" is not a slug: use small letters, digits and dashes`,
			`3: text of choice "x" of question "a" is missing: people need it`,
			`3: result "good" of choice "x" of question "a" is unknown: use satisfied, partly or not-satisfied`,
			`4: choice "x" of question "a" stands twice: ids are unique in a question`,
			`4: result of choice "x" of question "a" is missing: use satisfied, partly or not-satisfied`,
			`4: framework "std-9" of choice "x" of question "a" is unknown: see catalog/frameworks`}},
		{"results that nobody reads", asked(
			"type: many, owner: security, choices: [{id: x, text: X, result: partly}, {id: y, text: Y}]",
			"type: one, informs: true, owner: security, choices: [{id: x, text: X, result: partly}, {id: y, text: Y}]"), []string{
			`2: result of choice "x" of question "a" counts in type one that judges only: remove it`,
			`4: result of choice "x" of question "b" counts in type one that judges only: remove it`}},
		{"controls and topics", asked("type: text, owner: security, controls: [c, C_, c],\n   topics: [root, roots, root]"), []string{
			`2: control "C_" of question "a" is not a slug`,
			`2: control c of question "a" stands twice: remove one`,
			`3: topic root of question "a" stands twice: remove one`,
			`3: topic "roots" of question "a" is unknown: no framework binds it`}},
		{"conditions", asked("type: text, owner: security", "type: text, owner: security, when: {question: nobody, is: [yes]}",
			"type: text, owner: security, when: {question: a, is: [yes]}",
			"type: yes-no, owner: security",
			"type: text, owner: security, when: {question: d, is: [yes, maybe, yes]}",
			"type: text, owner: security, when: {question: d}"), []string{
			`4: condition of question "b" names question "nobody", which is unknown`,
			`6: condition of question "c" names question "a", whose answers are free: name one of type yes-no, one or many`,
			`10: condition of question "e" waits for "maybe", which question "d" cannot have: use yes, partly or no`,
			`10: answer yes in the condition of question "e" stands twice: remove one`,
			`12: condition of question "f" waits for no answer: name at least one`}},
		{"circles", asked("type: yes-no, owner: security, when: {question: c, is: [yes]}",
			"type: yes-no, owner: security, when: {question: a, is: [yes]}",
			"type: yes-no, owner: security, when: {question: b, is: [yes]}",
			"type: yes-no, owner: security, when: {question: d, is: [yes]}",
			"type: yes-no, owner: security, when: {question: a, is: [yes]}"), []string{
			`2: conditions go in a circle: a, then c, then b, then a: remove one`,
			`8: conditions go in a circle: d, then d: remove one`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := checklist.Load(catalogue(map[string]string{"questions/more.yaml": test.text}))
			if err == nil {
				t.Fatal("loaded, want an error")
			}
			want := "questions/more.yaml:" + strings.Join(test.want, "\nquestions/more.yaml:")
			if diff := cmp.Diff(want, err.Error()); diff != "" {
				t.Errorf("error differs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestQuestionsAndItems(t *testing.T) {
	library, err := checklist.Load(catalogue(map[string]string{
		"questions/more.yaml": asked("type: yes-no, owner: security"),
		"checklists/list.yaml": "id: list\ntitle: List\nabout: a list\nsource: us\nitems:\n" +
			"- {id: A.1, section: S, text: Do, assess: [Q], questions: [who, a]}\n" +
			"- {id: A.2, section: S, text: Do, assess: [F], controls: [x]}\n" +
			"- {id: A.3, section: S, text: Do, assess: [Q], questions: [a]}\n"}))
	if err != nil {
		t.Fatal(err)
	}
	var questions, items []string
	for _, question := range library.QuestionsOf(library.Checklists[0]) {
		questions = append(questions, question.ID)
	}
	for _, item := range library.ItemsOf("a") {
		items = append(items, item.ID)
	}
	if diff := cmp.Diff([]string{"who", "a"}, questions); diff != "" {
		t.Errorf("questions (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"A.1", "A.3"}, items); diff != "" {
		t.Errorf("items (-want +got):\n%s", diff)
	}
	if library.ItemsOf("nobody") != nil {
		t.Error("an unknown question serves items")
	}
}

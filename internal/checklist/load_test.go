package checklist_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/checklist"
)

const (
	goodQuestions = "- id: who\n  text: Who?\n  guidance: Name them.\n  evidence: a list\n" +
		"  type: text\n  owner: management\n"
	goodFramework = "id: std-1\ntitle: Standard 1\nshort: S1\nidentifiers: {\"1\": one, \"2\": two}\ntopics: {root: [\"1\", \"2\"], net: [\"2\"]}\n"
	goodChecklist = "id: list\ntitle: List\nabout: a list\nsource: us\nitems:\n" +
		"- {id: A.1, section: S, text: Do, assess: [F, Q], controls: [some-control], questions: [who]}\n" +
		"- {id: A.2, section: S, text: Do more, parent: A.1, risk: 3, assess: [C], questions: [who], open: more}\n"
)

func catalogue(change map[string]string) fstest.MapFS {
	files := fstest.MapFS{}
	for name, text := range map[string]string{
		"questions/people.yaml": goodQuestions, "frameworks/std-1.yaml": goodFramework, "checklists/list.yaml": goodChecklist,
	} {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	for name, text := range change {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return files
}

func TestLoad(t *testing.T) {
	library, err := checklist.Load(catalogue(nil))
	if err != nil {
		t.Fatal(err)
	}
	list, known := library.Checklist("list")
	if !known || len(list.Items) != 2 || list.Items[1].Parent != "A.1" || list.Items[1].Risk != 3 {
		t.Errorf("checklist list is %+v", list)
	}
	if question, known := library.Question("who"); !known || question.Evidence != "a list" {
		t.Errorf("question who is %+v", question)
	}
	if framework, known := library.Framework("std-1"); !known || framework.Identifiers["2"] != "two" {
		t.Errorf("framework std-1 is %+v", framework)
	}
}

func TestLoadOrdersChecklistsByTheirItems(t *testing.T) {
	second := strings.NewReplacer("id: list", "id: another", "A.", "B.").Replace(goodChecklist)
	library, err := checklist.Load(catalogue(map[string]string{"checklists/another.yaml": second}))
	if err != nil {
		t.Fatal(err)
	}
	if first := library.Checklists[0].ID; first != "list" {
		t.Errorf("first checklist is %s, want list", first)
	}
}

func TestLoadReportsEveryMistake(t *testing.T) {
	tests := []struct {
		name, file, text string
		want             []string
	}{
		{"unknown field", "questions/people.yaml", goodQuestions + "  answer: yes\n",
			[]string{"questions/people.yaml:7: field answer is unknown"}},
		{"question twice", "questions/more.yaml", "\n" + goodQuestions,
			[]string{`questions/people.yaml:1: question "who" exists already: ids are unique over all files`}},
		{"empty question", "questions/more.yaml", "- id: Who else\n  text: x\n",
			[]string{
				`questions/more.yaml:1: id "Who else" is not a slug: use small letters, digits and dashes`,
				`questions/more.yaml:1: guidance of question "Who else" is missing: people need it`,
				`questions/more.yaml:1: evidence of question "Who else" is missing: people need it`,
				`questions/more.yaml:1: type of question "Who else" is missing: use yes-no, one, many, text, number, date or link`,
				`questions/more.yaml:1: owner of question "Who else" is missing: use management, compliance, security, platform, operations, development or procurement`,
			}},
		{"empty file", "questions/more.yaml", "", []string{"questions/more.yaml: file is empty"}},
		{"broken YAML", "questions/more.yaml", "- id: a\n  text: [\n", []string{"questions/more.yaml:2: invalid YAML: did not find expected node content (close brackets and quotes and line up the indentation)"}},
		{"two documents", "frameworks/std-1.yaml", goodFramework + "---\nid: x\n",
			[]string{"frameworks/std-1.yaml: holds more than one document: keep one"}},
		{"framework", "frameworks/std-2.yaml", "id: std-3\ntitle: T\nidentifiers: {a: b}\ntopics:\n  root: [a]\n  net:\n  - c\n",
			[]string{
				`frameworks/std-2.yaml:1: id "std-3" must be small letters, digits, dots and dashes, and the file's name without .yaml`,
				`frameworks/std-2.yaml:1: short is missing: people need it`,
				`frameworks/std-2.yaml:7: topic net names "c", which is no identifier of std-3: add it to identifiers`,
			}},
		{"item", "checklists/list.yaml", "id: list\ntitle: List\nabout: a\nsource: us\nitems:\n" +
			"- id: A.1\n  section: S\n  text: Do\n  parent: A.9\n  risk: 11\n  assess: [F, F, X, Q]\n  controls: [a, a, B_]\n" +
			"- {id: A.1, section: S, text: '', assess: [], questions: [who, who, nobody]}\n",
			[]string{
				`checklists/list.yaml:10: risk 11 of item A.1 is out of range: use 0 to 10`,
				`checklists/list.yaml:9: parent "A.9" of item A.1 is no earlier item of this checklist`,
				`checklists/list.yaml:11: letter F of item A.1 stands twice: remove one`,
				`checklists/list.yaml:11: letter "X" of item A.1 is unknown: use F, C, N, D, I, P, T or Q`,
				`checklists/list.yaml:12: control a of item A.1 stands twice: remove one`,
				`checklists/list.yaml:12: control "B_" of item A.1 is not a slug`,
				`checklists/list.yaml:11: item A.1 is assessed by a person's answer (Q) but names no question`,
				`checklists/list.yaml:13: item A.1 exists already in checklist list: ids are unique over all checklists`,
				`checklists/list.yaml:13: text of item A.1 is missing`,
				`checklists/list.yaml:13: item A.1 does not say how it is assessed: give at least one letter`,
				`checklists/list.yaml:13: question who of item A.1 stands twice: remove one`,
				`checklists/list.yaml:13: question "nobody" of item A.1 is unknown: add it to a file in questions`,
			}},
		{"item of wrong environments", "checklists/list.yaml",
			"id: list\ntitle: List\nabout: a\nsource: us\nitems:\n- {id: A.1, section: S, text: Do, assess: [Q], questions: [who], environments: [test, The Test, test]}\n",
			[]string{`checklists/list.yaml:6: environment "The Test" of item A.1 is not a slug, or stands twice`,
				`checklists/list.yaml:6: environment "test" of item A.1 is not a slug, or stands twice`}},
		{"item of choices that there are not", "checklists/list.yaml",
			"id: list\ntitle: List\nabout: a\nsource: us\nitems:\n- {id: A.1, section: S, text: Do, assess: [Q], questions: [who], choices: [me]}\n" +
				"- {id: A.2, section: S, text: Do, assess: [F], controls: [some-control], choices: [me]}\n",
			[]string{`checklists/list.yaml:6: choice "me" of item A.1 is none of question who`,
				`checklists/list.yaml:7: item A.2 stands for choices but names 0 questions: name the one that has them`}},
		{"item that nothing answers", "checklists/list.yaml",
			"id: list\ntitle: List\nabout: a\nsource: us\nitems:\n- {id: A.1, section: S, text: Do, assess: [F]}\n",
			[]string{"checklists/list.yaml:6: item A.1 has neither control nor question: nothing could answer it"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := checklist.Load(catalogue(map[string]string{test.file: test.text}))
			if err == nil {
				t.Fatal("loaded, want an error")
			}
			if diff := cmp.Diff(strings.Join(test.want, "\n"), err.Error()); diff != "" {
				t.Errorf("error differs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMapsOf(t *testing.T) {
	library, err := checklist.Load(catalogue(map[string]string{
		"frameworks/std-2.yaml": "id: std-2\ntitle: T\nshort: T\nidentifiers: {a: first, b: second}\ntopics: {root: [a]}\n",
		"frameworks/own.yaml":   "id: own\ntitle: Own\nshort: O\nidentifiers: {x: only named}\ntopics: {}\n",
	}))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name     string
		topics   []string
		explicit map[string][]string
		want     map[string][]string
	}{
		{"nothing", nil, nil, nil},
		{"unknown topic", []string{"none"}, nil, nil},
		{"topics together, each identifier once", []string{"net", "root"}, nil,
			map[string][]string{"std-1": {"2", "1"}, "std-2": {"a"}}},
		{"explicit stands instead", []string{"root"}, map[string][]string{"std-1": {"2"}, "own": {"x"}},
			map[string][]string{"own": {"x"}, "std-1": {"2"}, "std-2": {"a"}}},
		{"explicit and empty leaves out", []string{"root"}, map[string][]string{"std-2": {}},
			map[string][]string{"std-1": {"1", "2"}}},
	}
	for _, test := range tests {
		if diff := cmp.Diff(test.want, library.MapsOf(test.topics, test.explicit)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestCheckOfTopicsAndIdentifiers(t *testing.T) {
	frameworks, err := checklist.LoadFrameworks(catalogue(nil))
	if err != nil {
		t.Fatal(err)
	}
	if wrong := frameworks.Check([]string{"root"}, map[string][]string{"std-1": {"1"}}); wrong != nil {
		t.Errorf("all is known, got %v", wrong)
	}
	var got []string
	for _, err := range frameworks.Check([]string{"roots"}, map[string][]string{"std-1": {"9"}, "std-9": {"1"}}) {
		got = append(got, err.Error())
	}
	want := []string{
		`topic "roots" is unknown: no framework binds it`,
		`identifier "9" is unknown to framework std-1`,
		`framework "std-9" is unknown: see catalog/frameworks`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("errors differ (-want +got):\n%s", diff)
	}
}

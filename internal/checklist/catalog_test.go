package checklist_test

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/pod-security-admission/policy"

	"github.com/kubeproof/kubeproof/catalog"
	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/control"
)

// unlisted are controls that no item of a checklist asks for, with the reason they exist.
var unlisted = map[string]string{
	"container-host-probe":            "part of the Pod Security Standards, baseline",
	"pod-volume-types":                "part of the Pod Security Standards, restricted",
	"ingress-snippet":                 "a known way from Ingress to the controller's secrets, younger than the lists",
	"ingress-wildcard-host":           "beside TLS on Ingress: a host that catches every name",
	"pod-share-process-namespace":     "stands beside hostPID for the containers of one pod",
	"container-run-as-user-high":      "advice beyond the lists, which ask for any UID above 0",
	"container-run-as-group":          "advice beyond the lists, which speak of users only",
	"pod-fs-group":                    "advice beyond the lists, which speak of users only",
	"audit-policy-dead-rule":          "beside what policies log: a rule that never decides misleads its readers",
	"cilium-encryption":               "beside meshes: traffic between nodes, which an item on services does not ask for",
	"container-image-program-missing": "beside what the lists ask of images: probes and commands that cannot run",
	"image-entrypoint-missing":        "beside what the lists ask of images: one that cannot start",
	"image-entrypoint-shell-form":     "beside what the lists ask of images: one that gets no signals",
	"image-onbuild":                   "beside what the lists ask of images: instructions that run in the builds of others",
	"image-unread":                    "says what of an image was not judged",
	"namespace-metadata-address":      "younger than the lists: the metadata service of cloud providers",
}

func library(t *testing.T) *checklist.Library {
	t.Helper()
	library, err := checklist.Load(catalog.FS)
	if err != nil {
		t.Fatal(err)
	}
	return library
}

func controls(t *testing.T) []*control.Control {
	t.Helper()
	all, err := control.Load(catalog.FS, "controls", "")
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestChecklistsHaveEveryItem(t *testing.T) {
	counts := []struct {
		id, prefix string
		items      int
	}{
		{"requirements", "S0", 80}, {"assessment-guidelines", "S1", 73}, {"cloud-native-security", "S2", 28},
		{"container-security", "S3", 80}, {"information-security-review", "S4", 132},
	}
	lists := library(t).Checklists
	if len(lists) != len(counts) {
		t.Fatalf("there are %d checklists, want %d", len(lists), len(counts))
	}
	for i, want := range counts {
		list := lists[i]
		if list.ID != want.id || len(list.Items) != want.items {
			t.Errorf("checklist %d is %s with %d items, want %s with %d", i, list.ID, len(list.Items), want.id, want.items)
		}
		for n, item := range list.Items {
			if id := fmt.Sprintf("%s.%03d", want.prefix, n+1); item.ID != id {
				t.Errorf("item %d of %s is %s, want %s", n+1, list.ID, item.ID, id)
			}
		}
	}
}

// TestEveryPartIsAnsweredOrOpen proves that no item promises more than is looked at: a letter
// other than Q needs a control or an open part, and a question without controls says what is open.
func TestEveryPartIsAnsweredOrOpen(t *testing.T) {
	for _, list := range library(t).Checklists {
		for _, item := range list.Items {
			machine := slices.ContainsFunc(item.Assess, func(m checklist.Method) bool { return m != "Q" })
			switch {
			case machine && len(item.Controls) == 0 && item.Open == "":
				t.Errorf("%s could be judged by a machine, names no control and says nothing open", item.ID)
			case !machine && (item.Open != "" || len(item.Controls) > 0):
				t.Errorf("%s is for people only but names a control or an open part", item.ID)
			}
		}
	}
}

func TestControlsOfItemsExist(t *testing.T) {
	known := map[string]bool{}
	for _, c := range controls(t) {
		known[c.ID] = true
	}
	for _, list := range library(t).Checklists {
		for _, item := range list.Items {
			for _, id := range item.Controls {
				if !known[id] {
					t.Errorf("item %s names control %s, which does not exist", item.ID, id)
				}
			}
		}
	}
}

func TestEveryControlServesAnItem(t *testing.T) {
	bound := map[string]bool{}
	for _, list := range library(t).Checklists {
		for _, item := range list.Items {
			for _, id := range item.Controls {
				bound[id] = true
			}
		}
	}
	for _, c := range controls(t) {
		switch _, extra := unlisted[c.ID]; {
		case !bound[c.ID] && !extra:
			t.Errorf("control %s serves no item of a checklist: bind it, or say in unlisted why it exists", c.ID)
		case bound[c.ID] && extra:
			t.Errorf("control %s serves an item of a checklist: take it out of unlisted", c.ID)
		}
	}
}

func TestEveryQuestionServesAnItem(t *testing.T) {
	asked := map[string]bool{}
	library := library(t)
	for _, list := range library.Checklists {
		for _, item := range list.Items {
			for _, id := range item.Questions {
				asked[id] = true
			}
		}
	}
	for _, question := range library.Questions {
		if !asked[question.ID] {
			t.Errorf("question %s serves no item of a checklist", question.ID)
		}
	}
}

func TestEveryQuestionHasATypeAndAnOwner(t *testing.T) {
	library := library(t)
	for _, question := range library.Questions {
		if !slices.Contains(checklist.AnswerTypes, question.Type) || !slices.Contains(checklist.Owners, question.Owner) || question.Fresh <= 0 {
			t.Errorf("question %s has type %q, owner %q and is fresh for %d days", question.ID, question.Type, question.Owner, question.Fresh)
		}
	}
	if len(library.Questions) != 167 {
		t.Errorf("there are %d questions, want 167", len(library.Questions))
	}
}

// TestFirstQuestionChoosesFrameworks proves that the question comes first that decides what is shown.
func TestFirstQuestionChoosesFrameworks(t *testing.T) {
	library := library(t)
	list, _ := library.Checklist("information-security-review")
	first := library.QuestionsOf(list)[0]
	if first.ID != "applicable-standards" || library.Questions[0] != first || first.Type != checklist.Many || !first.Informs {
		t.Fatalf("first question is %+v", first)
	}
	for _, choice := range first.Choices {
		if free := choice.ID == "other" || choice.ID == "none"; free != (len(choice.Frameworks) == 0) {
			t.Errorf("choice %s shows the frameworks %v", choice.ID, choice.Frameworks)
		}
	}
	if diff := cmp.Diff([]string{"fffs-2014-5", "dora"}, first.Choices[0].Frameworks); diff != "" {
		t.Errorf("frameworks of FFFS (-want +got):\n%s", diff)
	}
}

func TestItemsThatPeopleAnswerHaveQuestions(t *testing.T) {
	library := library(t)
	want := checklist.Asked{Items: 149, WithQuestion: 149, Prefilled: 62}
	if diff := cmp.Diff(want, library.Asked(library.Checklists...)); diff != "" {
		t.Errorf("items with Q (-want +got):\n%s", diff)
	}
}

// TestControlsOfQuestionsAnswerTheirItems proves that a scan prefills only what it is asked for:
// a control of a question exists, and belongs to an item that the question serves.
func TestControlsOfQuestionsAnswerTheirItems(t *testing.T) {
	library, known := library(t), map[string]bool{}
	for _, c := range controls(t) {
		known[c.ID] = true
	}
	for _, question := range library.Questions {
		items := library.ItemsOf(question.ID)
		for _, id := range question.Controls {
			if !known[id] {
				t.Errorf("question %s names control %s, which does not exist", question.ID, id)
			}
			if !slices.ContainsFunc(items, func(i *checklist.Item) bool { return slices.Contains(i.Controls, id) }) {
				t.Errorf("question %s names control %s, which belongs to no item that it serves", question.ID, id)
			}
		}
	}
}

// TestConditionsCanBeMet proves that every checklist that asks a question also asks what its
// condition waits for: else the question would never come up.
func TestConditionsCanBeMet(t *testing.T) {
	library := library(t)
	for _, list := range library.Checklists {
		questions := library.QuestionsOf(list)
		for _, question := range questions {
			if question.When == nil {
				continue
			}
			if other, _ := library.Question(question.When.Question); !slices.Contains(questions, other) {
				t.Errorf("checklist %s asks %s after %s, which it never asks", list.ID, question.ID, question.When.Question)
			}
		}
	}
}

func TestControlsMapToWhatFrameworksHave(t *testing.T) {
	library := library(t)
	for _, c := range controls(t) {
		for _, err := range library.Check(c.Topics, c.Maps) {
			t.Errorf("control %s: %v", c.ID, err)
		}
	}
}

// TestPodSecurityIdentifiers holds the framework pss against the checks of the official evaluator.
func TestPodSecurityIdentifiers(t *testing.T) {
	pss, known := library(t).Framework("pss")
	if !known {
		t.Fatal("framework pss is missing")
	}
	if len(pss.Topics) > 0 {
		t.Error("framework pss binds topics: only maps of controls count, which equal the official check")
	}
	official, ours := map[string]string{}, map[string]string{}
	for _, check := range policy.DefaultChecks() {
		official[string(check.ID)] = string(check.Level)
	}
	for id, title := range pss.Identifiers {
		ours[id], _, _ = strings.Cut(title, ":")
	}
	if diff := cmp.Diff(official, ours); diff != "" {
		t.Errorf("identifiers or levels differ (-official +ours):\n%s", diff)
	}
}

func TestCoveragePageIsUpToDate(t *testing.T) {
	var want bytes.Buffer
	if err := checklist.WriteCoverage(&want, library(t)); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../../docs/checklists.md")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want.Bytes(), got) {
		t.Error("docs/checklists.md is old: run go generate ./internal/checklist")
	}
}

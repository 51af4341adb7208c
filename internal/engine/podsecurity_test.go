package engine_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	"sigs.k8s.io/json"
	"sigs.k8s.io/yaml"

	"github.com/kubeproof/kubeproof/catalog"
	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// The official Pod Security evaluator is the oracle: on every pod the controls that name one of
// its checks must together say what the check says, at the newest version of the standards.
func TestControlsJudgeAsPodSecurityAdmission(t *testing.T) {
	count := 25000
	if testing.Short() {
		count = 3000
	}
	standards := podSecurityControls(t)
	pods := newPodMaker(20260721).make(t, count)
	verdicts := judgePods(t, standards, pods)
	forbidden, allowed := map[policy.CheckID]int{}, map[policy.CheckID]int{}
	differences := 0
	for i, pod := range pods {
		for _, check := range policy.DefaultChecks() {
			official := newest(check).CheckPod(&pod.metadata, &pod.spec)
			if official.Allowed {
				allowed[check.ID]++
			} else {
				forbidden[check.ID]++
			}
			if ours := verdicts[i][check.ID]; official.Allowed == (len(ours) > 0) && differences < 10 {
				differences++
				t.Errorf("check %s: official allows: %v (%s: %s); controls found: %q; pod:\n%s", check.ID,
					official.Allowed, official.ForbiddenReason, official.ForbiddenDetail, ours, pod.text)
			}
		}
	}
	for _, check := range policy.DefaultChecks() {
		if least := count / 50; forbidden[check.ID] < least || allowed[check.ID] < least {
			t.Errorf("check %s was tried on %d forbidden and %d allowed pods: want %d of each",
				check.ID, forbidden[check.ID], allowed[check.ID], least)
		}
	}
	t.Logf("%d pods, %d checks, %d differences", count, len(policy.DefaultChecks()), differences)
}

// A level is what its checks say together, without the baseline checks that a stricter one of
// the restricted level overrides.
func TestLevelsJudgeAsPodSecurityAdmission(t *testing.T) {
	count := 5000
	if testing.Short() {
		count = 1000
	}
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		t.Fatal(err)
	}
	pods := newPodMaker(42).make(t, count)
	verdicts := judgePods(t, podSecurityControls(t), pods)
	for _, level := range []api.Level{api.LevelBaseline, api.LevelRestricted} {
		passed, differences := 0, 0
		for i, pod := range pods {
			results := evaluator.EvaluatePod(api.LevelVersion{Level: level, Version: api.LatestVersion()}, &pod.metadata, &pod.spec)
			official := policy.AggregateCheckResults(results)
			ours := true
			for _, id := range checksOf(level) {
				ours = ours && len(verdicts[i][id]) == 0
			}
			if ours {
				passed++
			}
			if ours != official.Allowed && differences < 5 {
				differences++
				t.Errorf("level %s: controls allow: %v; official: %s; pod:\n%s", level, ours, official.ForbiddenDetail(), pod.text)
			}
		}
		if passed < count/50 || passed > count*49/50 {
			t.Errorf("level %s: %d of %d pods passed: want some of both", level, passed, count)
		}
	}
}

// checksOf are the ids of the checks that a level runs at the newest version.
func checksOf(level api.Level) []policy.CheckID {
	var ids, overridden []policy.CheckID
	for _, check := range policy.DefaultChecks() {
		if check.Level == api.LevelBaseline || check.Level == level {
			ids = append(ids, check.ID)
		}
		if level == api.LevelRestricted {
			overridden = append(overridden, newest(check).OverrideCheckIDs...)
		}
	}
	return slices.DeleteFunc(ids, func(id policy.CheckID) bool { return slices.Contains(overridden, id) })
}

func newest(check policy.Check) policy.VersionedCheck { return check.Versions[len(check.Versions)-1] }

// podSecurityControls are the controls that name official checks. Every check must be named,
// and nothing else.
func podSecurityControls(t *testing.T) []*control.Control {
	t.Helper()
	all, err := control.Load(catalog.FS, "controls", "controls")
	if err != nil {
		t.Fatal(err)
	}
	unnamed := map[string]bool{}
	for _, check := range policy.DefaultChecks() {
		unnamed[string(check.ID)] = true
	}
	official := maps.Clone(unnamed)
	var named []*control.Control
	for _, c := range all {
		for _, id := range c.Maps["pss"] {
			if !official[id] {
				t.Errorf("%s: maps.pss names %q, which is no official check", c.ID, id)
			}
			delete(unnamed, id)
		}
		if len(c.Maps["pss"]) > 0 {
			named = append(named, c)
		}
	}
	for id := range unnamed {
		t.Errorf("no control names the official check %s in maps.pss", id)
	}
	return named
}

// judgePods gives, for each pod, what controls found by the official check that they name.
// Controls that could not judge (outcome error) count as findings.
func judgePods(t *testing.T, controls []*control.Control, pods []*madePod) []map[policy.CheckID][]string {
	t.Helper()
	plan, err := engine.New(controls, engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	names := map[string][]string{}
	for _, c := range controls {
		names[c.ID] = c.Maps["pss"]
	}
	inv := &inventory.Inventory{}
	verdicts, place := make([]map[policy.CheckID][]string, len(pods)), map[string]int{}
	for i, pod := range pods {
		verdicts[i], place[pod.subject.Name] = map[policy.CheckID][]string{}, i
		inv.Subjects = append(inv.Subjects, pod.subject)
	}
	result, err := plan.Judge(context.Background(), inv)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range result.Findings {
		found := verdicts[place[f.Subject.Name]]
		for _, id := range names[f.Control] {
			text := f.Control + ": " + f.Message
			if f.Outcome == assessment.Error {
				text = "error: " + text
			}
			found[policy.CheckID(id)] = append(found[policy.CheckID(id)], text)
		}
	}
	return verdicts
}

// madePod is one pod as both sides see it: the engine reads the text into a subject, the
// oracle decodes the same text as the API server does.
type madePod struct {
	text     string
	subject  *inventory.Subject
	metadata metav1.ObjectMeta
	spec     corev1.PodSpec
}

// readPod reads a pod, bare or as the template of a workload.
func readPod(t *testing.T, text string) *madePod {
	t.Helper()
	documents, problems := document.Read([]byte(text), document.DefaultLimits)
	if len(documents) != 1 || len(problems) > 0 {
		t.Fatalf("read pod: %d documents, %v:\n%s", len(documents), problems, text)
	}
	pod := &madePod{text: text}
	pod.subject = inventory.NewSubject(documents[0].Root, &inventory.Source{}, 1, "", nil)
	asJSON, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	var template corev1.PodTemplateSpec
	if err := decodeTemplate(asJSON, &template); err != nil {
		t.Fatalf("decode pod: %v:\n%s", err, text)
	}
	pod.metadata, pod.spec = template.ObjectMeta, template.Spec
	return pod
}

// decodeTemplate decodes with the API server's decoder, which tells small letters from large.
func decodeTemplate(text []byte, into *corev1.PodTemplateSpec) error {
	var object struct {
		Kind string `json:"kind"`
		Spec struct {
			Template corev1.PodTemplateSpec `json:"template"`
			Job      struct {
				Spec struct {
					Template corev1.PodTemplateSpec `json:"template"`
				} `json:"spec"`
			} `json:"jobTemplate"`
		} `json:"spec"`
	}
	if err := json.UnmarshalCaseSensitivePreserveInts(text, &object); err != nil {
		return fmt.Errorf("decode object: %w", err)
	}
	switch object.Kind {
	case "Pod":
		return json.UnmarshalCaseSensitivePreserveInts(text, into)
	case "CronJob":
		*into = object.Spec.Job.Spec.Template
	default:
		*into = object.Spec.Template
	}
	return nil
}

// loosely writes booleans as YAML 1.1 allows, which kubectl reads as booleans.
func loosely(text string) string {
	return strings.NewReplacer(": true\n", ": yes\n", ": false\n", ": off\n").Replace(text)
}

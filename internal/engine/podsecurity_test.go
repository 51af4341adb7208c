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

// officialChecks are the checks of the newest version of the standards and of those before.
var officialChecks = policy.DefaultChecks()

// batch is how many pods are made and judged at once: few, so that memory stays small.
const batch = 500

// The official Pod Security evaluator is the oracle: on every pod the controls that name one of
// its checks must together say what the check says, at the newest version of the standards, and
// all controls of a level what the evaluator says of the level.
func TestControlsJudgeAsPodSecurityAdmission(t *testing.T) {
	t.Parallel()
	batches := 50
	if testing.Short() {
		batches = 6
	}
	evaluator, err := policy.NewEvaluator(officialChecks, nil)
	if err != nil {
		t.Fatal(err)
	}
	standards, maker := newStandards(t), newPodMaker(20260721)
	c := &comparison{T: t, evaluator: evaluator, allowed: map[string]int{}}
	for range batches {
		pods := maker.make(t, batch)
		for i, found := range standards.judge(t, pods) {
			c.compareChecks(pods[i], found)
			c.compareLevel(api.LevelBaseline, pods[i], found)
			c.compareLevel(api.LevelRestricted, pods[i], found)
		}
	}
	c.wantBoth(batches * batch)
	t.Logf("%d pods, %d checks, %d differences", batches*batch, len(officialChecks), c.differences)
}

// comparison counts the pods that the oracle allows, by check and level, and the differences.
type comparison struct {
	*testing.T
	evaluator interface {
		EvaluatePod(api.LevelVersion, *metav1.ObjectMeta, *corev1.PodSpec) []policy.CheckResult
	}
	allowed     map[string]int
	differences int
}

func (c *comparison) compareChecks(pod *madePod, found map[policy.CheckID][]string) {
	for _, check := range officialChecks {
		official := newest(check).CheckPod(&pod.metadata, &pod.spec)
		detail := official.ForbiddenReason + ": " + official.ForbiddenDetail
		c.compare("check "+string(check.ID), official.Allowed, detail, found[check.ID], pod)
	}
}

func (c *comparison) compareLevel(level api.Level, pod *madePod, found map[policy.CheckID][]string) {
	version := api.LevelVersion{Level: level, Version: api.LatestVersion()}
	official := policy.AggregateCheckResults(c.evaluator.EvaluatePod(version, &pod.metadata, &pod.spec))
	var ours []string
	for _, id := range checksOf(level) {
		ours = append(ours, found[id]...)
	}
	c.compare("level "+string(level), official.Allowed, official.ForbiddenDetail(), ours, pod)
}

func (c *comparison) compare(what string, allowed bool, detail string, ours []string, pod *madePod) {
	if allowed {
		c.allowed[what]++
	}
	if allowed != (len(ours) == 0) {
		if c.differences++; c.differences <= 10 {
			c.Errorf("%s: official allows: %v (%s); controls found: %q; pod:\n%s", what, allowed, detail, ours, pod.text)
		}
	}
}

// wantBoth keeps the comparison from proving nothing: every check and level must have been
// tried on many pods that it allows and on many that it forbids.
func (c *comparison) wantBoth(pods int) {
	tried := []string{"level baseline", "level restricted"}
	for _, check := range officialChecks {
		tried = append(tried, "check "+string(check.ID))
	}
	for _, what := range tried {
		if least := pods / 100; c.allowed[what] < least || pods-c.allowed[what] < least {
			c.Errorf("%s: %d of %d pods are allowed: want some of both", what, c.allowed[what], pods)
		}
	}
}

// checksOf are the ids of the checks that a level runs at the newest version.
func checksOf(level api.Level) []policy.CheckID {
	var ids, overridden []policy.CheckID
	for _, check := range officialChecks {
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
	for _, check := range officialChecks {
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

// standards are the controls that name official checks, ready to judge.
type standards struct {
	plan  *engine.Plan
	names map[string][]string // what each control names
}

func newStandards(t *testing.T) *standards {
	t.Helper()
	controls := podSecurityControls(t)
	plan, err := engine.New(controls, engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	names := map[string][]string{}
	for _, c := range controls {
		names[c.ID] = c.Maps["pss"]
	}
	return &standards{plan, names}
}

// judge gives, for each pod, what controls found by the official check that they name. Controls
// that could not judge (outcome error) count as findings.
func (s *standards) judge(t *testing.T, pods []*madePod) []map[policy.CheckID][]string {
	t.Helper()
	inv := &inventory.Inventory{}
	verdicts, place := make([]map[policy.CheckID][]string, len(pods)), map[string]int{}
	for i, pod := range pods {
		verdicts[i], place[pod.subject.Name] = map[policy.CheckID][]string{}, i
		inv.Subjects = append(inv.Subjects, pod.subject)
	}
	result, err := s.plan.Judge(context.Background(), inv)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range result.Findings {
		found := verdicts[place[f.Subject.Name]]
		for _, id := range s.names[f.Control] {
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
	asJSON := []byte(text)
	if !strings.HasPrefix(text, "{") {
		var err error
		if asJSON, err = yaml.YAMLToJSON(asJSON); err != nil {
			t.Fatal(err)
		}
	}
	var template corev1.PodTemplateSpec
	if err := decodeTemplate(asJSON, &template); err != nil {
		t.Fatalf("decode pod: %v:\n%s", err, text)
	}
	pod.metadata, pod.spec = template.ObjectMeta, template.Spec
	defaultVolumes(&pod.spec)
	return pod
}

// defaultVolumes makes volumes of no type what the API server makes of them before admission.
func defaultVolumes(spec *corev1.PodSpec) {
	for i := range spec.Volumes {
		if (spec.Volumes[i].VolumeSource == corev1.VolumeSource{}) {
			spec.Volumes[i].EmptyDir = &corev1.EmptyDirVolumeSource{}
		}
	}
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

package fix

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"sigs.k8s.io/yaml"

	"github.com/kubeproof/kubeproof/catalog"
	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/collect"
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/engine"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// typed are the structures by which Kubernetes merges.
var typed = map[string]any{"Pod": corev1.Pod{}, "PodTemplate": corev1.PodTemplate{}, "ReplicationController": corev1.ReplicationController{}, "Deployment": appsv1.Deployment{},
	"StatefulSet": appsv1.StatefulSet{}, "DaemonSet": appsv1.DaemonSet{}, "ReplicaSet": appsv1.ReplicaSet{}, "Job": batchv1.Job{}, "CronJob": batchv1.CronJob{}}

func judge(t *testing.T, c *control.Control, text string) map[string]*assessment.Finding {
	t.Helper()
	plan, err := engine.New([]*control.Control{c}, engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	subjects, lost := collect.Example([]byte(text))
	if len(subjects) == 0 || len(lost) > 0 {
		t.Fatalf("%s cannot be read: %v", text, lost)
	}
	result, err := plan.Judge(context.Background(), &inventory.Inventory{Subjects: subjects})
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]*assessment.Finding{}
	for _, f := range result.Findings {
		found[f.Fingerprint] = f
	}
	return found
}

func placeOf(f *assessment.Finding) Place {
	return Place{f.Subject.APIVersion, f.Subject.Kind, f.Subject.Namespace, f.Subject.Name, f.Subject.Container, f.Location.Path, true}
}

// TestRemedies mends every bad example of every control with a remedy, as the API server would merge
// the patch: the finding is gone, no other came, and nothing else of the object is changed.
func TestRemedies(t *testing.T) {
	controls, err := control.Load(catalog.FS, "controls", "")
	if err != nil {
		t.Fatal(err)
	}
	mended := map[string]int{}
	for _, c := range controls {
		if c.Remedy == nil {
			continue
		}
		for _, text := range c.Examples.Bad {
			for _, f := range judge(t, c, text) {
				p := For(c, placeOf(f))
				if p == nil {
					if !strings.Contains(f.Location.Path, "ephemeralContainers") {
						t.Errorf("%s: there is no patch for %s %s at %s", c.ID, f.Subject.Kind, f.Subject.Name, f.Location.Path)
					}
					continue
				}
				mended[c.ID]++
				if f.Subject.Kind == "ComposeService" {
					checkCompose(t, c, text, f, p)
				} else {
					checkObject(t, c, text, f, p)
				}
			}
		}
		if mended[c.ID] == 0 {
			t.Errorf("%s has a remedy that mends nothing", c.ID)
		}
	}
	if len(mended) < 15 {
		t.Errorf("%d controls mend something", len(mended))
	}
	t.Log(mended)
}

// documentOf is the document of an example that holds the subject of a finding, as JSON.
func documentOf(t *testing.T, text string, f *assessment.Finding) []byte {
	t.Helper()
	for _, document := range strings.Split(text, "\n---\n") {
		data, err := yaml.YAMLToJSON([]byte(document))
		if err != nil {
			t.Fatal(err)
		}
		var head struct {
			Kind     string
			Metadata struct{ Name string }
		}
		if json.Unmarshal(data, &head) == nil && head.Kind == f.Subject.Kind && head.Metadata.Name == f.Subject.Name {
			return data
		}
	}
	t.Fatalf("%s %s is in no document", f.Subject.Kind, f.Subject.Name)
	return nil
}

func checkObject(t *testing.T, c *control.Control, text string, f *assessment.Finding, p *Patch) {
	t.Helper()
	before := documentOf(t, text, f)
	change, err := yaml.YAMLToJSON([]byte(p.Text))
	if err != nil {
		t.Fatal(err)
	}
	after, err := strategicpatch.StrategicMergePatch(before, change, typed[f.Subject.Kind])
	if err != nil {
		t.Fatalf("%s: %v: %s", c.ID, err, p.Text)
	}
	checkGone(t, c, f, judge(t, c, string(before)), judge(t, c, string(after)))
	checkChange(t, c, before, after)
}

func checkGone(t *testing.T, c *control.Control, f *assessment.Finding, before, after map[string]*assessment.Finding) {
	t.Helper()
	if len(before) == 0 || after[f.Fingerprint] != nil || len(after) >= len(before) {
		t.Errorf("%s: %s of %s is there still: %d findings, then %d", c.ID, f.Message, f.Subject.Name, len(before), len(after))
	}
	for print := range after {
		if before[print] == nil {
			t.Errorf("%s: the patch for %s makes %s", c.ID, f.Message, after[print].Message)
		}
	}
}

// checkChange demands that nothing but the value to set, and the namespace, differs.
func checkChange(t *testing.T, c *control.Control, before, after []byte) {
	t.Helper()
	was, is := leaves(t, before), leaves(t, after)
	changed := 0
	for path := range merge(was, is) {
		if was[path] == is[path] || path == ".metadata.namespace" {
			continue
		}
		if changed++; !strings.HasSuffix(path, "."+c.Remedy.Set) || is[path] != fmt.Sprint(c.Remedy.To) {
			t.Errorf("%s: %s was %q and is %q", c.ID, path, was[path], is[path])
		}
	}
	if changed != 1 {
		t.Errorf("%s: %d values are changed", c.ID, changed)
	}
}

func merge(all ...map[string]string) map[string]string {
	whole := map[string]string{}
	for _, one := range all {
		maps.Copy(whole, one)
	}
	return whole
}

func leaves(t *testing.T, data []byte) map[string]string {
	t.Helper()
	var root any
	if err := json.Unmarshal(data, &root); err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	var walk func(string, any)
	walk = func(path string, value any) {
		switch value := value.(type) {
		case map[string]any:
			for key, one := range value {
				walk(path+"."+key, one)
			}
		case []any:
			for i, one := range value {
				walk(fmt.Sprintf("%s[%d]", path, i), one)
			}
		case nil:
		default:
			all[path] = fmt.Sprint(value)
		}
	}
	walk("", root)
	return all
}

// checkCompose merges maps into each other, as Compose does.
func checkCompose(t *testing.T, c *control.Control, text string, f *assessment.Finding, p *Patch) {
	t.Helper()
	var file, change map[string]any
	if err := yaml.Unmarshal([]byte(text), &file); err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal([]byte(p.Text), &change); err != nil {
		t.Fatal(err)
	}
	var into func(map[string]any, map[string]any)
	into = func(have, add map[string]any) {
		for key, value := range add {
			if inner, both := have[key].(map[string]any); both {
				into(inner, value.(map[string]any))
			} else {
				have[key] = value
			}
		}
	}
	before := judge(t, c, text)
	into(file, change)
	merged, err := yaml.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	after := judge(t, c, string(merged))
	for _, one := range after {
		if one.Subject.Name == f.Subject.Name {
			t.Errorf("%s: %s of %s is there still", c.ID, one.Message, one.Subject.Name)
		}
	}
	if len(after) >= len(before) {
		t.Errorf("%s: %d findings, then %d", c.ID, len(before), len(after))
	}
}

// TestNoPatch: what is not surely right is not offered, whatever a scan was told.
func TestNoPatch(t *testing.T) {
	privileged := &control.Control{ID: "c", Check: control.Check{Scope: "containers.all"}, Remedy: &control.Remedy{Set: "securityContext.privileged", To: false}}
	const path = "spec.template.spec.containers[0].securityContext.privileged"
	good := Place{"apps/v1", "Deployment", "shop", "web", "app", path, true}
	if For(privileged, good) == nil {
		t.Fatal("there is no patch for what is good")
	}
	for name, change := range map[string]func(*Place){
		"another group":        func(p *Place) { p.APIVersion = "example.com/v1" },
		"no version":           func(p *Place) { p.APIVersion = "" },
		"a custom resource":    func(p *Place) { p.APIVersion, p.Kind = "argoproj.io/v1alpha1", "Rollout" },
		"no path":              func(p *Place) { p.Path = "" },
		"another path":         func(p *Place) { p.Path = "spec.template.specials.containers[0]" },
		"another field":        func(p *Place) { p.Path = "spec.template.spec.containers[0].image" },
		"a field of the pod":   func(p *Place) { p.Path = "spec.template.spec.securityContext" },
		"a temporary one":      func(p *Place) { p.Path = strings.Replace(path, "containers", "ephemeralContainers", 1) },
		"an odd index":         func(p *Place) { p.Path = strings.Replace(path, "0", "0][1", 1) },
		"no container":         func(p *Place) { p.Container = "" },
		"an odd container":     func(p *Place) { p.Container = "a\nb: c" },
		"a shell's container":  func(p *Place) { p.Container = "$(id)" },
		"an odd name":          func(p *Place) { p.Name = "web; rm -rf /" },
		"a flag for a name":    func(p *Place) { p.Name = "--all" },
		"a flag for namespace": func(p *Place) { p.Namespace = "-A" },
		"a long name":          func(p *Place) { p.Name = strings.Repeat("a", 300) },
	} {
		at := good
		change(&at)
		if p := For(privileged, at); p != nil {
			t.Errorf("%s: %s%s", name, p.Text, p.Command)
		}
	}
	if For(nil, good) != nil || For(&control.Control{}, good) != nil {
		t.Error("there is a patch without a remedy")
	}
}

// TestPatchText is what people see.
func TestPatchText(t *testing.T) {
	c := &control.Control{Check: control.Check{Scope: "containers.all"}, Remedy: &control.Remedy{Set: "securityContext.privileged", To: false}}
	p := For(c, Place{"batch/v1", "CronJob", "shop", "nightly", "y", "spec.jobTemplate.spec.template.spec.initContainers[3].securityContext.privileged", true})
	const text = `apiVersion: batch/v1
kind: CronJob
metadata:
  name: nightly
  namespace: shop
spec:
  jobTemplate:
    spec:
      template:
        spec:
          initContainers:
            - name: "y"
              securityContext:
                privileged: false
`
	if p == nil || p.Text != text || p.Command != "kubectl patch cronjob.batch nightly --namespace shop --type strategic --patch-file patch.yaml" || p.Set != "securityContext.privileged: false" || p.Of != "container y" {
		t.Fatalf("%+v", p)
	}
	p = For(c, Place{"v1", "Pod", "default", "one", "app", "spec.containers[0]", false})
	if p.Command != "" || !strings.Contains(p.Instead, "file") || strings.Contains(p.Text, "namespace") {
		t.Errorf("of a file: %+v", p)
	}
	p = For(c, Place{"v1", "Pod", "default", "one", "app", "spec.containers[0]", true})
	if p.Command != "" || !strings.Contains(p.Instead, "anew") || !slices.Contains(strings.Split(p.Text, "\n"), "  namespace: default") {
		t.Errorf("of a pod: %+v", p)
	}
}

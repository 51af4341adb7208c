package inventory

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/document"
)

func subjectOf(t *testing.T, text, fallback string, templates map[string][]string) *Subject {
	t.Helper()
	documents, problems := document.Read([]byte(text), document.DefaultLimits)
	if len(documents) != 1 {
		t.Fatalf("%q: %d documents, problems %v", text, len(documents), problems)
	}
	return NewSubject(documents[0].Root, &Source{File: "x.yaml"}, documents[0].EndLine, fallback, templates)
}

func TestNamespacesAreResolved(t *testing.T) {
	tests := []struct{ name, text, fallback, want string }{
		{"its own", "kind: Pod\nmetadata: {namespace: shop}\n", "other", "shop"},
		{"the fallback", "kind: Pod\nmetadata: {name: a}\n", "other", "other"},
		{"default", "kind: Pod\n", "", "default"},
		{"none where the kind has none", "kind: ClusterRole\nmetadata: {namespace: shop}\n", "other", ""},
		{"of an unknown kind", "apiVersion: example.com/v1\nkind: Thing\n", "other", "other"},
		{"Kyverno's ClusterPolicy has none", "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\n", "other", ""},
		{"another ClusterPolicy may have one", "apiVersion: example.com/v1\nkind: ClusterPolicy\n", "other", "other"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := subjectOf(t, test.text, test.fallback, nil).Namespace; got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestPodTemplates(t *testing.T) {
	custom := map[string][]string{"Thing": {"spec", "pod"}}
	tests := map[string]string{
		"kind: Pod\nspec: {containers: []}\n":                                                 "spec",
		"kind: Deployment\nspec: {template: {spec: {a: b}}}\n":                                "spec.template.spec",
		"kind: CronJob\nspec: {jobTemplate: {spec: {template: {spec: {a: b}}}}}\n":            "spec.jobTemplate.spec.template.spec",
		"kind: PodTemplate\ntemplate: {spec: {a: b}}\n":                                       "template.spec",
		"apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nspec: {template: {spec: {a: b}}}\n": "spec.template.spec",
		"apiVersion: example.com/v1\nkind: Thing\nspec: {pod: {spec: {a: b}}}\n":              "spec.pod.spec",
		"kind: Service\nspec: {template: {spec: {a: b}}}\n":                                   "",
		"kind: Deployment\nspec: {template: {spec: text}}\n":                                  "",
		"kind: Deployment\nspec: {template: ~}\n":                                             "",
	}
	for text, want := range tests {
		got := ""
		if pod := subjectOf(t, text, "", custom).Pod; pod != nil {
			got = pod.Spec.Path()
		}
		if got != want {
			t.Errorf("%q: pod spec at %q, want %q", text, got, want)
		}
	}
}

func TestContainersHaveRoles(t *testing.T) {
	s := subjectOf(t, `kind: Pod
spec:
  containers: [{name: a}, ~, text]
  initContainers: [{name: b}, {name: c, restartPolicy: Always}]
  ephemeralContainers: [{name: d}]
`, "", nil)
	var got []string
	for _, c := range s.Pod.Containers() {
		got = append(got, c.Name+" "+string(c.Role))
	}
	if diff := cmp.Diff([]string{"a main", "b init", "c sidecar", "d ephemeral"}, got); diff != "" {
		t.Errorf("containers (-want +got):\n%s", diff)
	}
}

func TestIndexGivesTheLastOfOneName(t *testing.T) {
	first := subjectOf(t, "kind: Pod\nmetadata: {name: a, namespace: shop}\nx: 1\n", "", nil)
	second := subjectOf(t, "kind: Pod\nmetadata: {name: a, namespace: shop}\nx: 2\n", "", nil)
	index := NewIndex([]*Subject{first, second})
	if got := index.Find("Pod", "shop", "a"); got != second {
		t.Error("Find gives the first of two, but the last one is what an apply leaves")
	}
	if index.Find("Pod", "other", "a") != nil || len(index.Kind("Job")) > 0 || len(index.Kind("Pod")) != 2 {
		t.Error("index finds what is not there, or loses what is")
	}
}

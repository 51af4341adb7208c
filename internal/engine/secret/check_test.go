package secret

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// origin places everything in one template; decided tells whether a values file gave it.
type origin struct {
	template string
	decided  bool
}

func (o origin) Locate(int, string) (inventory.Place, *inventory.Place) {
	if o.decided {
		return inventory.Place{File: o.template}, &inventory.Place{File: "values.yaml"}
	}
	return inventory.Place{File: o.template}, nil
}

func messages(t *testing.T, check assessment.Check, text string, source inventory.Source) []string {
	t.Helper()
	documents, problems := document.Read([]byte(text), document.DefaultLimits)
	if len(documents) != 1 || len(problems) > 0 {
		t.Fatalf("read %q: %v", text, problems)
	}
	s := inventory.NewSubject(documents[0].Root, &source, 0, "", nil)
	var got []string
	for _, verdict := range check(assessment.Input{Subject: s, Element: s.Root}) {
		if verdict.Outcome != assessment.Fail || verdict.Node == nil {
			t.Errorf("verdict %+v is not whole", verdict)
		}
		got = append(got, verdict.Message)
	}
	return got
}

func TestInManifestKnowsWhereSecretsComeFrom(t *testing.T) {
	drawn := "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {password: " + base64.StdEncoding.EncodeToString([]byte("k3Jx8Qz1Lw5R")) + "}\n"
	known := "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {password: changeme}\n"
	found := []string{`data key "password" holds a password, only encoded`}
	for _, test := range []struct {
		name, text string
		source     inventory.Source
		want       []string
	}{
		{"file", drawn, inventory.Source{File: "a.yaml"}, found},
		{"cluster", drawn, inventory.Source{}, nil},
		{"drawn by a template", drawn, inventory.Source{File: "a.yaml", Origin: origin{"shop/templates/a.yaml", false}}, nil},
		{"given by values", drawn, inventory.Source{File: "a.yaml", Origin: origin{"shop/templates/a.yaml", true}}, found},
		{"kustomize", drawn, inventory.Source{File: "a.yaml", Origin: origin{"shop/base/a.yaml", false}}, found},
		{"default in a template", known, inventory.Source{File: "a.yaml", Origin: origin{"templates/a.yaml", false}},
			[]string{`stringData key "password" holds a well-known default password`}},
	} {
		if diff := cmp.Diff(test.want, messages(t, InManifest, test.text, test.source)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestInConfigMapReadsBinaryData(t *testing.T) {
	text := "kind: ConfigMap\nmetadata: {name: a}\nbinaryData:\n  a.env: " + base64.StdEncoding.EncodeToString([]byte("A=b\nPASSWORD=Winter2031\n")) +
		"\n  b.bin: " + base64.StdEncoding.EncodeToString([]byte("\xff\xfePASSWORD=Winter2031")) + "\n  c: '%'\n"
	want := []string{`key "a.env" holds a password (line 2, PASSWORD)`}
	if diff := cmp.Diff(want, messages(t, InConfigMap, text, inventory.Source{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestInAnnotationReadsAppliedSecrets(t *testing.T) {
	text := "kind: Secret\nmetadata:\n  name: a\n  annotations:\n    " + lastApplied +
		": '{\"kind\":\"Secret\",\"data\":{\"username\":\"c2hvcA==\",\"licence\":\"c2hvcC11bmxpbWl0ZWQ=\"}}'\n"
	want := []string{`annotation "` + lastApplied + `" holds a value (data.licence)`}
	if diff := cmp.Diff(want, messages(t, InAnnotation, text, inventory.Source{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestChecksTakeWrongTypes: manifests are written by anybody.
func TestChecksTakeWrongTypes(t *testing.T) {
	checks := map[string]assessment.Check{"args": InArgs, "configmap": InConfigMap, "annotation": InAnnotation, "manifest": InManifest, "compose": InCompose, "env": InEnv}
	for _, text := range []string{
		"data: [a]\nstringData: 5\nbinaryData: {a: [b]}\n", "metadata: {annotations: [a, {b: c}]}\n", "services: {a: [b], c: {environment: 5, command: {a: b}}}\n",
		"command: a\nargs: {b: c}\nlivenessProbe: {exec: [a]}\n", "name: [a]\nvalue: {b: c}\n", "configs: {a: {content: [b]}}\ndata: {a: {b: c}, d: null, e: 5, f: [g]}\n",
	} {
		for name, check := range checks {
			if got := messages(t, check, text, inventory.Source{File: "a.yaml"}); len(got) > 0 {
				t.Errorf("%s of %q: %q", name, text, got)
			}
		}
	}
}

// TestInAnnotationSparesChecksums: charts write the hash of a Secret beside the pod.
func TestInAnnotationSparesChecksums(t *testing.T) {
	text := "metadata:\n  annotations:\n    checksum/secret: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\n"
	if got := messages(t, InAnnotation, text, inventory.Source{File: "a.yaml"}); len(got) > 0 {
		t.Errorf("got %q", got)
	}
	if got := messages(t, InAnnotation, strings.Replace(text, "checksum/secret", "example.com/secret", 1), inventory.Source{File: "a.yaml"}); len(got) != 1 {
		t.Errorf("another annotation with that value: got %q, want one", got)
	}
}

func TestWithDefaults(t *testing.T) {
	for text, want := range map[string]string{
		"a": "a", "${A:-b}": "b", "${A-b}c": "bc", "${A}": "${A}", "${A:?b}": "${A:?b}", "${A:-$B}": "${A:-$B}", "${A": "${A", "x${A:-}y": "xy",
	} {
		if got := withDefaults(text); got != want {
			t.Errorf("withDefaults(%q) = %q, want %q", text, got, want)
		}
	}
}

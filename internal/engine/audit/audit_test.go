package audit

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// input makes what a check of the scope inventory sees of some documents.
func input(t *testing.T, text string, values control.Values) assessment.Input {
	t.Helper()
	documents, problems := document.Read([]byte(text), document.DefaultLimits)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	inv := &inventory.Inventory{}
	source := &inventory.Source{File: "f.yaml"}
	for _, found := range documents {
		inv.Subjects = append(inv.Subjects, inventory.NewSubject(found.Root, source, found.EndLine, "", nil))
	}
	return assessment.Input{Inventory: inv, Index: inventory.NewIndex(inv.Subjects), Values: values}
}

// show writes verdicts as outcome, subject, place and message.
func show(verdicts []assessment.Verdict) []string {
	var all []string
	for _, v := range verdicts {
		all = append(all, strings.TrimSuffix(fmt.Sprintf("%s %s/%s %s: %s", v.Outcome, v.Subject.Kind, v.Subject.Name, v.Node.Path(), v.Message), ": "))
	}
	return all
}

var secretReads = control.Values{"requests": []string{"get secrets"}, "level": "Metadata", "actors": []string{"user"}}

const kind = "kubeproof.dev/v1\nkind: "

// TestWherePoliciesAreFound also says what is told where none is.
func TestWherePoliciesAreFound(t *testing.T) {
	cluster := func(rest string) string {
		return "apiVersion: " + kind + "KubernetesCluster\nmetadata: {name: prod}\n" + rest
	}
	server := func(rest string) string {
		return "---\napiVersion: " + kind + "APIServerInstance\nmetadata: {name: a}\n" + rest
	}
	tests := []struct {
		name, text string
		want       []string
	}{
		{"object", "apiVersion: audit.k8s.io/v1\nkind: Policy\nmetadata: {name: p}\nrules: [{level: Metadata}]\n", []string{"pass Policy/p "}},
		{"another product's policy", "apiVersion: kyverno.io/v1\nkind: Policy\nmetadata: {name: p}\nrules: [{level: None}]\n", nil},
		{"ConfigMap", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  other: audit.k8s.io/v1 is no policy\n  broken: 'apiVersion: audit.k8s.io/v1: ['\n  p.yaml: |\n    apiVersion: audit.k8s.io/v1\n    kind: Policy\n    rules: [{level: None}]\n",
			[]string{`fail ConfigMap/c data["p.yaml"]: p.yaml: rule 1 logs get secrets by a user at None: at least Metadata is wanted`}},
		{"file of an API server", "apiVersion: " + kind + "APIServerInstance\nmetadata: {name: a}\nfiles:\n  audit-policy-file: {kind: Policy, apiVersion: audit.k8s.io/v1, rules: [{level: None}]}\n",
			[]string{`fail APIServerInstance/a files.audit-policy-file.rules[0]: rule 1 logs get secrets by a user at None: at least Metadata is wanted`}},
		{"refused", "apiVersion: audit.k8s.io/v1\nkind: Policy\nmetadata: {name: p}\n", []string{"notapplicable Policy/p : the API server refuses this policy"}},
		{"no cluster and no policy", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n", nil},
		{"cluster without any sign", cluster(""), []string{"unknown KubernetesCluster/prod : no audit policy was seen: give the file of --audit-policy-file too, as in kubeproof scan cluster: audit-policy.yaml"}},
		{"cluster with the flag", cluster("") + server("flags: {audit-policy-file: /etc/kubernetes/audit.yaml}\n"),
			[]string{"unknown KubernetesCluster/prod : the audit policy /etc/kubernetes/audit.yaml stands on the control plane's nodes: give it too, as in kubeproof scan cluster: audit-policy.yaml"}},
		{"cluster without the flag", cluster("") + server("flags: {profiling: 'false'}\n"),
			[]string{"notapplicable KubernetesCluster/prod : the API server runs without --audit-policy-file, so it logs no request"}},
		{"provider's cluster", cluster("platform: {name: EKS, controlPlane: provider}\n"),
			[]string{"notapplicable KubernetesCluster/prod : provider's responsibility: the audit policy of EKS cannot be set"}},
		{"cluster and policy", cluster("") + "---\napiVersion: audit.k8s.io/v1\nkind: Policy\nmetadata: {name: p}\nrules: [{level: Metadata}]\n", []string{"pass Policy/p "}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, show(Logged(input(t, test.text, secretReads)))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestPlaces proves that a rule for one namespace or name cannot hide behind the ordinary ones.
func TestPlaces(t *testing.T) {
	policy := func(rule string) *Policy {
		return NewPolicy(read(t, []byte("apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: ["+rule+"]\n")))
	}
	tests := []struct {
		rule, sample string
		want         []Place
	}{
		{"{level: None}", "get secrets", []Place{{"sample", "sample"}}},
		{"{level: None}", "list secrets", []Place{{"sample", ""}, {"", ""}}},
		{"{level: None}", "create nodes", []Place{{"", ""}}},
		{"{level: None}", "get widgets.example.com", []Place{{"sample", "sample"}, {"", "sample"}}},
		{"{level: None, namespaces: [a, '']}", "get secrets", []Place{{"sample", "sample"}, {"a", "sample"}}},
		{"{level: None, namespaces: [a]}", "get nodes", []Place{{"", "sample"}}},
		{"{level: None, namespaces: [a]}", "get namespaces", []Place{{"", "sample"}, {"", "a"}}},
		{"{level: None, namespaces: [a], resources: [{group: '', resources: [secrets], resourceNames: [x]}]}", "get secrets",
			[]Place{{"sample", "sample"}, {"a", "sample"}, {"a", "x"}, {"sample", "x"}}},
		{"{level: None, resources: [{group: '', resources: [configmaps], resourceNames: [lock]}]}", "update configmaps", []Place{{"sample", "sample"}}},
		{"{level: None, resources: [{group: '', resources: [secrets], resourceNames: [x]}]}", "create secrets", []Place{{"sample", ""}}},
	}
	for _, test := range tests {
		samples, err := Samples([]string{test.sample})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, policy(test.rule).Places(samples[0])); diff != "" {
			t.Errorf("%s of %s: %s", test.sample, test.rule, diff)
		}
	}
}

func TestHugePolicies(t *testing.T) {
	const head = "apiVersion: audit.k8s.io/v1\nkind: Policy\nmetadata: {name: p}\nrules:\n"
	var namespaces strings.Builder
	for i := range 100 {
		fmt.Fprintf(&namespaces, "n%d, ", i)
	}
	many := head + "- {level: Metadata, namespaces: [" + namespaces.String() + "]}\n- {level: Metadata}\n"
	want := []string{"unknown Policy/p rules: policy names more than the 64 namespaces and objects that are tried"}
	if diff := cmp.Diff(want, show(Logged(input(t, many, secretReads)))); diff != "" {
		t.Error(diff)
	}
	long := head + strings.Repeat("- {level: Metadata}\n", 3000)
	want = []string{"unknown Policy/p rules: policy has 3000 rules, more than the 2000 that are judged: shorten it"}
	for _, check := range []assessment.Check{Logged, DeadRules, HidesUsers} {
		if diff := cmp.Diff(want, show(check(input(t, long, secretReads)))); diff != "" {
			t.Error(diff)
		}
	}
	if diff := cmp.Diff([]string{"pass Policy/p "}, show(Readable(input(t, long, nil)))); diff != "" {
		t.Error(diff)
	}
}

// TestWrongParameters are those that users set: what cannot be read is an error, never a pass.
func TestWrongParameters(t *testing.T) {
	const text = "apiVersion: audit.k8s.io/v1\nkind: Policy\nmetadata: {name: p}\nrules: [{level: Metadata}]\n"
	tests := []struct {
		check  assessment.Check
		values control.Values
		want   string
	}{
		{Logged, control.Values{"level": "Most"}, `parameter level is "Most": use Metadata, Request or RequestResponse`},
		{Logged, control.Values{"level": "None"}, `parameter level is "None": use Metadata, Request or RequestResponse`},
		{Logged, control.Values{"level": "Metadata", "requests": []string{"secrets"}}, `sample request "secrets": write VERB,... RESOURCE.GROUP/SUBRESOURCE, as in: get,list secrets`},
		{Logged, control.Values{"level": "Metadata", "actors": []string{"user"}}, "nothing to try: give the parameters requests and actors something"},
		{Bodies, control.Values{"requests": []string{"get secrets"}}, "nothing to try: give the parameters requests and actors something"},
		{Bodies, control.Values{"responses": []string{"get secrets now"}}, `sample request "get secrets now": write VERB,... RESOURCE.GROUP/SUBRESOURCE, as in: get,list secrets`},
		{HidesUsers, control.Values{"requests": []string{""}}, `sample request "": write VERB,... RESOURCE.GROUP/SUBRESOURCE, as in: get,list secrets`},
		{Logged, control.Values{"level": "Metadata", "actors": []string{"somebody"}}, `parameter actors names "somebody": use user, administrator, serviceaccount, node, anonymous or refused`},
	}
	for _, test := range tests {
		if diff := cmp.Diff([]string{"error Policy/p : " + test.want}, show(test.check(input(t, text, test.values)))); diff != "" {
			t.Error(diff)
		}
	}
}

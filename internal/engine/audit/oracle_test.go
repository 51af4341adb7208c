package audit

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	auditv1 "k8s.io/apiserver/pkg/apis/audit/v1"
	"k8s.io/apiserver/pkg/audit/policy"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"

	"github.com/kubeproof/kubeproof/internal/document"
)

// words are few, so that rules and requests often meet.
var (
	userWords      = []string{"alice", "bob", "system:node:a", "system:serviceaccount:shop:ci", "*"}
	groupWords     = []string{"ops", "system:authenticated", "system:nodes", "system:unauthenticated"}
	verbWords      = []string{"get", "list", "create", "update", "delete", "*"}
	namespaceWords = []string{"", "shop", "kube-system", "*"}
	apiGroupWords  = []string{"", "apps", "rbac.authorization.k8s.io", "*"}
	resourceWords  = []string{"pods", "secrets", "deployments", "roles", "*", "pods/exec", "pods/*", "*/status", "*/*", "/*", "deployments/*", "*/exec", "pods/"}
	subWords       = []string{"", "", "exec", "status", "*"}
	nameWords      = []string{"", "a", "b", "*"}
	urlWords       = []string{"/healthz", "/healthz*", "/metrics", "/metrics/*", "*", "/*", "/"}
	pathWords      = []string{"/healthz", "/healthz/ping", "/healthzz", "/metrics", "/metrics/a", "/", "/version"}
)

// some picks a few words, most often none.
func some(r *rand.Rand, words []string) []string {
	if r.IntN(3) > 0 {
		return nil
	}
	var all []string
	for range 1 + r.IntN(3) {
		all = append(all, words[r.IntN(len(words))])
	}
	return all
}

func one(r *rand.Rand, words []string) string { return words[r.IntN(len(words))] }

func stages(r *rand.Rand) []auditv1.Stage {
	var all []auditv1.Stage
	for _, stage := range some(r, Stages) {
		all = append(all, auditv1.Stage(stage))
	}
	return all
}

func randomRule(r *rand.Rand) auditv1.PolicyRule {
	rule := auditv1.PolicyRule{Level: auditv1.Level(one(r, Levels)), Users: some(r, userWords), UserGroups: some(r, groupWords),
		Verbs: some(r, verbWords), OmitStages: stages(r)}
	if r.IntN(3) == 0 {
		omit := r.IntN(2) == 0
		rule.OmitManagedFields = &omit
	}
	if r.IntN(4) == 0 {
		rule.NonResourceURLs = some(r, urlWords)
		return rule
	}
	rule.Namespaces = some(r, namespaceWords)
	for range r.IntN(3) {
		group := auditv1.GroupResources{Group: one(r, apiGroupWords), Resources: some(r, resourceWords)}
		if len(group.Resources) > 0 {
			group.ResourceNames = some(r, nameWords)
		}
		rule.Resources = append(rule.Resources, group)
	}
	return rule
}

func randomPolicy(t *testing.T, r *rand.Rand) []byte {
	t.Helper()
	p := auditv1.Policy{OmitStages: stages(r), OmitManagedFields: r.IntN(2) == 0}
	p.APIVersion, p.Kind = "audit.k8s.io/v1", "Policy"
	for range 1 + r.IntN(6) {
		p.Rules = append(p.Rules, randomRule(r))
	}
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func randomEvent(r *rand.Rand) Event {
	e := Event{Verb: one(r, verbWords)}
	if r.IntN(8) > 0 {
		e.User, e.Groups = one(r, userWords), some(r, groupWords)
	}
	if r.IntN(4) == 0 {
		e.Path = one(r, pathWords)
		return e
	}
	e.Namespace, e.Group, e.Sub, e.Name = one(r, namespaceWords), one(r, apiGroupWords), one(r, subWords), one(r, nameWords)
	e.Resource = one(r, []string{"pods", "secrets", "deployments", "roles", "nodes", "*"})
	return e
}

func attributes(e Event) authorizer.AttributesRecord {
	a := authorizer.AttributesRecord{Verb: e.Verb, Path: e.Path, Namespace: e.Namespace, APIGroup: e.Group,
		Resource: e.Resource, Subresource: e.Sub, Name: e.Name, ResourceRequest: e.Path == ""}
	if e.User != "" {
		a.User = &user.DefaultInfo{Name: e.User, Groups: e.Groups}
	}
	return a
}

func read(t *testing.T, text []byte) *document.Node {
	t.Helper()
	documents, problems := document.Read(text, document.DefaultLimits)
	if len(documents) != 1 || len(problems) > 0 {
		t.Fatalf("read %s: %v", text, problems)
	}
	return documents[0].Root
}

// TestEvaluateAgreesWithTheAPIServer judges random requests by random policies as the API
// server's own code does. It also proves the shadow of rules: one that is called dead never
// decides, and what is called alive is decided by it in the API server's evaluator too.
func TestEvaluateAgreesWithTheAPIServer(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	const policies, events = 3000, 100
	var byRule, dead int
	for range policies {
		text := randomPolicy(t, r)
		theirs, err := policy.LoadPolicyFromBytes(text)
		if err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		oracle := policy.NewPolicyRuleEvaluator(theirs)
		ours := NewPolicy(read(t, text))
		if problems := Problems(ours.Node); len(problems) > 0 {
			t.Fatalf("the API server reads what is refused here: %v: %s", problems, text)
		}
		compare := func(e Event) *Rule {
			want, got := oracle.EvaluatePolicyRule(attributes(e)), ours.Evaluate(e)
			if string(want.Level) != got.Level.String() || want.OmitManagedFields != got.OmitManagedFields || !sameStages(want.OmitStages, got.OmitStages) {
				t.Fatalf("policy %s\nevent %+v\nAPI server %+v\nhere       %+v", text, e, want, got)
			}
			return got.Rule
		}
		shadows := map[*Rule]bool{}
		for i := range ours.Rules {
			shadow := ours.Shadow(&ours.Rules[i])
			switch {
			case !shadow.Decided:
				t.Fatalf("small policy not decided: %s", text)
			case shadow.Witness == nil:
				shadows[&ours.Rules[i]] = true
				dead++
			default:
				if decided := compare(*shadow.Witness); decided != &ours.Rules[i] {
					t.Fatalf("policy %s\nrule %d is not what decides %+v", text, i+1, shadow.Witness)
				}
			}
		}
		for range events {
			e := randomEvent(r)
			if rule := compare(e); rule != nil {
				byRule++
				if shadows[rule] && e.Sub != "*" && e.Resource != "*" { // which are no names
					t.Fatalf("policy %s\nrule %d is called dead, but decides", text, rule.Number)
				}
			}
		}
	}
	if byRule < policies*events/4 || dead < policies/10 {
		t.Errorf("the cases are too thin: %d of %d events matched a rule, %d rules are dead", byRule, policies*events, dead)
	}
	t.Logf("%d events, %d decided by a rule; %d dead rules", policies*events, byRule, dead)
}

func sameStages[S ~string](theirs []S, ours []string) bool {
	var all []string
	for _, stage := range theirs {
		all = append(all, string(stage))
	}
	slices.Sort(all)
	all = slices.Compact(all)
	ours = slices.Sorted(slices.Values(ours))
	return slices.Equal(all, ours)
}

// broken are policies that the API server does not load, or from which it drops fields.
func TestProblemsAgreeWithTheAPIServer(t *testing.T) {
	const head = `{"apiVersion": "audit.k8s.io/v1", "kind": "Policy", `
	tests := []struct {
		text string
		want []string
	}{
		{`{"apiVersion": "audit.k8s.io/v1beta1", "kind": "Policy", "rules": [{"level": "None"}]}`,
			[]string{"apiVersion audit.k8s.io/v1beta1 is not read since Kubernetes 1.24: write audit.k8s.io/v1"}},
		{head + `"rules": []}`, []string{"policy has no rules"}},
		{head + `"rules": {}}`, []string{"rules is a map, not a list"}},
		{head + `"rules": ["None"]}`, []string{"rule 1 is a string, not a map"}},
		{head + `"rules": [{}]}`, []string{"rule 1 has no level"}},
		{head + `"rules": [{"level": "metadata"}]}`, []string{`rule 1 has the level "metadata": it must be None, Metadata, Request or RequestResponse`}},
		{head + `"rules": [{"level": 1}]}`, []string{"level of rule 1 is an integer, not a string"}},
		{head + `"rules": [{"level": "None", "users": "bob"}]}`, []string{"users of rule 1 is a string, not a list"}},
		{head + `"rules": [{"level": "None", "users": [1]}]}`, []string{"users of rule 1 holds an integer, not only strings"}},
		{head + `"rules": [{"level": "None", "omitManagedFields": "yes"}]}`, []string{"omitManagedFields of rule 1 is a string, not true or false"}},
		{head + `"rules": [{"level": "None", "omitStages": ["Done"]}]}`, []string{`omitStages of rule 1 names "Done", which is no stage`}},
		{head + `"omitStages": ["requestReceived"], "rules": [{"level": "None"}]}`, []string{`omitStages names "requestReceived", which is no stage`}},
		{head + `"rules": [{"level": "None", "nonResourceURLs": ["healthz", "/a*b", ""]}]}`, []string{
			`URL "healthz" of rule 1 does not begin with /`, `URL "/a*b" of rule 1 has a * that is not at its end`, `URL "" of rule 1 does not begin with /`}},
		{head + `"rules": [{"level": "None", "nonResourceURLs": ["/a"], "namespaces": ["b"]}]}`, []string{"rule 1 names URLs and resources or namespaces: make two rules of it"}},
		{head + `"rules": [{"level": "None", "resources": [{"group": "apps/v1"}]}]}`, []string{`"apps/v1" in rule 1 is no API group: write the group without a version`}},
		{head + `"rules": [{"level": "None", "resources": [{"group": "Apps"}]}]}`, []string{`"Apps" in rule 1 is no API group: write the group without a version`}},
		{head + `"rules": [{"level": "None", "resources": [{"resourceNames": ["a"]}]}]}`, []string{"rule 1 has resourceNames without resources"}},
		{head + `"rules": [{"level": "None", "resources": ["pods"]}]}`, []string{"resources of rule 1 holds a string, not only maps"}},
		{head + `"rules": [{"level": "None", "resources": [{"group": "", "resources": "pods"}]}]}`, []string{"resources of rule 1 is a string, not a list"}},
	}
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			if _, err := policy.LoadPolicyFromBytes([]byte(test.text)); err == nil {
				t.Error("the API server reads this")
			}
			var got []string
			for _, problem := range Problems(read(t, []byte(test.text))) {
				got = append(got, problem.Message)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What the API server drops with a warning widens the rule: it must be told.
func TestDroppedFields(t *testing.T) {
	text := `{"apiVersion": "audit.k8s.io/v1", "kind": "Policy", "Rules": 1, "rules": [{"level": "None", "usergroups": ["ops"], "resources": [{"group": "", "name": "x"}]}]}`
	theirs, err := policy.LoadPolicyFromBytes([]byte(text))
	if err != nil || len(theirs.Rules) != 1 || theirs.Rules[0].UserGroups != nil {
		t.Fatalf("the API server no longer drops unknown fields: %v %+v", err, theirs)
	}
	want := []string{`field "Rules" is unknown, so the API server drops it`, `field "usergroups" of rule 1 is unknown, so the API server drops it and the rule catches more`,
		`field "name" of rule 1 is unknown, so the API server drops it and the rule catches more`}
	var got []string
	for _, problem := range Dropped(read(t, []byte(text))) {
		got = append(got, problem.Message)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if problems := Problems(read(t, []byte(text))); len(problems) > 0 {
		t.Error(fmt.Sprint("refused: ", problems))
	}
}

package access

import (
	"strings"
	"testing"

	"github.com/kubeproof/kubeproof/internal/engine/rbac"
)

func TestParseRightRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                              `read right "": write it as VERBS RESOURCES, as in "create pods/exec"`,
		"get":                           `read right "get": write it as VERBS RESOURCES, as in "create pods/exec"`,
		"get pods named":                `read right "get pods named": nothing follows "named"`,
		"get pods before 2":             `read right "get pods before 2": "2" is no version: write it as 1.35`,
		"get pods before 1.x":           `read right "get pods before 1.x": "1.x" is no version: write it as 1.35`,
		"get pods on monday":            `read right "get pods on monday": "on" is none of named, in, before, with and unless`,
		"get pods with":                 `read right "get pods with": write it as VERBS RESOURCES, as in "create pods/exec"`,
		"get pods in a with get b in":   `read right "get pods in a with get b in": nothing follows "in"`,
		"get pods with get a with once": `read right "get pods with get a with once": write it as VERBS RESOURCES, as in "create pods/exec"`,
	} {
		if _, err := parseRights([]string{text}); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

func words(text string) []string {
	var all []string
	for _, word := range strings.Split(text, ",") {
		if word == "core" {
			word = ""
		}
		all = append(all, word)
	}
	return all
}

// ruleOf makes a rule of "VERBS GROUPS RESOURCES [NAMES]", or of "VERBS PATHS".
func ruleOf(text string) *rbac.Rule {
	fields := strings.Fields(text)
	if len(fields) == 2 {
		return &rbac.Rule{Verbs: words(fields[0]), NonResourceURLs: words(fields[1])}
	}
	rule := &rbac.Rule{Verbs: words(fields[0]), APIGroups: words(fields[1]), Resources: words(fields[2])}
	if len(fields) > 3 {
		rule.ResourceNames = words(fields[3])
	}
	return rule
}

func TestHeldBy(t *testing.T) {
	for _, test := range []struct{ right, rule, want string }{
		{"create pods/exec", "create core pods/exec", "create pods/exec"},
		{"create pods/exec", "create core pods", ""},
		{"create pods/exec", "get core pods/exec", ""},
		{"create pods/exec", "create apps pods/exec", ""},
		{"create pods/exec", "create core */exec", "create pods/exec"},
		{"create pods/exec", "create core *", "create pods/exec"},
		{"create pods/exec", "create core pods/*", ""}, // the authorizer knows no such wildcard
		{"create pods/exec", "* * *", "do anything with pods/exec"},
		{"create,patch deployments.apps,jobs.batch", "patch,create apps,batch deployments,jobs", "create and patch deployments and jobs"},
		{"get secrets", "get core secrets a,b", ""},
		{"get secrets named a*", "get core secrets b,a1", "get secrets named a1"},
		{"get secrets named a", "get core secrets", "get secrets"},
		{"create,update secrets named *", "create,update core secrets a", "update secrets named a"},
		{"create secrets named *", "create core secrets a", ""},
		{"create serviceaccounts/token named *", "create core serviceaccounts/token a", "create serviceaccounts/token named a"},
		{"deletecollection pods", "deletecollection core pods", "delete collections of pods"},
		{"* *.*", "* * *", "do anything with all resources"},
		{"* *.*", "get * *", ""},
		{"* *.*", "* apps *", ""},
		{"* *", "* core,apps *", "do anything with all resources of the core group"},
		{"get *.*", "get * pods", ""},
		{"* any.any", "* apps deployments", "do anything with deployments"},
		{"patch any.any", "patch * pods,pods/status", "patch pods"},
		{"create *policies.kyverno.io", "create kyverno.io clusterpolicies,reports", "create clusterpolicies.kyverno.io"},
		{"create *policies.kyverno.io", "create * networkpolicies", ""},
		{"create any.*.upbound.io", "create s3.aws.upbound.io buckets", "create buckets.s3.aws.upbound.io"},
		{"create any.*.upbound.io", "create upbound.io buckets", ""},
		{"impersonate:* any.authentication.k8s.io", "impersonate:user-info authentication.k8s.io users", "impersonate:user-info users"},
		{"get /metrics", "get /metrics", "get /metrics"},
		{"get /logs/a", "get /logs/*", "get /logs/a"},
		{"get /metrics", "get /logs/*", ""},
		{"get pods", "get /metrics", ""},
	} {
		rights, err := parseRights([]string{test.right})
		if err != nil {
			t.Fatal(err)
		}
		if got := deeds(rights[0].heldBy(ruleOf(test.rule))); got != test.want {
			t.Errorf("right %q of rule %q: %q, want %q", test.right, test.rule, got, test.want)
		}
	}
}

func TestFits(t *testing.T) {
	for _, test := range []struct {
		pattern, name string
		want          bool
	}{
		{"Group ops", "Group ops", true},
		{"Group ops", "Group ops2", false},
		{"ServiceAccount kube-system/*", "ServiceAccount kube-system/a", true},
		{"ServiceAccount */default", "ServiceAccount shop/default", true},
		{"ServiceAccount */default", "ServiceAccount shop/default-reader", false},
		{"User [a", "User [a", true},
		{"User [a*", "User [ab", false}, // a broken pattern fits nothing
		{"*", "User https://issuer/#ann", true},
	} {
		if got := fits(test.pattern, test.name); got != test.want {
			t.Errorf("fits(%q, %q) = %t", test.pattern, test.name, got)
		}
	}
}

func TestShortList(t *testing.T) {
	for _, test := range []struct{ names, want string }{
		{"a", "a"}, {"a b", "a and b"}, {"a b c", "a, b and c"}, {"a b c d", "a, b, c and 1 more"}, {"", ""},
	} {
		if got := listed(strings.Fields(test.names)); got != test.want {
			t.Errorf("listed(%s) = %q, want %q", test.names, got, test.want)
		}
	}
}

package audit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
)

// Readable fails for what makes the API server refuse a policy, and so not start.
func Readable(in assessment.Input) []assessment.Verdict {
	policies := Policies(in.Index)
	if len(policies) == 0 {
		return unseen(in)
	}
	var all []assessment.Verdict
	for _, found := range policies {
		for _, problem := range found.Problems {
			all = append(all, found.at(assessment.Fail, problem.Message, problem.Node))
		}
		if len(found.Problems) == 0 {
			all = append(all, found.at(assessment.Pass, "", found.Node))
		}
	}
	return all
}

// DroppedFields fails for fields that the API server does not know.
func DroppedFields(in assessment.Input) []assessment.Verdict {
	return judged(in, func(found *Found) (all []assessment.Verdict) {
		for _, problem := range Dropped(found.Node) {
			all = append(all, found.at(assessment.Fail, problem.Message, problem.Node))
		}
		return all
	})
}

// needed are the stages that say what came of a request, and why each. Requests whose credentials
// are refused never come to ResponseComplete.
// (k8s.io/apiserver/pkg/endpoints/filters, WithFailedAuthenticationAudit)
var needed = map[string]string{
	"ResponseStarted":  "requests whose credentials are refused are not logged",
	"ResponseComplete": "what came of a request is not logged",
	"Panic":            "requests that make the API server panic are not logged",
}

// OmittedStages fails where a policy, or a rule that logs, leaves out a stage that says what came
// of a request.
func OmittedStages(in assessment.Input) []assessment.Verdict {
	return judged(in, func(found *Found) []assessment.Verdict {
		all := omitted(found, found.Node, "the policy", false)
		for i := range found.Rules {
			if rule := &found.Rules[i]; rule.Level > None {
				named := len(rule.Users)+len(rule.UserGroups) > 0 // so nobody whose credentials are refused
				all = append(all, omitted(found, rule.Node, fmt.Sprintf("rule %d", rule.Number), named)...)
			}
		}
		return all
	})
}

func omitted(found *Found, parent *document.Node, who string, named bool) (all []assessment.Verdict) {
	for _, stage := range parent.Get("omitStages").Children() {
		if effect := needed[stage.Text()]; effect != "" && !(named && stage.Text() == "ResponseStarted") {
			all = append(all, found.at(assessment.Fail, fmt.Sprintf("%s leaves out the stage %s, so %s", who, stage.Text(), effect), stage))
		}
	}
	return all
}

// DeadRules fails for rules that no request can reach, for earlier ones take all of theirs.
func DeadRules(in assessment.Input) []assessment.Verdict {
	return judged(in, func(found *Found) (all []assessment.Verdict) {
		for i := range found.Rules {
			rule := &found.Rules[i]
			if shadow := found.Shadow(rule); shadow.Decided && shadow.Witness == nil {
				all = append(all, found.at(assessment.Fail, fmt.Sprintf("rule %d never decides: %s", rule.Number, taking(shadow.By)), rule.Node))
			}
		}
		return all
	})
}

// taking says which rules take all requests of another.
func taking(rules []*Rule) string {
	var numbers []string
	for _, rule := range rules {
		numbers = append(numbers, fmt.Sprint(rule.Number))
	}
	switch last := len(numbers) - 1; last {
	case -1:
		return "no request can match it"
	case 0:
		return "rule " + numbers[0] + " takes all its requests before it"
	default:
		return "rules " + strings.Join(numbers[:last], ", ") + " and " + numbers[last] + " take all its requests before it"
	}
}

// Mismatches fails for words in rules that no request has: resources of another API group,
// patterns where only exact names count, verbs that are none.
func Mismatches(in assessment.Input) []assessment.Verdict {
	return judged(in, func(found *Found) (all []assessment.Verdict) {
		for i := range found.Rules {
			l := lint{found: found, rule: &found.Rules[i]}
			l.resources()
			l.verbs()
			for _, field := range []string{"users", "userGroups", "namespaces"} {
				l.patterns(l.rule.Node.Get(field))
			}
			all = append(all, l.verdicts...)
		}
		return all
	})
}

type lint struct {
	found    *Found
	rule     *Rule
	verdicts []assessment.Verdict
}

func (l *lint) fail(node *document.Node, format string, args ...any) {
	message := fmt.Sprintf("rule %d ", l.rule.Number) + fmt.Sprintf(format, args...)
	l.verdicts = append(l.verdicts, l.found.at(assessment.Fail, message, node))
}

func (l *lint) resources() {
	for _, entry := range l.rule.Resources {
		l.patterns(entry.Node.Get("resourceNames"))
		known := builtin[entry.Group]
		if known == nil {
			continue
		}
		for _, node := range entry.Node.Get("resources").Children() {
			resource, sub, _ := strings.Cut(node.Text(), "/")
			switch {
			case resource == "*" && sub != "*":
			case known[resource] == 0:
				l.fail(node, "names %q, which is no resource of %s%s", node.Text(), groupTitle(entry.Group), homeOf(resource))
			case sub != "" && sub != "*" && !slices.Contains(subresources, sub):
				l.fail(node, "names %q, which is no subresource of %s", node.Text(), resource)
			}
		}
	}
}

func groupTitle(group string) string {
	if group == "" {
		return "the core group"
	}
	return "the group " + group
}

// homeOf says in which group a resource really is, or how it is spelt there.
func homeOf(resource string) string {
	lower := strings.ToLower(resource)
	for _, group := range homes {
		for _, spelling := range []string{resource, lower, lower + "s", lower + "es", strings.TrimSuffix(lower, "y") + "ies"} {
			if builtin[group][spelling] == 0 {
				continue
			}
			if spelling == resource {
				return ": it is in " + groupTitle(group)
			}
			return fmt.Sprintf(": write %q of %s", spelling, groupTitle(group))
		}
	}
	return ""
}

// homes are the groups in which a misplaced resource is looked for, in the order of the answer.
var homes = []string{"", "apps", "batch", "networking.k8s.io", "rbac.authorization.k8s.io", "policy", "autoscaling", "apiextensions.k8s.io",
	"apiregistration.k8s.io", "admissionregistration.k8s.io", "authentication.k8s.io", "authorization.k8s.io", "certificates.k8s.io",
	"coordination.k8s.io", "discovery.k8s.io", "flowcontrol.apiserver.k8s.io", "node.k8s.io", "scheduling.k8s.io", "storage.k8s.io", "resource.k8s.io"}

func (l *lint) verbs() {
	known := resourceVerbs
	if len(l.rule.Resources) == 0 && len(l.rule.Namespaces) == 0 {
		known = slices.Concat(resourceVerbs, pathVerbs)
	}
	for _, node := range l.rule.Node.Get("verbs").Children() {
		switch text := node.Text(); {
		case text == "*":
			l.fail(node, `names the verb "*", which no request has: leave verbs out for all of them`)
		case !slices.Contains(known, text):
			l.fail(node, "names the verb %q, which no such request has", text)
		}
	}
}

// patterns fails for stars where only whole names count.
func (l *lint) patterns(list *document.Node) {
	for _, node := range list.Children() {
		if strings.Contains(node.Text(), "*") {
			l.fail(node, "names %q in %s, where only whole names match", node.Text(), list.Key())
		}
	}
}

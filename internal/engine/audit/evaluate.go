package audit

import (
	"slices"
	"strings"
)

// Evaluate decides on a request as the API server does: the first rule that matches counts, and
// what none matches is not logged. (k8s.io/apiserver/pkg/audit/policy, checker.go)
func (p *Policy) Evaluate(e Event) Decision {
	for i := range p.Rules {
		if rule := &p.Rules[i]; rule.Matches(e) {
			omitManaged := p.OmitManagedFields
			if rule.OmitManagedFields != nil {
				omitManaged = *rule.OmitManagedFields
			}
			return Decision{rule.Level, rule, p.Omitted(rule), omitManaged}
		}
	}
	return Decision{None, nil, p.Omitted(&Rule{}), p.OmitManagedFields}
}

// Omitted joins the stages that the policy and the rule leave out.
func (p *Policy) Omitted(rule *Rule) []string {
	var all []string
	for _, stage := range Stages {
		if slices.Contains(p.OmitStages, stage) || slices.Contains(rule.OmitStages, stage) {
			all = append(all, stage)
		}
	}
	return all
}

// Matches reports whether the rule matches a request by itself, whatever rules stand before it.
func (r *Rule) Matches(e Event) bool {
	switch {
	case len(r.Users) > 0 && (e.User == "" || !slices.Contains(r.Users, e.User)),
		len(r.UserGroups) > 0 && !slices.ContainsFunc(e.Groups, func(group string) bool { return slices.Contains(r.UserGroups, group) }),
		len(r.Verbs) > 0 && !slices.Contains(r.Verbs, e.Verb):
		return false
	case len(r.Namespaces) > 0 || len(r.Resources) > 0:
		return e.Path == "" && r.matchesResource(e)
	case len(r.NonResourceURLs) > 0:
		return e.Path != "" && slices.ContainsFunc(r.NonResourceURLs, func(url string) bool { return urlMatches(url, e.Path) })
	}
	return true
}

func (r *Rule) matchesResource(e Event) bool {
	if len(r.Namespaces) > 0 && !slices.Contains(r.Namespaces, e.Namespace) {
		return false
	}
	return len(r.Resources) == 0 || slices.ContainsFunc(r.Resources, func(g GroupResources) bool { return g.matches(e) })
}

func (g GroupResources) matches(e Event) bool {
	if g.Group != e.Group && g.Group != "*" {
		return false
	}
	if len(g.Resources) == 0 {
		return true
	}
	return (len(g.ResourceNames) == 0 || slices.Contains(g.ResourceNames, e.Name)) &&
		slices.ContainsFunc(g.Resources, func(resource string) bool { return resourceMatches(resource, e) })
}

// resourceMatches compares as the API server does: pods is not pods/exec, pods/* is pods too.
func resourceMatches(pattern string, e Event) bool {
	full := e.Resource
	if e.Sub != "" {
		full += "/" + e.Sub
	}
	if pattern == "*" || pattern == full {
		return true
	}
	if sub, ok := strings.CutPrefix(pattern, "*/"); ok && e.Sub != "" && sub == e.Sub {
		return true
	}
	resource, ok := strings.CutSuffix(pattern, "/*")
	return ok && resource == e.Resource
}

func urlMatches(pattern, path string) bool {
	if pattern == "*" || pattern == path {
		return true
	}
	return strings.HasSuffix(pattern, "*") && strings.HasPrefix(path, strings.TrimRight(pattern, "*"))
}

package rbac_test

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/kubeproof/kubeproof/internal/engine/rbac"
)

// The words of generated objects and questions: ordinary ones, stars in all places, odd ones.
var (
	namespaces = []string{"a", "b", "a-b"}
	verbs      = []string{"get", "list", "watch", "create", "update", "delete", "*", "impersonate", "bind", "GET", "odd verb", "g*"}
	groups     = []string{"", "apps", "batch", "example.com", "*", "APPS", "ap*", "rbac.authorization.k8s.io"}
	resources  = []string{"pods", "pods/exec", "pods/log", "secrets", "deployments", "deployments/scale", "widgets", "clusterroles",
		"*", "*/log", "*/scale", "pods/*", "*/*", "*/", "pods/", "/log", "PODS", "odd resource", "pod*", "**"}
	names = []string{"db", "odd name", "*", "d*", "ünïcode", "a/b", "DB"}
	paths = []string{"/metrics", "/metrics/*", "/metrics/a", "/*", "/a*b", "/a*", "/x**", "/x", "/x/y", "/healthz", "/ünï", "/odd path", "*", "/METRICS"}
	users = []string{"alice", "Alice", "oidc:carl@example.com", "odd user", "*", "ünï", "system:anonymous",
		"system:serviceaccount:a:sa", "system:serviceaccount:a:sa:x", "system:serviceaccount::sa", "system:serviceaccount:b:robot.one"}
	teams    = []string{"ops", "Ops", "odd group", "*", "system:authenticated", "system:unauthenticated", "system:serviceaccounts", "system:serviceaccounts:a", "system:serviceaccounts:a-b"}
	accounts = []string{"sa", "robot.one", "default"}
)

type generator struct{ *rand.Rand }

func (g generator) of(list []string) string { return list[g.IntN(len(list))] }

// some chooses one to three of a list.
func (g generator) some(list []string) []any {
	var chosen []any
	for range 1 + g.IntN(3) {
		chosen = append(chosen, g.of(list))
	}
	return chosen
}

func (g generator) rarely() bool { return g.IntN(12) == 0 }

// objects generates roles first, then bindings, a few of which the server refuses.
func (g generator) objects() []map[string]any {
	var all []map[string]any
	for i := range 70 {
		all = append(all, g.role("ClusterRole", "", i))
		all = append(all, g.role("Role", g.of(namespaces), i))
	}
	for i := range 160 {
		all = append(all, g.binding("ClusterRoleBinding", "", i))
		all = append(all, g.binding("RoleBinding", g.of(namespaces), i))
	}
	return all
}

func roleNamed(i int) string {
	return fmt.Sprintf([]string{"r%d", "system:x:%d", "Odd röle %d", "r%d*"}[i%4], i)
}

func (g generator) role(kind, namespace string, i int) map[string]any {
	meta := map[string]any{"name": roleNamed(i), "labels": map[string]any{}}
	role := map[string]any{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "metadata": meta}
	rules := []any{}
	for range g.IntN(4) {
		rules = append(rules, g.rule(kind == "ClusterRole" && g.IntN(3) == 0))
	}
	role["rules"] = rules
	if namespace != "" {
		meta["namespace"] = namespace
		return role
	}
	label := func() string { return fmt.Sprintf("l%d", g.IntN(4)) }
	for range g.IntN(3) {
		meta["labels"].(map[string]any)[label()] = g.of([]string{"x", "y"})
	}
	if g.rarely() {
		meta["labels"].(map[string]any)["rbac.authorization.k8s.io/aggregate-to-"+g.of([]string{"admin", "edit", "view"})] = "true"
	}
	if i%5 == 4 {
		// Without rules of its own: roles that collect each other keep such rules or lose them,
		// as the controller happens to come to one or the other first.
		delete(role, "rules")
		role["aggregationRule"] = map[string]any{"clusterRoleSelectors": []any{
			map[string]any{"matchLabels": map[string]any{label(): "x"}},
			map[string]any{"matchExpressions": []any{map[string]any{"key": label(), "operator": "In", "values": []any{"y"}}}}}}
	}
	return role
}

func (g generator) rule(path bool) map[string]any {
	if path {
		return map[string]any{"verbs": g.some(verbs), "nonResourceURLs": g.some(paths)}
	}
	rule := map[string]any{"verbs": g.some(verbs), "apiGroups": g.some(groups), "resources": g.some(resources)}
	if g.IntN(4) == 0 {
		rule["resourceNames"] = g.some(names)
	}
	return rule
}

func (g generator) binding(kind, namespace string, i int) map[string]any {
	meta := map[string]any{"name": fmt.Sprintf("%s-%d", strings.ToLower(kind), i)}
	ref := map[string]any{"kind": "ClusterRole", "name": roleNamed(g.IntN(75))} // some are missing
	if namespace != "" {
		meta["namespace"] = namespace
		ref["kind"] = g.of([]string{"Role", "ClusterRole"})
	}
	if g.rarely() {
		ref["name"] = g.of([]string{"view", "edit", "admin", "system:discovery", "", "a/b", "..", "a%"})
	}
	if g.rarely() {
		ref["kind"] = g.of([]string{"Role", "role", "", "Deployment"})
	}
	if g.rarely() {
		ref["apiGroup"] = g.of([]string{"", "rbac.authorization.k8s.io", "apps", "rbac.authorization.k8s.io/v1"})
	}
	var subjects []any
	for range g.IntN(3) {
		subjects = append(subjects, g.subject())
	}
	return map[string]any{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "metadata": meta, "roleRef": ref, "subjects": subjects}
}

func (g generator) subject() map[string]any {
	var s map[string]any
	switch g.IntN(3) {
	case 0:
		s = map[string]any{"kind": "User", "name": g.of(users)}
	case 1:
		s = map[string]any{"kind": "Group", "name": g.of(teams)}
	default:
		s = map[string]any{"kind": "ServiceAccount", "name": g.of(accounts), "namespace": g.of(namespaces)}
		if g.rarely() {
			delete(s, "namespace")
		}
		if g.rarely() {
			s["name"] = g.of([]string{"SA", "sa_x", "-sa", "sa:x", ""})
		}
	}
	if g.IntN(20) == 0 {
		s["apiGroup"] = g.of([]string{"", "rbac.authorization.k8s.io", "v1", "apps"})
	}
	if g.IntN(40) == 0 {
		s["kind"] = g.of([]string{"user", "", "Role"})
	}
	return s
}

// question asks what some rule gives, with a word changed here and there.
func (g generator) question(own []map[string]any) question {
	q := question{who: g.who()}
	for range g.IntN(3) {
		q.groups = append(q.groups, g.of(teams))
	}
	if g.IntN(100) == 0 {
		q.groups = append(q.groups, "system:masters")
	}
	var rules []any
	for len(rules) == 0 {
		rules, _ = own[g.IntN(len(own))]["rules"].([]any)
	}
	rule := rules[g.IntN(len(rules))].(map[string]any)
	pick := func(key string, list []string) string {
		values, _ := rule[key].([]any)
		if len(values) == 0 || g.IntN(5) == 0 {
			return g.of(list)
		}
		return values[g.IntN(len(values))].(string)
	}
	r := &q.request
	r.Verb = pick("verbs", verbs)
	if rule["nonResourceURLs"] != nil {
		r.Path = pick("nonResourceURLs", paths)
		if g.IntN(3) == 0 {
			r.Path += g.of([]string{"/", "/more", "x"})
		}
		return q
	}
	r.Group = pick("apiGroups", groups)
	r.Resource, r.Sub, _ = strings.Cut(pick("resources", resources), "/")
	if g.rarely() {
		r.Sub = g.of([]string{"exec", "log", "scale", "*"})
	}
	if rule["resourceNames"] != nil || g.rarely() {
		r.Name = pick("resourceNames", append([]string{""}, names...))
	}
	if g.IntN(3) > 0 {
		r.Namespace = g.of(namespaces)
	}
	return q
}

func (g generator) who() rbac.Subject {
	if g.IntN(2) == 0 {
		return rbac.Subject{Kind: rbac.ServiceAccount, Namespace: g.of(namespaces), Name: g.of(accounts)}
	}
	return rbac.Subject{Kind: rbac.User, Name: g.of(users)}
}

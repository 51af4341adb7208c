package cluster

import (
	"slices"
	"strings"
	"testing"

	rbac "k8s.io/api/rbac/v1"
	"sigs.k8s.io/yaml"
)

func parseRole(t *testing.T, o RoleOptions) *rbac.ClusterRole {
	t.Helper()
	role := &rbac.ClusterRole{}
	if err := yaml.UnmarshalStrict([]byte(Role(o)), role); err != nil {
		t.Fatal(err)
	}
	return role
}

func TestRoleHasLeastRights(t *testing.T) {
	role := parseRole(t, RoleOptions{Name: "viewer"})
	if role.Name != "viewer" || role.Kind != "ClusterRole" || role.APIVersion != "rbac.authorization.k8s.io/v1" {
		t.Errorf("role is %s %s %s", role.APIVersion, role.Kind, role.Name)
	}
	for _, rule := range role.Rules {
		want := []string{"list"}
		if rule.NonResourceURLs != nil || slices.Equal(rule.Resources, []string{"nodes/configz"}) {
			want = []string{"get"}
		}
		if !slices.Equal(rule.Verbs, want) {
			t.Errorf("rule %v %v has the verbs %v, want %v", rule.APIGroups, rule.Resources, rule.Verbs, want)
		}
		for _, word := range slices.Concat(rule.APIGroups, rule.Resources, rule.NonResourceURLs) {
			if strings.Contains(word, "*") || word == "secrets" || strings.Contains(word, "/") && word != "nodes/configz" && !strings.HasPrefix(word, "/") {
				t.Errorf("rule %v %v grants too much: %s", rule.APIGroups, rule.Resources, word)
			}
		}
		for _, group := range rule.APIGroups {
			for _, name := range rule.Resources {
				if why := unread(resource{group: group, name: name}); why != "" {
					t.Errorf("the role lists %s in %q, which is not read: %s", name, group, why)
				}
			}
		}
	}
}

func TestRoleWithSecrets(t *testing.T) {
	with, without := parseRole(t, RoleOptions{Name: "a", Secrets: true}), parseRole(t, RoleOptions{Name: "a"})
	var more []rbac.PolicyRule
	for _, rule := range with.Rules {
		if !slices.ContainsFunc(without.Rules, func(other rbac.PolicyRule) bool { return slices.Equal(rule.Resources, other.Resources) }) {
			more = append(more, rule)
		}
	}
	if len(more) != 1 || !slices.Equal(more[0].Resources, []string{"secrets"}) || !slices.Equal(more[0].Verbs, []string{"list"}) {
		t.Errorf("--with-secrets adds %v, want list on secrets", more)
	}
}

func TestKnownGroupsStandOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, g := range knownGroups {
		if seen[g.name] {
			t.Errorf("group %q stands twice", g.name)
		}
		seen[g.name] = true
	}
	if known(resource{name: "secrets"}) != true || known(resource{group: "apps", name: "pods"}) || known(resource{group: "shop.example", name: "orders"}) {
		t.Error("known tells wrong resources")
	}
}

package demo

import (
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/engine/rbac"
	"github.com/kubeproof/kubeproof/internal/engine/rbac/builtin"
)

const rbacGroup = "rbac.authorization.k8s.io"

// defaultRoles are those of Kubernetes' own that people bind.
var defaultRoles = []string{"cluster-admin", "admin", "edit", "view", "system:aggregate-to-admin", "system:aggregate-to-edit", "system:aggregate-to-view", "system:basic-user", "system:discovery", "system:public-info-viewer"}

// rights are the roles and bindings of a cluster at a week.
func (s *sight) rights() {
	for _, o := range builtin.All() {
		if o.Kind == "ClusterRole" && slices.Contains(defaultRoles, o.Name) && o.In(s.minor()) {
			made := rbac.Manifest(o, s.minor())
			made["rules"] = s.collected(o, made["rules"].([]any))
			s.add(made)
		}
	}
	s.bind("cluster-admin", "", "cluster-admin", "Group:system:masters")
	s.bind("system:basic-user", "", "system:basic-user", "Group:system:authenticated")
	s.bind("platform-admins", "", "cluster-admin", "Group:platform-admins")
	s.bind("auditors", "", "view", "Group:auditors")
	for _, in := range s.spaces() {
		s.role(in.name, "deployer", rule("get list watch create update patch", "apps", "deployments statefulsets"), rule("get list watch create update patch", "", "configmaps services"))
		s.bind("deployer", in.name, "Role/deployer", "ServiceAccount:argocd:argocd-application-controller")
		if !in.system {
			s.bind("team", in.name, "edit", "Group:team-"+in.team)
		}
		s.secretOf(in)
	}
	s.dangers()
}

// collected are the rules of a default role with those of the roles that it collects, as the controller of
// a cluster writes them into it.
func (s *sight) collected(o *builtin.Object, rules []any) []any {
	for _, other := range builtin.All() {
		if o.Aggregates == "" || !other.In(s.minor()) {
			continue
		}
		for _, label := range other.Labels {
			if label.Key == o.Aggregates && label.When.In(s.minor()) {
				rules = append(rules, s.collected(other, rbac.Manifest(other, s.minor())["rules"].([]any))...)
			}
		}
	}
	return rules
}

// dangers are the rights that nobody should have, while they last.
func (s *sight) dangers() {
	type danger struct {
		when spans
		make func()
	}
	shop, platform := s.cluster.managed != "", s.cluster.managed == ""
	production := s.cluster.name == "shop-production"
	for _, one := range []danger{
		{spans{{0, 11}}, func() { // the pipeline may do everything, until it deploys by way of the repository
			if shop {
				s.bind("ci-deployer", "", "cluster-admin", "ServiceAccount:checkout:checkout-api")
			}
		}},
		{spans{{3, never}}, func() { // somebody who helps out got more than that takes
			s.clusterRole("support", rule("get list watch", "", "pods pods/log services secrets"), rule("create", "", "pods/exec"))
			s.bind("support", "", "support", "User:sol.placeholder@example.com")
		}},
		{spans{{0, 8}, {17, never}}, func() { // the operator may make itself whatever it wants
			s.clusterRole("broker-operator", rule("get list watch create update patch delete escalate bind", rbacGroup, "roles rolebindings clusterroles clusterrolebindings"), rule("create", "", "serviceaccounts/token"))
			if shop {
				s.bind("broker-operator", "", "broker-operator", "ServiceAccount:messaging:broker")
			}
		}},
		{spans{{5, 15}}, func() {
			if production {
				s.bind("night-shift", "checkout", "admin", "User:old.example@example.com")
			}
		}},
		{spans{{0, never}}, func() { // whoever may start pods on these nodes reaches the nodes
			if platform {
				s.role("build", "runner", rule("get list watch create delete", "", "pods pods/exec pods/attach"), rule("get list watch create", "", "secrets configmaps"))
				s.bind("runner", "build", "Role/runner", "ServiceAccount:build:runner")
				s.bind("wiki-view", "wiki", "view", "Group:system:authenticated")
			}
		}},
		{spans{{9, 13}}, func() {
			if !production {
				s.bind("debugging", "", "view", "Group:system:unauthenticated")
			}
		}},
	} {
		if one.when.at(s.week) {
			one.make()
		}
	}
}

// rule is one of a role; words are separated by spaces.
func rule(verbs, group, resources string) object {
	return object{"verbs": words(verbs), "apiGroups": []any{group}, "resources": words(resources)}
}

func words(text string) []any {
	var all []any
	for _, word := range strings.Fields(text) {
		all = append(all, word)
	}
	return all
}

func (s *sight) role(namespace, name string, rules ...any) {
	s.add(object{"apiVersion": rbacGroup + "/v1", "kind": "Role", "metadata": object{"name": name, "namespace": namespace}, "rules": rules})
}

func (s *sight) clusterRole(name string, rules ...any) {
	s.add(object{"apiVersion": rbacGroup + "/v1", "kind": "ClusterRole", "metadata": object{"name": name}, "rules": rules})
}

// bind binds a ClusterRole, or a Role/NAME of the namespace, to KIND:NAME or ServiceAccount:NAMESPACE:NAME, in
// a namespace or with "" in the whole cluster.
func (s *sight) bind(name, namespace, role, subject string) {
	reference := object{"apiGroup": rbacGroup, "kind": "ClusterRole", "name": role}
	if own, found := strings.CutPrefix(role, "Role/"); found {
		reference["kind"], reference["name"] = "Role", own
	}
	kind, who, _ := strings.Cut(subject, ":")
	bound := object{"kind": kind, "name": who, "apiGroup": rbacGroup}
	if kind == "ServiceAccount" {
		in, account, _ := strings.Cut(who, ":")
		bound = object{"kind": kind, "name": account, "namespace": in}
	}
	made := object{"apiVersion": rbacGroup + "/v1", "kind": "ClusterRoleBinding", "metadata": object{"name": name}, "roleRef": reference, "subjects": []any{bound}}
	if namespace != "" {
		made["kind"], made["metadata"] = "RoleBinding", object{"name": name, "namespace": namespace}
	}
	s.add(made)
}

// secretOf adds a Secret, of which a scan reads the name alone.
func (s *sight) secretOf(in *space) {
	s.add(object{"apiVersion": "v1", "kind": "Secret", "metadata": object{"name": in.name + "-tls", "namespace": in.name}})
}

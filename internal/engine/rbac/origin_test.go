package rbac_test

import (
	"strings"
	"testing"

	"github.com/kubeproof/kubeproof/internal/engine/rbac"
)

func TestOrigin(t *testing.T) {
	const discovery = `rules: [{nonResourceURLs: [/api, "/api/*", /apis, "/apis/*", /healthz, /livez, /openapi, "/openapi/*", /readyz, /version, /version/], verbs: [get]}]`
	basic := `rules: [{apiGroups: [authorization.k8s.io], resources: [selfsubjectaccessreviews, selfsubjectrulesreviews], verbs: [create]}`
	fact := func(minor string) string {
		return "---\napiVersion: kubeproof.dev/v1\nkind: KubernetesCluster\nmetadata: {name: prod}\nversion: {minor: " + minor + "}\n"
	}
	tests := []struct {
		name, text string
		want       rbac.Origin
	}{
		{"default", object("ClusterRole", "name: system:discovery", discovery), rbac.Origin{Maker: rbac.BuiltIn}},
		{"narrowed", object("ClusterRole", "name: system:basic-user", basic+"]"), rbac.Origin{Maker: rbac.BuiltIn}},
		{"widened", object("ClusterRole", "name: system:basic-user", basic+`, {apiGroups: [""], resources: [secrets], verbs: [get, list]}]`),
			rbac.Origin{Maker: rbac.Drifted, Note: "somebody added get secrets, list secrets"}},
		{"widened to everything", object("ClusterRole", "name: system:discovery", `rules: [{nonResourceURLs: ["*"], verbs: ["*"]}]`),
			rbac.Origin{Maker: rbac.Drifted, Note: "somebody added * *"}},
		{"of an older release", object("ClusterRole", "name: system:controller:expand-controller", `rules: [{apiGroups: [""], resources: [secrets], verbs: [get]}]`) + fact("37"),
			rbac.Origin{Maker: rbac.BuiltIn}},
		{"of a release that is not known", object("ClusterRole", "name: system:basic-user", basic+`, {apiGroups: [new.k8s.io], resources: [things], verbs: [get]}]`) + fact(`"39+"`),
			rbac.Origin{Maker: rbac.BuiltIn, Note: "has more than the known defaults: get things.new.k8s.io; those of Kubernetes 1.39 are not known"}},
		{"new in a release that is not known", object("ClusterRole", `name: "system:new", labels: {kubernetes.io/bootstrapping: rbac-defaults}`, discovery) + fact("39"),
			rbac.Origin{Maker: rbac.BuiltIn, Note: "by its label: the defaults of Kubernetes 1.39 are not known"}},
		{"label alone", object("ClusterRole", `name: "system:new", labels: {kubernetes.io/bootstrapping: rbac-defaults}`, discovery) + fact("37"),
			rbac.Origin{Maker: rbac.Own, Note: "named as Kubernetes' own, but no known release makes it"}},
		{"offered to view", object("ClusterRole", `name: cluster-admin, labels: {rbac.authorization.k8s.io/aggregate-to-view: "true"}`, `rules: [{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}]`),
			rbac.Origin{Maker: rbac.Drifted, Note: "somebody added the label rbac.authorization.k8s.io/aggregate-to-view"}},
		{"collecting", object("ClusterRole", "name: view", `aggregationRule: {clusterRoleSelectors: [{matchLabels: {rbac.authorization.k8s.io/aggregate-to-view: "true"}}]}
rules: [{apiGroups: [example.com], resources: [widgets], verbs: [get]}, {apiGroups: [""], resources: [pods], verbs: [get]}]`) +
			object("ClusterRole", `name: widgets, labels: {rbac.authorization.k8s.io/aggregate-to-view: "true"}`, `rules: [{apiGroups: [example.com], resources: [widgets], verbs: [get]}]`) +
			object("ClusterRole", `name: system:aggregate-to-view, labels: {rbac.authorization.k8s.io/aggregate-to-view: "true"}`, reader),
			rbac.Origin{Maker: rbac.BuiltIn, Note: "also collects the rights of widgets"}},
		{"view widened by hand", object("ClusterRole", "name: view", `aggregationRule: {clusterRoleSelectors: [{matchLabels: {rbac.authorization.k8s.io/aggregate-to-view: "true"}}]}
rules: [{apiGroups: [""], resources: [secrets], verbs: [get]}]`), rbac.Origin{Maker: rbac.Drifted, Note: "somebody added get secrets"}},
		{"collecting all", object("ClusterRole", "name: view", `aggregationRule: {clusterRoleSelectors: [{}]}`), rbac.Origin{Maker: rbac.Drifted, Note: "somebody added a rule to collect other roles"}},
		{"default binding", binding("ClusterRoleBinding", "name: cluster-admin", "cluster-admin", `{kind: Group, name: "system:masters"}`), rbac.Origin{Maker: rbac.BuiltIn}},
		{"binding with one more", binding("ClusterRoleBinding", "name: cluster-admin", "cluster-admin", `{kind: Group, name: "system:masters"}, {kind: User, name: alice}`),
			rbac.Origin{Maker: rbac.Drifted, Note: "somebody added User alice"}},
		{"binding to another role", binding("ClusterRoleBinding", "name: system:discovery", "admin", `{kind: Group, name: "system:authenticated"}`),
			rbac.Origin{Maker: rbac.Drifted, Note: `somebody added the ClusterRole "admin"`}},
		{"vendor", object("ClusterRole", "name: eks:addon-manager", reader), rbac.Origin{Maker: rbac.Vendor, Note: "named as those of EKS"}},
		{"vendor's binding", binding("ClusterRoleBinding", "name: kubeadm:cluster-admins", "cluster-admin", `{kind: Group, name: "kubeadm:cluster-admins"}`), rbac.Origin{Maker: rbac.Vendor, Note: "named as those of kubeadm"}},
		{"not the vendor's", binding("ClusterRoleBinding", "name: eks:helper", "cluster-admin", `{kind: User, name: mallory}`), rbac.Origin{Maker: rbac.Own, Note: "named as those of EKS, but gives rights to User mallory"}},
		{"third party", object("ClusterRole", "name: calico-node", reader), rbac.Origin{Maker: rbac.ThirdParty, Note: "named as those of Calico"}},
		{"third party by namespace", object("Role", "name: x, namespace: openshift-monitoring", reader), rbac.Origin{Maker: rbac.Vendor, Note: "in a namespace of OpenShift"}},
		{"own", object("ClusterRole", "name: ops", reader), rbac.Origin{Maker: rbac.Own}},
		{"own of a default's name elsewhere", object("Role", "name: system:controller:bootstrap-signer, namespace: shop", reader),
			rbac.Origin{Maker: rbac.Own, Note: "named as Kubernetes' own, but no known release makes it"}},
	}
	for _, test := range tests {
		index := index(t, "prod", strings.TrimPrefix(test.text, "---\n"))
		model := rbac.Of(index)
		for range 2 { // the second time from memory
			if got := model.Origin(index.All()[0]); got != test.want {
				t.Errorf("%s: %+v, want %+v", test.name, got, test.want)
			}
		}
	}
}

func TestSubjects(t *testing.T) {
	tests := []struct {
		who             rbac.Subject
		maker           rbac.Maker
		human, everyone bool
	}{
		{rbac.Subject{Kind: rbac.User, Name: "alice"}, rbac.Own, true, false},
		{rbac.Subject{Kind: rbac.User, Name: "https://login.example.com#4711"}, rbac.Own, true, false},
		{rbac.Subject{Kind: rbac.User, Name: "oidc:carla@example.com"}, rbac.Own, true, false},
		{rbac.Subject{Kind: rbac.Group, Name: "oidc:ops"}, rbac.Own, true, false},
		{rbac.Subject{Kind: rbac.User, Name: "jenkins-ci"}, rbac.Own, false, false},
		{rbac.Subject{Kind: rbac.User, Name: "deploy@project.iam.gserviceaccount.com"}, rbac.Own, false, false},
		{rbac.Subject{Kind: rbac.User, Name: "system:kube-scheduler"}, rbac.BuiltIn, false, false},
		{rbac.Subject{Kind: rbac.User, Name: "system:node:n1"}, rbac.BuiltIn, false, false},
		{rbac.Subject{Kind: rbac.Group, Name: "system:masters"}, rbac.BuiltIn, false, false},
		{rbac.Subject{Kind: rbac.Group, Name: "system:authenticated"}, rbac.BuiltIn, false, true},
		{rbac.Subject{Kind: rbac.User, Name: "system:anonymous"}, rbac.BuiltIn, false, true},
		{rbac.Subject{Kind: rbac.Group, Name: "system:serviceaccounts:shop"}, rbac.BuiltIn, false, true},
		{rbac.Subject{Kind: rbac.User, Name: "eks:addon-manager"}, rbac.Vendor, false, false},
		{rbac.Subject{Kind: rbac.ServiceAccount, Namespace: "kube-system", Name: "deployment-controller"}, rbac.BuiltIn, false, false},
		{rbac.Subject{Kind: rbac.User, Name: "system:serviceaccount:kube-system:job-controller"}, rbac.BuiltIn, false, false},
		{rbac.Subject{Kind: rbac.User, Name: "system:serviceaccount:shop:ci"}, rbac.Own, false, false},
		{rbac.Subject{Kind: rbac.ServiceAccount, Namespace: "kube-system", Name: "coredns"}, rbac.ThirdParty, false, false},
		{rbac.Subject{Kind: rbac.ServiceAccount, Namespace: "kube-system", Name: "backdoor"}, rbac.Own, false, false},
		{rbac.Subject{Kind: rbac.ServiceAccount, Namespace: "istio-system", Name: "x"}, rbac.ThirdParty, false, false},
		{rbac.Subject{Kind: rbac.ServiceAccount, Namespace: "shop", Name: "ci"}, rbac.Own, false, false},
	}
	for _, test := range tests {
		if got := test.who.Origin().Maker; got != test.maker {
			t.Errorf("%s is %s, want %s", test.who, got, test.maker)
		}
		if got := test.who.Human(); got != test.human {
			t.Errorf("%s is human: %t, want %t", test.who, got, test.human)
		}
		if got := test.who.Everyone(); got != test.everyone {
			t.Errorf("%s is everyone: %t, want %t", test.who, got, test.everyone)
		}
	}
}

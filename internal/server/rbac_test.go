package server

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// rights are roles and bindings of a small cluster: an administrator, a service account that can become
// one, a reader.
const rights = `
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: ci, namespace: shop}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: operator, namespace: shop}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: operator}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{kind: ServiceAccount, name: operator, namespace: shop}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: deploy, namespace: shop}
rules: [{apiGroups: [""], resources: [pods, services], verbs: [get, create]}, {apiGroups: [""], resources: [pods/exec], verbs: [create]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: ci-deploys, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: deploy}
subjects: [{kind: ServiceAccount, name: ci, namespace: shop}, {kind: User, name: alice, apiGroup: rbac.authorization.k8s.io}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: idle}
rules: [{apiGroups: ["*"], resources: ["*"], verbs: [get]}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {serviceAccountName: ci, containers: [{name: web, image: web}]}}}
`

const newcomer = `
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: more, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: deploy}
subjects: [{kind: User, name: newcomer, apiGroup: rbac.authorization.k8s.io}]
`

// sees fails where a page lacks one of the texts, read without its markup.
func sees(t *testing.T, where string, got reply, status int, wants ...string) {
	t.Helper()
	text := plain(got.text)
	if got.status != status {
		t.Errorf("%s: %d, want %d", where, got.status, status)
	}
	for _, want := range wants {
		if lacks, no := strings.CutPrefix(want, "!"); no == strings.Contains(text, lacks) {
			t.Errorf("%s: %q is wrong in: %s", where, want, text)
		}
	}
}

var (
	markup = regexp.MustCompile(`<[^>]*>`)
	spaces = regexp.MustCompile(`\s+`)
)

// plain is the text of the main part of a page.
func plain(page string) string {
	_, page, _ = strings.Cut(page, "<main")
	page, _, _ = strings.Cut(page, "</main>")
	page = strings.NewReplacer("&#39;", "'", "&#34;", `"`, "&amp;", "&", "&gt;", ">", "&lt;", "<").Replace(markup.ReplaceAllString(page, " "))
	return spaces.ReplaceAllString(page, " ")
}

func TestRBACPages(t *testing.T) {
	h := newHouse(t)
	cluster := h.handedIn("prod", packed(t, collected(t, rights)))
	vera := h.as("vera")
	for _, one := range []struct {
		path   string
		pairs  []string
		status int
		wants  []string
	}{
		{"/rbac", nil, 200, []string{"Equal to cluster-admin", "ServiceAccount shop/operator", "is cluster-admin", "shop/ci", "alice", "can become cluster-admin in 2 steps", "1 to 3 of 3"}},
		{"/rbac", []string{"q", "ALI"}, 200, []string{"1 to 1 of 1", "alice", "!shop/ci"}},
		{"/rbac", []string{"kind", "User"}, 200, []string{"1 to 1 of 1", "alice"}},
		{"/rbac", []string{"danger", "admin"}, 200, []string{"1 to 1 of 1", "!alice"}},
		{"/rbac", []string{"danger", "can-admin"}, 200, []string{"1 to 2 of 2", "alice"}},
		{"/rbac", []string{"namespace", "other"}, 200, []string{"None fits"}},
		{"/rbac", []string{"page", "7"}, 200, []string{"1 to 3 of 3"}},
		{"/rbac/subject", []string{"subject", "sa:shop/ci"}, 200, []string{"ServiceAccount shop/ci", "namespace shop", "create pods, services, pods/exec", "get reads pods, services", "RoleBinding shop/ci-deploys", "Role shop/deploy", "Deployment shop/web",
			"Become cluster-admin", "run one as ServiceAccount shop/operator", "by RoleBinding shop/ci-deploys", "-:29"}},
		{"/rbac/subject", []string{"subject", "alice"}, 200, []string{"User alice", "system:authenticated"}},
		{"/rbac/subject", []string{"subject", "nobody"}, 404, []string{`Subject "nobody" is not in the inventory: write user:NAME`}},
		{"/rbac/subject", nil, 404, []string{"is not in the inventory"}},
		{"/rbac/who-can", nil, 200, []string{"Often asked", "!Notes"}},
		{"/rbac/who-can", []string{"verb", "create", "resource", "pods/exec", "namespace", "shop"}, 200, []string{"Who can create pods/exec", "alice", "shop/ci", "shop/operator", "the whole cluster", "system:masters"}},
		{"/rbac/who-can", []string{"verb", "get", "resource", "secrets"}, 200, []string{"shop/operator", "!alice"}},
		{"/rbac/who-can", []string{"verb", "get", "resource", "gizmos"}, 200, []string{`Resource "gizmos" is unknown`}},
		{"/rbac/ways", nil, 200, []string{"2 of 4 subjects can", "Given outright: ServiceAccount shop/operator", "RoleBinding shop/ci-deploys 2 of 2", "User alice"}},
		{"/rbac/ways", []string{"goal", "node", "namespace", "shop"}, 200, []string{"from namespace shop"}},
		{"/rbac/roles", nil, 200, []string{"ClusterRole idle", "unused", "with stars", "Role shop/deploy", "!ClusterRole cluster-admin"}},
		{"/rbac/roles", []string{"all", "yes", "show", "everything"}, 200, []string{"ClusterRole cluster-admin", "everything", "!Role shop/deploy"}},
		{"/rbac/roles", []string{"show", "unused"}, 200, []string{"ClusterRole idle", "!Role shop/deploy"}},
		{"/rbac/role", []string{"kind", "Role", "namespace", "shop", "name", "deploy"}, 200, []string{"Role shop/deploy", "pods, services", "alice", "RoleBinding shop/ci-deploys"}},
		{"/rbac/role", []string{"kind", "ClusterRole", "name", "idle"}, 200, []string{"it is unused"}},
		{"/rbac/role", []string{"kind", "Role", "name", "nothing"}, 404, []string{"This role was not seen"}},
		{"/rbac/changes", nil, 200, []string{"There is no earlier scan of this cluster"}},
		{"/rbac/changes", []string{"with", "nothing"}, 200, []string{"There is no such scan of this cluster"}},
	} {
		path := about(one.path, cluster, one.pairs...)
		got := vera.get(path)
		sees(t, path, got, one.status, one.wants...)
		checkMarkup(t, path, got.text)
		checkHarmless(t, path, got.text)
	}
}

func TestChangesOfRights(t *testing.T) {
	h := newHouse(t)
	cluster := h.handedIn("prod", packed(t, collected(t, rights)))
	first := h.scanIDs(cluster)[0]
	h.handedIn("prod", packed(t, collected(t, strings.Replace(rights, "name: alice", "name: bob", 1)+newcomer)))
	vera := h.as("vera")
	got := vera.get(about("/rbac/changes", cluster))
	sees(t, "changes", got, http.StatusOK, "User, person in namespace shop create", "newcomer", "bob", "alice", "create pods, pods/exec, services", "1 to 3 of 3", "!operator")
	sees(t, "back", vera.get(about("/rbac/changes", cluster, "scan", first)), http.StatusOK, "There is no earlier scan", "There is a newer scan")
	h.handedIn("prod", nil)
	sees(t, "without", vera.get(about("/rbac/changes", cluster)), http.StatusOK, "without its inventory")
	h.handedIn("prod", packed(t, collected(t, rights)))
	sees(t, "after none", vera.get(about("/rbac/changes", cluster)), http.StatusOK, "Of the earlier scan there is no inventory", "Choose another one")
	sees(t, "to the first", vera.get(about("/rbac/changes", cluster, "with", first)), http.StatusOK, "Nobody gained or lost a right")
}

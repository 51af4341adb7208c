package server

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/kubeproof/kubeproof/internal/inventory"
)

// hostileSpace is a namespace; a slash would part it from the name of a service account.
var hostileSpace = strings.ReplaceAll(hostileAt("ns"), "/", "")

// plainWorkload has hostile labels only, so that it can be asked about.
const plainWorkload = "plain"

// hostileCluster has hostile text wherever a cluster may hold text.
func hostileCluster(t *testing.T) *inventory.Inventory {
	t.Helper()
	type object = map[string]any
	list := func(all ...any) []any { return all }
	const group = "rbac.authorization.k8s.io/v1"
	meta := func(name string) object { return object{"name": hostileAt(name), "namespace": hostileSpace} }
	holders := list(object{"kind": "ServiceAccount", "name": hostileAt("account"), "namespace": hostileSpace}, object{"kind": "User", "name": hostileAt("user")}, object{"kind": "Group", "name": hostileAt("group")})
	pod := object{"serviceAccountName": hostileAt("account"), "containers": list(object{"name": hostileAt("container"), "image": "x", "ports": list(object{"name": hostileAt("port"), "containerPort": 80})})}
	labels := object{hostileAt("key"): hostileAt("value")}
	var text []string
	for _, one := range []object{
		{"apiVersion": "v1", "kind": "Namespace", "metadata": object{"name": hostileSpace, "labels": labels}},
		{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": meta("account")},
		{"apiVersion": group, "kind": "Role", "metadata": meta("role"), "rules": list(object{"verbs": list("create", hostileAt("verb")), "apiGroups": list("", hostileAt("apigroup")), "resources": list("pods", hostileAt("resource")), "resourceNames": list()})},
		{"apiVersion": group, "kind": "ClusterRole", "metadata": object{"name": hostileAt("clusterrole")}, "rules": list(object{"verbs": list("*"), "apiGroups": list("*"), "resources": list("*")}, object{"verbs": list("get"), "nonResourceURLs": list(hostileAt("/path"))})},
		{"apiVersion": group, "kind": "RoleBinding", "metadata": meta("binding"), "roleRef": object{"kind": "Role", "name": hostileAt("role")}, "subjects": holders},
		{"apiVersion": group, "kind": "RoleBinding", "metadata": meta("lost"), "roleRef": object{"kind": "Role", "name": hostileAt("gone")}, "subjects": holders},
		{"apiVersion": group, "kind": "ClusterRoleBinding", "metadata": object{"name": hostileAt("everything")}, "roleRef": object{"kind": "ClusterRole", "name": hostileAt("clusterrole")}, "subjects": list(object{"kind": "ServiceAccount", "name": "other", "namespace": hostileSpace})},
		{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": object{"name": "other", "namespace": hostileSpace}},
		{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": meta("workload"), "spec": object{"template": object{"metadata": object{"labels": labels}, "spec": pod}}},
		{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": meta("beside"), "spec": object{"template": object{"metadata": object{"labels": object{"a": "b"}}, "spec": pod}}},
		{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": object{"name": plainWorkload, "namespace": hostileSpace}, "spec": object{"template": object{"metadata": object{"labels": labels}, "spec": pod}}},
		{"apiVersion": "v1", "kind": "Service", "metadata": meta("service"), "spec": object{"type": "LoadBalancer", "selector": labels, "ports": list(object{"port": 80}), "externalIPs": list(hostileAt("address")), "loadBalancerSourceRanges": list(hostileAt("range"))}},
		{"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": meta("ingress"), "spec": object{"rules": list(object{"host": hostileAt("host"), "http": object{"paths": list(object{"backend": object{"service": object{"name": hostileAt("service"), "port": object{"number": 80}}}})}})}},
		{"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": meta("policy"), "spec": object{"podSelector": object{"matchLabels": labels}, "policyTypes": list("Ingress"), "ingress": list(object{"ports": list(object{"port": 443})})}},
		{"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": meta("broken"), "spec": object{"podSelector": object{"matchExpressions": list(object{"key": hostileAt("expression"), "operator": hostileAt("operator")})}}},
	} {
		document, err := json.Marshal(one)
		if err != nil {
			t.Fatal(err)
		}
		text = append(text, string(document))
	}
	inv := collected(t, strings.Join(text, "\n---\n"))
	inv.Gaps = append(inv.Gaps, inventory.Gap{Target: hostileAt("target"), Kind: "Role", Namespaces: []string{hostileAt("gapspace")}, Reason: hostileAt("gap")}, inventory.Gap{Kind: "NetworkPolicy", Reason: hostileAt("netgap")})
	inv.Errors = append(inv.Errors, inventory.Error{Target: hostileAt("target"), File: hostileAt("file"), Message: hostileAt("error"), Lost: true})
	return inv
}

// TestHostileCluster reads every page about a cluster that is hostile wherever it may hold text.
func TestHostileCluster(t *testing.T) {
	h := newHouse(t)
	cluster := h.handedIn("prod", packed(t, collected(t, rights)))
	h.handedIn("prod", packed(t, hostileCluster(t)))
	vera := h.as("vera")
	ns, account := hostileSpace, "sa:"+hostileSpace+"/"+hostileAt("account")
	shown := map[string]bool{}
	for _, path := range []string{
		about("/rbac", cluster), about("/rbac", cluster, "q", hostileAt("query"), "namespace", ns), about("/rbac/subject", cluster, "subject", account), about("/rbac/subject", cluster, "subject", "user:"+hostileAt("user")),
		about("/rbac/subject", cluster, "subject", hostileAt("nobody")), about("/rbac/who-can", cluster, "verb", "create", "resource", "pods"), about("/rbac/who-can", cluster, "verb", hostileAt("verb"), "resource", hostileAt("resource"), "namespace", ns, "name", hostileAt("name")),
		about("/rbac/ways", cluster), about("/rbac/ways", cluster, "namespace", ns), about("/rbac/roles", cluster), about("/rbac/roles", cluster, "q", hostileAt("query")), about("/rbac/role", cluster, "kind", "Role", "namespace", ns, "name", hostileAt("role")),
		about("/rbac/role", cluster, "kind", hostileAt("kind"), "name", hostileAt("name")), about("/rbac/role", cluster, "kind", "ClusterRole", "name", hostileAt("clusterrole")), about("/rbac/changes", cluster), about("/rbac/changes", cluster, "with", hostileAt("with")),
		about("/network", cluster), about("/network", cluster, "q", hostileAt("query")), about("/network/namespace", cluster, "namespace", ns), about("/network/namespace", cluster, "namespace", hostileAt("nowhere")), about("/network/exposed", cluster), about("/network/exposed", cluster, "namespace", ns),
		about("/network/can", cluster, "from", hostileAt("from"), "dest", "internet", "port", "1"), about("/network/can", cluster, "from", "internet", "dest", hostileAt("dest"), "port", hostileAt("number")), about("/network/can", cluster, "from", ns+"/"+plainWorkload, "dest", ns+"/"+plainWorkload, "port", "443"),
		about("/network/policy", cluster, "namespace", ns), about("/network/policy", cluster, "namespace", hostileAt("nowhere")),
		about("/rbac", hostileAt("cluster"), "scan", hostileAt("scan")), about("/rbac", cluster, "scan", hostileAt("scan")),
	} {
		got := vera.get(path)
		if got.status != http.StatusOK && got.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, got.status)
		}
		checkHarmless(t, path, got.text)
		checkMarkup(t, path, got.text)
		for _, place := range hostilePlaces {
			shown[place] = shown[place] || strings.Contains(got.text, place+"&#34;&#39;&gt;")
		}
	}
	for _, place := range hostilePlaces {
		if !shown[place] {
			t.Errorf("%s was shown on no page, so that nothing was tried", place)
		}
	}
}

// hostilePlaces are those that pages show.
var hostilePlaces = []string{"ns", "account", "user", "group", "role", "clusterrole", "binding", "verb", "resource", "apigroup", "/path", "lost", "gone", "everything", "workload", "gap", "gapspace", "file", "error", "query", `nobody\`, "name", "kind", "beside", "service", "address", "range", "ingress", "host", "policy", "netgap", "nowhere"}

package cluster_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/collect/cluster"
	"github.com/kubeproof/kubeproof/internal/inventory"
	"github.com/kubeproof/kubeproof/test/apiserver"
)

const shop = `
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: Secret
metadata: {name: db, namespace: shop}
stringData: {password: the-password-of-the-shop}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "web:1"}]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: "system:odd:größe"}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: orders.shop.example}
spec:
  group: shop.example
  scope: Cluster
  names: {plural: orders, singular: order, kind: Order, listKind: OrderList}
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
---
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1.dead.example}
spec: {group: dead.example, version: v1, groupPriorityMinimum: 100, versionPriority: 1, service: {name: nobody, namespace: shop}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: kubeproof}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: kubeproof}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: auditor}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: kubeproof, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: kubeproof}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: tenant}]
`

// TestRealServer reads Kubernetes' own API server, which all of these share because it takes
// seconds to start.
func TestRealServer(t *testing.T) {
	server := apiserver.Start(t, apiserver.Options{Flags: []string{"--anonymous-auth=false"}})
	t.Run("rights", func(t *testing.T) { rights(t, server) })
	t.Run("pages", func(t *testing.T) { pages(t, server) })
	t.Run("strangers", func(t *testing.T) { strangers(t, server) })
	t.Run("forms", func(t *testing.T) { forms(t, server) })
}

// rights reads as an administrator, with the printed role, and with that role in one namespace only.
func rights(t *testing.T, server *apiserver.Server) {
	create(t, server, cluster.Role(cluster.RoleOptions{Name: "kubeproof"})+"---\n"+shop)
	create(t, server, "apiVersion: shop.example/v1\nkind: Order\nmetadata: {name: first}\n")

	admin := readAs(t, server, cluster.Options{}, "kubernetes-admin", "system:masters")
	index := inventory.NewIndex(admin.Subjects)
	for _, want := range []struct{ kind, namespace, name string }{{"Namespace", "", "shop"}, {"Secret", "shop", "db"},
		{"Deployment", "shop", "web"}, {"ClusterRole", "", "system:odd:größe"}, {"Order", "", "first"}, {"KubernetesCluster", "", "test"}} {
		if index.Find(want.kind, want.namespace, want.name) == nil {
			t.Errorf("the administrator does not see %v", want)
		}
	}
	if secret := index.Find("Secret", "shop", "db"); secret.Root.Get("data") != nil {
		t.Errorf("the secret's data was read: %v", secret.Root.Plain())
	}
	if dead := errorsWith(admin, "dead.example/v1 does not answer"); len(dead) != 1 {
		t.Errorf("the dead API group is not told: %v", admin.Errors)
	}

	auditor := readAs(t, server, cluster.Options{}, "auditor")
	if got := gapsOfObjects(auditor); !cmp.Equal(got, []string{"Secret"}) {
		t.Errorf("the role leaves gaps of %v, want of Secret only", got)
	}
	var missing []string
	seen := inventory.NewIndex(auditor.Subjects)
	for _, s := range admin.Subjects {
		if seen.Find(s.Kind, s.Namespace, s.Name) == nil {
			missing = append(missing, s.Kind+" "+s.Name)
		}
	}
	missing = slices.DeleteFunc(missing, func(name string) bool { return strings.HasPrefix(name, "ServiceCIDR") })
	if diff := cmp.Diff([]string{"Order first", "Secret db"}, missing); diff != "" {
		t.Errorf("with the role is missing (-want +got):\n%s", diff)
	}
	if told := errorsWith(auditor, "orders.shop.example"); len(told) != 1 || told[0].Lost {
		t.Errorf("the right to list orders is told as %v, want one notice", told)
	}

	tenant := readAs(t, server, cluster.Options{Namespace: "shop"}, "tenant")
	own := inventory.NewIndex(tenant.Subjects)
	if own.Find("Deployment", "shop", "web") == nil || len(own.Kind("ClusterRole")) != 0 {
		t.Errorf("in one namespace are read %d Deployments and %d ClusterRoles", len(own.Kind("Deployment")), len(own.Kind("ClusterRole")))
	}
	if got := gapsOfObjects(tenant); !slices.Contains(got, "ClusterRole") || !slices.Contains(got, "Node") {
		t.Errorf("the rights of one namespace leave gaps of %v, want of ClusterRole and Node among them", got)
	}
}

// pages holds what is read in pages against what was made.
func pages(t *testing.T, server *apiserver.Server) {
	const count = 1203
	build := func(i int) apiserver.Object {
		return apiserver.Object{"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": fmt.Sprintf("c%04d", i)}, "data": map[string]any{"n": fmt.Sprint(i)}}
	}
	if err := server.CreateMany(count, build); err != nil {
		t.Fatal(err)
	}
	result := readAs(t, server, cluster.Options{}, "kubernetes-admin", "system:masters")
	seen := map[string]int{}
	for _, s := range result.Subjects {
		if s.Kind == "ConfigMap" && s.Namespace == "default" {
			seen[s.Name]++
		}
	}
	for i := range count {
		if name := fmt.Sprintf("c%04d", i); seen[name] != 1 {
			t.Fatalf("%s was read %d times", name, seen[name])
		}
	}
}

func strangers(t *testing.T, server *apiserver.Server) {
	result := readAs(t, server, cluster.Options{}, "")
	if len(result.Errors) != 1 || !strings.Contains(result.Errors[0].Message, "401 Unauthorized: it does not accept the credentials of context") || len(result.Subjects) != 0 {
		t.Errorf("without credentials: %+v and %d subjects", result.Errors, len(result.Subjects))
	}
}

func create(t *testing.T, server *apiserver.Server, manifests string) {
	t.Helper()
	objects, err := apiserver.Objects([]byte(manifests))
	if err == nil {
		err = server.Create(objects)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func readAs(t *testing.T, server *apiserver.Server, options cluster.Options, user string, groups ...string) cluster.Result {
	t.Helper()
	file, err := server.Kubeconfig(user, groups...)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	options.Kubeconfig, options.Target = file, "cluster:"
	return cluster.Read(ctx, options)
}

func errorsWith(result cluster.Result, text string) []inventory.Error {
	return slices.DeleteFunc(slices.Clone(result.Errors), func(e inventory.Error) bool { return !strings.Contains(e.Message, text) })
}

// gapsOfObjects lists the kinds of objects that were not seen.
func gapsOfObjects(result cluster.Result) []string {
	var kinds []string
	for _, gap := range result.Gaps {
		kind, _, _ := strings.Cut(gap.Kind, ".")
		if !slices.Contains(inventory.FactKinds, kind) && !gap.Excused() {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

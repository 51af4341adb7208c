package admission

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/collect"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
	"github.com/kubeproof/kubeproof/internal/policy"
	"github.com/kubeproof/kubeproof/test/apiserver"
)

// tenants are namespaces with one workload each. What they refuse stands in their labels, in a
// LimitRange, and in policies made of controls.
const tenants = `
apiVersion: v1
kind: Namespace
metadata: {name: open}
---
apiVersion: v1
kind: Namespace
metadata: {name: baseline, labels: {pod-security.kubernetes.io/enforce: baseline}}
---
apiVersion: v1
kind: Namespace
metadata: {name: restricted, labels: {pod-security.kubernetes.io/enforce: restricted, kubeproof.dev/strict: "true"}}
---
apiVersion: v1
kind: LimitRange
metadata: {name: defaults, namespace: baseline}
spec: {limits: [{type: Container, default: {cpu: 100m, memory: 64Mi}}]}
---
apiVersion: v1
kind: Namespace
metadata: {name: closed, labels: {kubeproof.dev/closed: "true"}}
---
apiVersion: v1
kind: Namespace
metadata: {name: empty}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: reader}
rules:
- {apiGroups: ["*"], resources: ["*"], verbs: [list]}
- {nonResourceURLs: ["*"], verbs: [get]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: readers}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}
subjects: [{kind: Group, name: readers}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: pods, namespace: open}
rules: [{apiGroups: [""], resources: [pods], verbs: [create]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: pods, namespace: open}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: pods}
subjects: [{kind: User, name: half}]
`

// strict are the controls that the namespace "restricted" enforces by policies.
var strict = []string{"service-node-port", "ingress-tls", "container-liveness-probe", "image-tag-latest", "container-read-only-root"}

func TestProveAdmission(t *testing.T) {
	c := newCluster(t)
	c.makeTenants(t)
	before := c.audited(t)
	admin, err := c.Kubeconfig("kubernetes-admin", "system:masters")
	if err != nil {
		t.Fatal(err)
	}
	inv := collectWithProof(admin)
	for _, e := range inv.Errors {
		t.Errorf("error: %s", e.Message)
	}
	t.Run("outcomes", func(t *testing.T) { compareOutcomes(t, inv) })
	t.Run("nothing is stored", func(t *testing.T) {
		for _, path := range []string{"/api/v1/pods", "/api/v1/services", "/apis/apps/v1/deployments", "/apis/networking.k8s.io/v1/ingresses"} {
			got, err := c.send(http.MethodGet, "", path, nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range mapsIn(got.object, "items") {
				if name := child(o, "metadata")["name"].(string); strings.HasPrefix(name, "kubeproof-proof") {
					t.Errorf("%s holds %s", path, name)
				}
			}
		}
	})
	t.Run("every create is a dry run", func(t *testing.T) {
		creates := 0
		for _, line := range strings.Split(c.audited(t)[len(before):], "\n") {
			if !strings.Contains(line, "kubeproof-proof-") || !strings.Contains(line, `"verb":"create"`) {
				continue
			}
			creates++
			if !strings.Contains(line, "dryRun=All") {
				t.Errorf("this is no dry run: %.300s", line)
			}
		}
		if creates < 80 {
			t.Errorf("%d creates of proofs in the audit log, 80 at least were sent", creates)
		}
	})
}

// compareOutcomes compares what the namespaces made of each fault.
func compareOutcomes(t *testing.T, inv *inventory.Inventory) {
	want := map[string]string{
		"open":       "",
		"baseline":   "capability host-ipc host-network host-path host-pid host-port privileged sysctl +no-limits",
		"restricted": "capability default-capabilities host-ipc host-network host-path host-pid host-port latest-tag maybe-root no-probes no-seccomp no-tls node-port privilege-escalation privileged root sysctl writable-root",
		"closed":     "all pods",
	}
	got := map[string]string{}
	for _, s := range inv.Subjects {
		if s.Kind == inventory.FactAdmission {
			got[s.Name] = summary(s.Root)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("faults that are refused, or with + mended (-want +got):\n%s", diff)
	}
}

func summary(fact *document.Node) string {
	if fact.Get("good", "Pod", "outcome").Text() == "refused" {
		return "all pods"
	}
	var refused, mended []string
	for _, trial := range fact.Get("trials").Children() {
		switch trial.Get("outcome").Text() {
		case "refused":
			refused = append(refused, trial.Key())
		case "mended":
			mended = append(mended, "+"+trial.Key())
		case "accepted":
		default:
			refused = append(refused, trial.Key()+"?"+trial.Get("message").Text())
		}
	}
	return strings.Join(append(refused, mended...), " ")
}

func TestProveAdmissionWithoutRights(t *testing.T) {
	c := newCluster(t)
	c.makeTenants(t)
	reader, err := c.Kubeconfig("jane", "readers")
	if err != nil {
		t.Fatal(err)
	}
	inv := collectWithProof(reader)
	var gaps []string
	for _, gap := range inv.Missing(inventory.FactAdmission) {
		gaps = append(gaps, strings.Join(gap.Namespaces, " ")+": "+gap.Reason)
	}
	want := []string{"baseline closed open restricted: no right to create pods: grant create on pods (the dry run stores nothing)"}
	if diff := cmp.Diff(want, gaps); diff != "" {
		t.Errorf("gaps (-want +got):\n%s", diff)
	}

	half, err := c.Kubeconfig("half", "readers")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range collectWithProof(half).Subjects {
		if s.Kind != inventory.FactAdmission {
			continue
		}
		if got, want := summary(s.Root), "no-tls?no right to create ingresses: grant create on ingresses (the dry run stores nothing)"; s.Name != "open" || !strings.Contains(got, want) {
			t.Errorf("%s: got %s, want %s", s.Name, got, want)
		}
		if outcome := s.Root.Get("trials", "privileged", "outcome").Text(); outcome != "accepted" {
			t.Errorf("%s: a privileged pod is %s, want accepted", s.Name, outcome)
		}
	}
}

func collectWithProof(kubeconfig string) *inventory.Inventory {
	return collect.Collect(context.Background(), []string{"cluster:"}, collect.Options{Limits: document.DefaultLimits,
		Cluster: collect.ClusterOptions{Kubeconfig: kubeconfig, Prove: true, Getenv: func(string) string { return "" }}})
}

// makeTenants makes the namespaces with their workloads and policies.
func (c *cluster) makeTenants(t *testing.T) {
	t.Helper()
	objects, err := apiserver.Objects([]byte(tenants))
	if err != nil {
		t.Fatal(err)
	}
	for _, namespace := range []string{"open", "baseline", "restricted", "closed", "kube-system"} {
		objects = append(objects, completed(object{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": object{"name": "app", "namespace": namespace}}))
	}
	if err := c.Create(objects); err != nil {
		t.Fatal(err)
	}
	var policies []object
	for _, a := range enforced(t) {
		for _, id := range strict {
			if a.user != id+".0" {
				continue
			}
			p, b, err := policy.Translate(a.control, a.values)
			if err != nil {
				t.Fatal(err)
			}
			child(b, "spec")["matchResources"] = selecting("kubeproof.dev/strict")
			policies = append(policies, p, b)
		}
	}
	closed := sentinel()
	child(closed, "metadata")["name"] = "closed"
	child(closed, "spec")["matchConstraints"] = object{"resourceRules": []any{object{"apiGroups": []any{""}, "apiVersions": []any{"*"},
		"operations": []any{"CREATE"}, "resources": []any{"pods", "configmaps"}}}}
	policies = append(policies, closed, object{"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicyBinding",
		"metadata": object{"name": "closed"}, "spec": object{"policyName": "closed", "validationActions": []any{"Deny"}, "matchResources": selecting("kubeproof.dev/closed")}})
	if err := c.Create(policies); err != nil {
		t.Fatal(err)
	}
	probe := object{"apiVersion": "v1", "kind": "ConfigMap", "metadata": object{"name": "probe"}}
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if got, err := c.send(http.MethodPost, "", "/api/v1/namespaces/closed/configmaps?dryRun=All", probe); err == nil && got.status == http.StatusUnprocessableEntity {
			return
		}
	}
	t.Fatal("the server does not use the policies")
}

func selecting(label string) object {
	return object{"namespaceSelector": object{"matchLabels": object{label: "true"}}}
}

// audited is the audit log.
func (c *cluster) audited(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(c.Dir, "audit.log"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

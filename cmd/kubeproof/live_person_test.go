package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kubeproof/kubeproof/test/apiserver"
)

// namesWorst looks at what fits on the first screen of an administrator who scans the example.
func (l *live) namesWorst(t *testing.T) {
	code, out, errs := l.with(t).run("scan", "cluster:", "--kubeconfig", l.kubeconfig)
	if code != 3 || errs != "" {
		t.Errorf("exit code %d, want 3 because no node is seen; standard error: %s", code, errs)
	}
	screen := strings.Join(strings.SplitN(out, "\n", 26)[:25], "\n")
	for _, worst := range []string{
		"Worst first", " critical", "ClusterRoleBinding ci-deploy", "cluster-admin", "ClusterRoleBinding support", "Deployment ci/runner",
		"ClusterRoleBinding robot-admin", "ClusterRoleBinding everybody-views", "Deployment legacy/grafana",
	} {
		if !strings.Contains(screen, worst) {
			t.Errorf("the first screen lacks %q", worst)
		}
	}
	for _, wanted := range []string{"\n  Cluster   test, Kubernetes v", "9 namespaces", "\n  kubeproof rbac paths ", "\n  unknown   cluster: KubeletInstance not seen: "} {
		if !strings.Contains(out, wanted) {
			t.Errorf("the table lacks %q", wanted)
		}
	}
	if t.Failed() {
		t.Logf("the first screen:\n%s", screen)
	}
}

// foldsGaps looks at what a user without rights is told, and how to get them.
func (l *live) foldsGaps(t *testing.T) {
	l = l.with(t)
	kubeconfig, err := l.server.Kubeconfig("nobody")
	if err != nil {
		t.Fatal(err)
	}
	_, out, _ := l.run("scan", "cluster:", "--kubeconfig", kubeconfig)
	for _, want := range []string{"them (kubeproof rbac role prints a role)", "kubeproof rbac role | kubectl apply -f -", "no nodes seen"} {
		if !strings.Contains(strings.Join(strings.Fields(out), " "), want) {
			t.Errorf("the table lacks %q", want)
		}
	}
	if n := strings.Count(out, "\n  unknown "); n == 0 || n > 12 {
		t.Errorf("%d lines tell what a user without rights does not see, want few:\n%s", n, out)
	}
}

// refusesAbsentNamespace expects a mistake to be told, not a scan that finds nothing.
func (l *live) refusesAbsentNamespace(t *testing.T) {
	l = l.with(t)
	for _, command := range [][]string{{"scan", "cluster:"}, {"rbac", "who-can", "get", "secrets"}, {"rbac", "graph"}} {
		code, out, errs := l.run(append(command, "--kubeconfig", l.kubeconfig, "-n", "shop-prd")...)
		if want := "kubeproof: namespace \"shop-prd\" is not in the cluster: see `kubectl get namespaces`\n"; code != 2 || out != "" || errs != want {
			t.Errorf("%v gives exit code %d, %q on standard error, want 2 and %q", command, code, errs, want)
		}
	}
	if code, _, errs := l.run("rbac", "who-can", "get", "secrets", "--kubeconfig", l.kubeconfig, "-n", "shop-prod"); code != 0 {
		t.Errorf("a namespace that exists gives exit code %d: %s", code, errs)
	}
}

// acceptsRisks accepts findings on live objects, by the configuration and by annotations, which the
// Deployment's controller copies to its ReplicaSet.
func (l *live) acceptsRisks(t *testing.T) {
	l = l.with(t)
	objects, err := apiserver.Objects([]byte(`
apiVersion: v1
kind: Namespace
metadata:
  name: agents
  annotations: {kubeproof.dev/accept.namespace-pod-security-enforced: until=2099-12-31 agents need the node}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: agent
  namespace: agents
  annotations:
    kubeproof.dev/accept.container-privileged: until=2099-12-31 it mends nodes
    kubeproof.dev/accept.pod-host-network: until=2099-12-31 nothing of the kind
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec:
      containers: [{name: agent, image: "registry.example.com/agent:1", securityContext: {privileged: true}}]
`))
	if err == nil {
		err = l.server.Create(objects)
	}
	if err != nil {
		t.Fatal(err)
	}
	l.wait("/api/v1/namespaces/agents/pods", `"app":"agent"`)
	config := filepath.Join(t.TempDir(), "kubeproof.yaml")
	if err := os.WriteFile(config, []byte(`exceptions:
- {control: rbac-impersonate, subject: ClusterRoleBinding/support, reason: support takes calls, owner: ann, expires: 2099-12-31}
- {control: container-privileged, subject: ci/Deployment/runner, reason: it builds images, owner: ann, expires: 2099-12-31}
- {control: cluster-log-shipper, subject: KubernetesCluster/test, reason: it is a test, owner: ann, expires: 2099-12-31}
`), 0o600); err != nil {
		t.Fatal(err)
	}
	report := l.scan("cluster:", "--kubeconfig", l.kubeconfig, "--config", config)
	for _, want := range [][4]string{
		{"container-privileged", "Deployment", "agents", "agent"},
		{"namespace-pod-security-enforced", "Namespace", "", "agents"},
		{"rbac-impersonate", "ClusterRoleBinding", "", "support"},
		{"container-privileged", "Deployment", "ci", "runner"},
		{"cluster-log-shipper", "KubernetesCluster", "", "test"},
	} {
		if got := report.outcome(want[0], want[1], want[2], want[3]); got != "accepted" {
			t.Errorf("%s on %s %s/%s is %q, want accepted", want[0], want[1], want[2], want[3], got)
		}
	}
	if n := len(report.Notices); n != 1 || report.Notices[0].Message != "Deployment agents/agent: acceptance of pod-host-network matches no finding: remove it" {
		t.Errorf("got %d notices, want one of the acceptance that is of no use: %+v", n, report.Notices)
	}
}

func (s scanned) outcome(control, kind, namespace, name string) string {
	for _, f := range s.Findings {
		if f.Control == control && f.Subject.Kind == kind && f.Subject.Namespace == namespace && f.Subject.Name == name {
			return f.Outcome
		}
	}
	return ""
}

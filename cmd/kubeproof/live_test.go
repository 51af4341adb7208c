package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/cli"
	"github.com/kubeproof/kubeproof/test/apiserver"
)

// live is the example cluster in a real API server, and how an administrator calls kubeproof.
type live struct {
	*testing.T
	server     *apiserver.Server
	kubeconfig string
}

// startLive fills a control plane with examples/cluster and waits until its controllers have made
// the Pods.
func startLive(t *testing.T) *live {
	t.Helper()
	server := apiserver.Start(t, apiserver.Options{Controllers: true})
	files, err := filepath.Glob("../../examples/cluster/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no example cluster: %v", err)
	}
	slices.SortFunc(files, func(a, b string) int { // namespaces first
		return strings.Compare(strings.Replace(a, "namespaces", "0", 1), strings.Replace(b, "namespaces", "0", 1))
	})
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		objects, err := apiserver.Objects(text)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		objects = slices.DeleteFunc(objects, func(o apiserver.Object) bool { return o["apiVersion"] == "audit.k8s.io/v1" })
		if err := server.Create(objects); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
	}
	kubeconfig, err := server.Kubeconfig("kubernetes-admin", "system:masters")
	if err != nil {
		t.Fatal(err)
	}
	l := &live{T: t, server: server, kubeconfig: kubeconfig}
	l.wait("/api/v1/namespaces/shop-prod/pods", `"app":"web"`)
	return l
}

// wait asks until an answer holds the text.
func (l *live) wait(path, text string) {
	l.Helper()
	client, err := l.server.Client("kubernetes-admin", "system:masters")
	if err != nil {
		l.Fatal(err)
	}
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		answer, err := client.Get(l.server.URL + path)
		if err != nil {
			l.Fatal(err)
		}
		var body bytes.Buffer
		_, _ = body.ReadFrom(answer.Body)
		answer.Body.Close()
		if strings.Contains(body.String(), text) {
			return
		}
	}
	l.Fatalf("%s never held %s", path, text)
}

// run calls kubeproof and gives its exit code and both outputs.
func (l *live) run(args ...string) (code int, out, errs string) {
	var stdout, stderr bytes.Buffer
	code = cli.Main(context.Background(), args, &cli.Streams{In: strings.NewReader(""), Out: &stdout, Err: &stderr,
		Getenv: func(string) string { return "" }})
	return code, stdout.String(), stderr.String()
}

// finding is what a report says of one fault, wherever it stands.
type finding struct {
	Control, Outcome, Message string
	Subject                   struct{ Kind, Namespace, Name, Container, Cluster string }
	Fingerprint               string
}

type scanned struct {
	Findings []finding
	Errors   []struct{ Message string }
	Gaps     []struct{ Kind, Reason string }
	Notices  []struct{ Message string }
}

func (l *live) scan(args ...string) scanned {
	l.Helper()
	code, out, errs := l.run(append([]string{"scan", "-o", "json"}, args...)...)
	var report scanned
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		l.Fatalf("scan %v gives exit code %d and no report: %s", args, code, errs)
	}
	return report
}

func (s scanned) has(control, kind, namespace, name string) bool {
	return slices.ContainsFunc(s.Findings, func(f finding) bool {
		return f.Control == control && f.Outcome == "fail" && f.Subject.Kind == kind && f.Subject.Namespace == namespace && f.Subject.Name == name
	})
}

func TestLiveCluster(t *testing.T) {
	l := startLive(t)
	t.Run("finds what is wrong", l.findsFaults)
	t.Run("gives the same findings offline", l.sameOffline)
	t.Run("says what it may not see", l.tellsGaps)
	t.Run("answers who can", l.answersWhoCan)
	t.Run("names the worst first", l.namesWorst)
	t.Run("folds what it may not see", l.foldsGaps)
	t.Run("refuses a namespace that is absent", l.refusesAbsentNamespace)
	t.Run("accepts risks", l.acceptsRisks) // last: it adds objects
}

func (l *live) with(t *testing.T) *live {
	return &live{T: t, server: l.server, kubeconfig: l.kubeconfig}
}

func (l *live) findsFaults(t *testing.T) {
	report := l.with(t).scan("cluster:", "--kubeconfig", l.kubeconfig)
	for _, want := range [][4]string{
		{"container-privileged", "Deployment", "ci", "runner"},
		{"pod-host-network", "Deployment", "legacy", "grafana"},
		{"secret-in-env", "Deployment", "legacy", "grafana"},
		{"rbac-cluster-admin", "ClusterRoleBinding", "", "robot-admin"},
		{"rbac-impersonate", "ClusterRoleBinding", "", "support"},
		{"rbac-nodes-proxy", "ClusterRoleBinding", "", "support"},
		{"rbac-secrets-read-namespace", "RoleBinding", "billing-prod", "worker"},
		{"cluster-log-shipper", "KubernetesCluster", "", "test"},
	} {
		if !report.has(want[0], want[1], want[2], want[3]) {
			t.Errorf("%s does not fail on %s %s/%s", want[0], want[1], want[2], want[3])
		}
	}
	for _, f := range report.Findings {
		if f.Outcome == "fail" && f.Subject.Namespace == "kube-system" && strings.HasPrefix(f.Control, "rbac-") {
			t.Errorf("the system's own rights are called a fault: %s: %s", f.Control, f.Message)
		}
		if f.Subject.Kind == "Pod" || f.Subject.Kind == "ReplicaSet" {
			t.Errorf("%s %q is reported beside its Deployment: %s", f.Subject.Kind, f.Subject.Name, f.Control)
		}
		if f.Subject.Cluster != "test" {
			t.Errorf("%s on %s %q names no cluster", f.Control, f.Subject.Kind, f.Subject.Name)
		}
		if f.Outcome == "error" {
			t.Errorf("%s on %s %q is in error: %s", f.Control, f.Subject.Kind, f.Subject.Name, f.Message)
		}
	}
}

func (l *live) sameOffline(t *testing.T) {
	saved := filepath.Join(t.TempDir(), "cluster.json.gz")
	online := l.with(t).scan("cluster:", "--kubeconfig", l.kubeconfig, "--save-inventory", saved)
	offline := l.with(t).scan("inventory:" + saved)
	if diff := cmp.Diff(online, offline); diff != "" {
		t.Errorf("findings (-online +offline):\n%s", diff)
	}
}

func (l *live) tellsGaps(t *testing.T) {
	l = l.with(t)
	kubeconfig, err := l.server.Kubeconfig("nobody")
	if err != nil {
		t.Fatal(err)
	}
	code, out, errs := l.run("scan", "cluster:", "--kubeconfig", kubeconfig, "-o", "json")
	if code != 3 {
		t.Errorf("exit code is %d, want 3: %s", code, errs)
	}
	var report scanned
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatal(err)
	}
	for _, f := range report.Findings {
		if f.Outcome == "fail" && strings.HasPrefix(f.Control, "rbac-") {
			t.Errorf("a user who may not see roles is told of a failure: %s: %s", f.Control, f.Message)
		}
	}
	if !slices.ContainsFunc(report.Gaps, func(g struct{ Kind, Reason string }) bool {
		return g.Kind == "ClusterRole" && strings.Contains(g.Reason, "no right to list clusterroles")
	}) {
		t.Errorf("nothing says that ClusterRoles may not be listed: %+v", report.Gaps)
	}
}

func (l *live) answersWhoCan(t *testing.T) {
	l = l.with(t)
	code, out, errs := l.run("rbac", "who-can", "impersonate", "users", "--kubeconfig", l.kubeconfig)
	if code != 0 || !strings.Contains(out, "kim@example.com") || !strings.Contains(out, "oidc:support") || strings.Contains(out, "shop-developers") {
		t.Errorf("exit code %d, output:\n%s%s", code, out, errs)
	}
}

// TestDemo keeps the example cluster running for people who want to look at it, for as long as
// KUBEPROOF_DEMO says.
func TestDemo(t *testing.T) {
	long, err := time.ParseDuration(os.Getenv("KUBEPROOF_DEMO"))
	if err != nil {
		t.Skip("set KUBEPROOF_DEMO to a time, such as 30m, to keep a cluster running")
	}
	l := startLive(t)
	t.Logf("export KUBECONFIG=%s", l.kubeconfig)
	_ = os.WriteFile(os.Getenv("KUBEPROOF_DEMO_FILE"), []byte(l.kubeconfig), 0o600)
	time.Sleep(long)
}

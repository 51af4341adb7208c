package fact

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/kubeproof/kubeproof/internal/inventory"
	"github.com/kubeproof/kubeproof/test/apiserver"
)

func TestRealServer(t *testing.T) {
	s := apiserver.Start(t, apiserver.Options{Flags: []string{"--profiling=false", "--token-auth-file="}})
	makeSecret(t, s)
	t.Run("administrator", func(t *testing.T) { seenByAdministrator(t, s) })
	t.Run("probes", func(t *testing.T) { probedAnonymously(t, s) })
	t.Run("user without rights", func(t *testing.T) { hiddenFromUser(t, s) })
}

// makeSecret writes a Secret, so that encryption at rest has something to do.
func makeSecret(t *testing.T, s *apiserver.Server) {
	t.Helper()
	client, err := s.Client("kubernetes-admin", "system:masters")
	if err != nil {
		t.Fatal(err)
	}
	const secret = `{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}, "stringData": {"a": "b"}}`
	answer, err := client.Post(s.URL+"/api/v1/namespaces/default/secrets", "application/json", strings.NewReader(secret))
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusCreated {
		t.Fatalf("make a Secret: %s", answer.Status)
	}
}

// collectFrom collects the facts that a user sees of a real API server.
func collectFrom(t *testing.T, s *apiserver.Server, o Options, user string, groups ...string) ([]*inventory.Subject, []inventory.Gap, []inventory.Error) {
	t.Helper()
	path, err := s.Kubeconfig(user, groups...)
	if err != nil {
		t.Fatal(err)
	}
	config, err := clientcmd.BuildConfigFromFlags("", path)
	if err != nil {
		t.Fatal(err)
	}
	o.Target, o.Cluster, o.Observed = "cluster:test", "test", "2026-11-26T12:00:00Z"
	return Begin(t.Context(), newRestClient(t, config), o).Collect(t.Context(), nil, []inventory.Gap{{Kind: "Pod"}, {Kind: "Node"}})
}

func seenByAdministrator(t *testing.T, s *apiserver.Server) {
	facts, gaps, errors := collectFrom(t, s, Options{}, "kubernetes-admin", "system:masters")
	if len(errors) > 0 {
		t.Errorf("errors: %v", errors)
	}
	cluster := findFact(facts, inventory.FactCluster, "test")
	server := findFact(facts, inventory.FactAPIServer, "kube-apiserver")
	if cluster == nil || server == nil || cluster.Root.Get("probes") != nil {
		t.Fatalf("no cluster or no API server among %d facts, or probes nobody asked for", len(facts))
	}
	want := map[string]any{
		"version.git": "v1.37.2", "version.minor": int64(37), "platform.name": "unknown", "platform.controlPlane": "unknown",
		"endpoint.host": "127.0.0.1", "observed": "2026-11-26T12:00:00Z", "features.ComponentFlagz": true,
	}
	for path, value := range want {
		if got := cluster.Root.Get(strings.Split(path, ".")...).Plain(); got != value {
			t.Errorf("%s is %v, want %v", path, got, value)
		}
	}
	if got := cluster.Root.Get("metrics", "encryption", "secrets", "k8s:enc:secretbox:v1:").Int64(); got < 1 {
		t.Errorf("%d writes of secrets are encrypted: %v", got, cluster.Root.Get("metrics", "encryption").Plain())
	}
	for _, list := range [][]string{{"groups", "rbac.authorization.k8s.io/v1"}, {"metrics.admission", "NodeRestriction"}} {
		got := cluster.Root.Get(strings.Split(list[0], ".")...).Plain().([]any)
		if !slices.Contains(got, any(list[1])) {
			t.Errorf("%s lack %s: %v", list[0], list[1], got)
		}
	}
	if cluster.Root.Get("metrics", "audit", "events").Int64() == 0 {
		t.Error("no audit events are counted")
	}
	for name, value := range map[string]string{
		"authorization-mode": "Node,RBAC", "enable-admission-plugins": "NodeRestriction", "profiling": "false", "token-auth-file": "", "secure-port": s.URL[strings.LastIndexByte(s.URL, ':')+1:],
	} {
		if got := server.Root.Get("flags", name).Text(); got != value {
			t.Errorf("flag %s is %q, want %q", name, got, value)
		}
	}
	if got := server.Root.Get("from").Text(); got != "flagz" || !server.Root.Get("complete").Bool() {
		t.Errorf("the flags come from %s, complete: %v", got, server.Root.Get("complete").Bool())
	}
	if got := reasonsOf(gaps, inventory.FactKubelet); len(got) != 1 || !strings.HasPrefix(got[0], "no nodes are seen") {
		t.Errorf("gaps of kubelets: %q", got)
	}
}

func probedAnonymously(t *testing.T, s *apiserver.Server) {
	facts, _, _ := collectFrom(t, s, Options{Probe: true}, "kubernetes-admin", "system:masters")
	probes := findFact(facts, inventory.FactCluster, "test").Root.Get("probes")
	got := map[string]int64{}
	for _, one := range probes.Get("anonymous").Children() {
		got[one.Get("path").Text()] = one.Get("status").Int64()
	}
	want := map[string]int64{"/api": 403, "/apis": 403, "/version": 200, "/healthz": 200, "/livez": 200, "/readyz": 200, "/metrics": 403,
		"/debug/pprof/": 403, "/openapi/v2": 403, "/api/v1/namespaces": 403, "/api/v1/secrets": 403, "/swagger.json": 403, "/flagz": 403, "/logs": 403}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("anonymous answers (-want +got):\n%s", diff)
	}
	if got := probes.Get("profiling").Int64(); got != http.StatusNotFound {
		t.Errorf("profiling answers %d", got)
	}
	if diff := cmp.Diff([]any{"TLS1.2", "TLS1.3"}, probes.Get("tls", "versions").Plain()); diff != "" {
		t.Errorf("TLS versions (-want +got):\n%s", diff)
	}
	suites := probes.Get("tls", "suites").Plain().([]any)
	if !slices.Contains(suites, any("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256")) || slices.Contains(suites, any("TLS_RSA_WITH_AES_128_CBC_SHA")) {
		t.Errorf("suites are %v", suites)
	}
	for name, value := range map[string]string{"subject": "kube-apiserver", "issuer": "kubernetes", "key": "ECDSA P-256"} {
		if got := probes.Get("certificate", name).Text(); got != value {
			t.Errorf("%s of the certificate is %q, want %q", name, got, value)
		}
	}
}

func hiddenFromUser(t *testing.T, s *apiserver.Server) {
	facts, gaps, errors := collectFrom(t, s, Options{}, "alice")
	if len(errors) > 0 {
		t.Errorf("a missing right is no error, got %v", errors)
	}
	cluster := findFact(facts, inventory.FactCluster, "test")
	if len(facts) != 1 || cluster == nil || cluster.Root.Get("metrics") != nil {
		t.Errorf("%d facts, want the cluster without metrics alone", len(facts))
	}
	noMetrics := "no right to get /metrics: grant get on nonResourceURL /metrics"
	if got := cluster.Root.Get("missing", "metrics").Text(); got != noMetrics {
		t.Errorf("the fact says of metrics: %q", got)
	}
	const noPod = "no pod of %s is seen in the cluster: it runs outside of it, or there is no right to list pods of kube-system"
	pod := func(component string) string { return strings.Replace(noPod, "%s", component, 1) }
	want := map[string]string{
		partMetrics:                     noMetrics,
		inventory.FactAPIServer:         pod("kube-apiserver") + "; no right to get /flagz: grant get on nonResourceURL /flagz (the role system:monitoring has it)",
		inventory.FactControllerManager: pod("kube-controller-manager"),
		inventory.FactScheduler:         pod("kube-scheduler"),
		inventory.FactEtcd:              pod("etcd"),
		inventory.FactKubelet:           "no nodes are seen: there are none, or there is no right to list them; no right to get ConfigMap kube-system/kubelet-config: grant get on configmaps in kube-system",
		inventory.FactKubeProxy:         "no right to get ConfigMap kube-system/kube-proxy: grant get on configmaps in kube-system",
	}
	if diff := cmp.Diff(want, gapsOf(gaps)); diff != "" {
		t.Errorf("gaps (-want +got):\n%s", diff)
	}
}

// TestNothingRunsThere: where all pods and nodes could be listed, no right is said to be missing.
func TestNothingRunsThere(t *testing.T) {
	c := &collection{objects: newObjects(nil)}
	c.unseen(inventory.FactEtcd, "etcd", &reading{}, Platform{Name: "unknown"})
	c.missing = []inventory.Gap{{Kind: "Pod", Except: []string{"shop"}}}
	c.unseen(inventory.FactScheduler, "kube-scheduler", &reading{}, Platform{Name: "unknown"})
	want := map[string]string{
		inventory.FactEtcd:      "no pod of the cluster runs etcd: scan the machines that it runs on",
		inventory.FactScheduler: "no pod of kube-scheduler is seen in the cluster: it runs outside of it, or there is no right to list pods of kube-system",
	}
	if diff := cmp.Diff(want, gapsOf(c.gaps)); diff != "" {
		t.Errorf("gaps (-want +got):\n%s", diff)
	}
}

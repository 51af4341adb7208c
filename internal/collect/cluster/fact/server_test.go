package fact

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/kubeproof/kubeproof/internal/inventory"
	"github.com/kubeproof/kubeproof/test/apiserver"
)

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
	start := time.Now()
	facts, gaps, errors := Collect(t.Context(), newRestClient(t, config), nil, o)
	t.Logf("%s: %d facts, %d gaps, %d errors in %v", user, len(facts), len(gaps), len(errors), time.Since(start).Round(time.Millisecond))
	if file := os.Getenv("KUBEPROOF_FACTS"); file != "" {
		var all []any
		for _, f := range facts {
			all = append(all, f.Root.Plain())
		}
		text, _ := json.MarshalIndent(map[string]any{"facts": all, "gaps": gaps, "errors": errors}, "", " ")
		_ = os.WriteFile(file+"-"+user+".json", text, 0o600)
	}
	return facts, gaps, errors
}

func TestRealServerShowsItselfToAdministrators(t *testing.T) {
	s := apiserver.Start(t, apiserver.Options{Flags: []string{"--profiling=false", "--tls-min-version=VersionTLS12"}})
	facts, gaps, errors := collectFrom(t, s, Options{Probe: true}, "kubernetes-admin", "system:masters")
	if len(errors) > 0 {
		t.Errorf("errors: %v", errors)
	}
	cluster := findFact(facts, inventory.FactCluster, "test")
	server := findFact(facts, inventory.FactAPIServer, "kube-apiserver")
	if cluster == nil || server == nil {
		t.Fatalf("no cluster or no API server among %d facts", len(facts))
	}
	want := map[string]any{
		"version.git": "v1.37.2", "version.minor": int64(37), "platform.name": "unknown", "platform.controlPlane": "unknown",
		"endpoint.host": "127.0.0.1", "observed": "2026-11-26T12:00:00Z",
		"features.ComponentFlagz": true, "probes.profiling": int64(404), "probes.certificate.subject": "kube-apiserver",
		"probes.certificate.issuer": "kubernetes", "probes.certificate.key": "ECDSA P-256",
	}
	for path, value := range want {
		if got := cluster.Root.Get(strings.Split(path, ".")...).Plain(); got != value {
			t.Errorf("%s is %v, want %v", path, got, value)
		}
	}
	flags := server.Root.Get("flags")
	for name, value := range map[string]string{
		"authorization-mode": "Node,RBAC", "enable-admission-plugins": "NodeRestriction", "profiling": "false", "token-auth-file": "", "secure-port": s.URL[strings.LastIndexByte(s.URL, ':')+1:],
	} {
		if got := flags.Get(name).Text(); got != value {
			t.Errorf("flag %s is %q, want %q", name, got, value)
		}
	}
	if got := server.Root.Get("from").Text(); got != "flagz" || !server.Root.Get("complete").Bool() {
		t.Errorf("the flags come from %s, complete: %v", got, server.Root.Get("complete").Bool())
	}
	if diff := cmp.Diff([]any{"TLS1.2", "TLS1.3"}, cluster.Root.Get("probes", "tls", "versions").Plain()); diff != "" {
		t.Errorf("TLS versions (-want +got):\n%s", diff)
	}
	suites := cluster.Root.Get("probes", "tls", "suites").Plain().([]any)
	if !slices.Contains(suites, any("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256")) || slices.Contains(suites, any("TLS_RSA_WITH_AES_128_CBC_SHA")) {
		t.Errorf("suites are %v", suites)
	}
	admission := cluster.Root.Get("metrics", "admission").Plain().([]any)
	if !slices.Contains(admission, any("NodeRestriction")) {
		t.Errorf("admission plugins are %v", admission)
	}
	if cluster.Root.Get("metrics", "audit", "events").Int64() == 0 {
		t.Errorf("no audit events are counted")
	}
	if got := reasonsOf(gaps, inventory.FactKubelet); len(got) != 1 || !strings.HasPrefix(got[0], "no nodes are seen") {
		t.Errorf("gaps of kubelets: %q", got)
	}
}

func TestRealServerIsProbedAnonymously(t *testing.T) {
	s := apiserver.Start(t, apiserver.Options{})
	facts, _, _ := collectFrom(t, s, Options{Probe: true}, "kubernetes-admin", "system:masters")
	got := map[string]int64{}
	for _, one := range findFact(facts, inventory.FactCluster, "test").Root.Get("probes", "anonymous").Children() {
		got[one.Get("path").Text()] = one.Get("status").Int64()
	}
	want := map[string]int64{"/api": 403, "/apis": 403, "/version": 200, "/healthz": 200, "/livez": 200, "/readyz": 200, "/metrics": 403,
		"/debug/pprof/": 403, "/openapi/v2": 403, "/api/v1/namespaces": 403, "/api/v1/secrets": 403, "/swagger.json": 403, "/flagz": 403, "/logs": 403}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("anonymous answers (-want +got):\n%s", diff)
	}
}

func TestRealServerHidesItselfFromOthers(t *testing.T) {
	s := apiserver.Start(t, apiserver.Options{})
	facts, gaps, errors := collectFrom(t, s, Options{}, "alice")
	if len(errors) > 0 {
		t.Errorf("a missing right is no error, got %v", errors)
	}
	cluster := findFact(facts, inventory.FactCluster, "test")
	if cluster.Root.Get("probes") != nil || cluster.Root.Get("metrics") != nil {
		t.Errorf("probes or metrics are there: %v", cluster.Root.Plain())
	}
	want := map[string]string{
		partMetrics:                     "no right to get /metrics: grant get on nonResourceURL /metrics",
		inventory.FactAPIServer:         "no static pod of kube-apiserver is seen in the cluster: list the pods of all namespaces; no right to get /flagz: grant get on nonResourceURL /flagz (the role system:monitoring has it)",
		inventory.FactKubeProxy:         "no right to get /api/v1/namespaces/kube-system/configmaps/kube-proxy-config: grant get on configmaps in kube-system",
		inventory.FactEtcd:              "no static pod of etcd is seen in the cluster: list the pods of all namespaces",
		inventory.FactKubelet:           "no nodes are seen: grant list on nodes, and there is no ConfigMap kube-system/kubelet-config",
		inventory.FactScheduler:         "no static pod of kube-scheduler is seen in the cluster: list the pods of all namespaces",
		inventory.FactControllerManager: "no static pod of kube-controller-manager is seen in the cluster: list the pods of all namespaces",
	}
	got := map[string]string{}
	for _, gap := range gaps {
		got[gap.Kind] = gap.Reason
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("gaps (-want +got):\n%s", diff)
	}
}

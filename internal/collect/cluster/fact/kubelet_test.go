package fact

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/client-go/rest"

	"github.com/kubeproof/kubeproof/internal/inventory"
)

const configz = `{"kubeletconfig": {"authentication": {"anonymous": {"enabled": false}}, "readOnlyPort": 0, "tlsCipherSuites": ["TLS_AES_128_GCM_SHA256"]}}`

// unrelated shows that ConfigMaps were listed, so that none is asked for.
const unrelated = `---
apiVersion: v1
kind: ConfigMap
metadata: {name: unrelated, namespace: default}
`

// kubelet starts a kubelet's server; asked counts the requests that carried the credentials.
func kubelet(t *testing.T, status int, body string) (s *httptest.Server, asked *atomic.Int64) {
	t.Helper()
	asked = &atomic.Int64{}
	s = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/configz" {
			t.Errorf("the kubelet is asked for %s", r.URL.Path)
		}
		if r.Header.Get("Authorization") == "Bearer secret-token" {
			asked.Add(1)
		}
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}))
	s.Config.ErrorLog = quiet
	s.StartTLS()
	t.Cleanup(s.Close)
	return s, asked
}

// nodeAt is a node whose kubelet serves at a URL.
func nodeAt(name, address string) string {
	at, _ := url.Parse(address)
	host, port, _ := net.SplitHostPort(at.Host)
	return fmt.Sprintf(`---
apiVersion: v1
kind: Node
metadata: {name: %s}
status:
  addresses: [{type: Hostname, address: %s}, {type: InternalIP, address: %s}]
  daemonEndpoints: {kubeletEndpoint: {Port: %s}}
  nodeInfo: {kubeletVersion: v1.36.1}
`, name, name, host, port)
}

// kubeletsOf collects the kubelets of nodes, with a client that trusts the authority of one of them.
func kubeletsOf(t *testing.T, trusted *httptest.Server, objects string, o Options) ([]*inventory.Subject, []string) {
	t.Helper()
	api := serve(t, http.NotFound)
	config := &rest.Config{Host: api.Host, BearerToken: "secret-token", TLSClientConfig: rest.TLSClientConfig{CAData: pemOf(trusted.Certificate())}}
	c := &collection{client: newRestClient(t, config), options: o, patience: usual, objects: newObjects(subjectsOf(t, objects+unrelated)), source: &inventory.Source{}}
	c.kubelets(t.Context(), c.askKubelets(t.Context()))
	return c.facts, reasonsOf(c.gaps, inventory.FactKubelet)
}

func TestKubeletsTellTheirConfiguration(t *testing.T) {
	s, _ := kubelet(t, http.StatusOK, configz)
	facts, gaps := kubeletsOf(t, s, nodeAt("n1", s.URL)+nodeAt("n2", s.URL), Options{InCluster: true})
	if len(facts) != 2 || len(gaps) > 0 {
		t.Fatalf("%d facts, gaps %q", len(facts), gaps)
	}
	want := map[string]any{
		"apiVersion": "kubeproof.dev/v1", "kind": "KubeletInstance", "metadata": map[string]any{"name": "n2"}, "from": "configz", "complete": true, "version": "v1.36.1",
		"config": map[string]any{"authentication": map[string]any{"anonymous": map[string]any{"enabled": false}}, "readOnlyPort": int64(0), "tlsCipherSuites": []any{"TLS_AES_128_GCM_SHA256"}},
	}
	if diff := cmp.Diff(want, facts[1].Root.Plain()); diff != "" {
		t.Errorf("fact (-want +got):\n%s", diff)
	}
}

func TestKubeletsThatDoNotTell(t *testing.T) {
	good, _ := kubelet(t, http.StatusOK, configz)
	nowhere := httptest.NewTLSServer(nil)
	nowhere.Close()
	const none = "; there is no ConfigMap kube-system/kubelet-config"
	tests := []struct {
		name   string
		status int
		body   string
		want   string
	}{
		{"no right", http.StatusForbidden, "", "no right to get nodes/configz: grant get on nodes/configz (Kubernetes 1.33 or newer; older kubelets want nodes/proxy, which is too much) (1 of 2 nodes)" + none},
		{"no login", http.StatusUnauthorized, "", "the kubelet does not accept the credentials: use a token of the cluster (1 of 2 nodes)" + none},
		{"error", http.StatusInternalServerError, "", "the kubelet answers 500 to /configz (1 of 2 nodes)" + none},
		{"broken", http.StatusOK, `{"kubeletconfig": `, "the kubelet's answer to /configz is no configuration (1 of 2 nodes)" + none},
		{"other JSON", http.StatusOK, `{"a": 1}`, "the kubelet's answer to /configz is no configuration (1 of 2 nodes)" + none},
		{"page", http.StatusOK, "<html>", "the kubelet's answer to /configz is no configuration (1 of 2 nodes)" + none},
		{"too much", http.StatusOK, `{"kubeletconfig": {"a": "` + strings.Repeat("x", 2*mostConfigz) + `"}}`, "the kubelet's answer to /configz is no configuration (1 of 2 nodes)" + none},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			bad, _ := kubelet(t, test.status, test.body)
			facts, gaps := kubeletsOf(t, good, nodeAt("n1", good.URL)+nodeAt("n2", bad.URL), Options{InCluster: true})
			if len(facts) != 1 || facts[0].Name != "n1" {
				t.Errorf("%d facts: the kubelet that answers is lost", len(facts))
			}
			if diff := cmp.Diff([]string{test.want}, gaps); diff != "" {
				t.Errorf("gaps (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("not there", func(t *testing.T) {
		_, gaps := kubeletsOf(t, good, nodeAt("n1", nowhere.URL), Options{InCluster: true})
		if diff := cmp.Diff([]string{"the kubelet does not answer (1 of 1 nodes)" + none}, gaps); diff != "" {
			t.Errorf("gaps (-want +got):\n%s", diff)
		}
		_, gaps = kubeletsOf(t, good, nodeAt("n1", nowhere.URL), Options{Probe: true})
		if diff := cmp.Diff([]string{"the nodes' addresses are not reachable from here: run in the cluster" + none}, gaps); diff != "" {
			t.Errorf("gaps from outside (-want +got):\n%s", diff)
		}
	})
}

func TestCredentialsGoToSignedKubeletsOnly(t *testing.T) {
	stranger, asked := kubelet(t, http.StatusOK, configz)
	authority := newStranger(t)
	objects := nodeAt("n1", stranger.URL)
	facts, gaps := kubeletsOf(t, authority, objects, Options{InCluster: true})
	want := []string{"the kubelet's certificate is not signed by the cluster's authority, so no credentials were sent: " +
		"set serverTLSBootstrap and approve its certificate (1 of 1 nodes); there is no ConfigMap kube-system/kubelet-config"}
	if diff := cmp.Diff(want, gaps); diff != "" || len(facts) > 0 || asked.Load() > 0 {
		t.Errorf("%d facts, credentials sent %d times, gaps (-want +got):\n%s", len(facts), asked.Load(), diff)
	}
	facts, gaps = kubeletsOf(t, authority, objects, Options{InCluster: true, UnverifiedKubelets: true})
	if len(facts) != 1 || len(gaps) > 0 || asked.Load() != 1 {
		t.Errorf("asked on demand: %d facts, credentials sent %d times, gaps %q", len(facts), asked.Load(), gaps)
	}
	_, gaps = kubeletsOf(t, authority, objects, Options{})
	if len(gaps) != 1 || !strings.HasPrefix(gaps[0], "nodes are not connected to from outside of the cluster without probes") {
		t.Errorf("without probes: gaps %q", gaps)
	}
}

func TestConfigMapStandsForKubelets(t *testing.T) {
	bad, _ := kubelet(t, http.StatusForbidden, "")
	facts, gaps := kubeletsOf(t, bad, nodeAt("n1", bad.URL)+`---
apiVersion: v1
kind: ConfigMap
metadata: {name: kubelet-config, namespace: kube-system}
data:
  kubelet: |
    apiVersion: kubelet.config.k8s.io/v1beta1
    kind: KubeletConfiguration
    rotateCertificates: true
`, Options{InCluster: true})
	if len(facts) != 1 || len(gaps) > 0 {
		t.Fatalf("%d facts, gaps %q", len(facts), gaps)
	}
	if got := facts[0].Root.Get("from").Text(); facts[0].Name != "kubelet-config" || got != "ConfigMap kube-system/kubelet-config (cluster-wide)" ||
		!facts[0].Root.Get("config", "rotateCertificates").Bool() {
		t.Errorf("fact %v", facts[0].Root.Plain())
	}
}

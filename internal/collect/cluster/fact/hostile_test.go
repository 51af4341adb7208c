package fact

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/client-go/rest"

	"github.com/kubeproof/kubeproof/internal/inventory"
)

// short is patience for servers that do not answer.
var short = patience{whole: 3 * time.Second, answer: 300 * time.Millisecond, metrics: 300 * time.Millisecond, probe: 300 * time.Millisecond,
	probes: time.Second, reach: 300 * time.Millisecond, kubelet: 300 * time.Millisecond, kubelets: time.Second}

// serve starts a server with TLS and gives the configuration of a client that trusts it.
func serve(t *testing.T, handler http.HandlerFunc) *rest.Config {
	t.Helper()
	s := httptest.NewUnstartedServer(handler)
	s.Config.ErrorLog = quiet
	s.StartTLS()
	t.Cleanup(s.Close)
	return &rest.Config{Host: s.URL, BearerToken: "secret-token", TLSClientConfig: rest.TLSClientConfig{CAData: pemOf(s.Certificate())}}
}

func collectWithin(t *testing.T, limits patience, config *rest.Config, o Options) ([]*inventory.Subject, []inventory.Gap, []inventory.Error) {
	t.Helper()
	o.Target, o.Cluster = "cluster:test", "test"
	return begin(t.Context(), newRestClient(t, config), o, limits).Collect(t.Context(), nil, []inventory.Gap{{Kind: "Pod"}, {Kind: "Node"}})
}

func TestServersThatDoNotAnswerWell(t *testing.T) {
	status := func(code int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(code)
			fmt.Fprint(w, body)
		}
	}
	tests := []struct {
		name    string
		handler http.HandlerFunc
		want    map[string]string // reasons by the part that is missing
		errors  int
		limits  patience
	}{
		{"hangs", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, map[string]string{
			partVersion: "get /version: no answer in time: try again, or look at the load of the API server",
			partMetrics: "get /metrics: no answer in time: try again, or look at the load of the API server",
		}, 7, short},
		{"500", status(500, "boom"), map[string]string{
			partVersion: "get /version: the server answers 500 Internal Server Error: try again",
			partMetrics: "get /metrics: the server answers 500 Internal Server Error: try again",
		}, 6, usual},
		{"429", status(429, ""), map[string]string{partGroups: "get /apis: the server answers 429 Too Many Requests: try again"}, 6, usual},
		{"401", status(401, ""), map[string]string{partVersion: "the server does not accept the credentials for /version: log in again"}, 6, usual},
		{"403", status(403, ""), map[string]string{
			partVersion: "no right to get /version: grant get on nonResourceURL /version",
			partMetrics: "no right to get /metrics: grant get on nonResourceURL /metrics",
		}, 0, usual},
		{"404", status(404, ""), map[string]string{
			partMetrics: "the API server serves no /metrics (closed by the provider or a proxy)",
			inventory.FactAPIServer: "no pod of kube-apiserver is seen in the cluster: it runs outside of it, or there is no right to list pods of kube-system; " +
				"the API server serves no /flagz (before 1.36, or closed by the provider)",
		}, 2, usual},
		{"login page", status(200, "<!DOCTYPE html><h1>Log in</h1>"), map[string]string{
			partVersion: "/version answers with a page of HTML: is this a login page before the API server? use the server's own URL",
			partMetrics: "get /metrics: the answer holds no metrics: is this a page of a proxy before the API server?",
		}, 6, usual},
		{"broken JSON", status(200, `{"gitVersion": "v1.`), map[string]string{
			partVersion: "read /version of the API server: unexpected end of JSON input: is this a Kubernetes API server?",
		}, 6, usual},
		{"redirection", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://example.com/login", http.StatusFound)
		}, map[string]string{
			partMetrics: "get /metrics: the server answers 302 Found: try again",
		}, 1, usual},
		{"endless body", func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				if _, err := w.Write([]byte(strings.Repeat("[", 1<<16))); err != nil {
					return
				}
			}
		}, map[string]string{partMetrics: "get /metrics: no answer in time: try again, or look at the load of the API server"}, 1, short},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			facts, gaps, errors := collectWithin(t, test.limits, serve(t, test.handler), Options{Probe: true})
			if findFact(facts, inventory.FactCluster, "test") == nil {
				t.Error("there is no fact of the cluster to hang what is unknown on")
			}
			for kind, want := range test.want {
				if diff := cmp.Diff([]string{want}, reasonsOf(gaps, kind)); diff != "" {
					t.Errorf("gaps of %s (-want +got):\n%s", kind, diff)
				}
			}
			if len(errors) < test.errors || test.errors == 0 && len(errors) > 0 {
				t.Errorf("%d errors, want at least %d: %v", len(errors), test.errors, errors)
			}
			for _, e := range errors {
				if strings.Contains(e.Message, "secret-token") || !e.Lost || e.Target != "cluster:test" {
					t.Errorf("error %+v", e)
				}
			}
		})
	}
}

func TestCredentialsStayOutOfProbes(t *testing.T) {
	config := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "" {
			w.WriteHeader(http.StatusTeapot)
		}
	})
	facts, _, _ := collectWithin(t, usual, config, Options{Probe: true})
	probed := findFact(facts, inventory.FactCluster, "test").Root.Get("probes", "anonymous").Children()
	if len(probed) != len(anonymousPaths) {
		t.Fatalf("%d of %d paths are probed", len(probed), len(anonymousPaths))
	}
	for _, one := range probed {
		if one.Get("status").Int64() != http.StatusTeapot {
			t.Errorf("%s was asked with credentials", one.Get("path").Text())
		}
	}
}

func TestPlainServersAreNotProbed(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	defer s.Close()
	_, gaps, _ := collectWithin(t, usual, &rest.Config{Host: s.URL}, Options{Probe: true})
	want := []string{"the server's URL has no TLS, so a proxy on the way may add credentials: use the API server's own URL"}
	for _, part := range []string{partAnonymous, partTLS} {
		if diff := cmp.Diff(want, reasonsOf(gaps, part)); diff != "" {
			t.Errorf("gaps of %s (-want +got):\n%s", part, diff)
		}
	}
}

package cluster_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/collect/cluster"
	"github.com/kubeproof/kubeproof/internal/inventory"
	"github.com/kubeproof/kubeproof/test/apiserver"
	"github.com/kubeproof/kubeproof/test/corpus"
)

// forms reads the same objects as protobuf and as JSON and holds what is kept of them side by side.
func forms(t *testing.T, server *apiserver.Server) {
	for _, name := range []string{"namespaces", "shop", "billing", "ci", "legacy"} {
		create(t, server, read(t, "../../../examples/cluster/"+name+".yaml"))
	}
	create(t, server, read(t, "testdata/rich.yaml"))
	for _, part := range corpus.Cluster(5, 20, 100, 50) {
		if err := server.CreateMany(part.Count, func(i int) apiserver.Object { return apiserver.Object(part.Object(i)) }); err != nil {
			t.Fatal(err)
		}
	}
	json, protobuf := readForm(t, server, false), readForm(t, server, true)
	if diff := cmp.Diff(json, protobuf); diff != "" {
		t.Errorf("objects (-JSON +protobuf):\n%s", diff)
	}
	if len(json) < 400 {
		t.Errorf("only %d objects were read", len(json))
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// readForm reads all objects by way of a proxy and gives them as JSON. It fails if lists were not
// asked for in the form, or had to be asked for again in the other one.
func readForm(t *testing.T, server *apiserver.Server, protobuf bool) []string {
	t.Helper()
	target, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	client, err := server.Client("kubernetes-admin", "system:masters")
	if err != nil {
		t.Fatal(err)
	}
	var answered, again atomic.Int32
	proxy := &httputil.ReverseProxy{Transport: client.Transport, ErrorLog: nil,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			if accept := r.In.Header.Get("Accept"); !protobuf {
				r.Out.Header.Set("Accept", strings.TrimPrefix(accept, "application/vnd.kubernetes.protobuf,"))
			} else if strings.HasSuffix(r.In.URL.Path, "/pods") && !strings.Contains(accept, "protobuf") {
				again.Add(1)
			}
		},
		ModifyResponse: func(r *http.Response) error {
			if strings.Contains(r.Header.Get("Content-Type"), "protobuf") {
				answered.Add(1)
			}
			return nil
		}}
	front := httptest.NewServer(proxy)
	defer front.Close()
	kubeconfig := filepath.Join(t.TempDir(), "kubeconfig")
	text := fmt.Sprintf("{apiVersion: v1, kind: Config, current-context: test, contexts: [{name: test, context: {cluster: test}}], clusters: [{name: test, cluster: {server: %q}}]}", front.URL)
	if err := os.WriteFile(kubeconfig, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	result := cluster.Read(t.Context(), cluster.Options{Kubeconfig: kubeconfig, Target: "cluster:"})
	if got := answered.Load(); protobuf && got < 25 || !protobuf && got > 0 || again.Load() > 0 {
		t.Errorf("with protobuf %v: %d answers were protobuf, and %d lists of pods were asked for again", protobuf, got, again.Load())
	}
	var all []string
	for _, s := range result.Subjects {
		if s.APIVersion != inventory.FactVersion {
			all = append(all, string(s.Root.AppendJSON(nil, nil)))
		}
	}
	return all
}

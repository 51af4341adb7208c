package fact

import (
	"context"
	"io"
	"net/http"
	"testing"

	"k8s.io/client-go/rest"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// restClient asks with what client-go makes of a configuration.
type restClient struct {
	config *rest.Config
	http   *http.Client
}

func newRestClient(t testing.TB, config *rest.Config) *restClient {
	t.Helper()
	client, err := connectWith(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.CloseIdleConnections)
	return &restClient{config, client}
}

func (c *restClient) Config() *rest.Config { return c.config }

func (c *restClient) Get(ctx context.Context, path, accept string) (int, []byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, serverURL(c.config, path), nil)
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("Accept", accept)
	response, err := c.http.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 16<<20))
	return response.StatusCode, body, err
}

// subjectsOf reads YAML documents as the objects of a cluster.
func subjectsOf(t testing.TB, text string) []*inventory.Subject {
	t.Helper()
	documents, problems := document.Read([]byte(text), document.DefaultLimits)
	if len(problems) > 0 {
		t.Fatalf("read objects: %v", problems)
	}
	source := &inventory.Source{Target: "cluster:test", Cluster: "test"}
	var all []*inventory.Subject
	for _, d := range documents {
		all = append(all, inventory.NewSubject(d.Root, source, d.EndLine, "", nil))
	}
	return all
}

// findFact gives the fact of a kind and name; nil if it is not there.
func findFact(facts []*inventory.Subject, kind, name string) *inventory.Subject {
	for _, s := range facts {
		if s.Kind == kind && s.Name == name {
			return s
		}
	}
	return nil
}

// reasonsOf gives the reasons of the gaps of a kind.
func reasonsOf(gaps []inventory.Gap, kind string) []string {
	var all []string
	for _, gap := range gaps {
		if gap.Kind == kind {
			all = append(all, gap.Reason)
		}
	}
	return all
}

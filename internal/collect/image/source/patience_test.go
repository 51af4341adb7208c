package source

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// silent is a registry that answers nothing, or a beginning of each blob and then nothing.
func silent(t *testing.T, beginning string) *registry {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		if request.URL.Path == "/v2/" {
			return
		}
		if beginning != "" {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, beginning)
			w.(http.Flusher).Flush()
		}
		<-request.Context().Done()
	}))
	t.Cleanup(server.Close)
	repository, err := name.NewRepository(strings.TrimPrefix(server.URL, "http://") + "/shop/app")
	if err != nil {
		t.Fatal(err)
	}
	r := &registry{repository: repository, seen: map[string]fetched{}, patience: 50 * time.Millisecond}
	if r.puller, err = remote.NewPuller(); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestSilentRegistryIsGivenUp(t *testing.T) {
	digest := "sha256:" + strings.Repeat("0", 64)
	r := silent(t, "")
	if _, err := r.resolve(context.Background(), r.repository.Tag("1")); !errors.Is(err, errSilent) {
		t.Errorf("manifest: %v", err)
	}
	if _, err := r.blob(context.Background(), digest); !errors.Is(err, errSilent) {
		t.Errorf("blob: %v", err)
	}
	if _, err := (&registryFetcher{r}).Referrers(context.Background(), digest); !errors.Is(err, errSilent) {
		t.Errorf("referrers: %v", err)
	}
}

func TestSilentBlobIsGivenUp(t *testing.T) {
	r := silent(t, "beginning")
	blob, err := r.blob(context.Background(), "sha256:"+strings.Repeat("0", 64))
	if err != nil {
		t.Fatal(err)
	}
	defer blob.Close()
	text := make([]byte, 9)
	if _, err := io.ReadFull(blob, text); err != nil || string(text) != "beginning" {
		t.Errorf("%q, %v", text, err)
	}
	time.Sleep(2 * r.patience) // who reads may take longer than the registry may
	if _, err := blob.Read(text); !errors.Is(err, errSilent) {
		t.Errorf("read after the last byte: %v", err)
	}
}

// Who stops the scan is not told that the registry is silent.
func TestStoppedIsNotSilent(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	r := silent(t, "")
	if _, err := r.resolve(ctx, r.repository.Tag("1")); !errors.Is(err, context.Canceled) || errors.Is(err, errSilent) {
		t.Errorf("%v", err)
	}
}

// The second image of a silent registry is not waited for.
func TestSilentHostIsRemembered(t *testing.T) {
	r := silent(t, "")
	hosts, host := &Hosts{}, r.repository.RegistryStr()
	_, err := r.resolve(context.Background(), r.repository.Tag("1"))
	hosts.heard("another.example.com", errors.New("refused"))
	hosts.heard(host, err)
	if _, err := openRegistry(context.Background(), host+"/shop/other:1", platform{}, Options{Insecure: true, Hosts: hosts}); !errors.Is(err, errSilent) {
		t.Errorf("error %v", err)
	}
	if hosts.ask("another.example.com") != nil || (*Hosts)(nil).ask(host) != nil {
		t.Error("a host that answered is taken for silent")
	}
}

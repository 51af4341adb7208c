package signature_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/kubeproof/kubeproof/test/signing"
)

// shop is a repository in a real registry on loopback; it is a Fetcher too.
type shop struct {
	t    *testing.T
	repo name.Repository
}

func newShop(t *testing.T, options ...registry.Option) *shop {
	t.Helper()
	options = append(options, registry.Logger(log.New(io.Discard, "", 0)))
	server := httptest.NewServer(registry.New(options...))
	t.Cleanup(server.Close)
	return &shop{t: t, repo: repositoryOf(t, server, "shop/app")}
}

func withReferrers() registry.Option { return registry.WithReferrersSupport(true) }

func repositoryOf(t *testing.T, server *httptest.Server, path string) name.Repository {
	t.Helper()
	repo, err := name.NewRepository(strings.TrimPrefix(server.URL, "http://") + "/" + path)
	if err != nil {
		t.Fatal(err)
	}
	return repo
}

// other is another repository of the same registry.
func (s *shop) other(path string) *shop {
	s.t.Helper()
	repo, err := name.NewRepository(s.repo.RegistryStr() + "/" + path)
	if err != nil {
		s.t.Fatal(err)
	}
	return &shop{t: s.t, repo: repo}
}

// image pushes a random image under a tag and gives its digest.
func (s *shop) image(tag string) string {
	s.t.Helper()
	made, err := random.Image(64, 1)
	s.must(err)
	s.must(remote.Write(s.repo.Tag(tag), made))
	digest, err := made.Digest()
	s.must(err)
	return digest.String()
}

func (s *shop) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// raw is a manifest as remote.Put wants it.
type raw struct {
	text      []byte
	mediaType types.MediaType
}

func (r raw) RawManifest() ([]byte, error)        { return r.text, nil }
func (r raw) MediaType() (types.MediaType, error) { return r.mediaType, nil }
func digestOf(text []byte) string {
	sum := sha256.Sum256(text)
	return "sha256:" + hex.EncodeToString(sum[:])
}

func (s *shop) manifestOf(reference string) []byte {
	text, _, err := s.Manifest(context.Background(), reference)
	s.must(err)
	return text
}

// layer is a blob of an artifact.
type layer struct {
	mediaType   string
	text        []byte
	annotations map[string]string
}

// artifact pushes a manifest with layers: under a tag, or as a referrer of a subject.
func (s *shop) artifact(tag, artifactType, subject string, layers ...layer) string {
	s.t.Helper()
	var all []signing.Layer
	for _, one := range layers {
		all = append(all, signing.Layer{MediaType: one.mediaType, Text: one.text, Annotations: one.annotations})
	}
	return s.signing().Artifact(tag, artifactType, subject, all...)
}

func (s *shop) reference(text string) name.Reference {
	if strings.Contains(text, ":") {
		return s.repo.Digest(text)
	}
	return s.repo.Tag(text)
}

func (s *shop) Manifest(ctx context.Context, reference string) ([]byte, string, error) {
	got, err := remote.Get(s.reference(reference), remote.WithContext(ctx))
	if err != nil {
		return nil, "", missing(err)
	}
	return got.Manifest, string(got.MediaType), nil
}

func (s *shop) Blob(ctx context.Context, digest string) (io.ReadCloser, error) {
	got, err := remote.Layer(s.repo.Digest(digest), remote.WithContext(ctx))
	if err != nil {
		return nil, missing(err)
	}
	r, err := got.Compressed()
	return r, missing(err)
}

func (s *shop) Referrers(ctx context.Context, digest string) ([]byte, error) {
	index, err := remote.Referrers(s.repo.Digest(digest), remote.WithContext(ctx))
	if err != nil {
		return nil, missing(err)
	}
	return index.RawManifest()
}

// missing says what the registry does not have as the Fetcher must.
func missing(err error) error {
	var refused *transport.Error
	if errors.As(err, &refused) && refused.StatusCode == http.StatusNotFound {
		return fs.ErrNotExist
	}
	return err
}

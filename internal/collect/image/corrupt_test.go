package image

import (
	"bytes"
	"context"
	"io"
	"log"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// corrupt gives other bytes than it was given, for one blob.
type corrupt struct {
	registry.BlobHandler
	digest v1.Hash
}

func (c *corrupt) Get(ctx context.Context, repository string, digest v1.Hash) (io.ReadCloser, error) {
	blob, err := c.BlobHandler.Get(ctx, repository, digest)
	if err != nil || digest != c.digest {
		return blob, err
	}
	text, err := io.ReadAll(blob)
	text[len(text)/2] ^= 1
	return io.NopCloser(bytes.NewReader(text)), err
}

func (c *corrupt) Put(ctx context.Context, repository string, digest v1.Hash, blob io.ReadCloser) error {
	return c.BlobHandler.(registry.BlobPutHandler).Put(ctx, repository, digest, blob)
}

func TestARegistryThatGivesOtherBytes(t *testing.T) {
	i := shop(t)
	m, err := i.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	blobs := &corrupt{BlobHandler: registry.NewInMemoryBlobHandler()}
	server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0)), registry.WithBlobHandler(blobs)))
	defer server.Close()
	reference, err := name.NewTag(strings.TrimPrefix(server.URL, "http://") + "/shop/web:1.0")
	if err != nil {
		t.Fatal(err)
	}
	if err := remote.Write(reference, i); err != nil {
		t.Fatal(err)
	}
	for _, digest := range []v1.Hash{m.Layers[0].Digest, m.Config.Digest} {
		blobs.digest = digest
		images, errs := Collect(t.Context(), reference.String(), Options{})
		if len(errs) != 1 || len(images) == 1 && images[0].Files != nil {
			t.Errorf("%s: %d images, errors %v", digest, len(images), errs)
		}
	}
}

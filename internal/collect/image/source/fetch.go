package source

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/kubeproof/kubeproof/internal/collect/image/layer"
)

// layoutFetcher reads what lies in a layout beside an image.
type layoutFetcher struct{ layout *layout }

// Manifest gives the manifest with a digest, or with a tag, of those that index.json names.
func (f *layoutFetcher) Manifest(ctx context.Context, reference string) ([]byte, string, error) {
	if layer.ValidDigest(reference) {
		return f.layout.manifest(ctx, reference)
	}
	for _, entry := range f.layout.index {
		if named(entry, reference) && !(isAttached(entry) && entry.Annotations["kind"] != "") {
			return f.layout.manifest(ctx, entry.Digest)
		}
	}
	// cosign save keeps signatures under the name of the image, with a kind of their own.
	if kind, known := cosignKinds[suffix(reference)]; known && attachedTag.MatchString(reference) {
		for _, entry := range f.layout.index {
			if entry.Annotations["kind"] == kind {
				return f.layout.manifest(ctx, entry.Digest)
			}
		}
	}
	return nil, "", fmt.Errorf("the layout has no manifest %s: %w", reference, fs.ErrNotExist)
}

// cosignKinds are what cosign save writes, by the ending of the tag in a registry.
var cosignKinds = map[string]string{"sig": "dev.cosignproject.cosign/sigs", "att": "dev.cosignproject.cosign/atts"}

func suffix(tag string) string { return tag[strings.LastIndexByte(tag, '.')+1:] }

// Blob opens a blob; its end is an error if it is not that of the digest.
func (f *layoutFetcher) Blob(ctx context.Context, digest string) (io.ReadCloser, error) {
	blob, err := f.layout.blob(ctx, digest)
	if err != nil {
		return nil, err
	}
	return checkedBlob(ctx, blob, digest)
}

func checkedBlob(ctx context.Context, blob io.ReadCloser, digest string) (io.ReadCloser, error) {
	checked, err := layer.Checked(ctx, blob, digest, 0)
	if err != nil {
		blob.Close()
		return nil, err
	}
	return struct {
		io.Reader
		io.Closer
	}{checked, blob}, nil
}

// mostReferrers bounds how many manifests are read to find those that refer to an image.
const mostReferrers = 500

// Referrers reads the manifests that index.json names, and those of the tag sha256-HEX, and gives
// those whose subject the digest is.
func (f *layoutFetcher) Referrers(ctx context.Context, digest string) ([]byte, error) {
	found := []Descriptor{}
	read := 0
	for _, entry := range f.layout.index {
		if read++; read > mostReferrers {
			return nil, fmt.Errorf("the layout has more than %d manifests: what refers to the image was not looked for", mostReferrers)
		}
		raw, _, err := f.layout.manifest(ctx, entry.Digest)
		if err != nil {
			continue // a layout need not hold all that its index names
		}
		m, err := parseManifest(raw)
		if err != nil {
			continue
		}
		if entry.Annotations[refName] == strings.Replace(digest, ":", "-", 1) && m.isIndex() {
			found = append(found, m.Manifests...)
		}
		if m.Subject != nil && m.Subject.Digest == digest {
			found = append(found, m.describe(entry, int64(len(raw))))
		}
	}
	return json.Marshal(map[string]any{"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": found})
}

// describe gives the descriptor that a registry would give of a referrer.
func (m *manifest) describe(entry Descriptor, size int64) Descriptor {
	d := Descriptor{MediaType: entry.MediaType, Digest: entry.Digest, Size: size, ArtifactType: m.ArtifactType, Annotations: entry.Annotations}
	if d.ArtifactType == "" && m.Config != nil {
		d.ArtifactType = m.Config.MediaType
	}
	return d
}

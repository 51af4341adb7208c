package signature_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"testing"
)

// memory is a repository in memory, which may lie and fail as no real one does.
type memory struct {
	manifests, blobs, referrers map[string][]byte
	failures                    map[string]error // by reference or digest
}

func newMemory() *memory {
	return &memory{map[string][]byte{}, map[string][]byte{}, map[string][]byte{}, map[string]error{}}
}

func (m *memory) get(from map[string][]byte, key string) ([]byte, error) {
	if err := m.failures[key]; err != nil {
		return nil, err
	}
	if text, ok := from[key]; ok {
		return text, nil
	}
	return nil, fs.ErrNotExist
}

func (m *memory) Manifest(_ context.Context, reference string) ([]byte, string, error) {
	text, err := m.get(m.manifests, reference)
	return text, "", err
}

func (m *memory) Blob(_ context.Context, digest string) (io.ReadCloser, error) {
	text, err := m.get(m.blobs, digest)
	return io.NopCloser(bytes.NewReader(text)), err
}

func (m *memory) Referrers(_ context.Context, digest string) ([]byte, error) {
	return m.get(m.referrers, digest)
}

type descriptor struct {
	MediaType    string            `json:"mediaType"`
	Digest       string            `json:"digest"`
	Size         int               `json:"size"`
	ArtifactType string            `json:"artifactType,omitempty"`
	Annotations  map[string]string `json:"annotations,omitempty"`
}

// hold keeps a manifest with layers and gives its descriptor.
func (m *memory) hold(t *testing.T, artifactType string, layers ...layer) descriptor {
	t.Helper()
	var all []descriptor
	for _, one := range layers {
		m.blobs[digestOf(one.text)] = one.text
		all = append(all, descriptor{MediaType: one.mediaType, Digest: digestOf(one.text), Size: len(one.text), Annotations: one.annotations})
	}
	text, err := json.Marshal(map[string]any{"schemaVersion": 2, "artifactType": artifactType, "layers": all})
	if err != nil {
		t.Fatal(err)
	}
	m.manifests[digestOf(text)] = text
	return descriptor{MediaType: "application/vnd.oci.image.manifest.v1+json", Digest: digestOf(text), Size: len(text), ArtifactType: artifactType}
}

// refer lets manifests refer to a digest.
func (m *memory) refer(t *testing.T, digest string, all ...descriptor) {
	t.Helper()
	m.referrers[digest] = jsonOf(t, map[string]any{"schemaVersion": 2, "manifests": all})
}

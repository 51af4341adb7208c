package source

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

// content reads the manifests and blobs of an OCI layout or a registry.
type content interface {
	// manifest gives the checked manifest of a digest.
	manifest(ctx context.Context, digest string) (raw []byte, mediaType string, err error)
	// blob opens a blob, unchecked.
	blob(ctx context.Context, digest string) (io.ReadCloser, error)
}

// manifest is a manifest of an image, or an index of manifests.
type manifest struct {
	MediaType    string       `json:"mediaType"`
	ArtifactType string       `json:"artifactType"`
	Config       *Descriptor  `json:"config"`
	Layers       []Descriptor `json:"layers"`
	Manifests    []Descriptor `json:"manifests"`
	Subject      *Descriptor  `json:"subject"`
	FSLayers     []any        `json:"fsLayers"` // of schema 1
}

// errNoImage tells manifests that are valid but no image, as signatures and Helm charts.
var errNoImage = errors.New("the manifest is not that of an image")

func parseManifest(raw []byte) (*manifest, error) {
	var m manifest
	if err := json.Unmarshal(raw, &m); err != nil {
		return nil, fmt.Errorf("the manifest is no valid JSON: %s", plain(err))
	}
	switch {
	case m.FSLayers != nil:
		return nil, errors.New("the manifest has schema 1, which is not read: push the image again with a current tool")
	case m.Manifests != nil && (m.Layers != nil || m.Config != nil):
		return nil, errors.New("the manifest is an index and an image at once, so tools disagree about it: build the image again")
	case len(m.Layers) > mostLayers:
		return nil, fmt.Errorf("the manifest has %d layers, more than the limit of %d", len(m.Layers), mostLayers)
	}
	return &m, nil
}

// plain says what is wrong without quoting what was read.
func plain(err error) string {
	var syntax *json.SyntaxError
	var typed *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Sprintf("error at byte %d", syntax.Offset)
	case errors.As(err, &typed):
		return "field " + typed.Field + " has a wrong type"
	}
	return "it ends in the middle"
}

func (m *manifest) isIndex() bool { return m.Manifests != nil }

// isImage tells images from other things that registries keep in manifests.
func (m *manifest) isImage() bool {
	if m.Config == nil || !ofImage(m.ArtifactType) || !ofImage(m.Config.MediaType) || m.Subject != nil && m.Config.MediaType == "application/vnd.oci.empty.v1+json" {
		return false
	}
	return !slices.ContainsFunc(m.Layers, func(d Descriptor) bool {
		return strings.Contains(d.MediaType, "cosign") || strings.Contains(d.MediaType, "in-toto") || strings.Contains(d.MediaType, "dsse")
	})
}

// ofImage tells the media types of configurations of images, which some tools give as the type of an
// artifact too.
func ofImage(mediaType string) bool {
	return mediaType == "" || mediaType == "application/vnd.oci.image.config.v1+json" || mediaType == "application/vnd.docker.container.image.v1+json"
}

// attachedTag is the tag of what is attached to an image where no referrers can be asked for.
var attachedTag = regexp.MustCompile(`^sha256-[0-9a-f]{64}(\.[a-z]+)?$`)

// isAttached tells entries of an index that are no image by what the index says of them.
func isAttached(d Descriptor) bool {
	kind := d.Annotations["kind"]
	return !ofImage(d.ArtifactType) || d.Annotations["vnd.docker.reference.type"] != "" ||
		d.Platform != nil && d.Platform.OS == "unknown" || attachedTag.MatchString(d.Annotations[refName]) ||
		strings.HasPrefix(kind, "dev.cosignproject.cosign/") && kind != "dev.cosignproject.cosign/image" && kind != "dev.cosignproject.cosign/imageIndex"
}

// refName is the annotation with the name of an image in a layout; buildkit and containerd write
// the whole reference into the other.
const (
	refName       = "org.opencontainers.image.ref.name"
	containerName = "io.containerd.image.name"
)

// mostIndexes is how deep indexes may lie in one another.
const mostIndexes = 4

// finder turns manifests into images.
type finder struct {
	content  content
	from     string
	platform platform
	strict   bool
}

// image reads the manifest with a digest, through indexes, and the configuration of the image.
func (f *finder) image(ctx context.Context, digest string) (*Image, error) {
	i := &Image{From: f.from}
	var m *manifest
	for depth := 0; ; depth++ {
		raw, mediaType, err := f.content.manifest(ctx, digest)
		if err != nil {
			return nil, fmt.Errorf("read manifest: %w", err)
		}
		if m, err = parseManifest(raw); err != nil {
			return nil, err
		}
		if !m.isIndex() {
			i.manifest, i.digest, i.mediaType = raw, digest, mediaType
			break
		}
		if depth >= mostIndexes {
			return nil, fmt.Errorf("indexes lie in one another more than %d deep", mostIndexes)
		}
		picked, platforms, err := pickPlatform(slices.DeleteFunc(m.Manifests, isAttached), f.platform)
		if err != nil {
			return nil, err
		}
		i.Index, i.Platforms, digest = digest, platforms, picked.Digest
	}
	if !m.isImage() {
		return nil, errNoImage
	}
	return i, f.fill(ctx, i, m)
}

func (f *finder) fill(ctx context.Context, i *Image, m *manifest) error {
	blob, err := f.content.blob(ctx, m.Config.Digest)
	if err != nil {
		return fmt.Errorf("read configuration: %w", err)
	}
	if i.Config, err = readSmall(ctx, blob, m.Config.Digest, mostConfig); err != nil {
		return fmt.Errorf("read configuration: %w", err)
	}
	i.ConfigDigest, i.Layers = m.Config.Digest, m.Layers
	i.open = func(ctx context.Context, d Descriptor) (io.ReadCloser, error) { return f.content.blob(ctx, d.Digest) }
	return f.agrees(i)
}

// agrees holds the platform of an image that no index led to against the one that the user named.
func (f *finder) agrees(i *Image) error {
	var own platform
	if !f.strict || i.Index != "" || json.Unmarshal(i.Config, &own) != nil || own.OS == "" || f.platform.suits(own) {
		return nil
	}
	return fmt.Errorf("the image is for %s, not for %s", own, f.platform)
}

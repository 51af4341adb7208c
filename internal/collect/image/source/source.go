// Package source finds the images of a place: an archive of docker save, an OCI layout in a folder
// or a tar, a registry. It picks them by name and platform, reads manifests and configurations, and
// opens layers; what has a digest is held against it. Tars are read where they are: nothing is
// unpacked to a disk, and of a blob no more is in memory than is being read. Begin with Open.
package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"strings"

	"github.com/google/go-containerregistry/pkg/authn"

	"github.com/kubeproof/kubeproof/internal/collect/image/layer"
)

// Where images come from.
const (
	DockerArchive = "docker-archive"
	OCILayout     = "oci-layout"
	OCIArchive    = "oci-archive"
	Registry      = "registry"
)

// Options say how images are found. The zero value reads those for linux on this machine's
// architecture, with the credentials that docker login or a credential helper keeps.
type Options struct {
	// Platform is OS/ARCH or OS/ARCH/VARIANT; "" is linux with the architecture of this machine.
	Platform string
	// Keychain has the credentials of registries; nil is authn.DefaultKeychain.
	Keychain authn.Keychain
	// Insecure speaks HTTP instead of HTTPS to the registry.
	Insecure bool
	// Hosts remembers registries that do not answer; nil waits for each anew.
	Hosts *Hosts
}

// Descriptor says where a blob of an image is and what it must be.
type Descriptor struct {
	MediaType    string            `json:"mediaType"`
	Digest       string            `json:"digest"`
	Size         int64             `json:"size"`
	URLs         []string          `json:"urls,omitempty"`
	Annotations  map[string]string `json:"annotations,omitempty"`
	ArtifactType string            `json:"artifactType,omitempty"`
	Platform     *platform         `json:"platform,omitempty"`

	entry string // of the archive of docker save
}

// Foreign reports whether the blob is to be had from its URLs only, as the layers of Windows are.
// These are never followed.
func (d Descriptor) Foreign() bool {
	return len(d.URLs) > 0 || strings.Contains(d.MediaType, ".foreign.") || strings.Contains(d.MediaType, ".nondistributable.")
}

// Image is one image of a place.
type Image struct {
	From       string   // DockerArchive and so on
	Name       string   // the place, with the part that picks this image where the place has several
	References []string // names that the place gives it
	Index      string   // digest of the index that it was picked from; ""
	Platforms  []string // of that index
	Config     []byte   // raw JSON
	// ConfigDigest is that of Config, and has been checked where the place tells it.
	ConfigDigest string
	Layers       []Descriptor

	manifest          []byte
	digest, mediaType string
	open              func(context.Context, Descriptor) (io.ReadCloser, error)
	fetcher           Fetcher
}

// Manifest gives the raw manifest, its digest and media type; nil and "" where the place has none,
// as archives of docker save before version 25.
func (i *Image) Manifest() (raw []byte, digest, mediaType string) {
	return i.manifest, i.digest, i.mediaType
}

// Open opens a layer as it is stored. Its bytes are not yet checked: layer.Read does that.
func (i *Image) Open(ctx context.Context, d Descriptor) (io.ReadCloser, error) { return i.open(ctx, d) }

// Fetcher reads what belongs to the image, as signatures, from the same place; nil where there can
// be nothing.
func (i *Image) Fetcher() Fetcher { return i.fetcher }

// Fetcher reads manifests and blobs beside an image: of the same repository, or the same layout.
// What is not there is an error that wraps fs.ErrNotExist.
type Fetcher interface {
	// Manifest gives the manifest with a tag or digest; of a digest it has been checked.
	Manifest(ctx context.Context, reference string) (raw []byte, mediaType string, err error)
	// Blob opens a blob; reading to its end fails if it is not that of the digest.
	Blob(ctx context.Context, digest string) (io.ReadCloser, error)
	// Referrers gives a raw index of the manifests whose subject is the digest; it may be empty.
	Referrers(ctx context.Context, digest string) (index []byte, err error)
}

// Place is what was opened. Close it when its images have been read.
type Place struct {
	Images []*Image
	// Errors are images of the place that could not be read.
	Errors []error
	close  func() error
}

// Close lets the files of the place go.
func (p *Place) Close() error {
	if p.close == nil {
		return nil
	}
	return p.close()
}

// Remote before a reference keeps it from being taken for a file.
const Remote = "docker://"

// Shown is a place as people are shown it: a reference without Remote.
func Shown(place string) string { return strings.TrimPrefix(place, Remote) }

// Open finds the images of a place: a file that docker save or another tool made, a folder or tar in
// OCI layout, each with "#TAG" or "@sha256:..." at its end to pick one of several images, or else a
// reference to a registry, with Remote before it or not.
func Open(ctx context.Context, name string, options Options) (*Place, error) {
	wanted, err := options.wanted()
	if err != nil {
		return nil, err
	}
	if reference := Shown(name); reference != name {
		return openRegistry(ctx, reference, wanted, options)
	}
	file, picked := cutPick(name)
	info, err := os.Stat(file)
	switch {
	case err == nil && info.IsDir():
		return openFolder(ctx, file, selection{file, picked, wanted, options.Platform != ""})
	case err == nil && info.Mode().IsRegular():
		return openArchive(ctx, file, selection{file, picked, wanted, options.Platform != ""})
	case err == nil:
		return nil, fmt.Errorf("open %s: it is neither a file nor a folder: save the image into a file first", file)
	case errors.Is(err, fs.ErrNotExist) && looksLikeFile(name):
		return nil, fmt.Errorf("open image: %w: check the path", err)
	case !errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("open image: %w", err)
	}
	return openRegistry(ctx, name, wanted, options)
}

// cutPick takes the part that picks an image off the name of a file that is there.
func cutPick(name string) (file, picked string) {
	if _, err := os.Stat(name); err == nil {
		return name, ""
	}
	for _, sign := range []string{"#", "@"} {
		if at := strings.LastIndex(name, sign); at > 0 {
			if _, err := os.Stat(name[:at]); err == nil {
				return name[:at], name[at+1:]
			}
		}
	}
	return name, ""
}

func looksLikeFile(name string) bool {
	for _, beginning := range []string{"/", "./", "../", "~"} {
		if strings.HasPrefix(name, beginning) {
			return true
		}
	}
	for _, ending := range []string{".tar", ".tgz", ".tar.gz", ".tar.zst", ".oci"} {
		if strings.HasSuffix(name, ending) {
			return true
		}
	}
	return strings.Contains(name, `\`)
}

func (o Options) wanted() (platform, error) {
	if o.Platform == "" {
		return platform{OS: "linux", Architecture: runtime.GOARCH}, nil
	}
	return parsePlatform(o.Platform)
}

// selection says which images of a file are wanted.
type selection struct {
	file, picked string
	platform     platform
	strict       bool // the user named the platform
}

// The bounds of what is read into memory as a whole.
const (
	mostManifest = 4 << 20 // as registries have it
	mostConfig   = 8 << 20
	mostLayers   = 1000
	mostImages   = 200 // of one place
)

// readSmall reads a whole blob and holds it against its digest, if there is one.
func readSmall(ctx context.Context, from io.ReadCloser, digest string, most int64) ([]byte, error) {
	defer from.Close()
	var reader io.Reader = from
	if digest != "" {
		checked, err := layer.Checked(ctx, from, digest, 0)
		if err != nil {
			return nil, err
		}
		reader = checked
	}
	text, err := io.ReadAll(io.LimitReader(reader, most+1))
	switch {
	case errors.Is(err, errSilent), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("%w: pull or save the image again", err)
	}
	if int64(len(text)) > most {
		return nil, fmt.Errorf("it is larger than the limit of %d MiB", most>>20)
	}
	return text, nil
}

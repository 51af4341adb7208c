// Package image reads container images into facts: who runs it and what, what is installed, which
// files can be written or run with more rights, what is left behind in lower layers, and which
// secrets lie in it. It reads archives of docker save, OCI layouts and registries, streams each
// layer once and keeps no content: nothing is unpacked to a disk, nothing is executed.
// Begin with Collect; facts.go lists what is found.
package image

import (
	"context"
	"fmt"
	"io"
	"io/fs"

	"github.com/google/go-containerregistry/pkg/authn"

	"github.com/kubeproof/kubeproof/internal/collect/image/layer"
	"github.com/kubeproof/kubeproof/internal/collect/image/source"
	"github.com/kubeproof/kubeproof/internal/collect/image/tree"
	"github.com/kubeproof/kubeproof/internal/inventory"
	"github.com/kubeproof/kubeproof/internal/software"
)

// Options say how images are read. The zero value reads them with the default limits.
type Options struct {
	// Target is the name of the target that errors belong to.
	Target string
	// Platform is OS/ARCH[/VARIANT]: which image of an index is read; "" is linux on this machine's
	// architecture.
	Platform string
	// Observed is the time of the scan, RFC 3339; "" leaves it out.
	Observed string
	// Keychain has the credentials of registries; nil is what docker login keeps.
	Keychain authn.Keychain
	// Insecure speaks HTTP to registries.
	Insecure bool
	// Hosts remembers registries that do not answer; nil waits for each anew.
	Hosts *source.Hosts
	// Software makes a reader of packages for each image; nil reads none.
	Software func() PackageReader
	// OnlyPackages reads nothing but packages, of a place that holds no more than one image. There
	// are then no facts about other files, nor secrets that lie in files.
	OnlyPackages bool
	// Progress is told how many of how many layers were read; nil for nobody.
	Progress func(done, total int)
	Limits   Limits

	layerRead func() // made by Collect from Progress
}

// PackageReader finds installed packages in the files of layers (internal/collect/software). Paths
// have no slash at their beginning. Remove tells of a file that File was given, and that a layer took
// away or replaced by something that is not read.
type PackageReader interface {
	Wants(path string, mode fs.FileMode, size int64) bool
	File(path string, layer int, content io.Reader, size int64) error
	Remove(path string, layer int)
	Packages() []software.Package
}

// Limits bound what one image may cost. Fields that are zero have their default.
type Limits struct {
	Layers layer.Limits
	Tree   tree.Limits
	// Text is how many bytes of text files are searched for secrets in one image.
	Text int64
}

// DefaultLimits are wide for real images.
var DefaultLimits = Limits{Layers: layer.DefaultLimits, Tree: tree.DefaultLimits, Text: 64 << 20}

func (l Limits) orDefault() Limits {
	if l.Layers == (layer.Limits{}) {
		l.Layers = DefaultLimits.Layers
	}
	if l.Tree == (tree.Limits{}) {
		l.Tree = DefaultLimits.Tree
	}
	if l.Text == 0 {
		l.Text = DefaultLimits.Text
	}
	return l
}

// Collect reads the images of a place, which source.Open describes. An image whose layers could not
// all be read has no facts about files but the secrets that were found, and an error says what is
// missing. Images come in the order of the place. Each keeps what Fetcher needs until Close.
func Collect(ctx context.Context, place string, options Options) (images []*Image, errs []inventory.Error) {
	options.Limits = options.Limits.orDefault()
	fail := func(name string, err error) {
		errs = append(errs, inventory.Error{Target: options.Target, File: source.Shown(name), Message: err.Error(), Lost: true})
	}
	opened, err := source.Open(ctx, place, source.Options{Platform: options.Platform, Keychain: options.Keychain, Insecure: options.Insecure, Hosts: options.Hosts})
	if err != nil {
		fail(place, err)
		return nil, errs
	}
	shared := &sharedPlace{opened, len(opened.Images)}
	for _, err := range opened.Errors {
		fail(place, err)
	}
	if n := len(opened.Images); options.OnlyPackages && n > 1 {
		fail(place, fmt.Errorf("it holds %d images: pick one, as in %s", n, opened.Images[0].Name))
		opened.Close()
		return nil, errs
	}
	options.countLayers(opened.Images)
	for _, from := range opened.Images {
		i, faults := read(ctx, from, options)
		for _, fault := range faults {
			fail(from.Name, fault)
		}
		if i == nil {
			shared.close()
			continue
		}
		i.place = shared
		images = append(images, i)
	}
	if len(opened.Images) == 0 {
		opened.Close()
	}
	return images, errs
}

// countLayers makes layerRead, which counts over all images.
func (o *Options) countLayers(images []*source.Image) {
	total, done := 0, 0
	for _, one := range images {
		total += len(one.Layers)
	}
	o.layerRead = func() {
		if done++; o.Progress != nil {
			o.Progress(done, total)
		}
	}
}

// sharedPlace is closed with the last image that needs it.
type sharedPlace struct {
	place *source.Place
	users int
}

func (s *sharedPlace) close() error {
	if s.users--; s.users == 0 {
		return s.place.Close()
	}
	return nil
}

// Close lets go of the files that Fetcher reads; facts stay.
func (i *Image) Close() error {
	if i.place == nil {
		return nil
	}
	shared := i.place
	i.place = nil
	return shared.close()
}

// Fetcher reads what belongs to the image from where it was read, as its signatures, until Close;
// nil where nothing can be (docker-archive without a layout).
func (i *Image) Fetcher() source.Fetcher { return i.from.Fetcher() }

// RawManifest is the manifest as it is stored, with its digest and media type; nil and "" if the
// place has none.
func (i *Image) RawManifest() (raw []byte, digest, mediaType string) { return i.from.Manifest() }

// read makes the facts of one image; nil if not even its configuration could be read.
func read(ctx context.Context, from *source.Image, options Options) (*Image, []error) {
	config, err := parseConfig(from.Config)
	if err != nil {
		return nil, []error{err}
	}
	i := &Image{APIVersion: inventory.FactVersion, Kind: inventory.FactImage, Metadata: Metadata{Name: from.Name}, From: from.From,
		References: from.References, Index: from.Index, Platforms: from.Platforms, ConfigDigest: from.ConfigDigest,
		Observed: options.Observed, from: from}
	_, i.Digest, _ = from.Manifest()
	i.Reference = referenceOf(from)
	i.describe(config)
	r := newReading(i, config, from, options)
	faults := r.layers(ctx)
	switch {
	case len(faults) == 0 && options.OnlyPackages:
		r.software()
	case len(faults) == 0:
		r.conclude()
	}
	r.secrets(len(faults) == 0)
	r.tellRepositories(len(faults) == 0 && !options.OnlyPackages)
	return i, faults
}

// layerFault names the layer of an error.
func layerFault(number int, err error) error {
	return fmt.Errorf("layer %d: %w: the image is not judged by its files", number, err)
}

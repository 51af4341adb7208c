package collect

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"

	"github.com/kubeproof/kubeproof/internal/collect/image"
	"github.com/kubeproof/kubeproof/internal/collect/image/source"
	"github.com/kubeproof/kubeproof/internal/collect/osv"
	"github.com/kubeproof/kubeproof/internal/collect/signature"
	"github.com/kubeproof/kubeproof/internal/collect/software"
	"github.com/kubeproof/kubeproof/internal/collect/vex"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// imagePrefix is that of targets that are container images.
const imagePrefix = "image"

// ImageOptions say how images are read, and what their facts are held against.
type ImageOptions struct {
	// Platform is OS/ARCH[/VARIANT]: which image of several platforms is read; "" is linux on this
	// machine's architecture.
	Platform string
	// Insecure speaks HTTP to registries.
	Insecure bool
	// Keychain has the credentials of registries; nil is what docker login keeps.
	Keychain authn.Keychain
	// Running reads also the images that workloads name, from their registries.
	Running bool
	// Signatures says who may sign which images; nil verifies nothing.
	Signatures *signature.Policy
	// Advisories is the database that packages are matched against; nil for none.
	Advisories *osv.Database
	// VEX are statements on vulnerabilities.
	VEX *vex.Statements
	// Observed is the time of the run.
	Observed time.Time

	hosts *source.Hosts // of one run
}

// planImage reads an image: an archive, an OCI layout or one of a registry.
func (r *run) planImage(target int, name, place string) {
	r.add(target, name, place, func() []part { return []part{r.readImage(name, place)} })
}

// readImage reads the images of a place with what belongs to them.
func (r *run) readImage(target, place string) part {
	show := source.Shown(place)
	o := r.options.Image
	options := o.reading(target)
	options.Progress = r.tally.steps()
	images, errs := image.Collect(r.ctx, place, options)
	p := part{show: show, errors: errs}
	for _, found := range images {
		subject, errs := r.imageSubject(target, show, found)
		p.errors = append(p.errors, errs...)
		if err := found.Close(); err != nil {
			p.errors = append(p.errors, inventory.Error{File: show, Message: "close: " + err.Error()})
		}
		if subject != nil {
			p.subjects = append(p.subjects, subject)
			p.files, p.documents = p.files+1, p.documents+1
		}
	}
	return p
}

// reading says how the images of a target are read.
func (o ImageOptions) reading(target string) image.Options {
	return image.Options{Target: target, Platform: o.Platform, Observed: o.observed(), Keychain: o.Keychain, Insecure: o.Insecure, Hosts: o.hosts,
		Software: func() image.PackageReader { return software.NewReader(packageLimits()) }}
}

// The bounds of the longest lists of one fact, which may hold no more values than a document: else all of it
// would be lost.
const (
	mostPackages        = 50_000
	mostVulnerabilities = 15_000
)

func packageLimits() software.Limits {
	limits := software.DefaultLimits
	limits.Packages = mostPackages
	return limits
}

func (o ImageOptions) observed() string {
	if o.Observed.IsZero() {
		return ""
	}
	return o.Observed.UTC().Format(time.RFC3339)
}

// imageFacts are all facts of an image as they stand side by side in the subject.
type imageFacts struct {
	*image.Image
	*signature.Report
	*osv.Result
}

// imageSubject looks for the signatures of an image and the advisories about its packages, and puts all
// together.
func (r *run) imageSubject(target, place string, i *image.Image) (*inventory.Subject, []inventory.Error) {
	report, errs := r.verify(i)
	facts := imageFacts{Image: i, Report: &report}
	if r.options.Image.Advisories != nil && i.Packages != nil {
		result, faults := matchAdvisories(r.ctx, r.options.Image, i)
		facts.Result, errs = &result, append(errs, faults...)
	}
	for n := range errs {
		if errs[n].File == "" {
			errs[n].File = place
		}
	}
	root, err := r.factOf(facts)
	if err == nil {
		return &inventory.Subject{Kind: inventory.FactImage, APIVersion: inventory.FactVersion, Name: i.Metadata.Name, Root: root,
			Source: &inventory.Source{Target: target, File: place}}, errs
	}
	return nil, append(errs, inventory.Error{File: place, Lost: true, Message: fmt.Sprintf("put the facts of the image together: %v", err)})
}

// verify looks for the signatures of an image where it was read.
func (r *run) verify(i *image.Image) (signature.Report, []inventory.Error) {
	_, digest, _ := i.RawManifest()
	about := signature.Image{Digest: digest, Index: i.Index}
	if i.Reference != nil {
		about.Repository, about.Tag = i.Reference.Registry+"/"+i.Reference.Repository, i.Reference.Tag
	}
	var from signature.Fetcher
	if fetcher := i.Fetcher(); fetcher != nil {
		from = fetcher
	}
	return signature.Verify(r.ctx, about, from, r.options.Image.Signatures, r.options.Image.Observed)
}

// matchAdvisories holds the packages of an image against the database.
func matchAdvisories(ctx context.Context, o ImageOptions, i *image.Image) (osv.Result, []inventory.Error) {
	about := vex.Image{Digests: []string{i.Digest, i.Index, i.ConfigDigest}, Names: slices.Clone(i.References)}
	about.Digests = slices.DeleteFunc(about.Digests, func(digest string) bool { return digest == "" })
	if i.Reference != nil {
		name := i.Reference.Registry + "/" + i.Reference.Repository
		about.Names = append(about.Names, name)
		if i.Reference.Tag != "" {
			about.Names = append(about.Names, name+":"+i.Reference.Tag)
		}
	}
	return o.Advisories.Match(ctx, i.Packages, osv.Options{Observed: o.Observed, VEX: o.VEX, Image: about,
		Limits: osv.Limits{Vulnerabilities: mostVulnerabilities}})
}

// Package signature verifies who signed an image and how it was built: signatures of cosign (with
// keys, and with certificates against a trust root that the user supplies) and of notation, in-toto
// attestations, SLSA provenance. Everything is verified offline: nothing is fetched but through the
// Fetcher, no trust root is refreshed, logs are verified from the proof that a signature carries.
// What no rule allows to verify is present, never verified. Begin with New and Verify.
package signature

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"time"

	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Image is the image whose signatures are looked for.
type Image struct {
	// Repository is its full name without tag, as registry.example.com/shop/app, normalised as
	// docker does; "" if the source tells none.
	Repository string
	// Tag is the one that the image was asked for by, held against that which a signer named; "" if none was.
	Tag string
	// Digest is that of the image's manifest. Signatures are of digests: without one nothing is known.
	Digest string
	// Index is the digest of the index that the image was picked from; "" if it was from none. Tools sign
	// the index of an image for several platforms, and its signature covers what it lists.
	Index string
}

// Fetcher reads the image's repository. What is not there is an error for which
// errors.Is(err, fs.ErrNotExist); any other error means that nothing is known.
type Fetcher interface {
	// Manifest gives a manifest by tag or digest, with its media type.
	Manifest(ctx context.Context, reference string) (raw []byte, mediaType string, err error)
	// Blob gives a blob by digest; the caller closes it.
	Blob(ctx context.Context, digest string) (io.ReadCloser, error)
	// Referrers gives the OCI index of the manifests whose subject is a digest.
	Referrers(ctx context.Context, digest string) (index []byte, err error)
}

// Verify looks for signatures and attestations of an image and judges them by the first rule of the
// policy for its repository; without one (and with a nil policy) all that is found is present, not
// verified. The errors are what could not be read; their Target is for the caller to set. The time
// now decides whether certificates and signatures of notation are still valid.
func Verify(ctx context.Context, image Image, from Fetcher, policy *Policy, now time.Time) (Report, []inventory.Error) {
	s := &search{ctx: ctx, image: image, from: from, rule: policy.rule(image.Repository), now: now, bytes: mostBytes,
		seen: map[string]bool{}, manifests: map[string][]byte{}}
	if image.Digest == "" || from == nil {
		return s.unfounded(), nil
	}
	s.subject(image.Digest)
	if image.Index != "" && image.Index != image.Digest && s.indexed() {
		s.subject(image.Index)
	}
	return s.report(), s.errors
}

// search is one image whose signatures are looked for.
type search struct {
	ctx   context.Context
	image Image
	from  Fetcher
	rule  *rule // nil if none is for the repository
	now   time.Time

	bytes     int64             // that may still be read
	found     int               // signatures and attestations
	full      bool              // there were more than may be read
	lost      bool              // something could not be read that may hold a signature
	seen      map[string]bool   // manifests of signatures that were read
	manifests map[string][]byte // of the image and its index, by digest

	signatures   []Signature
	provenance   []Provenance
	attestations []Attestation
	errors       []inventory.Error
}

// subject looks for what signs one digest.
func (s *search) subject(digest string) {
	tag := tagOf(digest)
	if tag == "" {
		s.fail("digest is not of the form ALGORITHM:HEX: no signatures were looked for")
		return
	}
	s.tagged(digest, tag+".sig")
	s.tagged(digest, tag+".att")
	index, err := s.from.Referrers(s.ctx, digest)
	if err == nil && len(index) <= mostManifest && listsNothing(index) || errors.Is(err, fs.ErrNotExist) {
		// A registry without the referrers interface keeps the list under a tag: distribution-spec 1.1,
		// "Referrers Tag Schema".
		index, _, err = s.from.Manifest(s.ctx, tag)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		s.fail("read what refers to " + digest + ": " + plain(err))
	default:
		s.referrers(digest, index)
	}
}

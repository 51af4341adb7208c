package signature

import (
	"encoding/json"
	"errors"
	"io/fs"
	"slices"
	"strings"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// The media types of what refers to an image.
const (
	typeBundle        = "application/vnd.dev.sigstore.bundle" // then .v0.3+json or +json;version=0.1
	typeNotation      = "application/vnd.cncf.notary.signature"
	typeCosign        = "application/vnd.dev.cosign.artifact.sig.v1+json"
	typeSimpleSigning = "application/vnd.dev.cosign.simplesigning.v1+json"
	typeEnvelope      = "application/vnd.dsse.envelope.v1+json"
	typeStatement     = "application/vnd.in-toto+json"
)

// tagged reads what cosign keeps under a tag: signatures (.sig) or attestations (.att), one a layer.
func (s *search) tagged(subject, tag string) {
	m, digest, err := s.holder(tag)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case broken(err):
		s.add(Signature{Kind: KindCosign, Proof: Proof{State: Invalid, Reason: "manifest " + tag + " is not readable: " + plain(err), Digest: digest, Subject: subject}})
	case err != nil:
		s.fail("read " + tag + ": " + plain(err))
	case !s.seen[digest+subject]:
		s.seen[digest+subject] = true
		s.layers(subject, digest, m)
	}
}

// layers reads the layers of a manifest, each a signature with a payload or an attestation.
func (s *search) layers(subject, digest string, m ocispec.Manifest) {
	for _, layer := range m.Layers {
		if layer.MediaType != typeSimpleSigning && layer.MediaType != typeEnvelope {
			continue
		}
		if !s.room() {
			return
		}
		text, err := s.blob(layer)
		if err != nil {
			s.layerUnread(subject, digest, layer, err)
		} else if layer.MediaType == typeEnvelope {
			s.oldAttestation(subject, digest, layer, text)
		} else {
			s.oldSignature(subject, digest, layer, text)
		}
	}
}

func (s *search) layerUnread(subject, digest string, layer ocispec.Descriptor, err error) {
	proof := Proof{State: Unknown, Reason: "could not be read: " + plain(err), Digest: digest, Subject: subject}
	if errors.Is(err, errDigest) || errors.Is(err, fs.ErrNotExist) {
		proof.State, proof.Reason = Invalid, "its content is missing or damaged: "+plain(err)
	} else {
		s.fail("read signature " + clean(string(layer.Digest), mostText) + ": " + plain(err))
	}
	if layer.MediaType == typeEnvelope {
		s.attestations = append(s.attestations, Attestation{Kind: "other", Proof: proof})
	} else {
		s.add(Signature{Kind: KindCosign, Proof: proof})
	}
}

// referrers reads the signatures among the manifests that refer to the image.
func (s *search) referrers(subject string, index []byte) {
	var list ocispec.Index
	if len(index) > mostManifest {
		s.fail("read what refers to " + subject + ": " + plain(errTooLarge))
		return
	}
	if err := json.Unmarshal(index, &list); err != nil {
		s.fail("read what refers to " + subject + ": not an index: " + plain(err))
		return
	}
	// Registries list them in any order: the report must not depend on it.
	slices.SortFunc(list.Manifests, func(a, b ocispec.Descriptor) int { return strings.Compare(string(a.Digest), string(b.Digest)) })
	for i, one := range list.Manifests {
		if i == mostListed {
			s.fail("too much refers to " + subject + ": what follows was not looked at")
			return
		}
		s.referrer(subject, one)
	}
}

func (s *search) referrer(subject string, one ocispec.Descriptor) {
	digest := string(one.Digest)
	if one.ArtifactType == ocispec.MediaTypeEmptyJSON {
		one.ArtifactType = "" // some registries tell the type of the configuration, which says nothing here
	}
	if one.ArtifactType != "" && !ofInterest(one.ArtifactType) || s.seen[digest+subject] {
		return
	}
	s.seen[digest+subject] = true
	m, _, err := s.holder(digest)
	if m.ArtifactType == "" {
		m.ArtifactType = m.Config.MediaType
	}
	if one.ArtifactType == "" {
		one.ArtifactType = m.ArtifactType
	}
	if err == nil && !ofInterest(one.ArtifactType) {
		return
	}
	kind := KindBundle
	if one.ArtifactType == typeNotation {
		kind = KindNotation
	}
	proof := Proof{Digest: clean(digest, mostText), Subject: subject}
	switch {
	case broken(err) || errors.Is(err, fs.ErrNotExist):
		proof.State, proof.Reason = Invalid, "its manifest is missing or damaged: "+plain(err)
		s.add(Signature{Kind: kind, Proof: proof})
	case err != nil:
		proof.State, proof.Reason = Unknown, "could not be read: "+plain(err)
		s.add(Signature{Kind: kind, Proof: proof})
		s.fail("read signature " + clean(digest, mostText) + ": " + plain(err))
	case one.ArtifactType == typeCosign:
		s.layers(subject, digest, m)
	case s.room():
		s.artifact(kind, proof, m)
	}
}

// artifact reads a manifest with one layer that is a bundle or an envelope of notation.
func (s *search) artifact(kind string, proof Proof, m ocispec.Manifest) {
	if len(m.Layers) != 1 {
		proof.State, proof.Reason = Invalid, "manifest of a signature has not exactly one layer"
		s.add(Signature{Kind: kind, Proof: proof})
		return
	}
	text, err := s.blob(m.Layers[0])
	switch {
	case errors.Is(err, errDigest) || errors.Is(err, fs.ErrNotExist):
		proof.State, proof.Reason = Invalid, "its content is missing or damaged: "+plain(err)
		s.add(Signature{Kind: kind, Proof: proof})
	case err != nil:
		proof.State, proof.Reason = Unknown, "could not be read: "+plain(err)
		s.add(Signature{Kind: kind, Proof: proof})
		s.fail("read signature " + proof.Digest + ": " + plain(err))
	case kind == KindNotation:
		s.notation(proof, m.Layers[0].MediaType, text)
	default:
		s.bundle(proof, text)
	}
}

func (s *search) add(one Signature) { s.signatures = append(s.signatures, one) }

func ofInterest(artifactType string) bool {
	return strings.HasPrefix(artifactType, typeBundle) || artifactType == typeNotation || artifactType == typeCosign
}

// broken reports whether something was read but is damaged.
func broken(err error) bool {
	var syntax *json.SyntaxError
	var typed *json.UnmarshalTypeError
	return errors.As(err, &syntax) || errors.As(err, &typed) || errors.Is(err, errDigest)
}

package signature

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// described gives the manifest that is signed, and its descriptor.
func (s *search) described(subject string) (ocispec.Descriptor, []byte, error) {
	raw, known := s.manifests[subject]
	if !known {
		var err error
		if raw, _, err = s.manifest(subject); err != nil {
			s.fail("read manifest " + subject + ": " + plain(err))
			return ocispec.Descriptor{}, nil, err
		}
		s.manifests[subject] = raw
	}
	var told struct {
		MediaType string            `json:"mediaType"`
		Manifests []json.RawMessage `json:"manifests"`
	}
	_ = json.Unmarshal(raw, &told) // a digest that fits what was signed says enough of it
	if told.MediaType == "" {
		told.MediaType = ocispec.MediaTypeImageManifest
		if told.Manifests != nil {
			told.MediaType = ocispec.MediaTypeImageIndex
		}
	}
	return ocispec.Descriptor{MediaType: told.MediaType, Digest: digest.Digest(subject), Size: int64(len(raw))}, raw, nil
}

// indexed reports whether the image's index lists the image: then a signature of the index covers it. The
// provenance that BuildKit adds to an index is read on the way.
func (s *search) indexed() bool {
	_, raw, err := s.described(s.image.Index)
	if err != nil {
		return false
	}
	var list ocispec.Index
	if err := json.Unmarshal(raw, &list); err != nil {
		s.fail("read index " + s.image.Index + ": " + plain(err))
		return false
	}
	if !slices.ContainsFunc(list.Manifests, func(one ocispec.Descriptor) bool { return string(one.Digest) == s.image.Digest }) {
		s.fail("index " + s.image.Index + " does not list the image: its signatures do not count")
		return false
	}
	for _, one := range list.Manifests {
		if one.Annotations["vnd.docker.reference.type"] == "attestation-manifest" && one.Annotations["vnd.docker.reference.digest"] == s.image.Digest {
			s.unsigned(string(one.Digest))
		}
	}
	return true
}

// unsigned reads the statements that BuildKit puts into an index:
// https://github.com/moby/buildkit/blob/master/docs/attestations/attestation-storage.md.
func (s *search) unsigned(digest string) {
	m, _, err := s.holder(digest)
	if err != nil {
		s.fail("read attestations " + clean(digest, mostText) + ": " + plain(err))
		return
	}
	for _, layer := range m.Layers {
		if layer.MediaType != typeStatement {
			continue
		}
		if !s.room() {
			return
		}
		proof := Proof{State: Present, Reason: "present, not verified: BuildKit adds it without a signature", Digest: digest, Subject: s.image.Digest}
		text, err := s.blob(layer)
		if err != nil {
			s.fail("read attestation " + clean(string(layer.Digest), mostText) + ": " + plain(err))
			continue
		}
		st, err := parseStatement(text)
		if err != nil {
			proof.State, proof.Reason = Invalid, "statement is not readable: "+plain(err)
		} else if !st.about(proof.Subject) {
			proof.State, proof.Reason = Invalid, "is about another image: "+st.other()
		}
		if strings.HasPrefix(st.PredicateType, predicateSign) {
			continue // a signature that is not signed says nothing
		}
		s.tell(proof, st)
	}
}

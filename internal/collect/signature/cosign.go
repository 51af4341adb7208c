package signature

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/sigstore/sigstore-go/pkg/verify"
)

// payload is what cosign signs: https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md,
// after the simple signing of containers/image.
type payload struct {
	Critical struct {
		Identity struct {
			Reference string `json:"docker-reference"`
		} `json:"identity"`
		Image struct {
			Digest string `json:"docker-manifest-digest"`
		} `json:"image"`
	} `json:"critical"`
}

func parsePayload(text []byte) (payload, error) {
	var p payload
	if err := json.Unmarshal(text, &p); err != nil {
		return p, err
	}
	if p.Critical.Image.Digest == "" {
		return p, errors.New("payload names no image digest")
	}
	return p, nil
}

// oldSignature judges a layer with a payload, whose signature stands in the layer's annotations.
func (s *search) oldSignature(subject, digest string, layer ocispec.Descriptor, text []byte) {
	one := Signature{Kind: KindCosign, Proof: Proof{Digest: digest, Subject: subject}}
	defer func() { s.add(one) }()
	p, err := parsePayload(text)
	if err != nil {
		one.State, one.Reason = Invalid, "payload is not readable: "+plain(err)
		return
	}
	one.Reference = clean(p.Critical.Identity.Reference, mostText)
	one.Copied = s.isCopy(p.Critical.Identity.Reference)
	if p.Critical.Image.Digest != subject {
		one.State, one.Reason = Invalid, "signs another image: "+clean(p.Critical.Image.Digest, mostText)
		return
	}
	signature, err := base64.StdEncoding.DecodeString(layer.Annotations[annotationSignature])
	if err != nil || len(signature) == 0 {
		one.State, one.Reason = Invalid, "the layer's annotation "+annotationSignature+" holds no base64 signature"
		return
	}
	c, err := oldClaim(layer.Annotations, content{message: text, signature: signature})
	if err != nil {
		one.State, one.Reason = Invalid, plain(err)
		return
	}
	c.message, c.signatures, c.artifact = text, [][]byte{signature}, verify.WithArtifact(bytes.NewReader(text))
	s.prove(&one.Proof, c)
	one.SignedAt = claimedTime(one.Proof, layer.Annotations)
	if one.State == Verified && one.Copied {
		one.Reason += "; the signature names " + one.Reference + ": the image was copied or tagged anew"
	}
}

// oldAttestation judges a layer with a DSSE envelope.
func (s *search) oldAttestation(subject, digest string, layer ocispec.Descriptor, text []byte) {
	proof := Proof{Digest: digest, Subject: subject}
	e, err := parseEnvelope(text)
	if err != nil {
		proof.State, proof.Reason = Invalid, plain(err)
		s.attestations = append(s.attestations, Attestation{Kind: "other", Proof: proof})
		return
	}
	c, err := oldClaim(layer.Annotations, content{envelope: &e})
	if err != nil {
		proof.State, proof.Reason = Invalid, plain(err)
		s.attestations = append(s.attestations, Attestation{Kind: "other", Proof: proof})
		return
	}
	proof.SignedAt = claimedTime(proof, layer.Annotations)
	s.attested(proof, e, c)
}

// isCopy reports whether a signer named another repository than the image's, or another tag. Cosign
// names the repository; it names a tag where it was told to (--sign-container-identity).
func (s *search) isCopy(reference string) bool {
	named, tag := splitReference(reference)
	return named != "" && s.image.Repository != "" && repository(named) != repository(s.image.Repository) ||
		tag != "" && s.image.Tag != "" && tag != s.image.Tag
}

// The annotations of a layer: cosign's pkg/oci/internal/signature/layer.go.
const (
	annotationSignature   = "dev.cosignproject.cosign/signature"
	annotationCertificate = "dev.sigstore.cosign/certificate"
	annotationBundle      = "dev.sigstore.cosign/bundle"
	annotationTimestamp   = "dev.sigstore.cosign/rfc3161timestamp"
)

// logEntry is the annotation with the promise of a transparency log.
type logEntry struct {
	SignedEntryTimestamp []byte
	Payload              struct {
		Body           []byte `json:"body"`
		IntegratedTime int64  `json:"integratedTime"`
		LogIndex       int64  `json:"logIndex"`
		LogID          string `json:"logID"`
	}
}

// oldClaim reads the certificate of a layer, and gives the signature as a bundle when it is asked for.
func oldClaim(annotations map[string]string, of content) (claim, error) {
	c := claim{bundle: func() (*bundle.Bundle, error) { return oldBundle(annotations, of) }}
	text := annotations[annotationCertificate]
	if text == "" {
		return c, nil
	}
	certificate, err := certificateOf([]byte(text))
	if err != nil {
		return c, fmt.Errorf("certificate is not readable: %w", err)
	}
	c.certificate = certificate
	return c, nil
}

// claimedTime is when a log says that a signature was made, if nothing verified tells it: keys are
// verified without the log.
func claimedTime(p Proof, annotations map[string]string) string {
	var entry logEntry
	if p.SignedAt != "" || json.Unmarshal([]byte(annotations[annotationBundle]), &entry) != nil || entry.Payload.IntegratedTime <= 0 || entry.Payload.IntegratedTime > 1<<36 {
		return p.SignedAt
	}
	return moment(time.Unix(entry.Payload.IntegratedTime, 0))
}

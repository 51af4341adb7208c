package signature

import (
	"encoding/hex"
	"errors"
	"strings"

	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/sigstore/sigstore-go/pkg/verify"
)

// bundle judges a Sigstore bundle: https://github.com/sigstore/cosign/blob/main/specs/BUNDLE_SPEC.md.
func (s *search) bundle(proof Proof, text []byte) {
	one := Signature{Kind: KindBundle, Proof: proof}
	b, c, e, err := readBundle(text)
	switch {
	case err != nil:
		one.State, one.Reason = Invalid, "bundle is not readable: "+plain(err)
		s.add(one)
	case e != nil:
		s.attested(proof, *e, c)
	default:
		s.manifestSignature(&one, b, c)
		s.add(one)
	}
}

// readBundle reads a bundle, and the envelope in it if there is one. The library may stop on hostile input.
func readBundle(text []byte) (b *bundle.Bundle, c claim, e *envelope, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("it is malformed")
		}
	}()
	b = &bundle.Bundle{}
	if err := b.UnmarshalJSON(text); err != nil {
		return nil, c, nil, err
	}
	material, err := b.VerificationContent()
	if err != nil {
		return nil, c, nil, err
	}
	signed, err := b.SignatureContent()
	if err != nil {
		return nil, c, nil, err
	}
	c = claim{certificate: material.Certificate(), bundle: func() (*bundle.Bundle, error) { return b, nil }}
	if content := signed.EnvelopeContent(); content != nil {
		one, err := newEnvelope(content.RawEnvelope())
		return b, c, &one, err
	}
	if content := signed.MessageSignatureContent(); content != nil {
		c.signatures = [][]byte{content.Signature()}
		return b, c, nil, nil
	}
	return nil, c, nil, errors.New("it holds neither an envelope nor a signature")
}

// manifestSignature judges a bundle that signs the bytes of the image's manifest themselves.
func (s *search) manifestSignature(one *Signature, b *bundle.Bundle, c claim) {
	_, raw, err := s.described(one.Subject)
	if err != nil {
		one.State, one.Reason = Unknown, "the manifest that it signs could not be read: "+plain(err)
		return
	}
	signed, err := b.SignatureContent()
	if err == nil && signed.MessageSignatureContent() != nil {
		if content := signed.MessageSignatureContent(); content.DigestAlgorithm() == "SHA2_256" && strings.HasPrefix(one.Subject, "sha256:") &&
			hex.EncodeToString(content.Digest()) != one.Subject[len("sha256:"):] {
			one.State, one.Reason = Invalid, "signs another image: sha256:"+hex.EncodeToString(content.Digest())
			return
		}
	}
	c.message, c.artifact = raw, verify.WithArtifact(strings.NewReader(string(raw)))
	s.prove(&one.Proof, c)
}

// artifactDigest says to the library which image an envelope's statement must be about.
func artifactDigest(digest string) verify.ArtifactPolicyOption {
	algorithm, value, _ := strings.Cut(digest, ":")
	sum, err := hex.DecodeString(value)
	if err != nil {
		sum = nil // matches nothing
	}
	return verify.WithArtifactDigest(algorithm, sum)
}

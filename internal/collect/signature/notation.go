package signature

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/notaryproject/notation-core-go/revocation"
	"github.com/notaryproject/notation-core-go/revocation/result"
	core "github.com/notaryproject/notation-core-go/signature"
	"github.com/notaryproject/notation-core-go/signature/cose"
	"github.com/notaryproject/notation-core-go/signature/jws"
	"github.com/notaryproject/notation-go"
	"github.com/notaryproject/notation-go/verifier"
	"github.com/notaryproject/notation-go/verifier/trustpolicy"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// notary verifies signatures of notation by one rule.
type notary struct {
	verifier notation.Verifier
	stamped  bool // signatures need a timestamp
}

func newNotary(r *NotationRule, read func(string) ([]byte, error)) (*notary, error) {
	store, err := newStore(r, read)
	if err != nil {
		return nil, err
	}
	stores := []string{"ca:rule"}
	stamped := len(r.TimestampAuthorities) > 0
	if stamped {
		stores = append(stores, "tsa:rule")
	}
	// The library asks the clock of the machine whether things have expired, and the network whether
	// certificates were revoked. Expiry is logged only, so that timely judges it by the time of the
	// scan; revocation is not checked.
	document := &trustpolicy.Document{Version: "1.0", TrustPolicies: []trustpolicy.TrustPolicy{{
		Name: "rule", RegistryScopes: []string{"*"}, TrustStores: stores, TrustedIdentities: r.Identities,
		SignatureVerification: trustpolicy.SignatureVerification{
			VerificationLevel: trustpolicy.LevelStrict.Name, VerifyTimestamp: trustpolicy.OptionAlways,
			Override: map[trustpolicy.ValidationType]trustpolicy.ValidationAction{
				trustpolicy.TypeExpiry: trustpolicy.ActionLog, trustpolicy.TypeAuthenticTimestamp: trustpolicy.ActionLog,
				trustpolicy.TypeRevocation: trustpolicy.ActionSkip,
			},
		},
	}}}
	made, err := verifier.NewWithOptions(document, store, nil, verifier.VerifierOptions{
		RevocationCodeSigningValidator: offline{}, RevocationTimestampingValidator: offline{}})
	if err != nil {
		return nil, fmt.Errorf("notation: %w", err)
	}
	return &notary{verifier: made, stamped: stamped}, nil
}

// offline finds no certificate revocable: nothing is asked of the network.
type offline struct{}

// ValidateContext gives a result for every certificate of the chain, as the library expects.
func (offline) ValidateContext(_ context.Context, options revocation.ValidateContextOptions) ([]*result.CertRevocationResult, error) {
	all := make([]*result.CertRevocationResult, len(options.CertChain))
	for i := range all {
		all[i] = &result.CertRevocationResult{Result: result.ResultNonRevokable}
	}
	return all, nil
}

// mostChain bounds the certificates in an envelope.
const mostChain = 20

// notation judges an envelope of notation:
// https://github.com/notaryproject/specifications/blob/main/specs/signature-specification.md.
func (s *search) notation(proof Proof, mediaType string, text []byte) {
	one := Signature{Kind: KindNotation, Proof: proof}
	s.notarized(&one.Proof, mediaType, text)
	s.add(one)
}

func (s *search) notarized(p *Proof, mediaType string, text []byte) {
	defer guard(p)
	signed, err := readNotation(mediaType, text)
	if err != nil {
		p.State, p.Reason = Invalid, "envelope is not readable: "+plain(err)
		return
	}
	signer := signed.SignerInfo
	leaf := signer.CertificateChain[0]
	p.Identity = &Identity{Issuer: clean(leaf.Issuer.String(), mostText), Subject: clean(leaf.Subject.String(), mostText)}
	p.Certificate, p.SignedAt = validityOf(leaf), moment(signer.SignedAttributes.SigningTime)
	var target struct{ TargetArtifact ocispec.Descriptor }
	if err := json.Unmarshal(signed.Payload.Content, &target); err != nil {
		p.State, p.Reason = Invalid, "payload is not readable: "+plain(err)
		return
	}
	if digest := string(target.TargetArtifact.Digest); digest != p.Subject {
		p.State, p.Reason = Invalid, "signs another image: "+clean(digest, mostText)
		return
	}
	switch {
	case s.rule == nil:
		p.State, p.Reason = Present, s.noRule()
	case s.rule.notation == nil:
		p.State, p.Reason = Present, "present, not verified: the rule does not speak of notation"
	default:
		s.proveNotation(p, mediaType, text, &signer)
	}
}

// readNotation reads an envelope without verifying it.
func readNotation(mediaType string, text []byte) (*core.EnvelopeContent, error) {
	if mediaType != jws.MediaTypeEnvelope && mediaType != cose.MediaTypeEnvelope {
		return nil, errors.New("its media type is neither JWS nor COSE but " + clean(mediaType, 80))
	}
	e, err := core.ParseEnvelope(mediaType, text)
	if err != nil {
		return nil, err
	}
	signed, err := e.Content()
	if err != nil {
		return nil, err
	}
	if n := len(signed.SignerInfo.CertificateChain); n == 0 || n > mostChain {
		return nil, fmt.Errorf("it has %d certificates, of 1 to %d", n, mostChain)
	}
	return signed, nil
}

// anywhere is a reference that the scope of every trust policy here matches: the rule was chosen by
// the image's repository before.
const anywhere = "kubeproof.invalid/image@"

func (s *search) proveNotation(p *Proof, mediaType string, text []byte, signer *core.SignerInfo) {
	of, _, err := s.described(p.Subject)
	if err != nil {
		p.State, p.Reason = Unknown, "the manifest that it signs could not be read: "+plain(err)
		return
	}
	for _, attribute := range signer.SignedAttributes.ExtendedAttributes {
		if attribute.Critical {
			p.State, p.Reason = Invalid, clean(fmt.Sprintf("needs a plugin or knowledge of %v to be verified, and plugins are not run", attribute.Key), mostText)
			return
		}
	}
	outcome, err := s.rule.notation.verifier.Verify(s.ctx, of, text, notation.VerifierVerifyOptions{
		ArtifactReference: anywhere + p.Subject, SignatureMediaType: mediaType})
	if err != nil {
		p.State, p.Reason = Invalid, "not trusted: "+plain(err)
		return
	}
	if reason := s.untimely(signer.SignedAttributes, signer.CertificateChain, outcome); reason != "" {
		p.State, p.Reason = Invalid, reason
		return
	}
	p.State, p.Reason = Verified, fmt.Sprintf("signed by %s; revocation was not checked", p.Identity.Subject)
}

// untimely says why a signature does not count at the time of the scan; "" if it does.
func (s *search) untimely(signed core.SignedAttributes, chain []*x509.Certificate, outcome *notation.VerificationOutcome) string {
	if !signed.Expiry.IsZero() && !s.now.Before(signed.Expiry) {
		return "the signature expired at " + moment(signed.Expiry)
	}
	if s.rule.notation.stamped {
		stamp := slices.IndexFunc(outcome.VerificationResults, func(r *notation.ValidationResult) bool { return r.Type == trustpolicy.TypeAuthenticTimestamp })
		switch {
		case stamp < 0:
			return "nothing tells when it was made"
		case outcome.VerificationResults[stamp].Error != nil:
			return "nothing that the rule trusts tells when it was made: " + plain(outcome.VerificationResults[stamp].Error)
		}
		return ""
	}
	for _, one := range chain {
		switch {
		case s.now.Before(one.NotBefore):
			return fmt.Sprintf("the certificate of %s is valid only from %s", clean(one.Subject.String(), 120), moment(one.NotBefore))
		case s.now.After(one.NotAfter):
			return fmt.Sprintf("the certificate of %s expired at %s", clean(one.Subject.String(), 120), moment(one.NotAfter))
		}
	}
	return ""
}

package signature

import (
	"crypto/x509"
	"errors"
	"fmt"
	"strings"

	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/sigstore/sigstore-go/pkg/fulcio/certificate"
	"github.com/sigstore/sigstore-go/pkg/verify"
)

// claim is a signature that can be verified with a key or by its certificate.
type claim struct {
	message    []byte // what a key signs
	signatures [][]byte
	// certificate came along; nil if the signature was made with a key alone.
	certificate *x509.Certificate
	// bundle gives the signature as the bundle that Sigstore's library verifies, artifact what it must be of.
	bundle   func() (*bundle.Bundle, error)
	artifact verify.ArtifactPolicyOption
}

// prove verifies a claim by the rule and writes the outcome into a proof. A library that stops on hostile
// input makes the signature invalid.
func (s *search) prove(p *Proof, c claim) {
	defer guard(p)
	if c.certificate != nil {
		p.Identity, p.Certificate = identityOf(c.certificate), validityOf(c.certificate)
	}
	switch {
	case s.rule == nil:
		p.State, p.Reason = Present, s.noRule()
	case s.proveByKey(p, c):
	case c.certificate == nil && len(s.rule.keys) == 0:
		p.State, p.Reason = Present, "present, not verified: it was made with a key, and the rule names no keys"
	case c.certificate == nil:
		p.State, p.Reason = Invalid, "made with another key than those of the rule, or for other content"
	case s.rule.certificates == nil:
		p.State, p.Reason = Present, "present, not verified: it was made with a certificate, and the rule names no identities with a trustRoot"
	default:
		s.proveByCertificate(p, c)
	}
}

func (s *search) noRule() string {
	if s.image.Repository == "" {
		return "present, not verified: the image's repository is not known, and no rule under signatures is for all"
	}
	return "present, not verified: no rule under signatures is for " + clean(s.image.Repository, mostText)
}

func (s *search) proveByKey(p *Proof, c claim) bool {
	if len(s.rule.keys) == 0 {
		return false
	}
	signed := newMessage(c.message)
	for _, key := range s.rule.keys {
		for _, signature := range c.signatures {
			if key.verifies(&signed, signature) {
				p.State, p.Key, p.Reason = Verified, key.fingerprint, "signed with the key "+key.file
				p.Identity, p.Certificate = nil, nil
				return true
			}
		}
	}
	return false
}

func (s *search) proveByCertificate(p *Proof, c claim) {
	entity, err := c.bundle()
	if err != nil {
		p.State, p.Reason = Invalid, "not readable: "+plain(err)
		return
	}
	result, err := s.rule.certificates.verifier.Verify(entity, verify.NewPolicy(c.artifact, s.rule.certificates.identities...))
	if err != nil {
		p.State, p.Reason = Invalid, certificateReason(p.Identity, err)
		return
	}
	for _, one := range result.VerifiedTimestamps {
		if at := moment(one.Timestamp); p.SignedAt == "" || at < p.SignedAt {
			p.SignedAt = at
		}
	}
	p.State, p.Reason = Verified, fmt.Sprintf("signed by %s, for whom %s vouches", p.Identity.Subject, p.Identity.Issuer)
}

// certificateReason says why a certificate's signature did not verify, in the words of the step that
// the library stopped at.
func certificateReason(who *Identity, err error) string {
	var identity *verify.ErrNoMatchingCertificateIdentity
	if errors.As(err, &identity) {
		return fmt.Sprintf("signed by %s, for whom %s vouches: the rule names other identities", who.Subject, who.Issuer)
	}
	text := plain(err)
	for _, step := range []struct{ begins, means string }{
		{"failed to verify log inclusion", "no entry in a transparency log of the trust root proves it"},
		{"failed to verify timestamps", "nothing that the trust root knows tells when it was made"},
		{"failed to verify leaf certificate", "the certificate is from no authority of the trust root, or was not valid when it signed"},
		{"failed to verify signed certificate timestamp", "no certificate log of the trust root knows the certificate"},
		{"failed to verify signature", "the signature does not fit the certificate or the content"},
	} {
		if rest, ok := strings.CutPrefix(text, step.begins); ok {
			return step.means + " (" + strings.TrimPrefix(rest, ": ") + ")"
		}
	}
	return "not verifiable: " + text
}

// guard makes a signature invalid on which a library panicked.
func guard(p *Proof) {
	if stopped := recover(); stopped != nil {
		p.State, p.Reason = Invalid, clean(fmt.Sprint("not readable: ", stopped), mostText)
	}
}

func identityOf(c *x509.Certificate) *Identity {
	summary, err := certificate.SummarizeCertificate(c)
	if err != nil {
		return &Identity{Issuer: clean(c.Issuer.String(), mostText), Subject: clean(c.Subject.String(), mostText)}
	}
	return &Identity{Issuer: clean(summary.Issuer, mostText), Subject: clean(summary.SubjectAlternativeName, mostText)}
}

func validityOf(c *x509.Certificate) *Validity {
	return &Validity{NotBefore: moment(c.NotBefore), NotAfter: moment(c.NotAfter)}
}

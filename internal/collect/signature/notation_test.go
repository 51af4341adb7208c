package signature_test

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/notaryproject/notation-core-go/testhelper"

	"github.com/kubeproof/kubeproof/internal/collect/signature"
)

// notarize pushes a signature that notation's own signer made, as a referrer.
func (s *shop) notarize(subject, of, mediaType string, expiry time.Duration) {
	s.t.Helper()
	s.signing().Notarize(subject, of, mediaType, expiry)
}

func certificatePEM(c *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
}

func notarizedBy(identities ...string) signature.Rule {
	return signature.Rule{Repository: "**", Notation: &signature.NotationRule{Certificates: []string{"ca.pem"}, Identities: identities}}
}

func TestNotation(t *testing.T) {
	ca := files{"ca.pem": certificatePEM(testhelper.GetRSARootCertificate().Cert), "tsa.pem": readTestdata(t, "notation/tsa.pem")}
	stranger := files{"ca.pem": certificatePEM(testhelper.GetECRootCertificate().Cert)}
	for _, mediaType := range []string{"application/jose+json", "application/cose"} {
		t.Run(mediaType, func(t *testing.T) {
			s := newShop(t, withReferrers())
			image := s.image("1")
			s.notarize(image, image, mediaType, time.Hour)
			report := check(t, s, image, policyOf(t, ca, notarizedBy("x509.subject: C=US, ST=WA, O=Notary")), signature.Verified, "revocation was not checked")
			if one := report.Signatures[0]; one.Kind != signature.KindNotation || one.Identity == nil || one.SignedAt == "" || one.Certificate == nil {
				t.Errorf("signature is told as %+v", one)
			}
			check(t, s, image, policyOf(t, ca, notarizedBy("*")), signature.Verified, "")
			check(t, s, image, policyOf(t, ca, notarizedBy("x509.subject: C=US, ST=WA, O=Other")), signature.Invalid, "not trusted")
			check(t, s, image, policyOf(t, stranger, notarizedBy("*")), signature.Invalid, "not trusted")
			check(t, s, image, nil, signature.Present, "not verified")
			check(t, s, image, policyOf(t, files{"k": pemOf(t, newKey(t).Public())}, signature.Rule{Repository: "**", Keys: []string{"k"}}), signature.Present, "does not speak of notation")
			stamped := notarizedBy("*")
			stamped.Notation.TimestampAuthorities = []string{"tsa.pem"}
			check(t, s, image, policyOf(t, ca, stamped), signature.Invalid, "no timestamp countersignature")

			other := s.image("2")
			s.notarize(other, image, mediaType, 0)
			check(t, s, other, policyOf(t, ca, notarizedBy("*")), signature.Invalid, "signs another image: "+image)
		})
	}
}

// The time of the scan decides what has expired, not the machine's clock.
func TestNotationExpires(t *testing.T) {
	s := newShop(t, withReferrers())
	p := policyOf(t, files{"ca.pem": certificatePEM(testhelper.GetRSARootCertificate().Cert)}, notarizedBy("*"))
	short, long := s.image("1"), s.image("2")
	s.notarize(short, short, "application/cose", time.Hour)
	s.notarize(long, long, "application/cose", 0)
	for _, test := range []struct {
		image  string
		at     time.Duration
		want   signature.State
		reason string
	}{
		{short, 0, signature.Verified, ""},
		{short, 2 * time.Hour, signature.Invalid, "the signature expired at"},
		{long, 2 * time.Hour, signature.Verified, ""},
		{long, 48 * time.Hour, signature.Invalid, "the certificate of "},
		{long, -48 * time.Hour, signature.Invalid, "is valid only from"},
	} {
		report, _ := signature.Verify(context.Background(), signature.Image{Repository: s.repo.Name(), Digest: test.image}, s, p, now.Add(test.at))
		expect(t, report.Signed, test.want, test.reason)
		again, _ := signature.Verify(context.Background(), signature.Image{Repository: s.repo.Name(), Digest: test.image}, s, p, now.Add(test.at))
		if diff := cmp.Diff(report, again); diff != "" {
			t.Errorf("the report differs between runs: %s", diff)
		}
	}
}

package signature_test

import (
	"testing"

	"github.com/kubeproof/kubeproof/internal/collect/signature"
)

const (
	actions  = "https://token.actions.githubusercontent.com"
	workflow = "https://github.com/example/shop/.github/workflows/release.yaml@refs/tags/v1"
)

func byIdentity(issuer, subject string) signature.Rule {
	return signature.Rule{Repository: "**", TrustRoot: "root.json", Identities: []signature.IdentityRule{{Issuer: issuer, Subject: subject}}}
}

// TestCertificates signs with certificates of a virtual Sigstore, in the form of cosign before bundles.
func TestCertificates(t *testing.T) {
	s := newShop(t)
	home, elsewhere := virtualSigstore(t), virtualSigstore(t)
	digest := s.image("1")
	payload := payloadOf(t, s.repo, digest)
	made, err := home.Sign(workflow, actions, payload)
	if err != nil {
		t.Fatal(err)
	}
	annotations := certificateAnnotations(t, home, made)
	s.artifact(tagOf(digest)+".sig", "", "", layer{"application/vnd.dev.cosign.simplesigning.v1+json", payload, annotations})
	trusted, other := files{"root.json": trustRoot(t, home)}, files{"root.json": trustRoot(t, elsewhere)}
	glob := "https://github.com/example/shop/.github/workflows/release.yaml@refs/tags/*"

	report := check(t, s, digest, policyOf(t, trusted, byIdentity(actions, glob)), signature.Verified, "signed by "+workflow+", for whom "+actions+" vouches")
	if one := report.Signatures[0]; one.Identity.Subject != workflow || one.Identity.Issuer != actions || one.SignedAt == "" || one.Certificate.NotAfter == "" {
		t.Errorf("signature is told as %+v", one)
	}
	check(t, s, digest, policyOf(t, trusted, byIdentity(actions, "https://github.com/other/**")), signature.Invalid, "the rule names other identities")
	check(t, s, digest, policyOf(t, trusted, byIdentity("https://accounts.example.com", glob)), signature.Invalid, "the rule names other identities")
	check(t, s, digest, policyOf(t, trusted, byIdentity(actions, "https://github.com/example/shop/*@refs/tags/*")), signature.Invalid, "the rule names other identities")
	check(t, s, digest, policyOf(t, other, byIdentity(actions, glob)), signature.Invalid, "no entry in a transparency log of the trust root")
	check(t, s, digest, policyOf(t, files{"k": pemOf(t, newKey(t).Public())}, signature.Rule{Repository: "**", Keys: []string{"k"}}), signature.Present, "made with a certificate")
	check(t, s, digest, nil, signature.Present, "no rule")

	delete(annotations, "dev.sigstore.cosign/bundle")
	s.artifact(tagOf(digest)+".sig", "", "", layer{"application/vnd.dev.cosign.simplesigning.v1+json", payload, annotations})
	check(t, s, digest, policyOf(t, trusted, byIdentity(actions, glob)), signature.Invalid, "no entry in a transparency log")
}

// A signature whose certificate fits is still no signature of other content.
func TestCertificateOfOtherContent(t *testing.T) {
	s := newShop(t)
	home := virtualSigstore(t)
	digest := s.image("1")
	made, err := home.Sign(workflow, actions, []byte("something else"))
	if err != nil {
		t.Fatal(err)
	}
	s.artifact(tagOf(digest)+".sig", "", "", layer{"application/vnd.dev.cosign.simplesigning.v1+json", payloadOf(t, s.repo, digest), certificateAnnotations(t, home, made)})
	check(t, s, digest, policyOf(t, files{"root.json": trustRoot(t, home)}, byIdentity(actions, workflow)), signature.Invalid, "transparency log")
}

// TestBundles signs in the form of cosign 3: a bundle with a statement that refers to the image.
func TestBundles(t *testing.T) {
	const sign = "https://sigstore.dev/cosign/sign/v1"
	for name, registry := range map[string]*shop{"referrers": newShop(t, withReferrers()), "fallback tag": newShop(t)} {
		t.Run(name, func(t *testing.T) {
			s := registry
			home := virtualSigstore(t)
			digest, other := s.image("1"), s.image("2")
			made, err := home.AttestAtTime(workflow, actions, statementOf(t, digest, sign, map[string]any{}), now.Add(300e9), true)
			if err != nil {
				t.Fatal(err)
			}
			bundle := layer{"application/vnd.dev.sigstore.bundle.v0.3+json", certificateBundle(t, home, made), nil}
			p := policyOf(t, files{"root.json": trustRoot(t, home)}, byIdentity(actions, workflow))
			for _, subject := range []string{digest, other} {
				s.artifact("", bundle.mediaType, subject, bundle)
			}
			report := check(t, s, digest, p, signature.Verified, workflow)
			if one := report.Signatures[0]; one.Kind != signature.KindBundle || one.SignedAt == "" {
				t.Errorf("signature is told as %+v", one)
			}
			check(t, s, other, p, signature.Invalid, "is about another image: "+digest)
		})
	}
}

// TestSecondLog signs with an entry in a log of Rekor's second version, which promises no time: the
// time is that of a timestamp authority.
func TestSecondLog(t *testing.T) {
	s := newShop(t, withReferrers())
	home := virtualSigstore(t)
	digest := s.image("1")
	made, err := home.AttestHashedRekordV2(workflow, actions, statementOf(t, digest, "https://sigstore.dev/cosign/sign/v1", map[string]any{}))
	if err != nil {
		t.Fatal(err)
	}
	s.artifact("", "application/vnd.dev.sigstore.bundle.v0.3+json", digest, layer{"application/vnd.dev.sigstore.bundle.v0.3+json", certificateBundle(t, home, made), nil})
	check(t, s, digest, policyOf(t, files{"root.json": trustRoot(t, home)}, byIdentity(actions, workflow)), signature.Verified, workflow)
	check(t, s, digest, policyOf(t, files{"root.json": trustRoot(t, virtualSigstore(t))}, byIdentity(actions, workflow)), signature.Invalid, "transparency log")
}

func TestKeyBundle(t *testing.T) {
	s := newShop(t, withReferrers())
	private := newKey(t)
	digest := s.image("1")
	s.artifact("", "application/vnd.dev.sigstore.bundle.v0.3+json", digest, layer{"application/vnd.dev.sigstore.bundle.v0.3+json",
		keyBundle(t, private, statementOf(t, digest, "https://sigstore.dev/cosign/sign/v1", map[string]any{})), nil})
	check(t, s, digest, policyOf(t, files{"k": pemOf(t, private.Public())}, signature.Rule{Repository: "**", Keys: []string{"k"}}), signature.Verified, "with the key k")
	check(t, s, digest, policyOf(t, files{"k": pemOf(t, newKey(t).Public())}, signature.Rule{Repository: "**", Keys: []string{"k"}}), signature.Invalid, "another key")
}

// A bundle may sign the bytes of the manifest themselves.
func TestManifestBundle(t *testing.T) {
	s := newShop(t, withReferrers())
	private := newKey(t)
	digest := s.image("1")
	p := policyOf(t, files{"k": pemOf(t, private.Public())}, signature.Rule{Repository: "**", Keys: []string{"k"}})
	for _, of := range []string{digest, s.image("2")} {
		bundle := jsonOf(t, map[string]any{"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json", "verificationMaterial": map[string]any{"publicKey": map[string]any{"hint": ""}},
			"messageSignature": map[string]any{"messageDigest": map[string]any{"algorithm": "SHA2_256", "digest": b64(bytesOf(t, of))}, "signature": b64(signed(t, private, s.manifestOf(of)))}})
		s.artifact("", "application/vnd.dev.sigstore.bundle.v0.3+json", digest, layer{"application/vnd.dev.sigstore.bundle.v0.3+json", bundle, nil})
		report := check(t, s, digest, p, signature.Verified, "with the key k")
		for _, one := range report.Signatures {
			if one.State == signature.Invalid && one.Reason != "signs another image: "+of {
				t.Errorf("the stray bundle is told as %+v", one)
			}
		}
	}
}

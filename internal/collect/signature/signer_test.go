package signature_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"

	"github.com/kubeproof/kubeproof/internal/collect/signature"
	"github.com/kubeproof/kubeproof/test/signing"
)

// now is the time of the scan in tests: when the certificates that they make are valid.
var now = time.Now().Add(time.Minute)

// files are those that rules name.
type files map[string][]byte

func policyOf(t *testing.T, given files, rules ...signature.Rule) *signature.Policy {
	t.Helper()
	p, err := signature.New(rules, func(file string) ([]byte, error) {
		if text, ok := given[file]; ok {
			return text, nil
		}
		t.Errorf("the policy reads %s, which no rule names", file)
		return nil, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// what signs, as cosign and notation do
var (
	newKey                 = signing.Key
	pemOf                  = signing.PublicPEM
	payloadOf              = signing.Payload
	signed                 = signing.Signed
	statementOf            = signing.Statement
	trustRoot              = signing.TrustRoot
	virtualSigstore        = signing.Sigstore
	certificateBundle      = signing.Bundle
	certificateAnnotations = signing.Annotations
)

func b64(text []byte) string { return base64.StdEncoding.EncodeToString(text) }

// sign pushes a signature with a key as `cosign sign --key` does (the form before bundles).
func (s *shop) sign(digest string, private crypto.PrivateKey, payload []byte) string {
	s.t.Helper()
	return s.signing().Sign(digest, private, payload)
}

func (s *shop) signing() signing.Repository { return signing.Repository{T: s.t, Name: s.repo} }

func tagOf(digest string) string { return strings.Replace(digest, ":", "-", 1) }

func jsonOf(t *testing.T, value any) []byte {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// keys of all kinds that cosign can use.
func privateKeys(t *testing.T) map[string]crypto.Signer {
	t.Helper()
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]crypto.Signer{"P-256": newKey(t), "P-384": p384, "Ed25519": ed, "RSA": rsaKey}
}

func envelopeOf(t *testing.T, private crypto.PrivateKey, statement []byte) []byte {
	t.Helper()
	text, err := json.Marshal(dsse.Envelope{PayloadType: "application/vnd.in-toto+json", Payload: b64(statement),
		Signatures: []dsse.Signature{{Sig: b64(signed(t, private, dsse.PAE("application/vnd.in-toto+json", statement)))}}})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// keyBundle is a bundle that is signed with a key, as `cosign attest --key --new-bundle-format` writes.
func keyBundle(t *testing.T, private crypto.PrivateKey, statement []byte) []byte {
	t.Helper()
	return jsonOf(t, map[string]any{"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
		"verificationMaterial": map[string]any{"publicKey": map[string]any{"hint": "key"}},
		"dsseEnvelope": map[string]any{"payload": b64(statement), "payloadType": "application/vnd.in-toto+json",
			"signatures": []any{map[string]any{"sig": b64(signed(t, private, dsse.PAE("application/vnd.in-toto+json", statement)))}}}})
}

// bytesOf gives the bytes of a digest.
func bytesOf(t *testing.T, digest string) []byte {
	t.Helper()
	out, err := hex.DecodeString(strings.TrimPrefix(digest, "sha256:"))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

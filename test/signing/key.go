// Package signing signs images in tests as cosign and notation do, with their own libraries: with
// keys, with certificates of a Sigstore that lives in memory, with notation's certificates for tests.
// Begin with Key, Sigstore and Repository.
package signing

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	sigstore "github.com/sigstore/sigstore/pkg/signature"
	sigpayload "github.com/sigstore/sigstore/pkg/signature/payload"
)

// Key makes a key as cosign uses it.
func Key(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	made, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// PublicPEM is the file of a public key, as a policy names it.
func PublicPEM(t testing.TB, public crypto.PublicKey) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

// Payload is the payload that cosign's own code writes for an image.
func Payload(t testing.TB, repo name.Repository, digest string) []byte {
	t.Helper()
	text, err := sigpayload.Cosign{Image: repo.Digest(digest)}.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// Signed signs as cosign does with a key: by sigstore's own signers.
func Signed(t testing.TB, private crypto.PrivateKey, message []byte) []byte {
	t.Helper()
	signer, err := sigstore.LoadSigner(private, crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	out, err := signer.SignMessage(strings.NewReader(string(message)))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func b64(text []byte) string { return base64.StdEncoding.EncodeToString(text) }

func tagOf(digest string) string { return strings.Replace(digest, ":", "-", 1) }

// Statement is an in-toto statement about an image.
func Statement(t testing.TB, digest, predicateType string, predicate any) []byte {
	t.Helper()
	text, err := json.Marshal(map[string]any{"_type": "https://in-toto.io/Statement/v1", "predicateType": predicateType, "predicate": predicate,
		"subject": []any{map[string]any{"name": "app", "digest": map[string]string{"sha256": strings.TrimPrefix(digest, "sha256:")}}}})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func jsonOf(t testing.TB, value any) []byte {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

package signature_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/secure-systems-lab/go-securesystemslib/dsse"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/testing/ca"
	"github.com/sigstore/sigstore-go/pkg/tlog"
	"github.com/sigstore/sigstore-go/pkg/verify"
	sigstore "github.com/sigstore/sigstore/pkg/signature"
	sigpayload "github.com/sigstore/sigstore/pkg/signature/payload"

	"github.com/kubeproof/kubeproof/internal/collect/signature"
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

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	made, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func pemOf(t *testing.T, public crypto.PublicKey) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

// payloadOf is the payload that cosign's own code writes for an image.
func payloadOf(t *testing.T, repo name.Repository, digest string) []byte {
	t.Helper()
	text, err := sigpayload.Cosign{Image: repo.Digest(digest)}.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// signed signs as cosign does with a key: by sigstore's own signers.
func signed(t *testing.T, private crypto.PrivateKey, message []byte) []byte {
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

// sign pushes a signature with a key as `cosign sign --key` does (the form before bundles).
func (s *shop) sign(digest string, private crypto.PrivateKey, payload []byte) string {
	s.t.Helper()
	return s.artifact(tagOf(digest)+".sig", "", "", layer{"application/vnd.dev.cosign.simplesigning.v1+json", payload,
		map[string]string{"dev.cosignproject.cosign/signature": b64(signed(s.t, private, payload))}})
}

func tagOf(digest string) string { return strings.Replace(digest, ":", "-", 1) }

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

// statementOf is an in-toto statement about an image.
func statementOf(t *testing.T, digest, predicateType string, predicate any) []byte {
	t.Helper()
	text, err := json.Marshal(map[string]any{"_type": "https://in-toto.io/Statement/v1", "predicateType": predicateType, "predicate": predicate,
		"subject": []any{map[string]any{"name": "app", "digest": map[string]string{"sha256": strings.TrimPrefix(digest, "sha256:")}}}})
	if err != nil {
		t.Fatal(err)
	}
	return text
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

func jsonOf(t *testing.T, value any) []byte {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// trustRoot writes the trust root of a virtual Sigstore as the file that a user gives.
func trustRoot(t *testing.T, v *ca.VirtualSigstore) []byte {
	t.Helper()
	logs := v.RekorLogs()
	for id, one := range logs { // the test double keeps the text of the id where its bytes belong
		bytes, err := hex.DecodeString(id)
		if err != nil {
			t.Fatal(err)
		}
		one.ID = bytes
	}
	made, err := root.NewTrustedRoot(root.TrustedRootMediaType01, v.FulcioCertificateAuthorities(), nil, v.TimestampingAuthorities(), logs)
	if err != nil {
		t.Fatal(err)
	}
	text, err := made.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func virtualSigstore(t *testing.T) *ca.VirtualSigstore {
	t.Helper()
	v, err := ca.NewVirtualSigstore()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// certificateBundle writes what the virtual Sigstore signed as a bundle.
func certificateBundle(t *testing.T, v *ca.VirtualSigstore, e verify.SignedEntity) []byte {
	t.Helper()
	content, err := e.SignatureContent()
	if err != nil {
		t.Fatal(err)
	}
	made := map[string]any{"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json", "verificationMaterial": materialOf(t, v, e)}
	if message := content.MessageSignatureContent(); message != nil {
		made["messageSignature"] = map[string]any{"messageDigest": map[string]any{"algorithm": "SHA2_256", "digest": b64(message.Digest())}, "signature": b64(message.Signature())}
	} else {
		envelope := content.EnvelopeContent().RawEnvelope()
		made["dsseEnvelope"] = map[string]any{"payload": envelope.Payload, "payloadType": envelope.PayloadType, "signatures": []any{map[string]any{"sig": envelope.Signatures[0].Sig}}}
	}
	return jsonOf(t, made)
}

func materialOf(t *testing.T, v *ca.VirtualSigstore, e verify.SignedEntity) map[string]any {
	t.Helper()
	material, err := e.VerificationContent()
	if err != nil {
		t.Fatal(err)
	}
	stamps, err := e.Timestamps()
	if err != nil {
		t.Fatal(err)
	}
	entries, err := e.TlogEntries()
	if err != nil {
		t.Fatal(err)
	}
	var allStamps, allEntries []any
	for _, one := range stamps {
		allStamps = append(allStamps, map[string]any{"signedTimestamp": b64(one)})
	}
	for _, one := range entries {
		p := one.TransparencyLogEntry()
		kind, version := kindOf(t, p.GetCanonicalizedBody())
		entry := map[string]any{"logIndex": p.GetLogIndex(), "logId": map[string]any{"keyId": b64(p.GetLogId().GetKeyId())},
			"kindVersion": map[string]any{"kind": kind, "version": version}, "canonicalizedBody": b64(p.GetCanonicalizedBody())}
		if kind != "hashedrekord" || version != "0.0.2" { // version 2 of the log promises nothing
			entry["integratedTime"] = p.GetIntegratedTime()
			entry["inclusionPromise"] = map[string]any{"signedEntryTimestamp": b64(promise(t, v, one))}
		}
		if proof := p.GetInclusionProof(); proof != nil {
			hashes := []string{}
			for _, hash := range proof.GetHashes() {
				hashes = append(hashes, b64(hash))
			}
			entry["inclusionProof"] = map[string]any{"logIndex": proof.GetLogIndex(), "treeSize": proof.GetTreeSize(), "rootHash": b64(proof.GetRootHash()),
				"hashes": hashes, "checkpoint": map[string]any{"envelope": proof.GetCheckpoint().GetEnvelope()}}
		}
		allEntries = append(allEntries, entry)
	}
	return map[string]any{"certificate": map[string]any{"rawBytes": b64(material.Certificate().Raw)}, "tlogEntries": allEntries,
		"timestampVerificationData": map[string]any{"rfc3161Timestamps": allStamps}}
}

// certificateAnnotations are those of a signature that cosign made with a certificate (the form before bundles).
func certificateAnnotations(t *testing.T, v *ca.VirtualSigstore, e verify.SignedEntity) map[string]string {
	t.Helper()
	material, err := e.VerificationContent()
	if err != nil {
		t.Fatal(err)
	}
	content, err := e.SignatureContent()
	if err != nil {
		t.Fatal(err)
	}
	entries, err := e.TlogEntries()
	if err != nil {
		t.Fatal(err)
	}
	p := entries[0].TransparencyLogEntry()
	// as cosign's pkg/cosign/bundle.RekorBundle is written
	log := jsonOf(t, map[string]any{"SignedEntryTimestamp": promise(t, v, entries[0]),
		"Payload": map[string]any{"body": b64(p.GetCanonicalizedBody()), "integratedTime": p.GetIntegratedTime(), "logIndex": p.GetLogIndex(), "logID": hex.EncodeToString(p.GetLogId().GetKeyId())}})
	out := map[string]string{
		"dev.sigstore.cosign/certificate": string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: material.Certificate().Raw})),
		"dev.sigstore.cosign/bundle":      string(log)}
	if content.MessageSignatureContent() != nil {
		out["dev.cosignproject.cosign/signature"] = b64(content.Signature())
	}
	return out
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

// promise is the log's signature on an entry: the test double's entries do not give it away.
func promise(t *testing.T, v *ca.VirtualSigstore, e *tlog.Entry) []byte {
	t.Helper()
	p := e.TransparencyLogEntry()
	out, err := v.RekorSignPayload(tlog.RekorPayload{Body: b64(p.GetCanonicalizedBody()), IntegratedTime: p.GetIntegratedTime(),
		LogIndex: p.GetLogIndex(), LogID: hex.EncodeToString(p.GetLogId().GetKeyId())})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func kindOf(t *testing.T, body []byte) (kind, version string) {
	t.Helper()
	var told struct{ Kind, APIVersion string }
	if err := json.Unmarshal(body, &told); err != nil {
		t.Fatal(err)
	}
	return told.Kind, told.APIVersion
}

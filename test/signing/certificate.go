package signing

import (
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"testing"

	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/testing/ca"
	"github.com/sigstore/sigstore-go/pkg/tlog"
	"github.com/sigstore/sigstore-go/pkg/verify"
)

// TrustRoot writes the trust root of a virtual Sigstore as the file that a user gives.
func TrustRoot(t testing.TB, v *ca.VirtualSigstore) []byte {
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

// Sigstore makes a Sigstore in memory: an authority for certificates, a log, an authority for times.
func Sigstore(t testing.TB) *ca.VirtualSigstore {
	t.Helper()
	v, err := ca.NewVirtualSigstore()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Bundle writes what the virtual Sigstore signed as a bundle.
func Bundle(t testing.TB, v *ca.VirtualSigstore, e verify.SignedEntity) []byte {
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

func materialOf(t testing.TB, v *ca.VirtualSigstore, e verify.SignedEntity) map[string]any {
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

// Annotations are those of a signature that cosign made with a certificate (the form before bundles).
func Annotations(t testing.TB, v *ca.VirtualSigstore, e verify.SignedEntity) map[string]string {
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

// promise is the log's signature on an entry: the test double's entries do not give it away.
func promise(t testing.TB, v *ca.VirtualSigstore, e *tlog.Entry) []byte {
	t.Helper()
	p := e.TransparencyLogEntry()
	out, err := v.RekorSignPayload(tlog.RekorPayload{Body: b64(p.GetCanonicalizedBody()), IntegratedTime: p.GetIntegratedTime(),
		LogIndex: p.GetLogIndex(), LogID: hex.EncodeToString(p.GetLogId().GetKeyId())})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func kindOf(t testing.TB, body []byte) (kind, version string) {
	t.Helper()
	var told struct{ Kind, APIVersion string }
	if err := json.Unmarshal(body, &told); err != nil {
		t.Fatal(err)
	}
	return told.Kind, told.APIVersion
}

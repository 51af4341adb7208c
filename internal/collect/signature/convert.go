package signature

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"strconv"

	"github.com/sigstore/sigstore-go/pkg/bundle"
)

const mostCertificate = 64 << 10 // PEM of one certificate, in bytes

// certificateOf reads the first certificate of a PEM text.
func certificateOf(text []byte) (*x509.Certificate, error) {
	if len(text) > mostCertificate {
		return nil, errTooLarge
	}
	block, _ := pem.Decode(text)
	if block == nil || block.Type != "CERTIFICATE" {
		return nil, errors.New("no PEM certificate")
	}
	return x509.ParseCertificate(block.Bytes)
}

// content is what an old signature signs: a message, or an envelope.
type content struct {
	message, signature []byte
	envelope           *envelope
}

type object = map[string]any

// oldBundle writes a signature that cosign kept in annotations as the Sigstore bundle that a new cosign
// would write (protobuf-specs, sigstore_bundle.proto, version 0.1), so that one library judges both.
func oldBundle(annotations map[string]string, of content) (*bundle.Bundle, error) {
	certificate, err := certificateOf([]byte(annotations[annotationCertificate]))
	if err != nil {
		return nil, err
	}
	material := object{"x509CertificateChain": object{"certificates": []any{object{"rawBytes": certificate.Raw}}}}
	if text := annotations[annotationBundle]; text != "" {
		entry, err := oldEntry(text)
		if err != nil {
			return nil, fmt.Errorf("log entry: %w", err)
		}
		material["tlogEntries"] = []any{entry}
	}
	if text := annotations[annotationTimestamp]; text != "" {
		var stamp struct{ SignedRFC3161Timestamp []byte }
		if err := json.Unmarshal([]byte(text), &stamp); err != nil {
			return nil, fmt.Errorf("timestamp: %w", err)
		}
		material["timestampVerificationData"] = object{"rfc3161Timestamps": []any{object{"signedTimestamp": stamp.SignedRFC3161Timestamp}}}
	}
	made := object{"mediaType": typeBundle + "+json;version=0.1", "verificationMaterial": material}
	if e := of.envelope; e != nil {
		made["dsseEnvelope"] = object{"payload": e.payload, "payloadType": e.payloadType, "signatures": e.list()}
	} else {
		sum := sha256.Sum256(of.message)
		made["messageSignature"] = object{"messageDigest": object{"algorithm": "SHA2_256", "digest": sum[:]}, "signature": of.signature}
	}
	text, err := json.Marshal(made)
	if err != nil {
		return nil, err
	}
	b := &bundle.Bundle{}
	return b, b.UnmarshalJSON(text)
}

func oldEntry(text string) (object, error) {
	var entry logEntry
	if err := json.Unmarshal([]byte(text), &entry); err != nil {
		return nil, err
	}
	id, err := hex.DecodeString(entry.Payload.LogID)
	if err != nil {
		return nil, err
	}
	var kind struct{ Kind, APIVersion string }
	if err := json.Unmarshal(entry.Payload.Body, &kind); err != nil {
		return nil, err
	}
	return object{
		"logIndex": strconv.FormatInt(entry.Payload.LogIndex, 10), "logId": object{"keyId": id},
		"kindVersion":       object{"kind": kind.Kind, "version": kind.APIVersion},
		"integratedTime":    strconv.FormatInt(entry.Payload.IntegratedTime, 10),
		"inclusionPromise":  object{"signedEntryTimestamp": entry.SignedEntryTimestamp},
		"canonicalizedBody": entry.Payload.Body,
	}, nil
}

package ledger

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"
)

const (
	// StatementType is the type of every in-toto Statement.
	StatementType = "https://in-toto.io/Statement/v1"
	// PayloadType is what an envelope says that it holds.
	PayloadType = "application/vnd.in-toto+json"
)

// StatementField is the member of an entry's body that holds an envelope; Verify opens each.
const StatementField = "statement"

// Statement is an in-toto Statement: somebody's word (the predicate) on things named by their digests.
type Statement struct {
	Type          string          `json:"_type"`
	Subject       []Subject       `json:"subject"`
	PredicateType string          `json:"predicateType"`
	Predicate     json.RawMessage `json:"predicate"`
}

// Subject is one thing that a Statement is about.
type Subject struct {
	Name   string            `json:"name"`
	Digest map[string]string `json:"digest"` // as "sha256" to hex digits
}

// SignStatement puts the statement, whose type may be left out, into a signed DSSE envelope, as compact JSON.
func SignStatement(s Statement, k *Key) (json.RawMessage, error) {
	if s.Type == "" {
		s.Type = StatementType
	}
	if err := s.check(); err != nil {
		return nil, fmt.Errorf("sign statement: %w", err)
	}
	payload, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("sign statement: %w", err)
	}
	if err := checkObject(payload); err != nil {
		return nil, fmt.Errorf("sign statement: predicate: %w", err)
	}
	return json.Marshal(dsse.Envelope{
		PayloadType: PayloadType,
		Payload:     base64.StdEncoding.EncodeToString(payload),
		Signatures: []dsse.Signature{{
			KeyID: k.Verifier().ID(),
			Sig:   base64.StdEncoding.EncodeToString(k.sign(dsse.PAE(PayloadType, payload))),
		}},
	})
}

// OpenStatement reads an envelope with one signature, made by one of the verifiers, and says by which.
func OpenStatement(envelope []byte, verifiers ...Verifier) (Statement, Verifier, error) {
	s, v, err := openStatement(envelope, verifiers)
	if err != nil {
		return Statement{}, Verifier{}, fmt.Errorf("open statement: %w", err)
	}
	return s, v, nil
}

func openStatement(text []byte, verifiers []Verifier) (s Statement, v Verifier, err error) {
	envelope, err := readEnvelope(text)
	if err != nil {
		return s, v, err
	}
	payload, err := decode64(envelope.Payload)
	if err != nil {
		return s, v, fmt.Errorf("payload: %w", err)
	}
	signature, err := decode64(envelope.Signatures[0].Sig)
	if err != nil {
		return s, v, fmt.Errorf("signature: %w", err)
	}
	v, ok := signer(verifiers, envelope.Signatures[0].KeyID, dsse.PAE(PayloadType, payload), signature)
	if !ok {
		return s, v, fmt.Errorf("none of the %d keys that may sign it has signed it: it names %q", len(verifiers), envelope.Signatures[0].KeyID)
	}
	if err := checkObject(payload); err != nil {
		return s, v, fmt.Errorf("payload: %w", err)
	}
	if err := json.Unmarshal(payload, &s); err != nil {
		return s, v, fmt.Errorf("payload: %w", err)
	}
	return s, v, s.check()
}

// readEnvelope demands one signature: with more, it would be a question which of them counts.
func readEnvelope(text []byte) (e dsse.Envelope, err error) {
	if len(text) > MaxLine {
		return e, fmt.Errorf("envelope is longer than %d bytes", MaxLine)
	}
	if err := checkObject(text); err != nil {
		return e, fmt.Errorf("envelope: %w", err)
	}
	if err := json.Unmarshal(text, &e); err != nil {
		return e, fmt.Errorf("envelope: %w", err)
	}
	if e.PayloadType != PayloadType {
		return e, fmt.Errorf("payload type is %q, not %q", e.PayloadType, PayloadType)
	}
	if len(e.Signatures) != 1 {
		return e, fmt.Errorf("envelope has %d signatures, not one", len(e.Signatures))
	}
	return e, nil
}

// signer finds the key that made the signature. The key's name in the envelope is not signed: it only has to fit.
func signer(verifiers []Verifier, id string, message, signature []byte) (Verifier, bool) {
	for _, v := range verifiers {
		if (id == "" || id == v.ID()) && v.Verify(message, signature) {
			return v, true
		}
	}
	return Verifier{}, false
}

// decode64 reads base64 in its one spelling.
func decode64(text string) ([]byte, error) {
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil || base64.StdEncoding.EncodeToString(raw) != text {
		return nil, errors.New("not base64")
	}
	return raw, nil
}

func (s Statement) check() error {
	if s.Type != StatementType {
		return fmt.Errorf("its type is %q, not %q", s.Type, StatementType)
	}
	if s.PredicateType == "" || len(s.Subject) == 0 {
		return errors.New("it has no predicate type or no subject")
	}
	for _, subject := range s.Subject {
		if len(subject.Digest) == 0 {
			return fmt.Errorf("its subject %q has no digest", subject.Name)
		}
	}
	return nil
}

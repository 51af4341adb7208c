package signature

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"
)

const mostSignatures = 4 // in one envelope; Sigstore writes one

// envelope is a DSSE envelope: https://github.com/secure-systems-lab/dsse/blob/master/envelope.md.
type envelope struct {
	payloadType string
	payload     []byte
	signatures  [][]byte
}

func parseEnvelope(text []byte) (envelope, error) {
	var raw dsse.Envelope
	if err := json.Unmarshal(text, &raw); err != nil {
		return envelope{}, fmt.Errorf("envelope is not readable: %w", err)
	}
	return newEnvelope(&raw)
}

func newEnvelope(raw *dsse.Envelope) (envelope, error) {
	e := envelope{payloadType: raw.PayloadType}
	var err error
	if e.payload, err = base64Of(raw.Payload); err != nil {
		return e, fmt.Errorf("envelope's payload is not base64: %w", err)
	}
	if n := len(raw.Signatures); n == 0 || n > mostSignatures {
		return e, fmt.Errorf("envelope has %d signatures, of 1 to %d", n, mostSignatures)
	}
	for _, one := range raw.Signatures {
		signature, err := base64Of(one.Sig)
		if err != nil {
			return e, fmt.Errorf("envelope's signature is not base64: %w", err)
		}
		e.signatures = append(e.signatures, signature)
	}
	if e.payloadType != typeStatement {
		return e, errors.New("envelope holds no in-toto statement but " + clean(e.payloadType, 80))
	}
	return e, nil
}

// base64Of reads standard or URL base64, as the specification allows both.
func base64Of(text string) ([]byte, error) {
	out, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		if other, failed := base64.URLEncoding.DecodeString(text); failed == nil {
			return other, nil
		}
	}
	return out, err
}

// message is what is signed: the pre-authentication encoding of the payload and its type.
func (e envelope) message() []byte { return dsse.PAE(e.payloadType, e.payload) }

func (e envelope) list() []any {
	var all []any
	for _, one := range e.signatures {
		all = append(all, object{"sig": one})
	}
	return all
}

package ledger

import (
	"encoding/base64"
	"errors"
	"fmt"
)

// Rotation replaces the log's key; it is the body of an entry with the action [ActionRotate]. Both keys sign it: the old
// one says who follows, the new one that it follows. Checkpoints of up to Seq entries are signed by the old key, those
// that contain the rotation by the new one.
type Rotation struct {
	Old          string `json:"old"` // texts of the verifiers
	New          string `json:"new"`
	Seq          int64  `json:"seq"` // of its entry
	OldSignature string `json:"oldSignature,omitempty"`
	NewSignature string `json:"newSignature"`
	Lost         bool   `json:"lost,omitempty"` // the old key is lost: the new key alone signs
}

// NewRotation replaces the old key by the new one, in the entry of that number.
func NewRotation(seq int64, old, next *Key) (Rotation, error) {
	r := Rotation{Old: old.Verifier().String(), New: next.Verifier().String(), Seq: seq}
	r.OldSignature = base64.StdEncoding.EncodeToString(old.sign(r.message()))
	r.NewSignature = base64.StdEncoding.EncodeToString(next.sign(r.message()))
	return r, r.Verify()
}

// NewLostRotation replaces a key that is lost. Who holds only the old verifier cannot tell it from a forgery, and
// verifying says so.
func NewLostRotation(seq int64, old Verifier, next *Key) (Rotation, error) {
	r := Rotation{Old: old.String(), New: next.Verifier().String(), Seq: seq, Lost: true}
	r.NewSignature = base64.StdEncoding.EncodeToString(next.sign(r.message()))
	return r, r.Verify()
}

// Verify checks the signatures; whether the keys are those of the ledger is not known here.
func (r Rotation) Verify() error {
	_, _, err := r.verifiers()
	return err
}

func (r Rotation) verifiers() (old, next Verifier, err error) {
	old, errOld := ParseVerifier(r.Old)
	next, errNew := ParseVerifier(r.New)
	switch {
	case errOld != nil || errNew != nil || old.String() != r.Old || next.String() != r.New:
		err = errors.New("its keys are not verifier keys")
	case old.name != next.name || old == next || r.Seq < 0:
		err = errors.New("it does not replace a key by another of the same ledger")
	case !signedBase64(next, r.message(), r.NewSignature):
		err = errors.New("the new key has not signed it")
	case r.Lost && r.OldSignature != "":
		err = errors.New("the key that is called lost has signed it")
	case !r.Lost && !signedBase64(old, r.message(), r.OldSignature):
		err = errors.New("the old key has not signed it")
	}
	if err != nil {
		return Verifier{}, Verifier{}, fmt.Errorf("verify rotation of the key: %w", err)
	}
	return old, next, nil
}

func signedBase64(v Verifier, message []byte, signature string) bool {
	raw, err := decode64(signature)
	return err == nil && v.Verify(message, raw)
}

// message is what is signed; its first line, with spaces, is none of a checkpoint and none of an envelope.
func (r Rotation) message() []byte {
	return fmt.Appendf(nil, "kubeproof ledger key rotation v1\n%s\n%s\n%d\n%t\n", r.Old, r.New, r.Seq, r.Lost)
}

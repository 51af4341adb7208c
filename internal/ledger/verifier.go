package ledger

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// Verifier is a public key with the name of its ledger. Two of the same key are equal (==); the zero one verifies nothing.
type Verifier struct {
	name string
	key  [ed25519.PublicKeySize]byte
}

// ParseVerifier reads the text of String, as a key file holds it.
func ParseVerifier(text string) (Verifier, error) {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "PRIVATE+") {
		return Verifier{}, errors.New("read verifier key: this is the private key: give the public one, and keep this one secret")
	}
	name, rest, _ := strings.Cut(text, "+")
	_, key64, _ := strings.Cut(rest, "+")
	raw, err := base64.StdEncoding.DecodeString(key64)
	if err != nil || len(raw) != 1+ed25519.PublicKeySize || raw[0] != algEd25519 || !isOrigin(name) {
		return Verifier{}, errors.New("read verifier key: not a line <origin>+<hash>+<base64>: ask the ledger's owner for log.vkey")
	}
	v := Verifier{name: name, key: [ed25519.PublicKeySize]byte(raw[1:])}
	if v.String() != text {
		return Verifier{}, errors.New("read verifier key: its hash does not belong to it: ask the ledger's owner for log.vkey")
	}
	return v, nil
}

// String is the key's text as golang.org/x/mod/sumdb/note has it: "name+hash+base64".
func (v Verifier) String() string {
	if v.isZero() {
		return ""
	}
	return v.ID() + "+" + base64.StdEncoding.EncodeToString(append([]byte{algEd25519}, v.key[:]...))
}

// ID is the key's short name, as "origin+1a2b3c4d".
func (v Verifier) ID() string {
	if v.isZero() {
		return "no key"
	}
	return fmt.Sprintf("%s+%08x", v.name, v.KeyHash())
}

// Origin is the name of the ledger whose key this is.
func (v Verifier) Origin() string { return v.name }

// Name, KeyHash and Verify make it a note.Verifier.
func (v Verifier) Name() string { return v.name }

// KeyHash is the number that tells keys of one name apart in a note.
func (v Verifier) KeyHash() uint32 {
	sum := sha256.Sum256(append([]byte(v.name+"\n\x01"), v.key[:]...))
	return binary.BigEndian.Uint32(sum[:])
}

// Verify reports whether the key made the signature of the message.
func (v Verifier) Verify(message, signature []byte) bool {
	return !v.isZero() && ed25519.Verify(v.key[:], message, signature)
}

func (v Verifier) isZero() bool { return v.name == "" }

package ledger

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
)

const (
	keyPrefix   = "PRIVATE+KEY+"
	algEd25519  = 1 // the first byte of every key's base64, as golang.org/x/mod/sumdb/note has it
	originStart = "kubeproof.dev/ledger/"
)

// Key is a private signing key: of the log, or of a person who signs his approvals. It prints as its verifier's short
// name, in whatever way it is printed.
type Key struct {
	origin string
	secret ed25519.PrivateKey
}

// NewOrigin draws a name for a new ledger. It stands in each checkpoint, so that those of two ledgers are not confused.
func NewOrigin(random io.Reader) (string, error) {
	var name [8]byte
	if _, err := io.ReadFull(random, name[:]); err != nil {
		return "", fmt.Errorf("name a new ledger: draw random bytes: %w", err)
	}
	return originStart + hex.EncodeToString(name[:]), nil
}

// NewKey makes a key for the ledger of that origin; a ledger's next key has the same origin.
func NewKey(origin string, random io.Reader) (*Key, error) {
	if !isOrigin(origin) {
		return nil, fmt.Errorf("make key: origin %q is not visible ASCII without plus sign", origin)
	}
	seed := make([]byte, ed25519.SeedSize)
	if _, err := io.ReadFull(random, seed); err != nil {
		return nil, fmt.Errorf("make key: draw random bytes: %w", err)
	}
	return &Key{origin: origin, secret: ed25519.NewKeyFromSeed(seed)}, nil
}

// errKey says nothing of what was read: it might be most of a key.
var errKey = errors.New("read private key: not a line PRIVATE+KEY+<origin>+<hash>+<base64>: restore the file from its backup")

// ParseKey reads the text of Encode. Errors never contain any of it.
func ParseKey(text []byte) (*Key, error) {
	text = bytes.TrimSpace(text)
	rest, ok := strings.CutPrefix(string(text), keyPrefix)
	parts := strings.Split(rest, "+")
	if !ok || len(parts) < 3 || !isOrigin(parts[0]) {
		return nil, errKey
	}
	// base64 may itself contain plus signs
	raw, err := base64.StdEncoding.DecodeString(strings.Join(parts[2:], "+"))
	if err != nil || len(raw) != 1+ed25519.SeedSize || raw[0] != algEd25519 {
		return nil, errKey
	}
	k := &Key{origin: parts[0], secret: ed25519.NewKeyFromSeed(raw[1:])}
	if !bytes.Equal(bytes.TrimSpace(k.Encode()), text) {
		return nil, errKey
	}
	return k, nil
}

// Encode gives the key's text, to be kept where only the log's owner reads it.
func (k *Key) Encode() []byte {
	raw := append([]byte{algEd25519}, k.secret.Seed()...)
	return fmt.Appendf(nil, "%s%s+%s\n", keyPrefix, k.Verifier().ID(), base64.StdEncoding.EncodeToString(raw))
}

// Verifier is the public half of the key.
func (k *Key) Verifier() Verifier {
	v := Verifier{name: k.origin}
	copy(v.key[:], k.secret.Public().(ed25519.PublicKey))
	return v
}

// Origin is the name of the ledger whose key this is.
func (k *Key) Origin() string { return k.origin }

// Format prints the verifier's short name, whatever the verb: no log message shows a key.
func (k Key) Format(state fmt.State, _ rune) {
	if len(k.secret) == 0 {
		_, _ = io.WriteString(state, "no key")
		return
	}
	_, _ = io.WriteString(state, k.Verifier().ID())
}

func (k *Key) sign(message []byte) []byte { return ed25519.Sign(k.secret, message) }

func isOrigin(name string) bool { return plain(name) && !strings.Contains(name, "+") }

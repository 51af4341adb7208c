package ledger

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// maxCheckpoint is more than any checkpoint of ours has, in bytes.
const maxCheckpoint = 4096

// Checkpoint is what a ledger was at one time: the root of its first Size entries. Signed, it is a C2SP tlog-checkpoint.
type Checkpoint struct {
	Origin string
	Size   int64
	Root   tlog.Hash
}

// String is the checkpoint's text, three lines, without signature.
func (c Checkpoint) String() string { return fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, c.Root) }

// Sign gives the checkpoint as a signed note. The key must be of the checkpoint's origin.
func (c Checkpoint) Sign(k *Key) ([]byte, error) {
	if c.Origin != k.Origin() || c.Size < 0 {
		return nil, fmt.Errorf("sign checkpoint: the key %s does not sign %d entries of %q: take the ledger's own key", k.Verifier().ID(), c.Size, c.Origin)
	}
	return c.seal(k.Verifier(), k.sign([]byte(c.String()))), nil
}

// seal puts text and signature together in the only form that we write and accept.
func (c Checkpoint) seal(v Verifier, signature []byte) []byte {
	signed := append(binary.BigEndian.AppendUint32(nil, v.KeyHash()), signature...)
	return []byte(c.String() + "\n— " + v.name + " " + base64.StdEncoding.EncodeToString(signed) + "\n")
}

// OpenCheckpoint reads a checkpoint that v signed, and no one else beside. Any byte that differs from what Sign writes
// is refused: note.Open alone accepts unused bits of base64 and lines of unknown keys.
func OpenCheckpoint(text []byte, v Verifier) (Checkpoint, error) {
	c, err := openCheckpoint(text, v)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("open checkpoint: %w", err)
	}
	return c, nil
}

func openCheckpoint(text []byte, v Verifier) (Checkpoint, error) {
	if len(text) > maxCheckpoint {
		return Checkpoint{}, fmt.Errorf("it is longer than %d bytes", maxCheckpoint)
	}
	opened, err := note.Open(text, note.VerifierList(v))
	if err != nil {
		return Checkpoint{}, fmt.Errorf("not signed by %s: %w", v.ID(), err)
	}
	c, err := parseCheckpoint(opened.Text)
	if err != nil {
		return Checkpoint{}, err
	}
	if c.Origin != v.name {
		return Checkpoint{}, fmt.Errorf("it is of %s, the key of %s", c.Origin, v.name)
	}
	signed, err := base64.StdEncoding.DecodeString(opened.Sigs[0].Base64)
	if err != nil || len(signed) < 4 || !bytes.Equal(c.seal(v, signed[4:]), text) {
		return Checkpoint{}, errors.New("it has a second signature, or its spelling was changed")
	}
	return c, nil
}

// ParseCheckpoint reads a checkpoint without checking a signature, as a pin: the whole note, its first three lines, or
// origin, size and root on one line, as a report prints them.
func ParseCheckpoint(text []byte) (Checkpoint, error) {
	fields := strings.Fields(string(text[:min(len(text), maxCheckpoint)]))
	if len(fields) < 3 || len(fields) > 3 && fields[3] != "—" {
		return Checkpoint{}, errors.New("read checkpoint: not origin, size and root: copy these three lines of a signed checkpoint")
	}
	c, err := parseCheckpoint(strings.Join(fields[:3], "\n") + "\n")
	if err != nil {
		return Checkpoint{}, fmt.Errorf("read checkpoint: %w", err)
	}
	return c, nil
}

// parseCheckpoint reads exactly what String writes.
func parseCheckpoint(text string) (Checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 || lines[3] != "" || !isOrigin(lines[0]) {
		return Checkpoint{}, errors.New("it has not three lines with origin, size and root")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 {
		return Checkpoint{}, errors.New("its size is not a number of entries")
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return Checkpoint{}, errors.New("its root is not a SHA-256 in base64")
	}
	c := Checkpoint{Origin: lines[0], Size: size, Root: root}
	if c.String() != text {
		return Checkpoint{}, errors.New("its size or root is not spelled as a checkpoint's")
	}
	return c, nil
}

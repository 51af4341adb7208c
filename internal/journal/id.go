package journal

import (
	"crypto/rand"
	"encoding/hex"
)

// NewID makes an id, such as p-1f2e3d4c, that tells nothing of whom or what it names: it stands in
// the signed part of entries, where nothing can be erased.
func NewID(prefix string) string {
	random := make([]byte, 4)
	_, _ = rand.Read(random) // never fails
	return prefix + "-" + hex.EncodeToString(random)
}

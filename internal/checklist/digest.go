package checklist

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// Digest is the SHA-256 hash of the question, as sha256:<hex>. It changes with every word and
// rule of it: an answer that keeps it says which question was answered.
func (q *Question) Digest() string { return digest(q) }

// Digest is the SHA-256 hash of the item, as sha256:<hex>. It changes with its words and with
// what answers it.
func (i *Item) Digest() string { return digest(i) }

// digest hashes the JSON of a value, whose fields have one fixed order.
func digest(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic("checklist: " + err.Error()) // only numbers that no file can hold fail
	}
	sum := sha256.Sum256(text)
	return "sha256:" + hex.EncodeToString(sum[:])
}

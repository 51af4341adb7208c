package store

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode/utf8"
)

// What comes from outside may be anything; these are the most bytes of it that are kept.
const (
	maxWord    = 256  // a namespace, a kind, a team...
	maxName    = 512  // a subject's name, a title, a source
	maxPath    = 1024 // a file
	maxMessage = 4096
	maxData    = 64 << 10
	maxSummary = 1 << 20
)

// clean makes a text that both databases keep, of so many bytes at most. What is not text becomes
// U+FFFD; what is too long ends with a mark that tells it from others with the same beginning.
func clean(text string, most int) string {
	if len(text) <= most && utf8.ValidString(text) && strings.IndexByte(text, 0) < 0 {
		return text
	}
	digest := sha256.Sum256([]byte(text))
	short := text[:min(len(text), most)]
	short = strings.ReplaceAll(strings.ToValidUTF8(short, "\uFFFD"), "\x00", "\uFFFD")
	if len(text) <= most && len(short) <= most {
		return short
	}
	mark := "…[cut " + hex.EncodeToString(digest[:4]) + "]"
	end := min(len(short), most-len(mark))
	for end > 0 && end < len(short) && !utf8.RuneStart(short[end]) {
		end--
	}
	return short[:end] + mark
}

// searchable is the form of a text in which findings are searched.
func searchable(text string) string { return strings.ToLower(text) }

package dossier

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/kubeproof/kubeproof/internal/report/escape"
)

// writeJSON writes the document as it is. Nothing is lost: what a terminal or a reader would be misled
// by is written as an escape of JSON.
func writeJSON(w io.Writer, d *Dossier) error {
	var encoded bytes.Buffer
	encoder := json.NewEncoder(&encoded)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(Gather(d)); err != nil {
		return err
	}
	_, err := w.Write(escaped(encoded.Bytes()))
	return err
}

// escaped writes hidden characters, which stand in strings alone, as \uNNNN.
func escaped(text []byte) []byte {
	var out []byte
	from := 0
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRune(text[at:])
		if r >= 0x7f && (r < 0xa0 || escape.Hidden(r)) {
			out = append(out, text[from:at]...)
			for _, unit := range utf16.Encode([]rune{r}) {
				out = fmt.Appendf(out, `\u%04x`, unit)
			}
			from = at + size
		}
		at += size
	}
	return append(out, text[from:]...)
}

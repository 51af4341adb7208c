package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"
)

// MaxContent is the greatest size of a content's data, in bytes. What is greater belongs in a file.
const MaxContent = 4 << 20

// maxContentLine holds any content: a byte takes six characters at most.
const maxContentLine = 6*MaxContent + 256

const saltSize = 32

// Content is the text beside an entry that can be erased. The entry holds its digest, which the salt protects from
// guessing; once salt and data are erased, the entry says nothing of what stood there.
type Content struct {
	Seq  int64  // of its entry
	Salt []byte // 32 random bytes
	Data []byte
}

// NewContent salts the data for the entry of that number.
func NewContent(seq int64, data []byte, random io.Reader) (Content, error) {
	if len(data) > MaxContent {
		return Content{}, fmt.Errorf("add content of entry %d: %d bytes are more than %d: attach them as a file", seq, len(data), MaxContent)
	}
	salt := make([]byte, saltSize)
	if _, err := io.ReadFull(random, salt); err != nil {
		return Content{}, fmt.Errorf("add content of entry %d: draw salt: %w", seq, err)
	}
	return Content{Seq: seq, Salt: salt, Data: bytes.Clone(data)}, nil
}

// Digest is what the entry holds: "sha256:" and the SHA-256 of salt and data in hex.
func (c Content) Digest() string {
	sum := c.sum()
	return digestPrefix + hex.EncodeToString(sum[:])
}

func (c Content) sum() (sum [32]byte) {
	h := sha256.New()
	h.Write(c.Salt)
	h.Write(c.Data)
	h.Sum(sum[:0])
	return sum
}

// encode gives the content's line in a bundle, without its newline: readable where it is text.
func (c Content) encode() ([]byte, error) {
	if c.Seq < 0 || len(c.Salt) != saltSize || len(c.Data) > MaxContent {
		return nil, fmt.Errorf("write content of entry %d: its salt has not %d bytes, or its data more than %d", c.Seq, saltSize, MaxContent)
	}
	line := fmt.Appendf(make([]byte, 0, 128+len(c.Data)+len(c.Data)/8), `{"seq":%d,"salt":"%x",`, c.Seq, c.Salt)
	if utf8.Valid(c.Data) {
		line = appendQuoted(append(line, `"text":`...), c.Data)
	} else {
		line = append(base64.StdEncoding.AppendEncode(append(line, `"data":"`...), c.Data), '"')
	}
	return append(line, '}'), nil
}

// parseContent reads a line as encode writes it, and no other spelling of the same.
func parseContent(line []byte) (Content, error) {
	c, err := readContent(line)
	if err != nil {
		return Content{}, fmt.Errorf("read content: %w", err)
	}
	if again, err := c.encode(); err != nil || !bytes.Equal(again, line) {
		return Content{}, errors.New("read content: line is not spelled as it was written")
	}
	return c, nil
}

func readContent(line []byte) (c Content, err error) {
	seq, rest, ok1 := cutField(line, `{"seq":`, `,"salt":"`)
	salt, rest, ok2 := cutField(rest, "", `",`)
	value, ok3 := bytes.CutSuffix(rest, []byte("}"))
	if !ok1 || !ok2 || !ok3 {
		return c, errors.New("line has not seq, salt and text or data")
	}
	if c.Seq, err = strconv.ParseInt(string(seq), 10, 64); err != nil {
		return c, errors.New("sequence number is not a number")
	}
	if c.Salt, err = hex.DecodeString(string(salt)); err != nil {
		return c, errors.New("salt is not in hex digits")
	}
	if text, ok := bytes.CutPrefix(value, []byte(`"text":`)); ok {
		c.Data, err = unquote(text)
		return c, err
	}
	text, ok1 := bytes.CutPrefix(value, []byte(`"data":"`))
	text, ok2 = bytes.CutSuffix(text, []byte(`"`))
	if !ok1 || !ok2 {
		return c, errors.New("line has neither text nor data")
	}
	if c.Data, err = base64.StdEncoding.AppendDecode(nil, text); err != nil {
		return c, errors.New("data is not base64")
	}
	return c, nil
}

// appendQuoted writes text as a JSON string with no more escapes than needed, as Python's json.dumps does with
// ensure_ascii=False: the independent verifier compares the spelling too.
func appendQuoted(line, text []byte) []byte {
	const hexDigits = "0123456789abcdef"
	line = append(line, '"')
	from := 0
	for i, c := range text {
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		line = append(line, text[from:i]...)
		from = i + 1
		if at := bytes.IndexByte([]byte("\"\\\n\r\t\b\f"), c); at >= 0 {
			line = append(line, '\\', `"\nrtbf`[at])
		} else {
			line = append(line, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	return append(append(line, text[from:]...), '"')
}

func unquote(quoted []byte) ([]byte, error) {
	if n := len(quoted); n >= 2 && quoted[0] == '"' && quoted[n-1] == '"' && bytes.IndexByte(quoted, '\\') < 0 {
		return bytes.Clone(quoted[1 : n-1]), nil // a quote or control character within is found by the spelling
	}
	var text string
	if err := json.Unmarshal(quoted, &text); err != nil {
		return nil, errors.New("text is not a JSON string")
	}
	return []byte(text), nil
}

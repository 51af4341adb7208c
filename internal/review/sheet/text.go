package sheet

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// decodeText gives the text of a file in UTF-8, or in UTF-16 with its mark, which spreadsheet
// programs write as "Unicode text".
func decodeText(data []byte) (string, error) {
	for mark, order := range map[string]binary.ByteOrder{"\xff\xfe": binary.LittleEndian, "\xfe\xff": binary.BigEndian} {
		if rest, marked := bytes.CutPrefix(data, []byte(mark)); marked {
			return decodeUTF16(rest, order)
		}
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	switch {
	case bytes.IndexByte(data, 0) >= 0:
		return "", errors.New("file holds NUL bytes: it is no text, or in an encoding other than UTF-8: save it as UTF-8")
	case !utf8.Valid(data):
		line := 1 + bytes.Count(data[:invalidAt(data)], []byte("\n"))
		return "", &encodingError{line}
	}
	return string(data), nil
}

// encodingError says where a text is not UTF-8.
type encodingError struct{ line int }

func (e *encodingError) Error() string {
	return "text is not UTF-8: save it in that encoding, which spreadsheet programs call \"CSV UTF-8\""
}

func invalidAt(data []byte) int {
	at := 0
	for at < len(data) {
		r, size := utf8.DecodeRune(data[at:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		at += size
	}
	return at
}

func decodeUTF16(data []byte, order binary.ByteOrder) (string, error) {
	if len(data)%2 != 0 {
		return "", errors.New("file is cut off in a UTF-16 character: save it again, as UTF-8")
	}
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	text := string(utf16.Decode(units))
	if strings.ContainsRune(text, 0) {
		return "", errors.New("file holds NUL characters: save it as UTF-8 text")
	}
	return text, nil
}

// lineEnds makes all line ends "\n".
func lineEnds(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
}

// lines makes line ends alike and leaves out those at the end: programs and editors change them
// without being asked, so that they say nothing.
func lines(text string) string { return strings.TrimRight(lineEnds(text), "\n") }

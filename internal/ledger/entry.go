package ledger

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// MaxLine is the greatest length of an entry's line, in bytes.
const MaxLine = 1 << 20

// The actions whose bodies this package reads; all others are the business of those who write them.
const (
	ActionRotate = "key.rotate" // the body is a Rotation
	ActionErase  = "erase"      // the body lists in "seqs" the entries whose contents were erased
)

const (
	maxName       = 128 // of actor and action, in bytes
	digestPrefix  = "sha256:"
	timeLayout    = "2006-01-02T15:04:05.999999Z07:00"
	contentPrefix = `,"content":"` + digestPrefix
	contentLength = len(contentPrefix) + 2*32 + len(`"}`)
)

// Entry is one line of the log. It is stored and hashed as bytes: the line is never encoded again to be checked.
type Entry struct {
	Seq     int64           `json:"seq"`               // from 0, without gaps
	Time    time.Time       `json:"time"`              // UTC, to the microsecond, never before the entry before it
	Actor   string          `json:"actor"`             // pseudonymous id of a person, or "system"
	Action  string          `json:"action"`            // as "answer.set"
	Body    json.RawMessage `json:"body,omitempty"`    // a JSON object, without personal data
	Content string          `json:"content,omitempty"` // "sha256:<hex>", the salted digest of the text that stands beside
}

// Encode gives the one line of the entry, without its newline. The time is cut to microseconds, the body is compacted.
// Actor and action are of visible ASCII characters without quote and backslash, so that there is one way to write them.
func (e Entry) Encode() ([]byte, error) {
	e.Time = e.Time.UTC().Truncate(time.Microsecond)
	line, err := e.encode()
	if err == nil && len(line) > MaxLine {
		err = fmt.Errorf("line of %d bytes is longer than %d: put the text beside the entry, as content", len(line), MaxLine)
	}
	if err != nil {
		return nil, fmt.Errorf("write ledger entry %d: %w", e.Seq, err)
	}
	return line, nil
}

func (e Entry) encode() ([]byte, error) {
	if err := e.check(); err != nil {
		return nil, err
	}
	line := fmt.Appendf(nil, `{"seq":%d,"time":"%s","actor":"%s","action":"%s"`, e.Seq, e.Time.Format(timeLayout), e.Actor, e.Action)
	if len(e.Body) > 0 {
		var body bytes.Buffer
		if err := json.Compact(&body, e.Body); err != nil {
			return nil, fmt.Errorf("body: %w", err)
		}
		if err := checkObject(body.Bytes()); err != nil {
			return nil, fmt.Errorf("body: %w", err)
		}
		line = append(append(line, `,"body":`...), body.Bytes()...)
	}
	if e.Content != "" {
		line = append(append(append(line, `,"content":"`...), e.Content...), '"')
	}
	return append(line, '}'), nil
}

// check is what holds for every entry, whether it is written or read.
func (e Entry) check() error {
	switch {
	case e.Seq < 0:
		return errors.New("sequence number is negative")
	case e.Time.IsZero() || e.Time.Year() < 0 || e.Time.Year() > 9999:
		return errors.New("time is not set, or its year has not four digits")
	case !plain(e.Actor):
		return fmt.Errorf("actor is not 1 to %d visible ASCII characters without quote and backslash", maxName)
	case !plain(e.Action):
		return fmt.Errorf("action is not 1 to %d visible ASCII characters without quote and backslash", maxName)
	case e.Content != "" && !isDigest(e.Content):
		return errors.New("content is not of the form sha256:<64 lower-case hex digits>")
	}
	return nil
}

// ParseEntry reads a line as Encode writes it, and nothing else: unknown or repeated fields, another order, spaces
// between values, invalid UTF-8 and anything behind the line are refused, in the body too. So a line has one reading.
func ParseEntry(line []byte) (Entry, error) {
	e, err := parseEntry(line)
	e.Body = bytes.Clone(e.Body)
	return e, err
}

// parseEntry is ParseEntry, but the body is a part of line.
func parseEntry(line []byte) (Entry, error) {
	e, err := readEntry(line)
	if err != nil {
		return Entry{}, fmt.Errorf("read ledger entry: %w", err)
	}
	return e, nil
}

func readEntry(line []byte) (Entry, error) {
	if len(line) > MaxLine {
		return Entry{}, fmt.Errorf("line of %d bytes is longer than %d", len(line), MaxLine)
	}
	seq, rest, ok1 := cutField(line, `{"seq":`, `,"time":"`)
	at, rest, ok2 := cutField(rest, "", `","actor":"`)
	actor, rest, ok3 := cutField(rest, "", `","action":"`)
	action, rest, ok4 := cutField(rest, "", `"`)
	if !ok1 || !ok2 || !ok3 || !ok4 {
		return Entry{}, errors.New("line does not begin with seq, time, actor and action")
	}
	e := Entry{Actor: string(actor), Action: string(action)}
	if err := e.readHead(seq, at); err != nil {
		return Entry{}, err
	}
	if err := e.readTail(rest); err != nil {
		return Entry{}, err
	}
	return e, e.check()
}

func (e *Entry) readHead(seq, at []byte) (err error) {
	if e.Seq, err = strconv.ParseInt(string(seq), 10, 64); err != nil || strconv.FormatInt(e.Seq, 10) != string(seq) {
		return errors.New("sequence number is not a plain number")
	}
	// The layout of time.RFC3339Nano is parsed on a fast path; that no other spelling passes is seen below.
	if e.Time, err = time.Parse(time.RFC3339Nano, string(at)); err != nil {
		return errors.New("time is not of the form 2026-11-30T09:15:00.123456Z")
	}
	e.Time = e.Time.UTC()
	if e.Time.Format(timeLayout) != string(at) {
		return errors.New("time is not in UTC, to the microsecond at most")
	}
	return nil
}

// readTail reads what follows the action: body, content, both or neither, then the brace.
func (e *Entry) readTail(rest []byte) error {
	if at := len(rest) - contentLength; at >= 0 && bytes.HasPrefix(rest[at:], []byte(contentPrefix)) && bytes.HasSuffix(rest, []byte(`"}`)) {
		e.Content = string(rest[at+len(`,"content":"`) : len(rest)-len(`"}`)])
		rest = rest[:at]
	} else if bytes.HasSuffix(rest, []byte("}")) {
		rest = rest[:len(rest)-1]
	} else {
		return errors.New("line does not end with a brace")
	}
	if len(rest) == 0 {
		return nil
	}
	body, ok := bytes.CutPrefix(rest, []byte(`,"body":`))
	if !ok {
		return errors.New("unknown field, or content not of the form sha256:<64 lower-case hex digits>")
	}
	if err := checkObject(body); err != nil {
		return fmt.Errorf("body: %w", err)
	}
	e.Body = body
	return nil
}

// cutField takes prefix off text and splits the rest at the first end.
func cutField(text []byte, prefix, end string) (value, rest []byte, ok bool) {
	text, ok = bytes.CutPrefix(text, []byte(prefix))
	if !ok {
		return nil, nil, false
	}
	return bytes.Cut(text, []byte(end))
}

// plain tells whether JSON and everybody else write the name as it is, without escapes.
func plain(name string) bool {
	for i := range len(name) {
		if c := name[i]; c <= ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return name != "" && len(name) <= maxName
}

func isDigest(text string) bool {
	_, err := parseDigest(text)
	return err == nil
}

// parseDigest reads "sha256:<hex>"; capital letters would be a second spelling and are refused.
func parseDigest(text string) (sum [32]byte, err error) {
	if len(text) != len(digestPrefix)+2*len(sum) || text[:len(digestPrefix)] != digestPrefix {
		return sum, errors.New("digest is not of the form sha256:<hex>")
	}
	return parseHex(text[len(digestPrefix):])
}

// parseHex reads a SHA-256 in lower-case hex digits.
func parseHex(text string) (sum [32]byte, err error) {
	for i := range len(text) {
		if c := text[i]; c >= 'A' && c <= 'F' {
			return sum, errors.New("digest has capital letters")
		}
	}
	if len(text) != 2*len(sum) {
		return sum, errors.New("digest has not 64 hex digits")
	}
	_, err = hex.Decode(sum[:], []byte(text))
	return sum, err
}

// Package auditlog sums audit logs of the API server: who used which right, how often and when. It
// reads JSON lines of audit.k8s.io/v1 events, as log files hold them, and EventLists, one event at a
// time, and keeps nothing but the identity of requests: no bodies, no queries, no annotations.
// Begin with Read.
package auditlog

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Limits bound what one log may cost.
type Limits struct {
	// Line is the longest line, in bytes; a longer one is an error and is passed over.
	Line int
	// Uses is the number of different uses that are told apart.
	Uses int
	// Names is the number of objects that are told apart in one use; beyond it names are left out.
	Names int
	// Errors is the number of errors that are told one by one.
	Errors int
}

// DefaultLimits suit logs of large clusters: they keep memory below about 100 MiB.
var DefaultLimits = Limits{Line: 16 << 20, Uses: 50_000, Names: 16, Errors: 20}

// Read sums one log as a fact of kind AuditLogUse; name says where it came from. Lines that cannot
// be read are errors with their number, and the rest is read. The fact is nil if the log held no
// event at all.
func Read(name string, r io.Reader, limits Limits) (*inventory.Subject, []inventory.Error) {
	l := &log{name: name, limits: limits, sum: newSum(limits)}
	l.read(bufio.NewReaderSize(r, 256<<10))
	if l.sum.dropped > 0 {
		l.fail(0, true, fmt.Sprintf("more than %d different uses: %d events were not counted, so rights may look unused: give shorter logs", limits.Uses, l.sum.dropped))
	}
	if l.failures > limits.Errors {
		l.errors = append(l.errors, inventory.Error{File: name, Lost: true, Message: fmt.Sprintf("%d more lines could not be read", l.failures-limits.Errors)})
	}
	if l.sum.events == 0 {
		if l.failures == 0 {
			l.fail(0, true, "holds no completed audit event: give a log of audit.k8s.io/v1 events as JSON lines")
		}
		return nil, l.errors
	}
	return l.sum.fact(name), l.errors
}

// log is one log that is being read.
type log struct {
	name     string
	limits   Limits
	sum      *sum
	number   int // of the line
	failures int
	errors   []inventory.Error
}

func (l *log) fail(line int, lost bool, message string) {
	if l.failures++; l.failures <= l.limits.Errors {
		l.errors = append(l.errors, inventory.Error{File: l.name, Line: line, Lost: lost, Message: message})
	}
}

func (l *log) read(r *bufio.Reader) {
	for {
		line, long, err := l.line(r)
		l.number++
		switch text := bytes.TrimSpace(line); {
		case long:
			l.fail(l.number, true, fmt.Sprintf("line is longer than %d bytes: it was not read", l.limits.Line))
		case len(text) == 0:
		case l.number == 1 && opensList(text):
			l.readList(io.MultiReader(bytes.NewReader(line), r))
			return
		default:
			l.readLine(text)
		}
		if err != nil {
			if !errors.Is(err, io.EOF) {
				l.fail(l.number, true, "read: "+err.Error()+": what follows was not read")
			}
			return
		}
	}
}

// line reads one line; what goes beyond the limit is passed over.
func (l *log) line(r *bufio.Reader) (line []byte, long bool, err error) {
	for {
		part, err := r.ReadSlice('\n')
		if len(line)+len(part) <= l.limits.Line {
			line = append(line, part...)
		} else {
			long = true
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, long, err
		}
	}
}

// opensList reports whether the first line begins a document that goes on over several lines, as
// a formatted EventList does.
func opensList(text []byte) bool {
	return text[0] == '{' && !json.Valid(text) && len(text) < 200 && text[len(text)-1] != '}'
}

func (l *log) readLine(text []byte) {
	var one struct {
		event
		Items []event `json:"items"`
	}
	if err := json.Unmarshal(text, &one); err != nil {
		l.fail(l.number, true, "no audit event: "+plain(err))
		return
	}
	switch one.Kind {
	case "Event":
		l.sum.add(&one.event)
	case "EventList":
		for i := range one.Items {
			l.sum.add(&one.Items[i])
		}
	default:
		l.fail(l.number, true, "no audit event: its kind is not Event or EventList")
	}
}

// readList reads a document of many lines, item by item.
func (l *log) readList(r io.Reader) {
	decoder := json.NewDecoder(r)
	for depth := 0; ; {
		token, err := decoder.Token()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				l.fail(0, true, "no EventList: "+plain(err)+": what follows was not read")
			}
			return
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		case "items":
			if depth == 1 && l.readItems(decoder) != nil {
				return
			}
		}
	}
}

func (l *log) readItems(decoder *json.Decoder) error {
	if token, err := decoder.Token(); err != nil || token != json.Delim('[') {
		l.fail(0, true, "no EventList: its items are no list")
		return errors.New("items are no list")
	}
	for number := 1; decoder.More(); number++ {
		var one event
		if err := decoder.Decode(&one); err != nil {
			l.fail(0, true, fmt.Sprintf("item %d is no audit event: %s: what follows was not read", number, plain(err)))
			return err
		}
		l.sum.add(&one)
	}
	_, err := decoder.Token()
	return err
}

// plain says what is wrong without quoting the log, which may hold secrets.
func plain(err error) string {
	var syntax *json.SyntaxError
	var typed *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Sprintf("invalid JSON at byte %d", syntax.Offset)
	case errors.As(err, &typed):
		return "field " + strings.TrimPrefix(typed.Field, "event.") + " has a wrong type"
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "it ends in the middle"
	}
	return "invalid JSON"
}

package report

import (
	"bytes"
	"encoding/json"
	"io"
	"reflect"
	"strconv"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// writeJSON writes kubeproof.dev/scan/v1: what encoding/json gives for the assessment without
// escaping for HTML, one list entry to a line, empty lists as []; and images, if there are any.
//
// Findings are written by hand: what the findings of one control share is encoded once. For
// 300,000 findings that takes a sixth of the time of encoding/json and next to no memory; see
// BenchmarkJSON.
func writeJSON(w io.Writer, r *Report) error {
	a := r.Assessment
	p := jsonPage{w: w}
	p.text("{\n  \"schema\": ")
	p.value(a.Schema)
	list(&p, "targets", a.Targets)
	list(&p, "controls", a.Controls)
	p.text(",\n  \"summary\": ")
	p.value(a.Summary)
	list(&p, "errors", a.Errors)
	if len(a.Gaps) > 0 {
		list(&p, "gaps", a.Gaps)
	}
	if len(a.Notices) > 0 {
		list(&p, "notices", a.Notices)
	}
	if len(r.Images) > 0 {
		list(&p, "images", r.imagesJSON())
	}
	p.text(",\n  \"findings\": [")
	shared := map[string]*sharedJSON{}
	var line []byte
	for i := range a.Findings {
		line = append(line[:0], between(i, ",\n    ")...)
		line = appendFinding(line, a.Findings[i], shared)
		p.bytes(line)
	}
	if len(a.Findings) > 0 {
		p.text("\n  ")
	}
	p.text("]\n}\n")
	return p.err
}

// jsonPage writes pieces and keeps the first error.
type jsonPage struct {
	w   io.Writer
	err error
}

func (p *jsonPage) bytes(b []byte) {
	if p.err == nil {
		_, p.err = p.w.Write(b)
	}
}

func (p *jsonPage) text(s string) { p.bytes([]byte(s)) }

func (p *jsonPage) value(v any) {
	encoded, err := encodeJSON(v)
	if err != nil && p.err == nil {
		p.err = err
	}
	p.bytes(encoded)
}

func list[T any](p *jsonPage, name string, entries []T) {
	p.text(",\n  \"" + name + "\": [")
	for i, entry := range entries {
		p.text(between(i, ",\n    "))
		p.value(entry)
	}
	if len(entries) > 0 {
		p.text("\n  ")
	}
	p.text("]")
}

// between is text that begins with a comma, without that comma before the first entry.
func between(entry int, text string) string {
	if entry == 0 {
		return text[1:]
	}
	return text
}

// encodeJSON is json.Marshal without escaping for HTML.
func encodeJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// sharedJSON holds the encoded fields that the findings of a control have in common, with the
// values they were encoded from: an override for one path gives other values.
type sharedJSON struct {
	title, fix string
	severity   control.Severity
	team       control.Team
	risk       int
	maps       uintptr

	head, rank, tail, mapped []byte
}

func (s *sharedJSON) fits(f *assessment.Finding) bool {
	return s.title == f.Title && s.fix == f.Fix && s.severity == f.Severity && s.team == f.Team &&
		s.risk == f.Risk && s.maps == reflect.ValueOf(f.Maps).Pointer()
}

func share(f *assessment.Finding) *sharedJSON {
	s := &sharedJSON{title: f.Title, fix: f.Fix, severity: f.Severity, team: f.Team, risk: f.Risk, maps: reflect.ValueOf(f.Maps).Pointer()}
	s.head = appendText([]byte(`{"control":`), f.Control)
	s.head = appendText(append(s.head, `,"title":`...), f.Title)
	s.head = append(s.head, `,"outcome":`...)
	s.rank = appendText([]byte(`,"severity":`), string(f.Severity))
	s.rank = strconv.AppendInt(append(s.rank, `,"risk":`...), int64(f.Risk), 10)
	s.rank = appendText(append(s.rank, `,"team":`...), string(f.Team))
	s.rank = append(s.rank, `,"message":`...)
	s.tail = appendOptional(nil, `,"fix":`, f.Fix)
	s.tail = append(s.tail, `,"fingerprint":`...)
	if len(f.Maps) > 0 {
		// A map of strings cannot fail to encode.
		encoded, _ := encodeJSON(f.Maps)
		s.mapped = append([]byte(`,"maps":`), encoded...)
	}
	return s
}

func appendFinding(b []byte, f *assessment.Finding, shared map[string]*sharedJSON) []byte {
	s := shared[f.Control]
	if s == nil || !s.fits(f) {
		s = share(f)
		shared[f.Control] = s
	}
	b = appendText(append(b, s.head...), string(f.Outcome))
	b = appendText(append(b, s.rank...), f.Message)
	b = appendText(append(b, s.tail...), f.Fingerprint)
	b = appendSubject(b, &f.Subject)
	b = appendLocation(b, &f.Location)
	b = append(b, s.mapped...)
	if f.Evidence != nil {
		b = appendEvidence(b, f.Evidence)
	}
	if f.Exception != nil {
		b = appendException(b, f.Exception)
	}
	if f.Baseline {
		b = append(b, `,"baseline":true`...)
	}
	return append(b, '}')
}

func appendSubject(b []byte, s *assessment.Subject) []byte {
	b = appendText(append(b, `,"subject":{"kind":`...), s.Kind)
	b = appendOptional(b, `,"apiVersion":`, s.APIVersion)
	b = appendOptional(b, `,"namespace":`, s.Namespace)
	b = appendText(append(b, `,"name":`...), s.Name)
	b = appendOptional(b, `,"container":`, s.Container)
	b = appendOptional(b, `,"file":`, s.File)
	b = appendOptional(b, `,"cluster":`, s.Cluster)
	return append(b, '}')
}

func appendLocation(b []byte, l *assessment.Location) []byte {
	b = append(b, `,"location":{`...)
	start := len(b)
	b = appendOptional(b, `,"file":`, l.File)
	b = appendPositive(b, `,"line":`, l.Line)
	b = appendPositive(b, `,"column":`, l.Column)
	b = appendPositive(b, `,"endLine":`, l.EndLine)
	b = appendOptional(b, `,"path":`, l.Path)
	if l.Value != nil {
		b = appendPlace(append(b, `,"value":`...), l.Value)
	}
	b = appendPositive(b, `,"rendered":`, l.Rendered)
	if len(b) > start {
		b = append(b[:start], b[start+1:]...) // the comma before the first field
	}
	return append(b, '}')
}

func appendPlace(b []byte, p *inventory.Place) []byte {
	b = appendText(append(b, `{"file":`...), p.File)
	b = strconv.AppendInt(append(b, `,"line":`...), int64(p.Line), 10)
	b = appendPositive(b, `,"column":`, p.Column)
	b = appendPositive(b, `,"endLine":`, p.EndLine)
	b = appendOptional(b, `,"path":`, p.Path)
	return append(b, '}')
}

func appendEvidence(b []byte, e *assessment.Evidence) []byte {
	if e.Lines == nil {
		return append(b, `,"evidence":{"lines":null}`...)
	}
	b = append(b, `,"evidence":{"lines":[`...)
	for i, line := range e.Lines {
		b = append(b, between(i, `,{"number":`)...)
		b = strconv.AppendInt(b, int64(line.Number), 10)
		b = appendText(append(b, `,"text":`...), line.Text)
		if line.Guilty {
			b = append(b, `,"guilty":true`...)
		}
		b = append(b, '}')
	}
	return append(b, `]}`...)
}

func appendException(b []byte, e *assessment.Exception) []byte {
	b = appendText(append(b, `,"exception":{"reason":`...), e.Reason)
	b = appendOptional(b, `,"owner":`, e.Owner)
	b = appendText(append(b, `,"expires":`...), e.Expires)
	b = appendText(append(b, `,"source":`...), e.Source)
	return append(b, '}')
}

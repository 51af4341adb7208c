package wire

import (
	"bytes"
	"errors"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/kubeproof/kubeproof/internal/document"
)

// Accept asks for protobuf, or for JSON of what has no protobuf.
const Accept = "application/vnd.kubernetes.protobuf,application/json"

// magic begins every answer in protobuf (package k8s.io/apimachinery/pkg/runtime/serializer/protobuf).
var magic = []byte("k8s\x00")

// MostObject is how many bytes one object may have. Servers take 3 MiB.
const MostObject = 16 << 20

// mostKept is how many bytes of a buffer are kept for the next page.
const mostKept = 1 << 20

// The numbers of the fields of runtime.Unknown, which is around every answer, and of lists.
const (
	unknownKind     = 1
	unknownRaw      = 2
	unknownEncoding = 3
	unknownMost     = 4

	listMetadata = 1
	listItems    = 2
)

// Page reads one answer to a list while it arrives: what is written to it. Begin with Reader.Page,
// and end with Close.
type Page struct {
	reader *Reader
	plan   *Plan
	each   func(*document.Node)

	resume  string
	pending []byte // what arrived and was not read yet
	begun   bool   // the magic was seen
	inside  bool   // the list itself is being read
	left    uint64 // bytes of the list that were not read yet
	named   bool   // the kind was seen
	listed  bool   // and the beginning of the list
}

// Page begins an answer, of which every object is given to each. The reader must not be used for
// another one before this is closed.
func (r *Reader) Page(plan *Plan, each func(*document.Node)) *Page {
	return &Page{reader: r, plan: plan, each: each, pending: r.pending[:0]}
}

// Resume is the token of the next page; "" if this is the last. It is known when the page is closed.
func (p *Page) Resume() string { return p.resume }

// Write reads as much as arrived. After an error the page is of no use.
func (p *Page) Write(chunk []byte) (int, error) {
	p.pending = append(p.pending, chunk...)
	at, err := p.read()
	if at > 0 {
		p.pending = p.pending[:copy(p.pending, p.pending[at:])]
	}
	return len(chunk), err
}

// Close ends the page. It gives an error if the answer ended in the middle.
func (p *Page) Close() error {
	p.reader.text, p.reader.pending = nil, nil
	if cap(p.pending) <= mostKept {
		p.reader.pending = p.pending[:0]
	}
	if p.inside || len(p.pending) > 0 || !p.listed {
		return errors.New("it ends in the middle")
	}
	return nil
}

// read reads all fields that arrived wholly and gives how many bytes that are.
func (p *Page) read() (at int, err error) {
	p.reader.text = p.pending
	if !p.begun {
		if len(p.pending) < len(magic) {
			return 0, nil
		}
		if !Is(p.pending) {
			return 0, errors.New("it is not protobuf")
		}
		p.begun, at = true, len(magic)
	}
	for at < len(p.pending) {
		behind, err := p.step(at)
		if errors.Is(err, errEnd) && p.mayGrow(at) {
			return at, nil
		}
		if err != nil {
			return at, err
		}
		at = behind
	}
	return at, nil
}

// mayGrow reports whether a field that has not arrived wholly may be one that will: it neither
// reaches beyond the list nor is too large.
func (p *Page) mayGrow(at int) bool {
	_, behind, err := varint(p.pending, span{at, len(p.pending)})
	if err != nil {
		return len(p.pending)-at <= mostVarint
	}
	size, behind, err := varint(p.pending, span{behind, len(p.pending)})
	if err != nil {
		return len(p.pending)-behind <= mostVarint
	}
	return size > uint64(len(p.pending)-behind) && size <= MostObject && (!p.inside || uint64(behind-at)+size <= p.left)
}

// step reads the field at a place, which is one of the list or around it.
func (p *Page) step(at int) (behind int, err error) {
	if !p.inside {
		return p.around(at)
	}
	t, behind, err := next(p.pending, span{at, len(p.pending)})
	if err != nil {
		return at, err
	}
	if uint64(behind-at) > p.left {
		return at, errBeyond
	}
	p.left -= uint64(behind - at)
	p.inside = p.left > 0
	return behind, p.member(t)
}

// around reads a field of what is around the list. Of the list itself only the beginning is read.
func (p *Page) around(at int) (int, error) {
	whole := span{at, len(p.pending)}
	tag, behind, err := varint(p.pending, whole)
	if err != nil {
		return at, err
	}
	if tag == unknownRaw<<3|bytesForm {
		size, behind, err := varint(p.pending, span{behind, whole.to})
		if err != nil {
			return at, err
		}
		if !p.named {
			return at, errors.New("its kind does not stand before it")
		}
		if p.listed {
			return at, errTwice
		}
		p.left, p.inside, p.listed = size, size > 0, true
		return behind, nil
	}
	t, behind, err := next(p.pending, whole)
	if err != nil {
		return at, err
	}
	kind, err := frame(p.pending, t)
	if kind != nil {
		if p.named = true; kind.APIVersion != p.plan.shape.APIVersion || kind.Kind != p.plan.list {
			return at, fmt.Errorf("it holds %q of %q, not a %s", kind.Kind, kind.APIVersion, p.plan.list)
		}
	}
	return behind, err
}

// frame checks a field around an answer. It gives the kind if it is that.
func frame(text []byte, t token) (*runtime.TypeMeta, error) {
	switch {
	case t.form != bytesForm || t.number > unknownMost || t.number == unknownEncoding && t.from < t.to:
		return nil, &UnknownField{"Unknown", t.number}
	case t.number == unknownKind:
		kind := &runtime.TypeMeta{}
		return kind, kind.Unmarshal(text[t.from:t.to])
	}
	return nil, nil
}

// member reads a field of the list.
func (p *Page) member(t token) error {
	switch {
	case t.form != bytesForm || t.number != listMetadata && t.number != listItems:
		return &UnknownField{p.plan.list, t.number}
	case t.number == listMetadata:
		var metadata metav1.ListMeta
		if err := metadata.Unmarshal(p.pending[t.from:t.to]); err != nil {
			return fmt.Errorf("its metadata cannot be read: %w", err)
		}
		p.resume = metadata.Continue
		return nil
	}
	root, err := p.reader.object(p.plan, span{t.from, t.to})
	if err == nil {
		p.each(root)
	}
	return err
}

// Is reports whether an answer is protobuf.
func Is(body []byte) bool { return bytes.HasPrefix(body, magic) }

// Status gives an answer that is an error; nil if it is none that can be read.
func Status(body []byte) *metav1.Status {
	if !Is(body) {
		return nil
	}
	status, named := &metav1.Status{}, false
	for in := (span{len(magic), len(body)}); in.from < in.to; {
		t, behind, err := next(body, in)
		if err != nil {
			return nil
		}
		in.from = behind
		kind, err := frame(body, t)
		named = named || kind != nil && kind.Kind == "Status"
		if err != nil || t.number == unknownRaw && (!named || status.Unmarshal(body[t.from:t.to]) != nil) {
			return nil
		}
	}
	if !named {
		return nil
	}
	return status
}

package wire

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/kubeproof/kubeproof/internal/document"
)

// Reader reads objects into trees. It may be used again, but by one goroutine at a time.
type Reader struct {
	builder *document.Builder
	text    []byte
	entries []entry // of the messages that are being read, the innermost last
	scratch []byte
	pending []byte // of the last page, for the next one
}

// NewReader makes a reader. Of the limits Nodes counts: nothing is nested deeper than its type.
func NewReader(limits document.Limits) *Reader {
	return &Reader{builder: document.NewBuilder(limits)}
}

// entry is a value of a field of a message.
type entry struct {
	field int16 // its index in the message
	token
}

// UnknownField is the error for a field that the types of this program do not have.
type UnknownField struct {
	Message string // the Go type
	Number  uint64
}

// Error says which field it is.
func (e *UnknownField) Error() string {
	return fmt.Sprintf("field %d of %s is not known", e.Number, e.Message)
}

// object reads an object as the root of a tree.
func (r *Reader) object(plan *Plan, in span) (*document.Node, error) {
	root := r.builder.Root(plan.shape)
	if err := r.message(plan.root, in, root); err != nil {
		r.entries = r.entries[:0]
		return nil, err
	}
	return r.builder.Tree(), nil
}

// message reads the fields of a message into a map, in the order of JSON.
func (r *Reader) message(m *message, in span, into document.Place) error {
	for i := 0; i < len(m.fixed); i += 2 {
		if err := r.builder.Text(into, m.fixed[i], []byte(m.fixed[i+1])); err != nil {
			return err
		}
	}
	begin := len(r.entries)
	if err := r.collect(m, in); err != nil {
		return err
	}
	end, at := len(r.entries), begin
	for i := range m.fields {
		first := at
		for at < end && r.entries[at].field == int16(i) {
			at++
		}
		if err := r.field(&m.fields[i], first, at, into); err != nil {
			return fmt.Errorf("%s: %w", m.fields[i].key, err)
		}
	}
	r.entries = r.entries[:begin]
	return nil
}

// collect finds the values of a message and puts them in the order of JSON.
func (r *Reader) collect(m *message, in span) error {
	begin, sorted, last := len(r.entries), true, int16(0)
	for in.from < in.to {
		t, behind, err := next(r.text, in)
		if err != nil {
			return err
		}
		in.from = behind
		mark := m.of(t.number)
		if mark == unknown {
			return &UnknownField{m.name, t.number}
		}
		if mark == leftOut {
			continue
		}
		sorted, last = sorted && mark >= last, mark
		r.entries = append(r.entries, entry{mark - 1, t})
	}
	if !sorted {
		slices.SortStableFunc(r.entries[begin:], func(a, b entry) int { return cmp.Compare(a.field, b.field) })
	}
	return nil
}

var (
	errTwice = errors.New("a single value stands twice")
	errKind  = errors.New("it is not what it is in the types of this program")
)

// field reads the values of a field, which are entries, into a map.
func (r *Reader) field(f *field, first, end int, into document.Place) error {
	switch {
	case first == end:
		return r.absent(f, into)
	case f.nullOnly:
		return nil
	case f.holds == mapped:
		return r.mapped(f, first, end, into)
	case f.holds == list:
		return r.list(f, first, end, into)
	case end > first+1:
		return errTwice
	}
	t := r.entries[first].token
	if f.omitEmpty && t.empty() {
		return nil
	}
	return r.value(f, t, into, f.key)
}

// empty reports whether a value is zero.
func (t token) empty() bool { return t.value == 0 && t.from == t.to }

// absent gives what JSON gives for a field that is not on the wire.
func (r *Reader) absent(f *field, into document.Place) error {
	switch {
	case f.absent == null:
		return r.builder.Null(into, f.key)
	case f.absent == nothing:
		return nil
	case f.kind.varint():
		return r.value(f, token{form: varintForm}, into, f.key)
	}
	return r.value(f, token{form: bytesForm}, into, f.key)
}

func (r *Reader) list(f *field, first, end int, into document.Place) error {
	list, err := r.builder.List(into, f.key)
	if err != nil {
		return err
	}
	for i := first; i < end; i++ {
		if err := r.value(f, r.entries[i].token, list, ""); err != nil {
			return err
		}
	}
	r.builder.End(list)
	return nil
}

// value reads one value.
func (r *Reader) value(f *field, t token, into document.Place, key string) error {
	if f.kind.varint() != (t.form == varintForm) {
		return errKind
	}
	switch f.kind {
	case inline:
		return r.message(f.sub, span{t.from, t.to}, into)
	case object:
		at, err := r.builder.Map(into, key)
		if err != nil {
			return err
		}
		if err := r.message(f.sub, span{t.from, t.to}, at); err != nil {
			return err
		}
		r.builder.End(at)
		return nil
	}
	return r.scalar(f.kind, t, into, key)
}

package wire

import (
	"bytes"
	"slices"

	"github.com/kubeproof/kubeproof/internal/document"
)

// pair is what stands in a map: a message of a key and a value.
type pair struct {
	key   span
	value token
}

// mapped reads a map, whose keys JSON sorts.
func (r *Reader) mapped(f *field, first, end int, into document.Place) error {
	at, err := r.builder.Map(into, f.key)
	if err != nil {
		return err
	}
	pairs := make([]pair, 0, end-first)
	for _, e := range r.entries[first:end] {
		p, err := r.pair(f, e.token)
		if err != nil {
			return err
		}
		pairs = append(pairs, p)
	}
	compare := func(a, b pair) int {
		return bytes.Compare(r.text[a.key.from:a.key.to], r.text[b.key.from:b.key.to])
	}
	if !slices.IsSortedFunc(pairs, compare) {
		slices.SortStableFunc(pairs, compare)
	}
	for _, p := range pairs {
		key := r.builder.Key(r.text[p.key.from:p.key.to])
		if _, kept := f.cut.Below(key, f.kind.scalar()); !kept {
			continue
		}
		if err := r.value(f, p.value, at, key); err != nil {
			return err
		}
	}
	r.builder.End(at)
	return nil
}

// pair reads the key and the value of one entry of a map.
func (r *Reader) pair(f *field, entry token) (pair, error) {
	p := pair{value: token{form: bytesForm}}
	if f.kind.varint() {
		p.value.form = varintForm
	}
	if entry.form != bytesForm {
		return p, errKind
	}
	for in := (span{entry.from, entry.to}); in.from < in.to; {
		t, behind, err := next(r.text, in)
		if err != nil {
			return p, err
		}
		in.from = behind
		switch {
		case t.number == 1 && t.form == bytesForm:
			p.key = span{t.from, t.to}
		case t.number == 2:
			p.value = t
		default:
			return p, &UnknownField{"map", t.number}
		}
	}
	return p, nil
}

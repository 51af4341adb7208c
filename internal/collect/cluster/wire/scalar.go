package wire

import (
	"encoding/base64"
	"errors"
	"time"

	"github.com/kubeproof/kubeproof/internal/document"
)

// scalar reads a value that is neither map nor list.
func (r *Reader) scalar(k kind, t token, into document.Place, key string) error {
	raw := r.text[t.from:t.to]
	switch k {
	case boolean:
		return r.builder.Bool(into, key, t.value != 0)
	case int32Number:
		return r.builder.Int(into, key, int64(int32(t.value)))
	case int64Number:
		return r.builder.Int(into, key, int64(t.value))
	case data:
		r.scratch = base64.StdEncoding.AppendEncode(r.scratch[:0], raw)
		return r.builder.Text(into, key, r.scratch)
	case moment:
		return r.moment(t, into, key)
	case quantity:
		return r.quantity(t, into, key)
	case intOrString:
		return r.intOrString(t, into, key)
	}
	return r.builder.Text(into, key, raw)
}

// small reads a message of up to three fields, each of which may stand once.
func (r *Reader) small(name string, t token, forms ...uint8) (fields [3]token, err error) {
	for in := (span{t.from, t.to}); in.from < in.to; {
		field, behind, err := next(r.text, in)
		if err != nil {
			return fields, err
		}
		if field.number == 0 || field.number > uint64(len(forms)) || field.form != forms[field.number-1] {
			return fields, &UnknownField{name, field.number}
		}
		fields[field.number-1], in.from = field, behind
	}
	return fields, nil
}

// moment reads a Timestamp of seconds and nanoseconds, which JSON leaves out. It has null for none.
func (r *Reader) moment(t token, into document.Place, key string) error {
	if t.from == t.to {
		return r.builder.Null(into, key)
	}
	fields, err := r.small("Timestamp", t, varintForm, varintForm)
	if err != nil {
		return err
	}
	at := time.Unix(int64(fields[0].value), 0).UTC()
	if at.Year() <= 1 || at.Year() > 9999 {
		return errors.New("a time is none, or beyond what JSON can hold")
	}
	r.scratch = at.AppendFormat(r.scratch[:0], time.RFC3339)
	return r.builder.Text(into, key, r.scratch)
}

// quantity reads a Quantity, which is written as it stands in JSON.
func (r *Reader) quantity(t token, into document.Place, key string) error {
	fields, err := r.small("Quantity", t, bytesForm)
	if err != nil {
		return err
	}
	if fields[0].from == fields[0].to {
		return r.builder.Text(into, key, []byte("0"))
	}
	return r.builder.Text(into, key, r.text[fields[0].from:fields[0].to])
}

func (r *Reader) intOrString(t token, into document.Place, key string) error {
	fields, err := r.small("IntOrString", t, varintForm, varintForm, bytesForm)
	if err != nil {
		return err
	}
	switch fields[0].value {
	case 0:
		return r.builder.Int(into, key, int64(int32(fields[1].value)))
	case 1:
		return r.builder.Text(into, key, r.text[fields[2].from:fields[2].to])
	}
	return errors.New("a value is neither a number nor a string")
}

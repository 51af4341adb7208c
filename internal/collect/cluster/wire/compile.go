package wire

import (
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubeproof/kubeproof/internal/document"
)

// compiler turns Go types into messages.
type compiler struct {
	done map[part]*message
}

// special are the structs that JSON gives as scalars.
var special = map[reflect.Type]kind{
	reflect.TypeFor[metav1.Time]():        moment,
	reflect.TypeFor[resource.Quantity]():  quantity,
	reflect.TypeFor[intstr.IntOrString](): intOrString,
}

// typeMeta is on no wire. The root's is prescribed; below it the API server writes its own.
var typeMeta = reflect.TypeFor[metav1.TypeMeta]()

// typeMetaBelow is what the API server writes in JSON as the TypeMeta of objects within others:
// the claims of a StatefulSet, as Convert_apps_StatefulSetSpec_To_v1_StatefulSetSpec does.
var typeMetaBelow = map[reflect.Type][]string{
	reflect.TypeFor[corev1.PersistentVolumeClaim](): {"kind", "PersistentVolumeClaim", "apiVersion", "v1"},
}

// message gives what is known of a struct. An error says that something in it is not understood.
func (c *compiler) message(of reflect.Type, cut *document.Cut, root bool) (*message, error) {
	if m := c.done[part{of, cut}]; m != nil {
		return m, nil
	}
	m := &message{name: of.Name()}
	c.done[part{of, cut}] = m
	for i := range of.NumField() {
		f := of.Field(i)
		if f.Type == typeMeta && f.Anonymous {
			if err := m.fix(of, cut, root); err != nil {
				return nil, err
			}
			continue
		}
		if err := c.field(m, f, cut); err != nil {
			return nil, fmt.Errorf("%s.%s: %w", of, f.Name, err)
		}
	}
	return m, m.unambiguous(map[string]bool{})
}

// fix adds what the API server writes as the TypeMeta of an object within another.
func (m *message) fix(of reflect.Type, cut *document.Cut, root bool) error {
	if root {
		return nil
	}
	fixed := typeMetaBelow[of]
	if fixed == nil {
		return fmt.Errorf("%s: its kind is not on the wire", of)
	}
	for i := 0; i < len(fixed); i += 2 {
		if _, kept := cut.Below(fixed[i], true); kept {
			m.fixed = append(m.fixed, fixed[i], fixed[i+1])
		}
	}
	return nil
}

// unambiguous refuses two fields of one name: JSON has rules for them that are not kept here.
func (m *message) unambiguous(seen map[string]bool) error {
	for _, f := range m.fields {
		if f.kind == inline {
			if err := f.sub.unambiguous(seen); err != nil {
				return err
			}
			continue
		}
		if seen[f.key] {
			return fmt.Errorf("two fields are called %s", f.key)
		}
		seen[f.key] = true
	}
	return nil
}

// tags are what stands in the tags of a field. The form on the wire that protobuf tags name is
// wrong for some numbers; the Go type tells it.
type tags struct {
	key                 string
	number              uint64
	omitEmpty, omitZero bool
}

func tagsOf(f reflect.StructField) (tags, error) {
	var t tags
	name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
	t.key = name
	for option := range strings.SplitSeq(options, ",") {
		switch option {
		case "omitempty":
			t.omitEmpty = true
		case "omitzero":
			t.omitZero = true
		case "", "inline":
		default:
			return t, fmt.Errorf("JSON option %q", option)
		}
	}
	parts := strings.Split(f.Tag.Get("protobuf"), ",")
	if len(parts) < 3 {
		return t, errors.New("no protobuf tag")
	}
	number, err := strconv.ParseUint(parts[1], 10, 15)
	if t.number = number; err != nil || number == 0 {
		return t, fmt.Errorf("field number %q", parts[1])
	}
	return t, nil
}

// unread is JSON within protobuf, which stands in metadata that is always cut, and hardly ever in
// that of templates. It counts as unknown where it does.
var unread = reflect.TypeFor[*metav1.FieldsV1]()

// field adds a field to a message, unless it is cut.
func (c *compiler) field(m *message, from reflect.StructField, cut *document.Cut) error {
	t, err := tagsOf(from)
	if err != nil || from.Type == unread {
		return err
	}
	for uint64(len(m.known)) <= t.number {
		m.known = append(m.known, unknown)
	}
	if m.known[t.number] != unknown {
		return fmt.Errorf("field number %d stands twice", t.number)
	}
	f := field{key: t.key}
	below := cut
	if t.key == "" && from.Anonymous && from.Type.Kind() == reflect.Struct {
		f.kind, f.absent = inline, zero
	} else {
		var kept bool
		below, kept, err = f.shape(from.Type, t, cut)
		if err != nil {
			return err
		}
		if !kept {
			m.known[t.number] = leftOut
			return nil
		}
	}
	if f.kind == object || f.kind == inline {
		if f.sub, err = c.message(element(from.Type), below, false); err != nil {
			return err
		}
	}
	m.fields = append(m.fields, f)
	m.known[t.number] = int16(len(m.fields))
	return nil
}

// shape finds out how the values of a field read and what is cut of them.
func (f *field) shape(of reflect.Type, t tags, cut *document.Cut) (below *document.Cut, kept bool, err error) {
	if t.key == "" || t.key == "-" {
		return nil, false, errors.New("no name in JSON")
	}
	if below, kept = cut.Below(t.key, false); !kept {
		// What cannot be a scalar is not even looked at.
		if below, kept = cut.Below(t.key, true); !kept {
			return nil, false, nil
		}
		f.nullOnly = true
	}
	switch value := element(of); {
	case of.Kind() == reflect.Map:
		f.holds, f.cut = mapped, below
	case of.Kind() == reflect.Slice && value != of:
		f.holds = list
	}
	if f.kind, err = kindOf(element(of)); err != nil {
		return nil, false, err
	}
	if f.holds == mapped && of.Key().Kind() != reflect.String {
		return nil, false, errors.New("keys that are no strings")
	}
	if f.absent, err = absenceOf(of, f.kind, t); err != nil {
		return nil, false, err
	}
	f.omitEmpty = f.absent == nothing && of.Kind() != reflect.Pointer
	f.nullOnly = f.nullOnly && !(f.holds == one && f.kind.scalar())
	return below, !f.nullOnly || f.absent == null, nil
}

// absenceOf tells what encoding/json writes for the zero value of a type.
func absenceOf(of reflect.Type, k kind, t tags) (absence, error) {
	empty := of.Kind() != reflect.Struct // a struct is never empty for omitempty
	switch {
	case t.omitZero && k != moment:
		return nothing, errors.New("whether it is zero is not known")
	case t.omitZero, t.omitEmpty && empty:
		return nothing, nil
	case of.Kind() == reflect.Pointer, of.Kind() == reflect.Map, of.Kind() == reflect.Slice:
		return null, nil
	}
	return zero, nil
}

// element is the type of the single values of a field. Bytes are one value.
func element(of reflect.Type) reflect.Type {
	switch {
	case of.Kind() == reflect.Slice && of.Elem().Kind() == reflect.Uint8:
		return of
	case of.Kind() == reflect.Pointer, of.Kind() == reflect.Slice, of.Kind() == reflect.Map:
		return of.Elem()
	}
	return of
}

// kindOf tells how a single value reads.
func kindOf(of reflect.Type) (kind, error) {
	if k, known := special[of]; known {
		return k, nil
	}
	for _, own := range [...]reflect.Type{reflect.TypeFor[json.Marshaler](), reflect.TypeFor[encoding.TextMarshaler]()} {
		if of.Implements(own) || reflect.PointerTo(of).Implements(own) {
			return 0, fmt.Errorf("%s writes its JSON itself", of)
		}
	}
	switch of.Kind() {
	case reflect.String:
		return text, nil
	case reflect.Bool:
		return boolean, nil
	case reflect.Int32:
		return int32Number, nil
	case reflect.Int64:
		return int64Number, nil
	case reflect.Struct:
		return object, nil
	case reflect.Slice:
		if of == reflect.TypeFor[[]byte]() {
			return data, nil
		}
	}
	return 0, fmt.Errorf("values of %s", of)
}

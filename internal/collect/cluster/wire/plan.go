// Package wire reads lists of API objects in Kubernetes' protobuf form straight into trees, the
// same that their JSON gives, value for value and in the same order, so that no typed objects are
// made in between. What each field is called, and when JSON leaves it out, is told by the tags of
// the Go types of k8s.io/api. Whatever is not expected is an error, above all fields that those
// types do not have: such a list is to be read as JSON. Answers are read while they arrive. Begin with PlanOf and Reader.Page.
package wire

import (
	"reflect"

	"github.com/kubeproof/kubeproof/internal/document"
)

// Plan says how the objects of one kind are read. It does not change: goroutines may share it.
type Plan struct {
	list  string // the kind of a list of them
	shape document.Shape
	root  *message
}

// message is what is known of one Go struct.
type message struct {
	name   string   // for errors
	fields []field  // in the order of JSON
	known  []int16  // what stands at a number: 1 + an index in fields, unknown or left out
	fixed  []string // keys and values that JSON gives and protobuf does not, one after the other
}

// The marks of message.known beside indexes.
const (
	unknown = 0
	leftOut = -1
)

// of gives the mark of a field number.
func (m *message) of(number uint64) int16 {
	if number >= uint64(len(m.known)) {
		return unknown
	}
	return m.known[number]
}

// field is one field of a struct.
type field struct {
	key   string
	kind  kind
	holds cardinality
	sub   *message      // of an object
	cut   *document.Cut // of the keys of a map
	// absent says what JSON gives where protobuf gives nothing.
	absent absence
	// omitEmpty leaves out a single scalar that is zero.
	omitEmpty bool
	// nullOnly leaves out everything but null: a cut keeps only what is neither map nor list.
	nullOnly bool
}

// kind is how a single value reads.
type kind uint8

const (
	text kind = iota
	data      // bytes, which JSON gives in base64
	boolean
	int32Number
	int64Number
	moment // metav1.Time
	quantity
	intOrString
	object
	inline // an object whose fields stand in the one around it
)

// scalar reports whether JSON gives neither map nor list.
func (k kind) scalar() bool { return k < object }

// varint reports whether values are numbers on the wire; all others are bytes.
func (k kind) varint() bool { return k == boolean || k == int32Number || k == int64Number }

// cardinality is how many values a field holds.
type cardinality uint8

const (
	one cardinality = iota
	list
	mapped
)

// absence is what JSON gives for a field that is not on the wire.
type absence uint8

const (
	nothing absence = iota
	null
	zero
)

// PlanOf gives the plan of a kind, cut as JSON would be; nil if the kind is to be read as JSON.
func PlanOf(shape document.Shape) *Plan {
	t := typeOf(shape.APIVersion, shape.Kind)
	if t == nil {
		return nil
	}
	root, err := (&compiler{done: map[part]*message{}}).message(t, shape.Cut, true)
	if err != nil {
		return nil
	}
	return &Plan{list: shape.Kind + "List", shape: shape, root: root}
}

// part is a struct with the cut that it gets.
type part struct {
	of  reflect.Type
	cut *document.Cut
}

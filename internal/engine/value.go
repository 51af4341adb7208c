package engine

import (
	"fmt"
	"reflect"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"

	"github.com/kubeproof/kubeproof/internal/document"
)

// mapValue and listValue are document nodes that CEL can read: the pointer is converted, nothing
// is copied, so what comes out of an expression still knows its place.
type (
	mapValue  document.Node
	listValue document.Node
)

// toValue gives the CEL value of a node; null for nil.
func toValue(n *document.Node) ref.Val {
	if n == nil {
		return types.NullValue
	}
	switch n.Kind {
	case document.Bool:
		return types.Bool(n.Bool())
	case document.Int:
		return types.Int(n.Int64())
	case document.Float:
		return types.Double(n.Float64())
	case document.String:
		return types.String(n.Text())
	case document.List:
		return (*listValue)(n)
	case document.Map:
		return (*mapValue)(n)
	}
	return types.NullValue
}

// toNode gives the node of a map or list; nil for scalars, which do not carry their place.
func toNode(value ref.Val) *document.Node {
	switch v := value.(type) {
	case *mapValue:
		return v.node()
	case *listValue:
		return v.node()
	}
	return nil
}

func (m *mapValue) node() *document.Node { return (*document.Node)(m) }

// Find looks up a field; null fields are absent, as the API server drops them.
func (m *mapValue) Find(key ref.Val) (ref.Val, bool) {
	name, ok := key.(types.String)
	if !ok {
		return nil, false
	}
	field := m.node().Get(string(name))
	if field == nil {
		return nil, false
	}
	return toValue(field), true
}

func (m *mapValue) Get(key ref.Val) ref.Val {
	value, found := m.Find(key)
	if !found {
		return types.NewErr("no such key: %v", key)
	}
	return value
}

func (m *mapValue) Contains(key ref.Val) ref.Val {
	_, found := m.Find(key)
	return types.Bool(found)
}

func (m *mapValue) Size() ref.Val {
	size := 0
	for _, field := range m.node().Children() {
		if field.Kind != document.Null {
			size++
		}
	}
	return types.Int(size)
}

// IsZeroValue makes an empty map count as absent for optional.ofNonZeroValue.
func (m *mapValue) IsZeroValue() bool { return m.Size() == types.IntZero }

func (m *mapValue) Iterator() traits.Iterator {
	return &iterator{nodes: m.node().Children(), keys: true}
}

func (m *mapValue) Equal(other ref.Val) ref.Val {
	mapper, ok := other.(traits.Mapper)
	if !ok || mapper.Size() != m.Size() {
		return types.False
	}
	for _, field := range m.node().Children() {
		if field.Kind == document.Null {
			continue
		}
		value, found := mapper.Find(types.String(field.Key()))
		if !found || types.Equal(toValue(field), value) != types.True {
			return types.False
		}
	}
	return types.True
}

func (m *mapValue) Type() ref.Type { return types.MapType }
func (m *mapValue) Value() any     { return m.node().Plain() }

func (m *mapValue) ConvertToNative(to reflect.Type) (any, error) { return plainAs(m.node(), to) }

func (m *mapValue) ConvertToType(to ref.Type) ref.Val { return convert(m, to, types.MapType) }

func (l *listValue) node() *document.Node { return (*document.Node)(l) }

func (l *listValue) Get(index ref.Val) ref.Val {
	at, err := types.IndexOrError(index)
	if err != nil {
		return types.WrapErr(err)
	}
	elements := l.node().Children()
	if at < 0 || at >= len(elements) {
		return types.NewErr("index %d is out of range", at)
	}
	return toValue(elements[at])
}

func (l *listValue) Contains(element ref.Val) ref.Val {
	for _, child := range l.node().Children() {
		if types.Equal(element, toValue(child)) == types.True {
			return types.True
		}
	}
	return types.False
}

// Add gives a plain CEL list, since what it holds stands nowhere.
func (l *listValue) Add(other ref.Val) ref.Val {
	lister, ok := other.(traits.Lister)
	if !ok {
		return types.MaybeNoSuchOverloadErr(other)
	}
	var all []ref.Val
	for _, list := range []traits.Lister{l, lister} {
		for it := list.Iterator(); it.HasNext() == types.True; {
			all = append(all, it.Next())
		}
	}
	return types.NewRefValList(types.DefaultTypeAdapter, all)
}

func (l *listValue) Size() ref.Val             { return types.Int(l.node().Len()) }
func (l *listValue) IsZeroValue() bool         { return l.node().Len() == 0 }
func (l *listValue) Iterator() traits.Iterator { return &iterator{nodes: l.node().Children()} }

func (l *listValue) Equal(other ref.Val) ref.Val {
	lister, ok := other.(traits.Lister)
	if !ok || lister.Size() != l.Size() {
		return types.False
	}
	for i, child := range l.node().Children() {
		if types.Equal(toValue(child), lister.Get(types.Int(i))) != types.True {
			return types.False
		}
	}
	return types.True
}

func (l *listValue) Type() ref.Type { return types.ListType }
func (l *listValue) Value() any     { return l.node().Plain() }

func (l *listValue) ConvertToNative(to reflect.Type) (any, error) { return plainAs(l.node(), to) }

func (l *listValue) ConvertToType(to ref.Type) ref.Val { return convert(l, to, types.ListType) }

// iterator walks the keys of a map (null fields left out) or the elements of a list.
type iterator struct {
	nodes []*document.Node
	next  int
	keys  bool
}

func (i *iterator) HasNext() ref.Val {
	for i.keys && i.next < len(i.nodes) && i.nodes[i.next].Kind == document.Null {
		i.next++
	}
	return types.Bool(i.next < len(i.nodes))
}

func (i *iterator) Next() ref.Val {
	if i.HasNext() != types.True {
		return nil
	}
	n := i.nodes[i.next]
	i.next++
	if i.keys {
		return types.String(n.Key())
	}
	return toValue(n)
}

func (i *iterator) Type() ref.Type        { return types.IteratorType }
func (i *iterator) Value() any            { return nil }
func (i *iterator) Equal(ref.Val) ref.Val { return types.False }
func (i *iterator) ConvertToType(ref.Type) ref.Val {
	return types.NewErr("an iterator has no other type")
}
func (i *iterator) ConvertToNative(reflect.Type) (any, error) {
	return nil, fmt.Errorf("an iterator has no native value")
}

func convert(value ref.Val, to, own ref.Type) ref.Val {
	switch to {
	case own:
		return value
	case types.TypeType:
		return own.(ref.Val)
	}
	return types.NewErr("type conversion error from '%s' to '%s'", own.TypeName(), to.TypeName())
}

func plainAs(n *document.Node, to reflect.Type) (any, error) {
	plain := n.Plain()
	if reflect.TypeOf(plain).AssignableTo(to) {
		return plain, nil
	}
	return nil, fmt.Errorf("a %s has no value of Go type %v", n.Kind, to)
}

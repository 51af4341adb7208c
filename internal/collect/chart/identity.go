package chart

import (
	"maps"
	"reflect"
	"slices"
	"strconv"
	"unsafe"

	"helm.sh/helm/v4/pkg/chart/common"
)

// identity tells one map, list or text in memory from every other. Templates hand values on
// without copying them, so a value is known again wherever it is read, under whatever name.
type identity struct {
	at     uintptr
	length int
	kind   reflect.Kind
}

// identify gives the identity of a value; false for numbers, booleans, and texts so short that
// the runtime keeps one copy of each.
func identify(value any) (identity, bool) {
	switch v := value.(type) {
	case string:
		if len(v) < 2 {
			return identity{}, false
		}
		return identity{uintptr(unsafe.Pointer(unsafe.StringData(v))), len(v), reflect.String}, true
	case nil, bool, int, int64, float64:
		return identity{}, false
	}
	switch v := reflect.ValueOf(value); v.Kind() {
	case reflect.Map:
		return identity{v.Pointer(), 0, reflect.Map}, v.Pointer() != 0
	case reflect.Slice:
		return identity{v.Pointer(), v.Len(), reflect.Slice}, v.Len() > 0
	}
	return identity{}, false
}

// register knows where each value stands among the values of the top chart.
type register struct {
	paths  map[identity][][]string
	kept   []any // keeps what is registered alive, so that no other value takes its place in memory
	scopes map[identity]scope
}

// mostPaths is how many places of one value are kept; several charts share global values.
const mostPaths = 8

func newRegister(values any, scopes []scope) *register {
	r := &register{paths: map[identity][][]string{}, scopes: map[identity]scope{}}
	for _, s := range scopes {
		if id, ok := identify(s.data); ok {
			r.scopes[id] = s
		}
	}
	r.add(values, nil)
	return r
}

func (r *register) add(value any, path []string) {
	if id, ok := identify(value); ok {
		if len(r.paths[id]) == mostPaths || len(path) > mostFolder*10 {
			return
		}
		r.paths[id] = append(r.paths[id], path)
		r.kept = append(r.kept, value)
	}
	for _, name := range names(value) {
		r.add(child(value, name), append(path[:len(path):len(path)], name))
	}
}

// names lists the keys of a map in order, or the indexes of a list.
func names(value any) []string {
	switch v := value.(type) {
	case common.Values:
		return slices.Sorted(maps.Keys(v))
	case map[string]any:
		return slices.Sorted(maps.Keys(v))
	case []any:
		all := make([]string, len(v))
		for i := range v {
			all[i] = strconv.Itoa(i)
		}
		return all
	}
	return nil
}

// child is what stands under a key or index; nil if nothing does.
func child(value any, name string) any {
	switch v := value.(type) {
	case common.Values:
		return v[name]
	case map[string]any:
		return v[name]
	case []any:
		if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(v) {
			return v[i]
		}
	}
	return nil
}

// value is something that a template reads, and where it stands among the values: paths is
// empty if that is not known.
type value struct {
	is    any
	paths [][]string
	// weak is true if the reading may have been changed on its way.
	weak bool
}

// follow goes from a base down the names. data is true if it ends at the data of a chart's
// templates, or at something beside the values in it, as .Release.Name.
func (r *register) follow(base any, chain []string) (found value, data bool) {
	found = value{is: base, paths: r.known(base)}
	for _, name := range chain {
		if s, isData := r.scope(found.is); isData {
			if name != "Values" {
				return value{}, true
			}
			found = value{is: s.data["Values"], paths: [][]string{s.path}}
			continue
		}
		next := value{is: child(found.is, name)}
		if next.paths = r.known(next.is); next.paths == nil {
			for _, path := range found.paths {
				next.paths = append(next.paths, append(path[:len(path):len(path)], name))
			}
		}
		found = next
	}
	_, isData := r.scope(found.is)
	return found, isData
}

func (r *register) known(value any) [][]string {
	if id, ok := identify(value); ok {
		return r.paths[id]
	}
	return nil
}

func (r *register) scope(value any) (scope, bool) {
	id, ok := identify(value)
	if !ok || id.kind != reflect.Map {
		return scope{}, false
	}
	s, found := r.scopes[id]
	return s, found
}

package chart

import (
	"fmt"
	"text/template"

	"helm.sh/helm/v4/pkg/chart/common"
)

// guard wraps the functions that build maps and lists: it counts them, and notices when a map
// comes to hold itself. Helm can be brought to exhaust its stack by printing such a map, which
// no Go program survives.
func (r *rendering) guard(all, wrapped template.FuncMap) {
	for _, name := range []string{"list", "tuple"} {
		build := all[name].(func(...any) []any)
		wrapped[name] = func(values ...any) ([]any, error) { return build(values...), r.build(1) }
	}
	for _, name := range []string{"append", "push", "prepend", "mustAppend", "mustPush", "mustPrepend"} {
		switch build := all[name].(type) {
		case func(any, any) []any:
			wrapped[name] = func(list, value any) ([]any, error) { return build(list, value), r.build(1) }
		case func(any, any) ([]any, error):
			wrapped[name] = func(list, value any) ([]any, error) {
				if err := r.build(1); err != nil {
					return nil, err
				}
				return build(list, value)
			}
		}
	}
	dict := all["dict"].(func(...any) map[string]any)
	wrapped["dict"] = func(values ...any) (map[string]any, error) { return dict(values...), r.build(1) }
	set := all["set"].(func(map[string]any, string, any) map[string]any)
	wrapped["set"] = func(in map[string]any, name string, value any) (map[string]any, error) {
		if in == nil {
			return nil, fmt.Errorf("there is no map to set %q in", name)
		}
		r.cyclic = r.cyclic || r.reaches(value, in)
		return set(in, name, value), r.build(1)
	}
	for _, name := range []string{"merge", "mergeOverwrite", "mustMerge", "mustMergeOverwrite"} {
		wrapped[name] = r.guardMerge(all[name])
	}
}

func (r *rendering) guardMerge(merge any) any {
	return func(into map[string]any, from ...map[string]any) (any, error) {
		for _, each := range from {
			r.cyclic = r.cyclic || r.reaches(each, into)
		}
		if err := r.build(1); err != nil {
			return nil, err
		}
		if r.cyclic {
			for _, each := range append(from, into) {
				if r.holdsItself(each) {
					return nil, errHoldsItself
				}
			}
		}
		switch m := merge.(type) {
		case func(map[string]any, ...map[string]any) any:
			return m(into, from...), nil
		case func(map[string]any, ...map[string]any) (any, error):
			return m(into, from...)
		}
		return nil, fmt.Errorf("merge is of an unknown form")
	}
}

var errHoldsItself = &stopped{"template prints or copies a map that holds itself: set a part of it only"}

func (r *rendering) build(count int) error {
	if r.built += count; r.built > mostBuilt {
		return &stopped{fmt.Sprintf("templates build more than %d maps and lists: look for a loop without an end", mostBuilt)}
	}
	return nil
}

// inspect refuses what would exhaust memory or the stack if the place of the probe ran.
func (r *rendering) inspect(p *probe, args []any) error {
	for _, arg := range args {
		if text, ok := arg.(string); ok && len(text) > mostText {
			return &stopped{fmt.Sprintf("template builds a text of more than %d MiB: look for a loop that doubles it", mostText>>20)}
		}
	}
	if !r.cyclic || !p.plain {
		return nil
	}
	for _, ref := range p.refs {
		if ref.base >= len(args) {
			continue
		}
		at := args[ref.base]
		for _, name := range ref.chain {
			at = child(at, name)
		}
		if r.holdsItself(at) {
			return errHoldsItself
		}
	}
	return nil
}

// mostVisited bounds one search; a structure that is larger counts as one that holds itself.
const mostVisited = 100_000

// reaches reports whether target can be come to from a value.
func (r *rendering) reaches(from any, target map[string]any) bool {
	wanted, ok := identify(target)
	if !ok {
		return false
	}
	return search(from, map[identity]bool{}, nil, &wanted)
}

func (r *rendering) holdsItself(value any) bool {
	return search(value, map[identity]bool{}, map[identity]bool{}, nil)
}

// search walks maps and lists below a value. It looks for wanted, or, if open is not nil, for a
// value that is met again below itself.
func search(at any, seen, open map[identity]bool, wanted *identity) bool {
	switch at.(type) {
	case map[string]any, common.Values, []any:
	default:
		return false
	}
	id, ok := identify(at)
	if !ok {
		return false
	}
	if wanted != nil && id == *wanted || open[id] || len(seen) > mostVisited {
		return true
	}
	if seen[id] {
		return false
	}
	seen[id] = true
	if open != nil {
		open[id] = true
		defer delete(open, id)
	}
	return each(at, func(below any) bool { return search(below, seen, open, wanted) })
}

func each(of any, found func(any) bool) bool {
	switch v := of.(type) {
	case common.Values:
		return each(map[string]any(v), found)
	case map[string]any:
		for _, below := range v {
			if found(below) {
				return true
			}
		}
	case []any:
		for _, below := range v {
			if found(below) {
				return true
			}
		}
	}
	return false
}

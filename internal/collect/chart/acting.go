package chart

import (
	"fmt"
	"reflect"
	"strings"
	"text/template"
)

// late are the functions that run other templates.
func (r *rendering) late(t *template.Template) template.FuncMap {
	return template.FuncMap{
		"include": func(name string, data any) (string, error) { return r.include(t, name, data) },
		"tpl":     func(text string, data any) (string, error) { return r.tpl(t, text, data) },
	}
}

// execute runs a template with a trace of its own.
func (r *rendering) execute(t *template.Template, name string, data any) (*trace, error) {
	if r.depth++; r.depth > mostDepth {
		return nil, &stopped{fmt.Sprintf("templates call each other more than %d levels deep: look for one that calls itself", mostDepth)}
	}
	outer := r.top
	inner := &trace{rendering: r}
	r.top = inner
	err := t.ExecuteTemplate(inner, name, data)
	if err != nil {
		r.halt(inner)
	}
	r.top = outer
	r.depth--
	return inner, err
}

func (r *rendering) include(t *template.Template, name string, data any) (string, error) {
	inner, err := r.execute(t, name, data)
	if err != nil {
		return "", err
	}
	made := inner.text.String()
	found := inner.finish()
	r.remember(made, creation{lines: found})
	if r.top != nil {
		r.top.pending = append(r.top.pending, included{made, found})
	}
	return made, nil
}

// tpl renders text that stands in a value. Its lines stand in no template file.
func (r *rendering) tpl(parent *template.Template, text string, data any) (string, error) {
	if !strings.Contains(text, "{{") {
		return strings.ReplaceAll(text, "<no value>", ""), nil // which is what rendering it gives
	}
	t, err := parent.Clone()
	if err != nil {
		return "", fmt.Errorf("read text for tpl: %w", err)
	}
	t.Option("missingkey=zero").Funcs(r.late(t))
	added, err := t.New("tpl").Parse(text)
	if err != nil {
		return "", fmt.Errorf("read text for tpl: %w", err)
	}
	for _, each := range added.Templates() {
		if each.Tree != nil && each.Tree.ParseName == "tpl" {
			(&planter{rendering: r, text: &lines{}}).plant(each.Tree)
		}
	}
	inner, err := r.execute(t, "tpl", data)
	if err != nil {
		return "", err
	}
	made := strings.ReplaceAll(inner.text.String(), "<no value>", "")
	if from := r.valuesOf(text); len(from) > 0 {
		r.remember(made, creation{values: from})
	}
	return made, nil
}

// mostRemembered bounds the memory that remembered texts hold.
const mostRemembered = 64 << 20

func (r *rendering) remember(made string, c creation) {
	id, ok := identify(made)
	if !ok || r.spent > mostRemembered {
		return
	}
	c.kept = made
	r.made[id] = c
}

// valuesOf gives the values that a text or a structure is known to show.
func (r *rendering) valuesOf(from any) []value {
	if paths := r.register.known(from); paths != nil {
		return []value{{is: from, paths: paths}}
	}
	if id, ok := identify(from); ok {
		return r.made[id].values
	}
	return nil
}

// tracing wraps the functions that write a whole value as text, so that the text is known again
// where a template keeps it in a variable.
func (r *rendering) tracing(all template.FuncMap) template.FuncMap {
	wrapped := template.FuncMap{}
	for _, name := range []string{"toYaml", "toYamlPretty", "toJson"} {
		write := all[name].(func(any) string)
		wrapped[name] = func(from any) string {
			made := write(from)
			if paths := r.register.known(from); paths != nil {
				r.remember(made, creation{values: []value{{is: from, paths: paths}}})
			}
			return made
		}
	}
	r.guard(all, wrapped)
	return wrapped
}

// acted makes the record of what the action at the last probe wrote.
func (t *trace) acted(written string) *action {
	p := &t.probes[t.probe]
	a := &action{site: p.site, text: written}
	a.unknown = len(t.pending) > 0 // an include gave some of it; align finds out which
	for _, ref := range p.refs {
		found, data := t.read(ref, t.args)
		if data {
			continue
		}
		if text, ok := found.is.(string); ok && found.paths == nil {
			if id, ok := identify(text); ok {
				if c, known := t.made[id]; known {
					a.values = append(a.values, c.values...)
					if c.lines != nil {
						t.pending = append(t.pending, included{text, c.lines})
					}
					continue
				}
			}
		}
		switch {
		case found.paths != nil:
			a.values = append(a.values, found)
		default:
			a.unknown = true
		}
	}
	return a
}

// read gives what a reference reads, through the with or declaration that bound its base.
func (r *rendering) read(ref reference, args []any) (found value, data bool) {
	if ref.base >= len(args) {
		return value{}, false
	}
	found, data = r.register.follow(args[ref.base], ref.chain)
	if data || found.paths != nil || ref.bound < 0 || len(ref.chain) > 0 {
		return found, data
	}
	bound, ok := r.bound[ref.bound]
	switch {
	case !ok:
	case isScalar(found.is) && reflect.DeepEqual(found.is, bound.is):
		found.paths = bound.paths
	case !isScalar(found.is):
		found.paths, found.weak = bound.paths, true
	}
	return found, false
}

func isScalar(of any) bool {
	switch reflect.ValueOf(of).Kind() {
	case reflect.Map, reflect.Slice, reflect.Array, reflect.Struct, reflect.Pointer, reflect.Func:
		return false
	}
	return true
}

// bind keeps what a with or a declaration read, if it read one thing of known origin.
func (r *rendering) bind(id int, p *probe, args []any) {
	var one value
	for _, ref := range p.refs {
		found, data := r.read(ref, args)
		if data {
			continue
		}
		if found.paths == nil || one.paths != nil {
			delete(r.bound, id)
			return
		}
		one = found
	}
	if one.paths == nil {
		delete(r.bound, id)
		return
	}
	r.bound[id] = one
}

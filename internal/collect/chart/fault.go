package chart

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/kubeproof/kubeproof/internal/inventory"
)

// faults are the templates that could not be read or rendered.
type faults struct {
	suffix string // names the value set
	hider  *hider
	all    []fault
}

// fault is one cause and the templates that it stops.
type fault struct {
	file      string
	line      int
	message   string
	undefined string // the template that is defined nowhere, if that is the cause
	stops     []string
}

var (
	parseFault   = regexp.MustCompile(`^template: (.+?):(\d+):(?:\d+:)? (.*)$`)
	executeFault = regexp.MustCompile(`template: ([^\n]+?):(\d+):\d+: executing "[^"]*" at <`)
	noTemplate   = regexp.MustCompile(`(?:no template "([^"]+)" associated with template|template "([^"]+)" not defined)`)
	nilHolder    = regexp.MustCompile(`^nil pointer evaluating interface \{\}\.(\S+)$`)
	tooNew       = regexp.MustCompile(`^function "([^"]+)" not defined$`)
)

// parse records that a template file is not one.
func (f *faults) parse(u *unit, err error) {
	found := fault{file: u.show, message: oneLine(err), stops: []string{u.show}}
	if m := parseFault.FindStringSubmatch(found.message); m != nil {
		found.line, _ = strconv.Atoi(m[2])
		found.message = m[3]
	}
	if m := tooNew.FindStringSubmatch(found.message); m != nil {
		found.message = fmt.Sprintf("function %q is none of Helm's: mend its name", m[1])
	}
	found.message = "read template: " + found.message
	f.add(found)
}

// execute records that a template could not be rendered: where, and which value it wants.
func (f *faults) execute(r *rendering, u *unit, err error) {
	text := oneLine(err)
	found := fault{file: u.show, message: text, stops: []string{u.show}}
	places := executeFault.FindAllStringSubmatchIndex(text, -1)
	for _, at := range places {
		name := text[at[2]:at[3]]
		if i := slices.IndexFunc(r.units, func(u *unit) bool { return u.name == name }); i >= 0 {
			found.file = r.units[i].show
			found.line, _ = strconv.Atoi(text[at[4]:at[5]])
		}
	}
	if found.line == 0 && r.halted != nil { // what a write meets comes without its place
		if at := r.probes[r.halted.probe].site; at.file > 0 {
			found.file, found.line = r.files()[at.file-1], int(at.line)
		}
	}
	if len(places) > 0 {
		found.message = text[places[len(places)-1][1]:]
	}
	var refused *refusal
	var bound *stopped
	switch m := noTemplate.FindStringSubmatch(text); {
	case errors.As(err, &bound):
		found.message = bound.message
	case errors.As(err, &refused):
		found.message = refused.describe(r)
	case m != nil:
		found.undefined = m[1] + m[2]
		found.message = fmt.Sprintf("render template: template %q is defined nowhere: define it or add the dependency that does", found.undefined)
	default:
		found.message = r.unable(found.message)
	}
	f.add(found)
}

// describe says what the chart's author wants, and the value where it is known.
func (r *refusal) describe(at *rendering) string {
	said := strings.Join(strings.Fields(r.message), " ")
	if !r.required {
		return fmt.Sprintf("template refuses the values: %q: give other values", said)
	}
	if wanted := at.wanted(); wanted != "" {
		return fmt.Sprintf("template needs the value %s: %q: give it with a values file or --set", wanted, said)
	}
	return fmt.Sprintf("template needs a value: %q: give it with a values file or --set", said)
}

// wanted names the absent values that the place reads at which execution stopped.
func (r *rendering) wanted() string {
	if r.halted == nil {
		return ""
	}
	var absent []string
	for _, ref := range r.probes[r.halted.probe].refs {
		found, data := r.read(ref, r.halted.args)
		if data || len(found.paths) == 0 || found.is != nil && found.is != "" {
			continue
		}
		if path := strings.Join(found.paths[0], "."); !slices.Contains(absent, path) {
			absent = append(absent, path)
		}
	}
	return strings.Join(absent, " or ")
}

// unable says why an action could not run, in the template engine's words where there are no better.
func (r *rendering) unable(why string) string {
	context, rest, _ := strings.Cut(why, ">: ")
	m := nilHolder.FindStringSubmatch(rest)
	switch wanted := r.wanted(); {
	case m != nil && wanted != "":
		return fmt.Sprintf("template needs the value %s: give it with a values file or --set", wanted)
	case m != nil:
		return fmt.Sprintf("render template: %s: what should hold %q is absent: give the value with a values file or --set", context, m[1])
	case rest == "":
		return "render template: " + why
	}
	return fmt.Sprintf("render template: %s: %s", context, strings.TrimPrefix(rest, "error calling "))
}

// add puts faults of one cause together.
func (f *faults) add(found fault) {
	found.message = f.hider.hide(found.message)
	for i, have := range f.all {
		if have.file == found.file && have.line == found.line && have.message == found.message {
			f.all[i].stops = append(have.stops, found.stops...)
			return
		}
	}
	f.all = append(f.all, found)
}

// errors gives what people are told. Templates that use what a missing dependency defines are
// told of once.
func (f *faults) errors(c *collector, t *tree) []inventory.Error {
	var all []inventory.Error
	var names []string
	waiting := 0
	for _, each := range f.all {
		if each.undefined != "" && len(t.missing) > 0 {
			waiting += len(each.stops)
			if !slices.Contains(names, each.undefined) {
				names = append(names, each.undefined)
			}
			continue
		}
		message := each.message
		if len(each.stops) > 1 {
			message += fmt.Sprintf(" (%d templates are not rendered because of it)", len(each.stops))
		}
		all = append(all, inventory.Error{File: each.file, Line: each.line, Message: message + f.suffix, Lost: true})
	}
	if waiting > 0 {
		slices.Sort(names)
		all = append(all, inventory.Error{File: c.show, Lost: true, Message: fmt.Sprintf(
			"%d templates are not rendered: they include what the missing dependencies (%s) may define, as %s: run \"helm dependency build\" in the chart's folder%s",
			waiting, strings.Join(t.missing, ", "), strings.Join(names[:min(3, len(names))], ", "), f.suffix)})
	}
	return all
}

package chart

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/template"
	"text/template/parse"
	"time"

	"helm.sh/helm/v4/pkg/chart/common"

	"github.com/kubeproof/kubeproof/internal/document"
)

// rendering is the execution of all templates with one value set.
type rendering struct {
	ctx      context.Context
	cancel   context.CancelFunc
	units    []*unit
	root     *template.Template
	register *register
	answers  *answers
	faults   *faults
	limits   budget
	shown    []string

	// what the templates' syntax trees hold
	texts   map[*byte]text
	probes  []probe // the first is that of no place
	planted map[*parse.Tree]bool

	// the state of the execution
	top     *trace // the innermost trace
	halted  *trace // the innermost trace when execution stopped
	bound   map[int]value
	made    map[identity]creation
	deadend time.Time // when the template being rendered must be done
	steps   int
	depth   int // of includes, tpls and {{template}}s in each other
	built   int // maps and lists that templates built
	spent   int // bytes written
	unspent int // bytes that the template being rendered may still write
	cyclic  bool
}

// budget bounds one rendering.
type budget struct {
	output  int
	perUnit int
	time    time.Duration // of one template
}

// The bounds of an execution that no real chart comes near. The depth of values that templates
// build is bounded by how many they build, so that no recursion over them exhausts the stack.
const (
	mostDepth = 1000
	mostBuilt = 100_000
)

// creation is a text that a template made out of what is known: an include's lines, or values
// written as YAML. kept holds the text in memory, so that no other takes its identity.
type creation struct {
	kept   string
	lines  []line
	values []value
}

// page is what one template file rendered.
type page struct {
	unit  *unit
	text  string
	lines []line
}

// prepare composes the values and parses all templates; nil after recording why it cannot.
func (c *collector) prepare(ctx context.Context, t *tree, v *values, suffix string) *rendering {
	top := c.compose(t, v)
	if top == nil {
		return nil
	}
	c.checkSchemas(t, t.chart, v, top["Values"].(common.Values), nil)
	g := &gatherer{tree: t}
	g.gather(t.chart, top, nil)
	r := &rendering{
		units: g.sorted(), root: template.New("gotpl").Option("missingkey=zero"),
		register: newRegister(top["Values"], g.data), faults: &faults{suffix: suffix, hider: newHider(top["Values"])},
		limits:  budget{c.options.OutputBytes, c.options.OutputBytes / 4, c.options.Timeout / 3},
		answers: &answers{lookup: newLookup(t, v), blocks: map[*action]*document.Node{}},
		texts:   map[*byte]text{}, probes: []probe{{}}, planted: map[*parse.Tree]bool{}, bound: map[int]value{}, made: map[identity]creation{},
	}
	r.ctx, r.cancel = context.WithTimeout(ctx, c.options.Timeout)
	r.root.Funcs(functions()).Funcs(r.tracing(functions())).Funcs(r.late(r.root))
	r.parse()
	return r
}

// parse reads all templates. One that cannot be read is left out; the others can be rendered.
func (r *rendering) parse() {
	texts := map[string]*lines{}
	files := map[string]int32{}
	for i, u := range r.units {
		texts[u.name], files[u.name] = newLines(u.text), int32(i+1)
		if _, err := r.root.New(u.name).Parse(u.text); err != nil {
			r.faults.parse(u, err)
			u.text = ""
		}
	}
	for _, t := range r.root.Templates() {
		if t.Tree != nil {
			(&planter{rendering: r, text: texts[t.Tree.ParseName], file: files[t.Tree.ParseName]}).plant(t.Tree)
		}
	}
	r.root.Funcs(template.FuncMap{probeName: r.pass})
}

// renderAll executes the templates that are not partial, in the order of their names.
func (r *rendering) renderAll() []page {
	var pages []page
	for i := len(r.units) - 1; i >= 0; i-- {
		u := r.units[i]
		if u.partial() || u.text == "" || strings.HasSuffix(u.name, "NOTES.txt") {
			continue
		}
		rendered, err := r.render(u)
		if err != nil {
			r.faults.execute(r, u, err)
			continue
		}
		if strings.TrimSpace(rendered.text) != "" {
			pages = append(pages, rendered)
		}
	}
	return pages
}

func (r *rendering) render(u *unit) (rendered page, err error) {
	defer func() {
		if caught := recover(); caught != nil {
			err = fmt.Errorf("template stopped with a panic: %v", caught)
		}
		r.top = nil
	}()
	t := &trace{rendering: r}
	r.halted = nil
	r.top, r.depth, r.deadend, r.unspent = t, 0, time.Now().Add(r.limits.time), r.limits.perUnit
	u.data["Template"] = common.Values{"Name": u.name, "BasePath": u.base}
	if err := r.root.ExecuteTemplate(t, u.name, u.data); err != nil {
		r.halt(t)
		return page{}, err
	}
	// the template engine writes "<no value>" for what is absent, Helm writes nothing
	return page{u, strings.ReplaceAll(t.text.String(), "<no value>", ""), t.finish()}, nil
}

// halt keeps the innermost place where execution stopped.
func (r *rendering) halt(t *trace) {
	if r.halted == nil {
		r.halted = t
	}
}

// files are the paths of the template files, as sites count them.
func (r *rendering) files() []string {
	if r.shown == nil {
		for _, u := range r.units {
			r.shown = append(r.shown, u.show)
		}
	}
	return r.shown
}

// stopped is a bound that was met; its text goes to people.
type stopped struct{ message string }

func (s *stopped) Error() string { return s.message }

// spend counts written bytes, and looks at the clock.
func (r *rendering) spend(count int) error {
	r.spent += count
	r.unspent -= count
	if r.unspent < 0 || r.spent > r.limits.output {
		return &stopped{fmt.Sprintf("template writes more than %d MiB: lower what it repeats", r.limits.perUnit>>20)}
	}
	return r.tick()
}

// tick stops an execution that takes too long. The clock is looked at once in a while only.
func (r *rendering) tick() error {
	if r.steps++; r.steps%64 != 0 {
		return nil
	}
	if err := r.ctx.Err(); err != nil {
		if errors.Is(err, context.Canceled) {
			return &stopped{"rendering was stopped with the run"}
		}
		return &stopped{"rendering the chart takes too long: look for loops without an end in its templates"}
	}
	if time.Now().After(r.deadend) {
		return &stopped{fmt.Sprintf("template takes longer than %v: look for a loop without an end", r.limits.time)}
	}
	return nil
}

// pass is the function of the probes.
func (r *rendering) pass(id, depth int, args ...any) (string, error) {
	if id < 0 || id >= len(r.probes) || r.top == nil {
		return "", nil
	}
	if err := r.tick(); err != nil {
		return "", err
	}
	if r.depth += depth; r.depth > mostDepth {
		return "", &stopped{fmt.Sprintf("templates call each other more than %d levels deep: look for one that calls itself", mostDepth)}
	}
	r.top.probe, r.top.args, r.top.pending = id, args, nil
	p := &r.probes[id]
	if err := r.inspect(p, args); err != nil {
		return "", err
	}
	if p.binds {
		r.bind(id, p, args)
	}
	return "", nil
}

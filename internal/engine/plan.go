// Package engine judges an inventory by controls: CEL expressions and Go checks, in parallel,
// in one deterministic order, with no input or output of its own. Begin with New and Judge.
package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Options say how to judge.
type Options struct {
	// Values are the parameters that the user set: control id, parameter, value.
	Values map[string]map[string]any
	// Bounded names the controls that users wrote: their expressions are limited in cost.
	Bounded map[string]bool
	// Mask hides secrets in a line of source before it becomes evidence.
	Mask func(line string) string
	// Skip leaves a control out for the subjects of a file; nil leaves out none.
	Skip func(file string, c *control.Control) bool
	// KeepAll adds findings for pass and notapplicable.
	KeepAll bool
	// Progress, if set, is told how many subjects of how many are judged; from many goroutines.
	Progress func(done, total int)
}

// Plan is a set of controls made ready to judge any number of inventories.
type Plan struct {
	rules   []*rule
	options Options

	container, pod, volumes, variables, objects, whole []int // indexes of rules by scope
	stages, instructions, commands                     []int
	byKind                                             map[string][]int
}

// New makes a plan. It fails if a parameter does not fit or a Go check is unknown; expressions
// are compiled when first needed (Check compiles all).
func New(controls []*control.Control, options Options) (*Plan, error) {
	p := &Plan{options: options, byKind: map[string][]int{}}
	envs := &environments{}
	var wrong []error
	for _, c := range controls {
		r := &rule{control: c, envs: envs, bounded: options.Bounded[c.ID]}
		scope, known := control.FindScope(c.Check.Scope)
		values, err := c.Values(options.Values[c.ID])
		if err == nil && !known {
			err = fmt.Errorf("control %s has the unknown scope %q", c.ID, c.Check.Scope)
		}
		if r.check = checks[c.Check.Go]; err == nil && c.Check.Go != "" && r.check == nil {
			err = fmt.Errorf("%s: Go check %q of %s is unknown", c.File, c.Check.Go, c.ID)
		}
		if err != nil {
			wrong = append(wrong, err)
			continue
		}
		r.scope, r.values, r.params = scope, values, paramsValue(values)
		r.variables = append(slices.Clone(scope.Names), "object")
		p.add(r)
	}
	return p, errors.Join(wrong...)
}

func (p *Plan) add(r *rule) {
	index := len(p.rules)
	p.rules = append(p.rules, r)
	for _, kind := range r.scope.Kinds() {
		p.byKind[kind] = append(p.byKind[kind], index)
	}
	switch name := r.scope.Name; {
	case strings.HasPrefix(name, "containers."):
		p.container = append(p.container, index)
	case name == "pod", name == "workload":
		p.pod = append(p.pod, index)
	case name == "volumes":
		p.volumes = append(p.volumes, index)
	case name == "env":
		p.variables = append(p.variables, index)
	case name == "stages":
		p.stages = append(p.stages, index)
	case name == "instructions":
		p.instructions = append(p.instructions, index)
	case name == "commands":
		p.commands = append(p.commands, index)
	case name == "objects":
		p.objects = append(p.objects, index)
	case name == "inventory":
		p.whole = append(p.whole, index)
	}
}

// Check compiles every expression and gives all errors, each with the control's file.
func (p *Plan) Check() error {
	wrong := make([]error, len(p.rules))
	parallel(len(p.rules), func(_, i int) { wrong[i] = p.rules[i].compileAll() })
	return errors.Join(wrong...)
}

// Result is what judging gave: one ControlResult for each control, and findings in order.
type Result struct {
	Controls []assessment.ControlResult
	Findings []*assessment.Finding
	// Judged marks, by the subject's place in the inventory, what at least one control judged.
	Judged []bool
}

// Judge judges every subject of the inventory. It stops early, with the context's error, when
// the context ends.
func (p *Plan) Judge(ctx context.Context, inv *inventory.Inventory) (*Result, error) {
	index := inventory.NewIndex(inv.Subjects)
	workers, blocked := make([]*worker, runtime.GOMAXPROCS(0)), p.blockages(inv, index)
	for i := range workers {
		workers[i] = newWorker(p, inv, index)
		workers[i].blocked = blocked
	}
	p.prepare(inv)
	found := make([][]*assessment.Finding, len(inv.Subjects))
	judged := make([]bool, len(inv.Subjects))
	var done atomic.Int64
	parallel(len(inv.Subjects), func(w, i int) {
		if ctx.Err() != nil {
			return
		}
		found[i], judged[i] = workers[w].judge(inv.Subjects[i])
		if now := done.Add(1); p.options.Progress != nil && now%64 == 0 {
			p.options.Progress(int(now), len(inv.Subjects))
		}
	})
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("judge inventory: %w", err)
	}
	whole := append(workers[0].judgeWhole(judged), workers[0].judgeGaps()...)
	return p.result(workers, merged(found, whole), judged), nil
}

// prepare compiles side by side what the inventory surely needs: one small file would else wait
// for one rule after another. A rule that does not compile says so at every subject.
func (p *Plan) prepare(inv *inventory.Inventory) {
	needed := map[int]bool{}
	for _, s := range inv.Subjects {
		for _, i := range p.byKind[s.Kind] {
			needed[i] = true
		}
		if s.Pod != nil && len(needed) < len(p.container)+len(p.pod) {
			for _, i := range slices.Concat(p.container, p.pod) {
				needed[i] = true
			}
		}
	}
	rules := slices.Sorted(maps.Keys(needed))
	parallel(len(rules), func(_, i int) { _ = p.rules[rules[i]].compile() })
}

// parallel calls do(worker, i) for i from 0 to n-1 on all cores.
func parallel(n int, do func(worker, i int)) {
	var next atomic.Int64
	var group sync.WaitGroup
	for w := range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(w, i)
			}
		})
	}
	group.Wait()
}

package engine

import (
	"crypto/sha256"
	"fmt"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// worker judges subjects one after another in one goroutine.
type worker struct {
	plan   *Plan
	inv    *inventory.Inventory
	index  *inventory.Index
	counts []assessment.Counts
	frame  frame
	memos  []memo // by rule
	// keyBytes is reused for every key.
	keyBytes []byte

	// of the subject that is being judged:
	subject  *inventory.Subject
	findings []assessment.Finding
	judged   bool
	excerpts excerpts
	spots    map[*document.Node]*spot
	prints   map[[sha256.Size]byte]int
	skipped  map[string][]bool // by file: the rules left out there
	skip     []bool            // of the subject's file; nil if none
}

func newWorker(p *Plan, inv *inventory.Inventory, index *inventory.Index) *worker {
	return &worker{plan: p, inv: inv, index: index, counts: make([]assessment.Counts, len(p.rules)), memos: make([]memo, len(p.rules))}
}

// judge gives the findings of one subject and whether any control looked at it.
func (w *worker) judge(s *inventory.Subject) ([]assessment.Finding, bool) {
	w.begin(s)
	for _, i := range w.plan.byKind[s.Kind] {
		w.apply(i, s.Root, inventory.Container{})
	}
	kindJudged := w.judged
	for _, i := range w.plan.objects {
		w.apply(i, s.Root, inventory.Container{})
	}
	w.judged = kindJudged // what looks at every object does not make its kind known
	if s.Pod != nil {
		w.judgePod(s.Pod)
	}
	return sorted(w.findings), w.judged
}

func (w *worker) begin(s *inventory.Subject) {
	w.subject, w.findings, w.judged = s, w.findings[:0], false
	clear(w.prints)
	clear(w.spots)
	w.excerpts.begin(s.Source)
	w.skip = w.skipIn(s.Source.File)
	w.frame = frame{object: toValue(s.Root), namespace: emptyMap}
	if namespace := w.index.Find("Namespace", "", s.Namespace); namespace != nil {
		w.frame.namespace = toValue(namespace.Root)
	}
}

// skipIn gives which rules are left out for a file; nil if none is.
func (w *worker) skipIn(file string) []bool {
	if w.plan.options.Skip == nil {
		return nil
	}
	skip, known := w.skipped[file]
	if !known {
		skip = make([]bool, len(w.plan.rules))
		for i, r := range w.plan.rules {
			skip[i] = w.plan.options.Skip(file, r.control)
		}
		if w.skipped == nil {
			w.skipped = map[string][]bool{}
		}
		w.skipped[file] = skip
	}
	return skip
}

func (w *worker) judgePod(pod *inventory.Pod) {
	w.frame.pod, w.frame.template = toValue(pod.Spec), toValue(pod.Template)
	for _, i := range w.plan.pod {
		element := pod.Spec
		if w.plan.rules[i].scope.Name == "workload" {
			element = w.subject.Root
		}
		w.apply(i, element, inventory.Container{})
	}
	for _, volume := range pod.Spec.Get("volumes").Children() {
		w.frame.volume = toValue(volume)
		for _, i := range w.plan.volumes {
			w.apply(i, volume, inventory.Container{})
		}
	}
	for _, c := range pod.Containers() {
		w.frame.container = toValue(c.Node)
		for _, i := range w.plan.container {
			if inScope(w.plan.rules[i].scope.Name, c.Role) {
				w.apply(i, c.Node, c)
			}
		}
		if len(w.plan.variables) > 0 {
			w.judgeVariables(c)
		}
	}
}

func (w *worker) judgeVariables(c inventory.Container) {
	for _, variable := range c.Node.Get("env").Children() {
		w.frame.variable = toValue(variable)
		for _, i := range w.plan.variables {
			w.apply(i, variable, c)
		}
	}
}

func inScope(scope string, role inventory.Role) bool {
	switch scope {
	case "containers.all":
		return true
	case "containers.main":
		return role == inventory.Main
	case "containers.init":
		return role == inventory.Init || role == inventory.Sidecar
	case "containers.ephemeral":
		return role == inventory.Ephemeral
	case "containers.lasting":
		return role != inventory.Ephemeral
	}
	return false
}

// judgeWhole runs the checks that look at everything at once.
func (w *worker) judgeWhole(judged []bool) []assessment.Finding {
	place := make(map[*inventory.Subject]int, len(w.inv.Subjects))
	for i, s := range w.inv.Subjects {
		place[s] = i
	}
	var all []assessment.Finding
	for _, i := range w.plan.whole {
		for _, verdict := range w.run(w.plan.rules[i], nil, inventory.Container{}) {
			if verdict.Subject == nil {
				continue
			}
			w.begin(verdict.Subject)
			if w.skip != nil && w.skip[i] {
				continue
			}
			w.report(i, verdict, verdict.Subject.Root)
			judged[place[verdict.Subject]] = true
			all = append(all, w.findings...)
		}
	}
	return all
}

// apply judges one element by one rule.
func (w *worker) apply(i int, element *document.Node, c inventory.Container) {
	if w.skip != nil && w.skip[i] {
		return
	}
	r := w.plan.rules[i]
	if r.check != nil {
		verdicts := w.run(r, element, c)
		if len(verdicts) == 0 {
			verdicts = []assessment.Verdict{{Outcome: assessment.Pass}}
		}
		for _, verdict := range verdicts {
			if verdict.Container == "" {
				verdict.Container = c.Name
			}
			w.report(i, verdict, element)
		}
		return
	}
	verdict := w.evaluate(i, element)
	verdict.Container = c.Name
	w.report(i, verdict, element)
}

// run calls a Go check; a panic in it is an error on this subject and not the end of the scan.
func (w *worker) run(r *rule, element *document.Node, c inventory.Container) (verdicts []assessment.Verdict) {
	defer func() {
		if caught := recover(); caught != nil {
			verdicts = []assessment.Verdict{{Outcome: assessment.Error, Subject: w.subject,
				Message: fmt.Sprintf("check %s stopped: %v: report this as a defect", r.control.Check.Go, caught)}}
		}
	}()
	return r.check(assessment.Input{Inventory: w.inv, Index: w.index, Subject: w.subject,
		Element: element, Container: c, Values: r.values})
}

// evaluate judges one element by a CEL rule. The verdict is remembered by what the rule read.
func (w *worker) evaluate(i int, element *document.Node) assessment.Verdict {
	r := w.plan.rules[i]
	if err := r.compile(); err != nil {
		return assessment.Verdict{Outcome: assessment.Error, Message: err.Error()}
	}
	w.frame.params = r.params
	key, keyed := []byte(nil), false
	if r.memorable {
		if key, keyed = w.key(r.reads); keyed {
			if outcome, known := w.memos[i].verdicts[string(key)]; known {
				return w.tell(r, outcome, element)
			}
		}
	}
	outcome, err := w.outcome(r)
	if err != nil {
		return w.broken(r, err, element)
	}
	if keyed {
		w.memos[i].keep(string(key), outcome)
	}
	return w.tell(r, outcome, element)
}

// outcome evaluates when and cel; the error is that of an expression that cannot be evaluated.
func (w *worker) outcome(r *rule) (assessment.Outcome, error) {
	if r.when != nil {
		applies, _, err := r.when.Eval(&w.frame)
		if err != nil {
			return assessment.Error, err
		}
		if applies != types.True {
			return assessment.NotApplicable, nil
		}
	}
	fine, _, err := r.expr.program.Eval(&w.frame)
	switch {
	case err != nil:
		return assessment.Error, err
	case fine == types.True:
		return assessment.Pass, nil
	case fine == types.False:
		return assessment.Fail, nil
	}
	return assessment.Error, fmt.Errorf("the expression gave %v", fine)
}

// tell adds to an outcome what people need: for a failure the message and the guilty value.
func (w *worker) tell(r *rule, outcome assessment.Outcome, element *document.Node) assessment.Verdict {
	switch outcome {
	case assessment.Fail:
		verdict := w.explain(r, element)
		verdict.Outcome, verdict.Message = outcome, w.message(r)
		return verdict
	case assessment.NotApplicable:
		return assessment.Verdict{Outcome: outcome, Message: "does not apply: " + r.control.Check.When}
	}
	return assessment.Verdict{Outcome: outcome}
}

func (w *worker) message(r *rule) string {
	text, _, err := r.message.Eval(&w.frame)
	if err == nil {
		if s, ok := text.Value().(string); ok {
			return s
		}
	}
	return r.control.Title
}

// broken turns an evaluation error into a verdict; most come from a field of a type that
// Kubernetes does not accept there.
func (w *worker) broken(r *rule, err error, element *document.Node) assessment.Verdict {
	verdict := w.suspect(r, element)
	verdict.Outcome = assessment.Error
	verdict.Message = fmt.Sprintf("cannot judge: %v", err)
	if verdict.Node != nil && verdict.Node != element {
		verdict.Message += fmt.Sprintf(" (%s is a %s: check that its type is what Kubernetes expects)", verdict.Node.Path(), verdict.Node.Kind)
	}
	return verdict
}

// explain finds the guilty value of a failed expression.
func (w *worker) explain(r *rule, element *document.Node) assessment.Verdict {
	if r.control.Check.Field != "" {
		return fieldOf(element, r.control.Check.Field)
	}
	x := explainer{expr: r.expr, element: element}
	return x.pick(x.blame(r.expr.tree.Expr(), &w.frame, false))
}

func (w *worker) suspect(r *rule, element *document.Node) assessment.Verdict {
	x := explainer{expr: r.expr, element: element}
	return x.pick(x.reads(r.expr.tree.Expr(), &w.frame))
}

var _ cel.Activation = (*frame)(nil)
var _ ref.Val = (*mapValue)(nil)

package engine

import (
	"fmt"
	"strings"

	"github.com/google/cel-go/common/types"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// apply judges one element by one rule.
func (w *worker) apply(i int, element *document.Node, c inventory.Container) {
	if w.blocked[i].of(w.subject) || w.skip != nil && w.skip[i] {
		return
	}
	r := w.plan.rules[i]
	if r.check != nil {
		verdicts := w.told(r, element)
		if verdicts == nil {
			verdicts = w.run(r, element, c)
		}
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
			if verdict, known := w.memos[i].verdicts[string(key)]; known {
				return w.tell(i, verdict, element)
			}
		}
	}
	outcome, err := w.outcome(r)
	if err != nil {
		return w.broken(r, err, element)
	}
	known := remembered{outcome: outcome}
	if keyed {
		kept := string(key) // explaining uses the buffer of the key
		if outcome == assessment.Fail && r.control.Check.Field == "" {
			verdict := w.explain(r, element)
			known.place = w.relativeTo(r, verdict.Node, verdict.Missing)
		}
		w.memos[i].keep(kept, known)
	}
	return w.tell(i, known, element)
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
func (w *worker) tell(i int, known remembered, element *document.Node) assessment.Verdict {
	r, verdict := w.plan.rules[i], assessment.Verdict{Outcome: known.outcome}
	switch known.outcome {
	case assessment.Fail:
		if known.place != nil {
			verdict.Node, verdict.Missing = w.resolve(known.place), known.place.missing
		}
		if verdict.Node == nil {
			verdict = w.explain(r, element)
			verdict.Outcome = known.outcome
		}
		verdict.Message = w.message(i)
	case assessment.NotApplicable:
		verdict.Message = "does not apply: " + r.control.Check.When
	}
	return verdict
}

// message gives the text of a failure, remembered by what it reads.
func (w *worker) message(i int) string {
	r := w.plan.rules[i]
	m, err := r.message()
	if err != nil {
		return err.Error()
	}
	if !m.memorable {
		return w.messageOf(r, m)
	}
	key, keyed := w.key(m.reads)
	if !keyed {
		return w.messageOf(r, m)
	}
	text, known := w.memos[i].messages[string(key)]
	if !known {
		text = w.messageOf(r, m)
		w.memos[i].keepMessage(string(key), text)
	}
	return text
}

func (w *worker) messageOf(r *rule, m *message) string {
	text, _, err := m.program.Eval(&w.frame)
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
	reason := plainError(err)
	if verdict.Node == nil || verdict.Node == element {
		verdict.Message = "cannot judge: " + reason + ": check that the fields have the types that Kubernetes expects"
		return verdict
	}
	verdict.Message = fmt.Sprintf("cannot judge: %s is %s: check that its type is what Kubernetes expects (%s)",
		verdict.Node.Path(), verdict.Node.Kind.Named(), reason)
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

// plainError says in plain words what CEL says in its own.
func plainError(err error) string {
	text := err.Error()
	if text == "no such overload" || strings.HasPrefix(text, "unsupported") || strings.Contains(text, "types.") {
		return "a value has a type that the check does not know"
	}
	return strings.Replace(text, "no such key", "there is no field", 1)
}

func (w *worker) suspect(r *rule, element *document.Node) assessment.Verdict {
	x := explainer{expr: r.expr, element: element}
	return x.pick(x.reads(r.expr.tree.Expr(), &w.frame))
}

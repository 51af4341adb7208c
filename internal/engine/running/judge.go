package running

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/imagefact"
)

// judgement judges a container by one fact of its image.
type judgement func(in assessment.Input, u use, fact *document.Node) []assessment.Verdict

// byImage makes a check of a judgement. Where an image was read for several platforms each of them
// counts; a message that not all give says of which it is.
func byImage(judge judgement) assessment.Check {
	return func(in assessment.Input) []assessment.Verdict {
		u, skip := useOf(in)
		if skip != nil {
			return skip
		}
		var t tally
		for i, fact := range u.facts {
			verdicts := judge(in, u, fact.Root)
			t.passed = t.passed || len(verdicts) == 0
			for _, v := range verdicts {
				t.add(v, i)
			}
		}
		return t.sum(u)
	}
}

// tally joins what the facts of one image gave.
type tally struct {
	all    []assessment.Verdict
	of     [][]int // the facts that gave it
	passed bool
}

func (t *tally) add(v assessment.Verdict, fact int) {
	for i, known := range t.all {
		if known.Message == v.Message && known.Outcome == v.Outcome && known.Node == v.Node {
			t.of[i] = append(t.of[i], fact)
			return
		}
	}
	t.all, t.of = append(t.all, v), append(t.of, []int{fact})
}

// sum gives what is not well; else a pass if there is one; else why the check does not apply.
func (t *tally) sum(u use) []assessment.Verdict {
	var bad, good []assessment.Verdict
	for i, v := range t.all {
		switch v.Outcome {
		case assessment.NotApplicable:
		case assessment.Pass:
			good = append(good, v)
		default:
			if len(t.of[i]) < len(u.facts) {
				var of []string
				names := labels(u.facts)
				for _, fact := range t.of[i] {
					of = append(of, names[fact])
				}
				v.Message += " (" + strings.Join(slices.Compact(of), ", ") + ")"
			}
			bad = append(bad, v)
		}
	}
	switch {
	case len(bad) > 0:
		return bad
	case len(good) > 0:
		return good
	case t.passed:
		return nil
	}
	return t.all
}

// title names the container judged and its image, as messages begin.
func title(in assessment.Input) string { return fmt.Sprintf("container %q", in.Container.Name) }

func (u use) title() string { return fmt.Sprintf("image %q", u.name) }

func failed(n *document.Node, format string, args ...any) []assessment.Verdict {
	return []assessment.Verdict{assessment.Failed(fmt.Sprintf(format, args...), n)}
}

func unknown(n *document.Node, format string, args ...any) []assessment.Verdict {
	return []assessment.Verdict{assessment.At(assessment.Unknown, fmt.Sprintf(format, args...), n)}
}

func passed(format string, args ...any) []assessment.Verdict {
	return []assessment.Verdict{{Outcome: assessment.Pass, Message: fmt.Sprintf(format, args...)}}
}

// windows reports whether the container is one of Windows.
func windows(in assessment.Input, fact *document.Node) bool {
	return in.Subject.Pod.Spec.Get("os", "name").Text() == "windows" || imagefact.Windows(fact)
}

// setting is a field of the security context: the container's, else the pod's.
func setting(in assessment.Input, field string) *document.Node {
	if own := in.Element.Get("securityContext", field); own != nil {
		return own
	}
	return in.Subject.Pod.Spec.Get("securityContext", field)
}

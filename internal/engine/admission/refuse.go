package admission

import (
	"fmt"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
)

// Refuses judges an AdmissionProof: of every fault in the parameter faults the namespace must have
// refused the object, or mended it. A refusal proves nothing where the same object without the
// fault is refused too.
func Refuses(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	for _, fault := range in.Values.Strings("faults") {
		if verdict := refuses(in.Subject.Name, fault, in.Element); verdict.Outcome != assessment.Pass {
			verdicts = append(verdicts, verdict)
		}
	}
	return verdicts
}

// refuses judges one fault.
func refuses(namespace, fault string, proof *document.Node) assessment.Verdict {
	trial := proof.Get("trials", fault)
	if trial == nil {
		return assessment.At(assessment.Unknown, fmt.Sprintf("the fault %q was not tried: check its name, or scan the cluster again", fault), proof, "trials", fault)
	}
	about, like := trial.Get("about").Text(), trial.Get("like").Text()
	counter := proof.Get("good", like)
	switch outcome := trial.Get("outcome").Text(); outcome {
	case "accepted":
		return assessment.Failed(fmt.Sprintf("namespace %q accepts %s", namespace, about), trial, "outcome")
	case "mended":
		return assessment.Verdict{Outcome: assessment.Pass}
	case "refused":
		if text := counter.Get("outcome").Text(); text == "accepted" || text == "mended" {
			return assessment.Verdict{Outcome: assessment.Pass}
		}
		return assessment.At(assessment.Unknown, fmt.Sprintf("namespace %q refuses %s, but not for that: it has no good %s either (%s)",
			namespace, about, like, counter.Get("message").Text()), trial, "outcome")
	}
	return assessment.At(assessment.Unknown, fmt.Sprintf("whether namespace %q accepts %s was not shown: %s",
		namespace, about, trial.Get("message").Text()), trial, "outcome")
}

package account

import (
	"fmt"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

type key struct{ namespace, account string }

// Shared judges all workloads at once: every workload after the first that runs as the same
// account of its own in the same namespace fails. The account "default" is judged elsewhere, and
// pods without a token share nothing.
func Shared(in assessment.Input) []assessment.Verdict {
	first := map[key]*inventory.Subject{}
	var verdicts []assessment.Verdict
	for _, s := range in.Inventory.Subjects {
		if s.Pod == nil || s.Controlled() {
			continue
		}
		u := useOf(s, in.Index)
		if u.name == "default" || !u.mounted {
			continue
		}
		verdict := assessment.Verdict{Outcome: assessment.Pass, Subject: s, Node: u.node}
		other, seen := first[key{s.Namespace, u.name}]
		switch {
		case !seen:
			first[key{s.Namespace, u.name}] = s
		case other.Kind != s.Kind || other.Name != s.Name:
			verdict.Outcome = assessment.Fail
			verdict.Message = fmt.Sprintf("ServiceAccount %q is also that of %s %q", u.name, other.Kind, other.Name)
		}
		verdicts = append(verdicts, verdict)
	}
	return verdicts
}

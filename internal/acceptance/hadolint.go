package acceptance

import (
	"fmt"
	"slices"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// hadolint is the framework whose identifiers are hadolint's rules.
const hadolint = "hadolint"

// tryHadolint marks a finding accepted where a comment for hadolint switches the equal rule off. Such a
// comment has neither reason nor end, and says so wherever accepted risks are listed.
func tryHadolint(f *assessment.Finding) {
	rules := f.Maps[hadolint]
	if len(rules) == 0 || f.Node == nil || f.Object == nil || f.Object.Kind != inventory.FactDockerfile {
		return
	}
	for _, place := range []*document.Node{instructionOf(f.Node), f.Object.Root} {
		for _, ignored := range place.Get("ignores").Children() {
			if slices.Contains(rules, ignored.Text()) {
				f.Outcome = assessment.Accepted
				f.Exception = &assessment.Exception{Reason: "hadolint ignore=" + ignored.Text(),
					Source: fmt.Sprintf("%s:%d", f.Location.File, place.Line)}
				return
			}
		}
	}
}

// instructionOf is the instruction that a value of a Dockerfile stands in, else its stage: FROM.
func instructionOf(n *document.Node) *document.Node {
	for ; n != nil; n = n.Parent() {
		if n.Get("instruction") != nil || n.Get("instructions") != nil {
			return n
		}
	}
	return nil
}

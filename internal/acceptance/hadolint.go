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
	for _, place := range []*document.Node{instructionAt(f.Object.Root, f.Node.Line), f.Object.Root} {
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

// instructionAt is the instruction or the FROM of a Dockerfile that a line belongs to; nil before the first.
// The line tells more than the tree: the user of a stage is its own value, and stands in a USER all the same.
func instructionAt(file *document.Node, line int32) *document.Node {
	var last *document.Node
	for _, stage := range file.Get("stages").Children() {
		for _, one := range append([]*document.Node{stage}, stage.Get("instructions").Children()...) {
			if one.Line > line {
				return last
			}
			last = one
		}
	}
	return last
}

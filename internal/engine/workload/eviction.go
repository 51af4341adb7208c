package workload

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
)

// BudgetBlocksEviction judges a PodDisruptionBudget: it fails if the budget never lets a pod be
// evicted, either by what it says itself or for the number of pods that it selects.
func BudgetBlocksEviction(in assessment.Input) []assessment.Verdict {
	spec := in.Element.Get("spec")
	if most := spec.Get("maxUnavailable"); most != nil {
		if amount, percent, ok := amountOf(most); ok && amount == 0 {
			return []assessment.Verdict{assessment.Failed("maxUnavailable "+written(amount, percent)+" allows no eviction", most)}
		}
		return nil
	}
	least := spec.Get("minAvailable")
	amount, percent, ok := amountOf(least)
	if !ok {
		return nil
	}
	if percent && amount >= 100 {
		return []assessment.Verdict{assessment.Failed("minAvailable "+written(amount, percent)+" allows no eviction", least)}
	}
	running := selectedPods(in)
	if percent {
		amount = (amount*running + 99) / 100 // rounded up, as the disruption controller does
	}
	if running > 0 && amount >= running {
		return []assessment.Verdict{assessment.Failed(fmt.Sprintf("minAvailable %s of %s allows no eviction",
			least.Text(), pods(running)), least)}
	}
	return nil
}

// selectedPods counts the pods of the workloads that the budget selects.
func selectedPods(in assessment.Input) int64 {
	var running int64
	for _, s := range in.Index.Workloads(in.Subject.Namespace) {
		if replicated[s.Kind] && !s.Controlled() && budgetSelects(in.Subject, s) {
			running += scaleOf(s, in.Index).count
		}
	}
	return running
}

// amountOf reads a number or a percentage; false if it is neither.
func amountOf(n *document.Node) (amount int64, percent, ok bool) {
	if n == nil {
		return 0, false, false
	}
	if n.Kind == document.Int {
		return n.Int64(), false, true
	}
	text, percent := strings.CutSuffix(n.Text(), "%")
	amount, err := strconv.ParseInt(text, 10, 32)
	return amount, percent, err == nil && percent && amount >= 0
}

func written(amount int64, percent bool) string {
	text := strconv.FormatInt(amount, 10)
	if percent {
		return text + "%"
	}
	return text
}

package report

import (
	"fmt"

	"github.com/kubeproof/kubeproof/internal/assessment"
)

// LookedAt names what an assessment rests on: its targets, and last how much of them was judged.
func LookedAt(a *assessment.Assessment) []string {
	var all []string
	for _, target := range a.Targets {
		name := TargetName(target.Name)
		if target.About != "" {
			name = "cluster " + target.About
		}
		all = append(all, name)
	}
	return append(all, fmt.Sprintf("%d of %s judged by %s", a.Summary.Judged, count(a.Summary.Subjects, "object"), count(a.Summary.Controls, "control")))
}

package component

import (
	"fmt"
	"time"

	"github.com/kubeproof/kubeproof/internal/assessment"
)

// LastCompleted judges the fact that describes a cluster: it fails if no object of the kind and group
// in the parameters has completed within "days" before the cluster was observed. It is for backups
// and for restores of Velero, whose objects have status.phase and status.completionTimestamp.
func LastCompleted(in assessment.Input) []assessment.Verdict {
	kind, days := in.Values.String("kind"), in.Values.Int("days")
	observed, err := time.Parse(time.RFC3339, in.Element.Get("observed").Text())
	if err != nil {
		return []assessment.Verdict{{Outcome: assessment.Unknown, Message: "when the cluster was observed is not known"}}
	}
	var last time.Time
	objects := 0
	for _, object := range in.Index.Kind(kind) {
		if object.Group() != "velero.io" {
			continue
		}
		objects++
		status := object.Root.Get("status")
		completed, err := time.Parse(time.RFC3339, status.Get("completionTimestamp").Text())
		if err == nil && status.Get("phase").Text() == "Completed" && completed.After(last) {
			last = completed
		}
	}
	switch {
	case objects == 0:
		return []assessment.Verdict{assessment.Failed(fmt.Sprintf("no %s of Velero was seen", kind), in.Element)}
	case last.IsZero():
		return []assessment.Verdict{assessment.Failed(fmt.Sprintf("none of %d objects of kind %s has completed without errors", objects, kind), in.Element)}
	}
	if age := int(observed.Sub(last).Hours() / 24); age > days {
		return []assessment.Verdict{assessment.Failed(fmt.Sprintf("last %s completed %d days ago, at most %d are wanted", kind, age, days), in.Element)}
	}
	return nil
}

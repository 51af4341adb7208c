package audit

import (
	"fmt"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
)

// EventsSent judges a KubernetesCluster by the API server's own count: it fails if no request was
// logged since the API server started.
func EventsSent(in assessment.Input) []assessment.Verdict {
	metrics, verdicts := auditMetrics(in)
	if metrics == nil {
		return verdicts
	}
	events := metrics.Get("events")
	if events.Text() != "0" {
		return nil
	}
	return []assessment.Verdict{assessment.Failed("the API server has logged no request since it started: it has no audit policy or no backend", events)}
}

// EventsLost judges a KubernetesCluster by the API server's own count: it fails if events could
// not be handed to the audit backend.
func EventsLost(in assessment.Input) []assessment.Verdict {
	metrics, verdicts := auditMetrics(in)
	if metrics == nil {
		return verdicts
	}
	errors := metrics.Get("errors")
	if errors == nil || errors.Text() == "0" {
		return nil
	}
	return []assessment.Verdict{assessment.Failed(fmt.Sprintf("%s of %s audit events did not reach the backend",
		errors.Text(), metrics.Get("events").Text()), errors)}
}

// auditMetrics gives the counts of audit events; where there are none, the verdicts that say why.
func auditMetrics(in assessment.Input) (*document.Node, []assessment.Verdict) {
	metrics := in.Element.Get("metrics", "audit")
	switch {
	case metrics.Get("events") != nil:
		return metrics, nil
	case in.Element.Get("platform", "controlPlane").Text() == "provider":
		return nil, assessment.Skipped("provider's responsibility: the metrics of the API server are not shown")
	}
	return nil, []assessment.Verdict{{Outcome: assessment.Unknown, Node: in.Element,
		Message: "metrics of the API server not read: needs the right to get /metrics"}}
}

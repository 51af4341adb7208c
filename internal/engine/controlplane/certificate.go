package controlplane

import (
	"fmt"
	"time"

	"github.com/kubeproof/kubeproof/internal/assessment"
)

// Certificate judges the serving certificate of a cluster's API server as a probe saw it: it must
// be valid for more days than the parameter "days" from the time of the scan.
func Certificate(in assessment.Input) []assessment.Verdict {
	root := in.Subject.Root
	certificate := root.Get("probes", "certificate")
	if certificate == nil {
		return assessment.Skipped("the certificate of the API server was not probed")
	}
	end, err := time.Parse(time.RFC3339, certificate.Get("notAfter").Text())
	now, known := observed(root)
	if err != nil || !known {
		return []assessment.Verdict{assessment.At(assessment.Unknown, "when the certificate ends was not seen: scan again with probes", certificate, "notAfter")}
	}
	left := int(end.Sub(now).Hours() / 24)
	switch {
	case !end.After(now):
		return []assessment.Verdict{assessment.Failed("the certificate of the API server ended on "+end.Format(time.DateOnly), certificate, "notAfter")}
	case left < in.Values.Int("days"):
		return []assessment.Verdict{assessment.Failed(fmt.Sprintf("the certificate of the API server ends on %s, in %d days",
			end.Format(time.DateOnly), left), certificate, "notAfter")}
	}
	return nil
}

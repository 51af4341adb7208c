package controlplane

import (
	"time"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/release"
)

// observed is the time at which a cluster was looked at.
func observed(cluster *document.Node) (time.Time, bool) {
	now, err := time.Parse(time.RFC3339, cluster.Get("observed").Text())
	return now, err == nil
}

// today is when the cluster of a subject was looked at, else the date of the table: what had
// ended then has ended now.
func today(in assessment.Input, table *release.Table) time.Time {
	if now, known := observed(clusterOf(in, in.Subject)); known {
		return now
	}
	return table.DateOf()
}

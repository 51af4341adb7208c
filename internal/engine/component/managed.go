package component

import (
	"fmt"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Managed judges the fact that describes a cluster: it fails if more than the parameter "percent" of
// the workloads bear no mark of a tool that manages them (Helm, Kustomize, GitOps, an operator), so
// that somebody made them by hand.
func Managed(in assessment.Input) []assessment.Verdict {
	byHand, all := 0, 0
	var first *inventory.Subject
	for _, w := range in.Index.Tops() {
		if w.Namespace == "kube-system" || w.Source.Cluster == "" && len(in.Index.Kind(inventory.FactCluster)) == 0 {
			continue
		}
		all++
		if managed(w) {
			continue
		}
		if byHand++; first == nil {
			first = w
		}
	}
	if all == 0 {
		return assessment.Skipped("no workload was seen")
	}
	if percent := in.Values.Int("percent"); 100*byHand > percent*all {
		return []assessment.Verdict{assessment.Failed(fmt.Sprintf("no tool manages %d of %d workloads, %s first", byHand, all, nameOf(first)), in.Element)}
	}
	return nil
}

// managed reports whether an object bears the mark of a tool.
func managed(s *inventory.Subject) bool {
	if s.Controlled() {
		return true
	}
	for _, label := range []string{"app.kubernetes.io/managed-by", "helm.sh/chart", "app.kubernetes.io/instance", "argocd.argoproj.io/instance",
		"kustomize.toolkit.fluxcd.io/name", "helm.toolkit.fluxcd.io/name", "olm.owner"} {
		if s.Labels().Get(label) != nil {
			return true
		}
	}
	for _, annotation := range []string{"meta.helm.sh/release-name", "argocd.argoproj.io/tracking-id", "objectset.rio.cattle.io/id", "configmanagement.gke.io/managed", "config.kubernetes.io/origin"} {
		if s.Annotation(annotation) != "" {
			return true
		}
	}
	return false
}

// ApplicationMetrics judges the fact that describes a cluster: it fails if nothing collects metrics of
// applications: no ServiceMonitor, PodMonitor or the like outside of the system's namespaces, no
// scrape annotation and no service mesh.
func ApplicationMetrics(in assessment.Input) []assessment.Verdict {
	for _, kind := range []string{"ServiceMonitor", "PodMonitor", "VMServiceScrape", "VMPodScrape", "PodMonitoring"} {
		for _, monitor := range in.Index.Kind(kind) {
			if monitor.Namespace != "kube-system" && monitor.Namespace != "monitoring" {
				return []assessment.Verdict{{Outcome: assessment.Pass, Message: fmt.Sprintf("%s %s/%s", kind, monitor.Namespace, monitor.Name)}}
			}
		}
	}
	for _, w := range in.Index.Tops() {
		if w.Namespace != "kube-system" && w.Pod.Template.Get("metadata", "annotations", "prometheus.io/scrape").Text() == "true" {
			return []assessment.Verdict{{Outcome: assessment.Pass, Message: nameOf(w) + " is scraped"}}
		}
	}
	return []assessment.Verdict{assessment.Failed("nothing was seen that collects metrics of applications: no ServiceMonitor, PodMonitor or scrape annotation", in.Element)}
}

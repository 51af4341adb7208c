package collect

import (
	"fmt"
	"strings"

	"github.com/kubeproof/kubeproof/internal/inventory"
)

// aboutCluster describes the cluster that the subjects are of; "" for files.
func aboutCluster(subjects []*inventory.Subject) string {
	for _, s := range subjects {
		if s.Kind != inventory.FactCluster || s.APIVersion != inventory.FactVersion || s.Source.Cluster == "" {
			continue
		}
		text := "Kubernetes"
		if version := s.Root.Get("version", "git").Text(); version != "" {
			text += " " + version
		}
		platform := s.Root.Get("platform")
		if name := platform.Get("name").Text(); name != "" && name != "unknown" {
			text += fmt.Sprintf(" (%s, %.0f %% sure)", name, 100*platform.Get("confidence").Float64())
		}
		return text + ", " + sizes(subjects)
	}
	return ""
}

// sizes counts what people know a cluster's size by.
func sizes(subjects []*inventory.Subject) string {
	counts := map[string]int{}
	workloads := 0
	for _, s := range subjects {
		counts[s.Kind]++
		if s.Pod != nil && !s.Controlled() {
			workloads++
		}
	}
	return strings.Join([]string{amount(counts["Node"], "node"), amount(counts["Namespace"], "namespace"),
		amount(workloads, "workload"), amount(counts["Pod"], "pod")}, ", ")
}

func amount(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

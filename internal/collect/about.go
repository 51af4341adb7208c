package collect

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/inventory"
)

// About describes the cluster that the subjects are of in a line; "" for files.
func About(subjects []*inventory.Subject, gaps []inventory.Gap) string {
	for _, s := range subjects {
		if s.Kind != inventory.FactCluster || s.APIVersion != inventory.FactVersion || s.Source.Cluster == "" {
			continue
		}
		text := "Kubernetes"
		if s.Name != "" {
			text = s.Name + ", Kubernetes"
		}
		if version := s.Root.Get("version", "git").Text(); version != "" {
			text += " " + version
		}
		platform := s.Root.Get("platform")
		if name := platform.Get("name").Text(); name != "" && name != "unknown" {
			text += fmt.Sprintf(" (%s, %.0f %% sure)", name, 100*platform.Get("confidence").Float64())
		}
		return text + ", " + sizes(subjects, gaps)
	}
	return ""
}

// sizes counts what people know a cluster's size by; what it did not show is not counted as 0.
func sizes(subjects []*inventory.Subject, gaps []inventory.Gap) string {
	counts := map[string]int{}
	workloads := 0
	for _, s := range subjects {
		counts[s.Kind]++
		if s.Pod != nil && !s.Controlled() {
			workloads++
		}
	}
	var parts []string
	for _, part := range []struct {
		kind, word string
		n          int
	}{{"Node", "node", counts["Node"]}, {"Namespace", "namespace", counts["Namespace"]}, {"Pod", "workload", workloads}, {"Pod", "pod", counts["Pod"]}} {
		unseen := slices.ContainsFunc(gaps, func(gap inventory.Gap) bool { return gap.Kind == part.kind && gap.Everywhere() })
		if part.n > 0 || !unseen {
			parts = append(parts, amount(part.n, part.word))
		} else {
			parts = append(parts, "no "+part.word+"s seen")
		}
	}
	return strings.Join(parts, ", ")
}

func amount(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

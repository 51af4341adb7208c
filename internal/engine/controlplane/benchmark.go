package controlplane

import (
	"fmt"
	"slices"

	"github.com/kubeproof/kubeproof/internal/engine/release"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Benchmark is the CIS Kubernetes Benchmark that fits a version of Kubernetes.
type Benchmark struct {
	// About says for which version it was chosen, as "Kubernetes 1.33".
	About string
	// Frameworks are ids of the catalogue. There are two where of a new version only the
	// differences are known.
	Frameworks []string
}

// Benchmarks gives the benchmarks of all versions that API servers of the inventory run, in the
// order seen, each once; that of the newest version where no version was seen.
func Benchmarks(inv *inventory.Inventory) []Benchmark {
	table := release.Of(inventory.NewIndex(nil))
	var found []Benchmark
	add := func(b Benchmark) {
		if !slices.ContainsFunc(found, func(other Benchmark) bool { return other.About == b.About }) {
			found = append(found, b)
		}
	}
	for _, s := range inv.Subjects {
		text := ""
		switch {
		case s.APIVersion != inventory.FactVersion:
		case s.Kind == inventory.FactCluster:
			text = s.Root.Get("version", "git").Text()
		case s.Kind == inventory.FactAPIServer:
			text = s.Root.Get("version").Text()
		}
		if v, known := release.ParseVersion(text); known {
			add(Benchmark{fmt.Sprintf("Kubernetes %s", v.Line()), benchmark(table, v)})
		}
	}
	if found == nil {
		add(Benchmark{"Kubernetes of a version that was not seen", benchmark(table, release.Version{1 << 20})})
	}
	return found
}

// benchmark gives the benchmarks of a version; those of the oldest known for what is older.
func benchmark(t *release.Table, v release.Version) []string {
	if len(t.Benchmarks) == 0 {
		return nil
	}
	chosen := t.Benchmarks[len(t.Benchmarks)-1]
	for _, rule := range t.Benchmarks {
		if from, ok := release.ParseVersion(rule.From); ok && !v.Before(from) {
			chosen = rule
			break
		}
	}
	return chosen.Frameworks
}

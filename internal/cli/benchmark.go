package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/engine"
	"github.com/kubeproof/kubeproof/internal/engine/controlplane"
	"github.com/kubeproof/kubeproof/internal/inventory"
	"github.com/kubeproof/kubeproof/internal/scan"
)

// cisBenchmark stands for the CIS Kubernetes Benchmark of the version that the scan finds.
const cisBenchmark = "cis"

// oneFramework is the framework that the user named; "" where the scan will find it.
func (in *inputs) oneFramework() string {
	if in.framework == cisBenchmark {
		return ""
	}
	return in.framework
}

// allBenchmarks accepts every version of the benchmark.
func allBenchmarks(framework string) bool { return strings.HasPrefix(framework, cisBenchmark+"-") }

// ofBenchmark keeps the controls that map to a benchmark that accepts takes, if the user asked for
// one; else all.
func (in *inputs) ofBenchmark(controls []*control.Control, accepts func(framework string) bool) []*control.Control {
	if in.framework != cisBenchmark {
		return controls
	}
	return slices.DeleteFunc(slices.Clone(controls), func(c *control.Control) bool {
		for framework, identifiers := range c.Maps {
			if len(identifiers) > 0 && accepts(framework) {
				return false
			}
		}
		return true
	})
}

// narrowToBenchmark leaves the controls of the benchmarks that fit the clusters that were read, and
// says which they are. The request then names these controls only.
func (in *inputs) narrowToBenchmark(streams *Streams, request *scan.Request, plan *engine.Plan, inv *inventory.Inventory) (*engine.Plan, error) {
	if in.framework != cisBenchmark {
		return plan, nil
	}
	benchmarks := controlplane.Benchmarks(inv)
	for _, b := range benchmarks {
		fmt.Fprintf(streams.Err, "kubeproof: %s is judged by %s\n", b.About, strings.Join(b.Frameworks, " and "))
	}
	request.Controls = in.ofBenchmark(request.Controls, func(framework string) bool {
		return slices.ContainsFunc(benchmarks, func(b controlplane.Benchmark) bool { return slices.Contains(b.Frameworks, framework) })
	})
	return scan.Prepare(*request)
}

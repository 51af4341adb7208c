package engine

import (
	"context"
	"testing"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/control"
)

// FuzzExplain judges documents by any expression: whatever an author writes, it is refused when it
// is compiled, or every verdict that is no pass has a message and stands in the document.
func FuzzExplain(f *testing.F) {
	for _, seed := range []string{
		`!container.?securityContext.?privileged.orValue(false)`, `container.ports.all(p, p.containerPort > 100)`,
		`pod.containers.map(c, c.name).exists(n, n == "x")`, `object.metadata.labels.all(k, v, k != v)`, `[container, pod].all(x, has(x.name))`,
		`container == pod ? true : container.name in ["a"]`, `container.args[0].matches(container.name)`, `{"a": pod.hostNetwork}["a"]`,
		`container.?ports[?0].?hostPort.orValue(0) == 0`, `pod.containers.filter(c, c.name == "app").size() == 3`, `container.name`, `1 == 2`,
		`object.metadata.labels.transformList(k, v, v).exists(v, v == "")`, `optional.of(container.name).value() == ""`, `pod.containers.exists_one(c, true)`,
	} {
		f.Add(seed, pod)
	}
	f.Add(`container.x.y.z == null`, "kind: Pod\nspec: {containers: [{x: {y: ~}}, ~, [1], {x: [1]}]}\n")
	f.Fuzz(func(t *testing.T, cel, text string) {
		if len(cel) > 300 || len(text) > 3000 {
			return
		}
		c := made("containers.all", cel, `"wrong"`)
		plan, err := New([]*control.Control{c}, Options{Bounded: map[string]bool{c.ID: true}})
		if err != nil || plan.Check() != nil {
			return
		}
		result, err := plan.Judge(context.Background(), read(t, text))
		if err != nil {
			t.Fatal(err)
		}
		for _, finding := range result.Findings {
			if finding.Message == "" || finding.Location.Line == 0 || finding.Outcome == assessment.Pass {
				t.Fatalf("%s: finding %+v", cel, finding)
			}
		}
	})
}

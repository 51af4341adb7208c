package running

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/document"
)

// weakness is a vulnerability, once for all packages that have it.
type weakness struct {
	id, severity, name string
	score              float64
}

// vulnerable fails if a container runs an image with vulnerabilities of the severities in the parameter
// "severities" that a newer version mends and VEX does not answer. The image's own finding names all.
func vulnerable(in assessment.Input, u use, fact *document.Node) []assessment.Verdict {
	if fact.Get("scan") == nil {
		return assessment.Skipped("the image was not scanned: container-image-scanned tells it")
	}
	severities := in.Values.Strings("severities")
	all := weaknesses(fact, severities)
	if len(all) == 0 {
		if judged, packages := coverage(fact.Get("scan")); judged == 0 && packages > 0 {
			return assessment.Skipped("no package of the image could be judged: container-image-scanned tells it")
		}
		return nil
	}
	var worst []string
	for _, w := range all[:min(len(all), 3)] {
		worst = append(worst, fmt.Sprintf("%s (%s, %s)", w.id, w.severity, w.name))
	}
	noun := "vulnerabilities that newer versions mend"
	if len(all) == 1 {
		noun = "vulnerability that a newer version mends"
	}
	return failed(u.node, "%s runs %s with %d %s %s: %s%s", title(in), u.title(), len(all), strings.Join(severities, " or "), noun, strings.Join(worst, ", "), more(len(all)-len(worst)))
}

// weaknesses are those that count, the worst first.
func weaknesses(fact *document.Node, severities []string) []weakness {
	seen := map[string]bool{}
	var all []weakness
	for _, n := range fact.Get("vulnerabilities").Children() {
		w := weakness{n.Get("id").Text(), n.Get("severity").Text(), n.Get("package", "name").Text(), n.Get("score").Float64()}
		status := n.Get("vex", "status").Text()
		if w.id == "" || seen[w.id] || n.Get("fixed").Text() == "" || status == "not_affected" || status == "fixed" || !slices.Contains(severities, w.severity) {
			continue
		}
		seen[w.id] = true
		all = append(all, w)
	}
	slices.SortStableFunc(all, func(a, b weakness) int {
		return cmp.Or(control.Severity(b.severity).Rank()-control.Severity(a.severity).Rank(), cmp.Compare(b.score, a.score), cmp.Compare(a.id, b.id))
	})
	return all
}

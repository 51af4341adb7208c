package supplychain

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// weakness is one vulnerability of one package.
type weakness struct {
	node                *document.Node
	id, severity, fixed string
	answer              string // by which VEX says that it does not count; "" if it counts
}

// weaknesses are those of a subject, by package in the order in which packages are first named;
// within one the most severe first.
func weaknesses(root *document.Node) [][]weakness {
	places := map[string]int{}
	var all [][]weakness
	for _, n := range root.Get("vulnerabilities").Children() {
		w := weakness{node: n, id: n.Get("id").Text(), severity: n.Get("severity").Text(), fixed: n.Get("fixed").Text()}
		if status := n.Get("vex", "status").Text(); status == "not_affected" || status == "fixed" {
			w.answer = answerOf(n.Get("vex"), status)
		}
		key := packageOf(n)
		at, known := places[key]
		if !known {
			at = len(all)
			places[key], all = at, append(all, nil)
		}
		all[at] = append(all[at], w)
	}
	for _, group := range all {
		slices.SortStableFunc(group, func(a, b weakness) int {
			return cmp.Or(control.Severity(b.severity).Rank()-control.Severity(a.severity).Rank(), cmp.Compare(a.id, b.id))
		})
	}
	return all
}

// answerOf tells what a VEX document says, why, and which.
func answerOf(vex *document.Node, status string) string {
	answer := status
	if why := cmp.Or(vex.Get("justification").Text(), vex.Get("impact").Text()); why != "" {
		answer += ": " + why
	}
	if source := vex.Get("source").Text(); source != "" {
		answer += " (" + source + ")"
	}
	return answer
}

// packageOf names a package with its version, and its place where the same may be there twice: what
// a distribution installs is in its one database. What a lock file declares may not be installed.
func packageOf(n *document.Node) string {
	pkg := n.Get("package")
	name := pkg.Get("name").Text() + " " + pkg.Get("version").Text()
	switch path := pkg.Get("path").Text(); {
	case path == "" || ofDistribution(pkg.Get("purl").Text()):
	case pkg.Get("declared").Bool():
		name += " (declared in " + path + ")"
	default:
		name += " (" + path + ")"
	}
	return name
}

// subjectOf calls the subject of a fact by its own word.
func subjectOf(root *document.Node) string {
	switch {
	case root.Get("kind").Text() != inventory.FactBill:
		return "image"
	case root.Get("from").Text() == "folder":
		return "folder"
	}
	return "bill of materials"
}

func ofDistribution(purl string) bool {
	return strings.HasPrefix(purl, "pkg:deb/") || strings.HasPrefix(purl, "pkg:apk/") || strings.HasPrefix(purl, "pkg:rpm/")
}

// scanned gives the verdict where vulnerabilities were not looked for, or of no package could be;
// nil where they were. That some packages were not judged Coverage tells.
func scanned(root *document.Node) []assessment.Verdict {
	scan, packages := root.Get("scan"), root.Get("packages")
	judged := scan.Get("judged")
	switch {
	case scan == nil:
		return assessment.Skipped("no advisories were given, so that vulnerabilities were not looked for: give some with --advisories")
	case judged == nil || judged.Kind != document.Int || judged.Int64() > 0:
		return nil
	case packages != nil && packages.Len() == 0:
		return assessment.Skipped("no package was found in the " + subjectOf(root))
	}
	return []assessment.Verdict{unknown(scan, "no package could be judged by the advisories that were given")}
}

// timeOf reads a time of the fact.
func timeOf(n *document.Node) (time.Time, bool) {
	t, err := time.Parse(time.RFC3339, n.Text())
	return t, err == nil
}

// observed is when the subject was scanned.
func observed(root *document.Node) (time.Time, bool) {
	if t, known := timeOf(root.Get("scan", "observed")); known {
		return t, true
	}
	return timeOf(root.Get("observed"))
}

func days(d time.Duration) int { return int(d.Hours() / 24) }

// mostPackages bounds the findings of one subject, mostNamed what one of them names.
const (
	mostPackages = 200
	mostNamed    = 4
)

func fail(n *document.Node, format string, args ...any) assessment.Verdict {
	return assessment.Failed(fmt.Sprintf(format, args...), n)
}

func unknown(n *document.Node, format string, args ...any) assessment.Verdict {
	return assessment.At(assessment.Unknown, fmt.Sprintf(format, args...), n)
}

package controlplane

import (
	"fmt"
	"strings"
	"time"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/release"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// ServerSupported judges a cluster: the minor version of its API server must still get fixes.
func ServerSupported(in assessment.Input) []assessment.Verdict {
	at := in.Subject.Root.Get("version")
	v, known := release.ParseVersion(at.Get("git").Text())
	if !known {
		return []assessment.Verdict{assessment.At(assessment.Unknown, "the version of the API server was not seen", in.Subject.Root, "version", "git")}
	}
	table := release.Of(in.Index)
	if message := table.Products["kubernetes"].Unsupported("Kubernetes", v, today(in, table)); message != "" {
		return []assessment.Verdict{assessment.Failed(message, at, "git")}
	}
	return nil
}

// ServerAge judges the API server of a cluster or the kubelet of a Node: fixes must be installed
// within the parameter "days" of their release, and minor versions within "months".
func ServerAge(in assessment.Input) []assessment.Verdict {
	at, field, what := in.Subject.Root.Get("version"), "git", "API server"
	if in.Subject.Kind == "Node" {
		at, field, what = nodeInfo(in), "kubeletVersion", "kubelet"
	}
	v, known := release.ParseVersion(at.Get(field).Text())
	switch {
	case !known && in.Subject.Kind == "Node":
		return unseenNode(in, "the version of the kubelet was not seen", field)
	case !known:
		return []assessment.Verdict{assessment.At(assessment.Unknown, "the version of the "+what+" was not seen", in.Subject.Root)}
	}
	table := release.Of(in.Index)
	line := table.Products["kubernetes"].Line(v.Line())
	now := today(in, table)
	switch {
	case line == nil && table.Products["kubernetes"].Older(v):
		return []assessment.Verdict{assessment.Failed(fmt.Sprintf("%s %s is none of the lines that are still kept up", what, v.Line()), at, field)}
	case line == nil:
		return nil
	}
	latest, _ := release.ParseVersion(line.Latest)
	if late := daysSince(line.LatestReleased, now); v.Before(latest) && late > in.Values.Int("days") {
		return []assessment.Verdict{assessment.Failed(fmt.Sprintf("%s %s lacks the fixes of %s, which is out since %d days", what, at.Get(field).Text(), line.Latest, late), at, field)}
	}
	if released, err := time.Parse(time.DateOnly, line.Released); err == nil && now.After(released.AddDate(0, in.Values.Int("months"), 0)) {
		return []assessment.Verdict{assessment.Failed(fmt.Sprintf("%s %s is of a minor version that came out on %s, more than %d months ago",
			what, at.Get(field).Text(), line.Released, in.Values.Int("months")), at, field)}
	}
	return nil
}

func daysSince(day string, now time.Time) int {
	then, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return 0
	}
	return int(now.Sub(then).Hours() / 24)
}

func nodeInfo(in assessment.Input) *document.Node { return in.Subject.Root.Get("status", "nodeInfo") }

// mostSkew is how many minor versions a kubelet may be older than the API server
// (https://kubernetes.io/releases/version-skew-policy/).
const mostSkew = 3

// KubeletSkew judges a Node by the version of its cluster's API server.
func KubeletSkew(in assessment.Input) []assessment.Verdict {
	at, cluster := nodeInfo(in), clusterOf(in, in.Subject)
	if cluster == nil && in.Subject.Source.Cluster == "" {
		return assessment.Skipped("the cluster of the node was not scanned")
	}
	kubelet, known := release.ParseVersion(at.Get("kubeletVersion").Text())
	server, seen := release.ParseVersion(cluster.Get("version", "git").Text())
	if !known || !seen {
		return []assessment.Verdict{assessment.At(assessment.Unknown, "the versions of the API server and of the kubelet were not both seen", in.Subject.Root, "status", "nodeInfo", "kubeletVersion")}
	}
	switch skew := server[1] - kubelet[1]; {
	case kubelet[0] != server[0] || skew < 0:
		return []assessment.Verdict{assessment.Failed(fmt.Sprintf("kubelet %s is newer than the API server %s", kubelet.Line(), server.Line()), at, "kubeletVersion")}
	case skew > mostSkew:
		return []assessment.Verdict{assessment.Failed(fmt.Sprintf("kubelet %s is %d minor versions older than the API server %s", kubelet.Line(), skew, server.Line()), at, "kubeletVersion")}
	}
	return nil
}

// NodeSpread compares the nodes of each cluster: a kubelet fails that is older than the newest.
func NodeSpread(in assessment.Input) []assessment.Verdict {
	return spread(in, "kubeletVersion", "kubelet", func(*inventory.Subject) string { return "" })
}

// KernelSpread compares the nodes of each cluster that run the same system: a kernel fails that
// is older than the newest.
func KernelSpread(in assessment.Input) []assessment.Verdict {
	return spread(in, "kernelVersion", "kernel", func(s *inventory.Subject) string {
		info := s.Root.Get("status", "nodeInfo")
		return info.Get("osImage").Text() + " " + info.Get("architecture").Text()
	})
}

// spread compares a version of nodes with the same trait.
func spread(in assessment.Input, field, what string, trait func(*inventory.Subject) string) []assessment.Verdict {
	type key struct{ target, cluster, trait string }
	newest := map[key]*inventory.Subject{}
	keyOf := func(s *inventory.Subject) key { return key{s.Source.Target, s.Source.Cluster, trait(s)} }
	text := func(s *inventory.Subject) string { return s.Root.Get("status", "nodeInfo", field).Text() }
	for _, s := range in.Index.Kind("Node") {
		if best := newest[keyOf(s)]; text(s) != "" && (best == nil || releaseBefore(text(best), text(s))) {
			newest[keyOf(s)] = s
		}
	}
	var verdicts []assessment.Verdict
	for _, s := range in.Index.Kind("Node") {
		best := newest[keyOf(s)]
		if best == nil || text(s) == "" {
			continue
		}
		verdict := assessment.Verdict{Outcome: assessment.Pass}
		if releaseBefore(text(s), text(best)) {
			verdict = assessment.Failed(fmt.Sprintf("%s %s is older than %s on node %s", what, text(s), text(best), best.Name),
				s.Root, "status", "nodeInfo", field)
		}
		verdict.Subject = s
		verdicts = append(verdicts, verdict)
	}
	return verdicts
}

// releaseBefore compares all numbers of two versions in turn, those of the build too:
// 5.15.0-101-generic comes before 5.15.0-119-generic.
func releaseBefore(a, b string) bool {
	left, right := numbers(a), numbers(b)
	for i := range min(len(left), len(right)) {
		if left[i] != right[i] {
			return left[i] < right[i]
		}
	}
	return len(left) < len(right)
}

// numbers are the numbers of a version before the first word that is none, as far as they fit.
func numbers(text string) []int {
	var all []int
	for _, field := range strings.FieldsFunc(strings.TrimPrefix(text, "v"), func(r rune) bool { return strings.ContainsRune(".-+_", r) }) {
		n := 0
		for _, c := range field {
			if c < '0' || c > '9' || n > 1e8 {
				return all
			}
			n = 10*n + int(c-'0')
		}
		all = append(all, n)
	}
	return all
}

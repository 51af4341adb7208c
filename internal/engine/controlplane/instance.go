package controlplane

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// instance reads the fact of one component.
type instance struct{ root, flags *document.Node }

func instanceOf(s *inventory.Subject) instance {
	return instance{s.Root, s.Root.Get("flags")}
}

// text is a flag as given; "" if it is not set.
func (i instance) text(flag string) string { return i.flags.Get(flag).Text() }

// boolean reads a flag as Go's flag packages do; fallback is its default.
func (i instance) boolean(flag string, fallback bool) bool {
	value, err := strconv.ParseBool(i.text(flag))
	if err != nil {
		return fallback
	}
	return value
}

// list gives the elements of a flag that holds several, split at commas.
func (i instance) list(flag string) []string { return elements(i.text(flag)) }

// fail blames a flag, whether it is there or is missing.
func (i instance) fail(flag, format string, args ...any) []assessment.Verdict {
	return []assessment.Verdict{assessment.Failed(fmt.Sprintf(format, args...), i.root, "flags", flag)}
}

// unknown says what was not seen of a flag.
func (i instance) unknown(flag, format string, args ...any) []assessment.Verdict {
	return []assessment.Verdict{assessment.At(assessment.Unknown, fmt.Sprintf(format, args...), i.root, "flags", flag)}
}

// file is the configuration file that a flag names, if it was read.
func (i instance) file(flag string) *document.Node { return i.root.Get("files", flag) }

func elements(text string) []string {
	var all []string
	for _, element := range strings.Split(text, ",") {
		if element = strings.TrimSpace(element); element != "" {
			all = append(all, element)
		}
	}
	return all
}

// clusterOf is the fact that describes the cluster of a subject; nil if none was seen.
func clusterOf(in assessment.Input, s *inventory.Subject) *document.Node {
	for _, cluster := range in.Index.Kind(inventory.FactCluster) {
		if together(cluster, s) {
			return cluster.Root
		}
	}
	return nil
}

// together reports whether two subjects are of one cluster, as far as that can be told: of one
// live context, or read from one target.
func together(a, b *inventory.Subject) bool {
	return a.Source.Cluster == b.Source.Cluster && a.Source.Target == b.Source.Target
}

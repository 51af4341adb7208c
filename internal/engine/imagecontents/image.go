package imagecontents

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
)

// configured makes a check that judges the configuration of an image, where that was read.
func configured(judge assessment.Check) assessment.Check {
	return func(in assessment.Input) []assessment.Verdict {
		if in.Element.Get("config") == nil {
			return unknown(in.Element, "the configuration of the image was not read")
		}
		return judge(in)
	}
}

// filed makes a check that judges the files of an image by the named lists of the fact. What was
// found is told in any case; that nothing was found proves nothing where a list is absent or a
// layer was not read.
func filed(judge assessment.Check, lists ...string) assessment.Check {
	return func(in assessment.Input) []assessment.Verdict {
		found := judge(in)
		why := unseen(in.Element, lists)
		if why == nil || slices.ContainsFunc(found, func(v assessment.Verdict) bool { return v.Outcome == assessment.Fail }) {
			return found
		}
		return why
	}
}

// unseen tells why the lists of the fact are not all there; nil if they are.
func unseen(root *document.Node, lists []string) []assessment.Verdict {
	if root.Get("files") == nil {
		for _, entry := range root.Get("unread").Children() {
			if entry.Get("path") == nil {
				return unknown(entry, "%s was not read: %s", layerOf(entry), entry.Get("reason").Text())
			}
		}
		return unknown(root, "the files of the image were not read")
	}
	for _, list := range lists {
		if root.Get(list) == nil {
			return unknown(root, "the image was not searched for this: the fact has no %s", list)
		}
	}
	return nil
}

// layerOf names the layer of an entry.
func layerOf(entry *document.Node) string {
	if layer := entry.Get("layer"); layer != nil {
		return "layer " + layer.Text()
	}
	return "a layer"
}

func unknown(n *document.Node, format string, args ...any) []assessment.Verdict {
	return []assessment.Verdict{assessment.At(assessment.Unknown, fmt.Sprintf(format, args...), n)}
}

func failed(n *document.Node, format string, args ...any) []assessment.Verdict {
	return []assessment.Verdict{assessment.Failed(fmt.Sprintf(format, args...), n)}
}

func passed(format string, args ...any) []assessment.Verdict {
	return []assessment.Verdict{{Outcome: assessment.Pass, Message: fmt.Sprintf(format, args...)}}
}

// mostNamed is how many things one message names; the rest are counted.
const mostNamed = 4

// named writes the first few of a list, and how many there are beside them.
func named(names []string, total int) string {
	total = max(total, len(names))
	shown := names[:min(len(names), mostNamed)]
	if len(shown) == total {
		return strings.Join(shown, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(shown, ", "), total-len(shown))
}

// counted writes a number and what is counted, in singular or plural.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// accepted reports whether a path matches one of the patterns, in which a star stands for
// anything between slashes, and one at the end for all that is below.
func accepted(file string, patterns []string) bool {
	file = "/" + strings.TrimPrefix(file, "/")
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		if folder, ok := strings.CutSuffix(pattern, "/*"); ok && strings.HasPrefix(file, folder+"/") {
			return true
		}
		matched, err := path.Match(pattern, file)
		return err == nil && matched
	})
}

// words are the texts of a list.
func words(list *document.Node) []string {
	var all []string
	for _, n := range list.Children() {
		all = append(all, n.Text())
	}
	return all
}

// number is an integer of the fact; absent ones are 0, as JSON leaves them out.
func number(n *document.Node) int {
	if n == nil || n.Kind != document.Int {
		return 0
	}
	return int(n.Int64())
}

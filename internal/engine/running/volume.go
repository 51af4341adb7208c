package running

import (
	"path"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
)

// volumes fails if a container has a read-only root and its image declares volumes on which nothing is
// mounted: containerd makes each a folder on the node that the container may write and no limit counts.
func volumes(in assessment.Input, u use, fact *document.Node) []assessment.Verdict {
	declared := fact.Get("config", "volumes").Children()
	switch {
	case !in.Element.Get("securityContext", "readOnlyRootFilesystem").Bool():
		return assessment.Skipped("the root file system may be written")
	case len(declared) == 0:
		return assessment.Skipped("the image declares no volume")
	}
	mounted := map[string]bool{}
	for _, mount := range in.Element.Get("volumeMounts").Children() {
		mounted[clean(mount.Get("mountPath").Text())] = true
	}
	var open []string
	for _, n := range declared {
		if folder := clean(n.Text()); n.Text() != "" && !mounted[folder] {
			open = append(open, folder)
		}
	}
	if len(open) == 0 {
		return nil
	}
	shown := open[:min(len(open), mostNamed)]
	return failed(in.Element.Get("securityContext", "readOnlyRootFilesystem"), "%s has a read-only root, but %s declares volumes on which nothing is mounted, so that they may be written: %s%s",
		title(in), u.title(), strings.Join(shown, ", "), more(len(open)-len(shown)))
}

func clean(folder string) string { return path.Clean("/" + folder) }

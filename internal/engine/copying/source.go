package copying

import (
	"path"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/dockerfile"
)

// source is one source of a COPY or ADD.
type source struct {
	in   *dockerfile.Instruction
	node *document.Node
	name string
}

// eachSource gives the sources of the COPY and ADD instructions of some stages.
func eachSource(stages []*dockerfile.Stage, visit func(source)) {
	dockerfile.Each(stages, func(i *dockerfile.Instruction) {
		if i.Name != "COPY" && i.Name != "ADD" {
			return
		}
		for _, node := range i.Get("sources").Children() {
			visit(source{i, node, node.Text()})
		}
	})
}

// isLocal reports whether a source lies in the build context.
func (s source) isLocal() bool {
	return s.in.Get("from") == nil && !isRemote(s.name) && !(strings.HasPrefix(s.name, "$") && s.in.Name == "ADD" && !strings.Contains(s.name, "/"))
}

// base is the last part of a source's name in lower case.
func (s source) base() string { return strings.ToLower(path.Base(path.Join("/", s.name))) }

// isRemote reports whether ADD fetches a source.
func isRemote(name string) bool {
	return strings.Contains(name, "://") || strings.HasPrefix(name, "git@")
}

// isWhole reports whether a source is all that lies in the build context, as far as its name tells.
func (s source) isWhole() bool {
	switch strings.TrimSuffix(s.name, "/") {
	case ".", "", "*", "./*", "/*", "./.", "**", "$PWD", "${PWD}", "$PWD/.", "..", "../.":
		return true
	}
	return false
}

// archives are the endings of what ADD unpacks.
var archives = []string{
	".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz", ".tbz2", ".tb2", ".tar.xz", ".txz", ".tar.zst", ".tzst", ".tar.lzma", ".tlz", ".tar.lz", ".tar.z", ".tz", ".gz", ".xz", ".bz2",
	".zst",
}

// isArchive reports whether a name is that of an archive which ADD unpacks.
func isArchive(name string) bool {
	name = strings.ToLower(name)
	for _, ending := range archives {
		if strings.HasSuffix(name, ending) {
			return true
		}
	}
	// A wildcard may stand for the ending: app.tar*, app.t*.
	return strings.HasSuffix(name, ".tar.*") || strings.HasSuffix(name, ".tar*") || strings.HasSuffix(name, ".tar.?z")
}

// isRunLater reports whether any command of a RUN behind the copy, in its stage, is such a one.
func (s source) isRunLater(isSuch func(*dockerfile.Command) bool) bool {
	all := s.in.Stage.Instructions
	at := slices.IndexFunc(all, func(i *dockerfile.Instruction) bool { return i == s.in || i.Trigger == s.in })
	return slices.ContainsFunc(all[at+1:], func(i *dockerfile.Instruction) bool {
		return at >= 0 && i.Name == "RUN" && slices.ContainsFunc(i.Commands, isSuch)
	})
}

// arguments are the words of a command behind its name.
func arguments(c *dockerfile.Command) []*document.Node { return c.Words[min(1, len(c.Words)):] }

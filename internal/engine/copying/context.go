package copying

import (
	"fmt"
	"path"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/dockerfile"
)

// Recursive finds COPY and ADD that take the whole build context into the image. In stages that others only
// pick files from that is no fault. Scope object:Dockerfile.
func Recursive(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	file := dockerfile.Of(in)
	eachSource(file.Production(), func(s source) {
		if !s.isLocal() || !takesWhole(s) {
			return
		}
		message := s.in.Name + " takes the whole build context into the image"
		if isCertain(file) && file.Context.Get("ignore") == nil {
			message += ", and no .dockerignore keeps anything out"
		}
		verdicts = append(verdicts, assessment.Failed(message, s.node))
	})
	return verdicts
}

// takesWhole reports whether a source is the whole context: as the context shows, or by its name.
func takesWhole(s source) bool {
	if takes := s.in.Get("takes"); takes != nil && takes.Get("whole").Bool() && len(s.in.Get("sources").Children()) == 1 {
		return true
	}
	return s.isWhole()
}

// isCertain reports whether the build context is known, not guessed.
func isCertain(file *dockerfile.File) bool {
	return file.Context != nil && file.Context.Get("certain").Bool()
}

// Ignore finds builds that take the context, or a folder of it, with what does not belong into an image, and
// without a list that keeps it out. Scope object:Dockerfile.
func Ignore(in assessment.Input) []assessment.Verdict {
	file := dockerfile.Of(in)
	if !isCertain(file) {
		return assessment.Skipped("the build context does not lie beside the Dockerfile, so what is copied from it is not known")
	}
	var verdicts []assessment.Verdict
	taken := false
	listed := file.Context.Get("ignore") != nil
	dockerfile.Each(file.Stages, func(i *dockerfile.Instruction) {
		takes := i.Get("takes")
		if takes == nil {
			return
		}
		taken = true
		whole := takes.Get("whole").Bool()
		paths := broughtAlong(i, takes)
		switch {
		case len(paths) > 0 && (whole || !i.Stage.Inherited):
			verdicts = append(verdicts, assessment.Failed(i.Name+" takes "+some(paths)+why(file, listed), place(i)))
		case whole && !listed && i.Stage.Inherited:
			verdicts = append(verdicts, assessment.Failed(i.Name+" takes the whole build context, and there is no .dockerignore", place(i)))
		}
	})
	if !taken && len(verdicts) == 0 {
		return assessment.Skipped("nothing is copied from the build context")
	}
	return verdicts
}

func place(i *dockerfile.Instruction) *document.Node {
	if sources := i.Get("sources").Children(); len(sources) > 0 {
		return sources[0]
	}
	return i.Node
}

// why tells why the paths came along.
func why(file *dockerfile.File, listed bool) string {
	if !listed {
		return ", and there is no .dockerignore"
	}
	return ", which " + file.Context.Get("ignore", "file").Text() + " does not keep out"
}

// broughtAlong are the likely secrets that come with a folder, not by their own names. The history of a
// repository does no harm in a stage that only builds, and builds ask it for their version.
func broughtAlong(i *dockerfile.Instruction, takes *document.Node) []string {
	var paths []string
	for _, s := range takes.Get("sensitive").Children() {
		name := s.Get("path").Text()
		if s.Get("likely").Bool() && !isNamed(i, name) && (i.Stage.Inherited || !isHistory(name)) {
			paths = append(paths, name)
		}
	}
	return paths
}

// isNamed reports whether a source of an instruction is that very path.
func isNamed(i *dockerfile.Instruction, name string) bool {
	for _, source := range i.Get("sources").Children() {
		if path.Join("/", source.Text()) == path.Join("/", name) {
			return true
		}
	}
	return false
}

func isHistory(name string) bool {
	switch path.Base(name) {
	case ".git", ".svn", ".hg":
		return true
	}
	return false
}

// likely are the paths that an instruction takes and that are most likely secrets.
func likely(takes *document.Node) []string {
	var paths []string
	for _, s := range takes.Get("sensitive").Children() {
		if s.Get("likely").Bool() {
			paths = append(paths, s.Get("path").Text())
		}
	}
	return paths
}

// some names the first few of some paths.
func some(paths []string) string {
	const most = 3
	text := strings.Join(paths[:min(most, len(paths))], ", ")
	if more := len(paths) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

package copying

import (
	"path"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/engine/dockerfile"
)

// Add finds ADD of files that COPY takes as well: of the build context, and no archives. What ADD fetches
// is for other checks. Scope object:Dockerfile.
func Add(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	seen := map[*dockerfile.Instruction]bool{}
	eachSource(dockerfile.Of(in).Stages, func(s source) {
		if s.in.Name != "ADD" || seen[s.in] || !s.isLocal() || isArchive(s.name) || s.mayBeArchive() {
			return
		}
		seen[s.in] = true
		verdicts = append(verdicts, assessment.Failed("ADD takes "+told(s.name)+" where COPY does the same and no more", s.node))
	})
	return verdicts
}

// mayBeArchive reports whether a variable or a wildcard hides the end of a name, and no other name in
// the destination shows that it is copied as it is.
func (s source) mayBeArchive() bool {
	base := s.base()
	hidden := strings.HasSuffix(base, "*") && strings.Trim(base, "*") != "" && !strings.Contains(s.name, ".t") || strings.HasSuffix(base, "}") || strings.HasPrefix(base, "$")
	if strings.Contains(base, "rootfs") && path.Ext(base) == "" && path.Join("/", s.in.Get("destination").Text()) == "/" {
		return true // ADD knows archives by what they hold, not by their names
	}
	if !hidden {
		return false
	}
	ending := path.Ext(s.in.Get("destination").Text())
	return ending == "" || isArchive(ending)
}

// told is a source as messages name it.
func told(name string) string {
	if len(name) > 100 {
		name = name[:100] + "..."
	}
	return `"` + name + `"`
}

// Archive finds archives that are copied and unpacked by a later RUN: both stay in the image, and ADD
// unpacks while it copies. Scope object:Dockerfile.
func Archive(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	file := dockerfile.Of(in)
	eachSource(file.Stages, func(s source) {
		if s.in.Name != "COPY" || s.in.Get("from") != nil || !isArchive(s.name) || !strings.Contains(strings.ToLower(s.name), ".t") || strings.ContainsAny(s.name, "*?") {
			return
		}
		if unpacks(s) {
			verdicts = append(verdicts, assessment.Failed("COPY takes "+told(s.name)+", which a later RUN unpacks: both stay in the image", s.node))
		}
	})
	return verdicts
}

// unpacks reports whether a later RUN of the stage calls tar for a file of that name.
func unpacks(s source) bool {
	name := path.Base(s.name)
	if destination := s.in.Get("destination").Text(); isArchive(destination) {
		name = path.Base(destination)
	}
	return s.isRunLater(func(c *dockerfile.Command) bool {
		if c.Name != "tar" && c.Name != "bsdtar" {
			return false
		}
		extracts := false
		for n, word := range arguments(c) {
			text := word.Text()
			extracts = extracts || text == "--extract" || (strings.HasPrefix(text, "-") && !strings.HasPrefix(text, "--") || n == 0) && strings.Contains(text, "x")
			if extracts && path.Base(text) == name {
				return true
			}
		}
		return false
	})
}

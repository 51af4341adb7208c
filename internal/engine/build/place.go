package build

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/dockerfile"
)

// Workdir finds WORKDIR with a path that depends on what stood before. Scope object:Dockerfile.
func Workdir(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	dockerfile.Each(dockerfile.Of(in).Stages, func(i *dockerfile.Instruction) {
		if i.Name != "WORKDIR" || len(i.Words) == 0 {
			return
		}
		if to := i.Words[0].Text(); !isAbsolute(to) && !strings.HasPrefix(to, "$") {
			verdicts = append(verdicts, assessment.Failed(fmt.Sprintf("WORKDIR %q is relative", to), i.Words[0]))
		}
	})
	return verdicts
}

func isAbsolute(name string) bool {
	windows := len(name) > 1 && name[1] == ':'
	return path.IsAbs(name) || windows || strings.HasPrefix(name, `\`)
}

// ChangeDirectory finds RUN that begins with cd, or is nothing else: WORKDIR says that for all that
// follows. A cd later on, and one that is undone, belong to the script. Scope object:Dockerfile.
func ChangeDirectory(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	dockerfile.Each(dockerfile.Of(in).Stages, func(i *dockerfile.Instruction) {
		if i.Name != "RUN" || len(i.Commands) == 0 || i.Get("heredocs") != nil {
			return
		}
		first := i.Commands[0]
		if first.Name != "cd" || len(first.Words) != 2 || first.Get("nested").Bool() {
			return
		}
		times := 0
		for _, c := range i.Commands {
			if c.Name == "cd" || c.Name == "pushd" || c.Name == "popd" {
				times++
			}
		}
		if times == 1 {
			verdicts = append(verdicts, assessment.Failed(fmt.Sprintf("RUN begins with cd %s: use WORKDIR", first.Word(1)), first.Words[0]))
		}
	})
	return verdicts
}

// RelativeCopy finds COPY and ADD to a relative path in a stage that sets no WORKDIR: where that is
// depends on the base image. Scope object:Dockerfile.
func RelativeCopy(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	dockerfile.Each(dockerfile.Of(in).Stages, func(i *dockerfile.Instruction) {
		target := i.Get("destination")
		if target == nil || i.Get("workdir") != nil || isAbsolute(target.Text()) || strings.HasPrefix(target.Text(), "$") {
			return
		}
		verdicts = append(verdicts, assessment.Failed(fmt.Sprintf("%s to %q, which is relative, and no WORKDIR is set", i.Name, target.Text()), target))
	})
	return verdicts
}

// Consecutive finds more than the parameter most of RUN in a row in stages whose layers are in the
// image, told once for each row. Those with a mount or a heredoc have their reason. Scope object:Dockerfile.
func Consecutive(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	most := in.Values.Int("most")
	for _, stage := range dockerfile.Of(in).Production() {
		row := 0
		var first *dockerfile.Instruction
		end := func() {
			if row > most {
				verdicts = append(verdicts, assessment.Failed(fmt.Sprintf("%d RUN instructions in a row, each a layer of the image", row), first.Node))
			}
			row = 0
		}
		for _, i := range stage.Instructions {
			if i.Name != "RUN" || i.Get("mounts") != nil || i.Get("heredocs") != nil {
				end()
				continue
			}
			if row++; row == 1 {
				first = i
			}
		}
		end()
	}
	return verdicts
}

// Overridden finds instructions of which only the last one counts and that a stage has several times: CMD,
// ENTRYPOINT, HEALTHCHECK. Scope object:Dockerfile.
func Overridden(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	for _, stage := range dockerfile.Of(in).Stages {
		last := map[string]*dockerfile.Instruction{}
		for _, i := range stage.Instructions {
			if !slices.Contains([]string{"CMD", "ENTRYPOINT", "HEALTHCHECK"}, i.Name) {
				continue
			}
			if before := last[i.Name]; before != nil {
				verdicts = append(verdicts, assessment.Failed(fmt.Sprintf("%s has no effect: another one follows on line %d", i.Name, lineOf(i.Node)), before.Node))
			}
			last[i.Name] = i
		}
	}
	return verdicts
}

func lineOf(n *document.Node) int { return int(n.Line) }

package build

import (
	"fmt"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/dockerfile"
)

// last gives the instruction of a name that counts for the image; nil if there is none.
func last(f *dockerfile.File, name string) *dockerfile.Instruction {
	var found *dockerfile.Instruction
	for _, stage := range f.Production() {
		for _, i := range stage.Instructions {
			if i.Name == name {
				found = i
			}
		}
	}
	return found
}

// ShellForm finds CMD and ENTRYPOINT in shell form, whose program gets no signals. One that begins with
// exec does. Scope object:Dockerfile.
func ShellForm(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	f := dockerfile.Of(in)
	if f.Final.Windows {
		return assessment.Skipped("Windows has no such signals")
	}
	for _, name := range []string{"ENTRYPOINT", "CMD"} {
		i := last(f, name)
		if i == nil || i.Get("exec").Bool() || len(i.Commands) == 0 {
			continue
		}
		if i.Commands[0].Via("exec") || i.Commands[0].Name == "exec" {
			continue
		}
		verdicts = append(verdicts, assessment.Failed(name+" in shell form: a shell stands between signals and the program", i.Node))
	}
	return verdicts
}

// Healthcheck fails if the image has no HEALTHCHECK, or switches that of its base off. Scope object:Dockerfile.
func Healthcheck(in assessment.Input) []assessment.Verdict {
	f := dockerfile.Of(in)
	if f.Final.Fragment {
		return assessment.Skipped("the file has no FROM: what includes it may have a HEALTHCHECK")
	}
	i := last(f, "HEALTHCHECK")
	switch {
	case i == nil:
		_, node := userOf(f)
		if from := f.Final.Get("from"); from != nil {
			node = from
		}
		return []assessment.Verdict{assessment.Failed("the image has no HEALTHCHECK", node)}
	case len(i.Words) > 0 && i.Words[0].Text() == "NONE":
		return []assessment.Verdict{assessment.Failed("HEALTHCHECK NONE switches health checks off", i.Node)}
	}
	return nil
}

// Pipefail finds pipes in RUN whose failure goes unnoticed, because the shell tells only of the last
// command. Scope object:Dockerfile.
func Pipefail(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	for _, stage := range dockerfile.Of(in).Stages {
		safe := shellFails(stage.Parent)
		for _, i := range stage.Instructions {
			if i.Name == "SHELL" {
				safe = setsPipefail(i.Words)
			}
			if i.Name == "RUN" && !safe && !isWindowsShell(i.Shell) {
				verdicts = append(verdicts, unnoticed(i)...)
			}
		}
	}
	return verdicts
}

func shellFails(stage *dockerfile.Stage) bool {
	safe := false
	if stage != nil {
		safe = shellFails(stage.Parent)
		for _, i := range stage.Instructions {
			if i.Name == "SHELL" {
				safe = setsPipefail(i.Words)
			}
		}
	}
	return safe
}

func isWindowsShell(name string) bool { return name == "powershell" || name == "pwsh" || name == "cmd" }

func setsPipefail(words []*document.Node) bool {
	for _, word := range words {
		if strings.Contains(word.Text(), "pipefail") {
			return true
		}
	}
	return false
}

// harmlessFirst are commands that hardly fail, or whose failure the next one sees by an empty input.
var harmlessFirst = map[string]bool{"echo": true, "printf": true, "yes": true, "cat": true, "true": true}

// unnoticed tells of the pipes of one RUN.
func unnoticed(i *dockerfile.Instruction) []assessment.Verdict {
	var first *dockerfile.Command
	for _, c := range i.Commands {
		if c.Name == "set" && setsPipefail(c.Words) || c.Name == "bash" && setsPipefail(c.Words) {
			return nil
		}
		if c.Pipeline > 0 && c.Step == 0 && !harmlessFirst[c.Name] && !c.Get("nested").Bool() && first == nil {
			first = c
		}
	}
	if first == nil || len(first.Words) == 0 {
		return nil
	}
	return []assessment.Verdict{assessment.Failed(fmt.Sprintf("RUN goes on if %s fails, since it stands in a pipe without pipefail", first.Name), first.Words[0])}
}

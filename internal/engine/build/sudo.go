package build

import (
	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/engine/dockerfile"
)

// Sudo finds commands that are called through sudo or doas. Scope object:Dockerfile.
func Sudo(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	dockerfile.EachCommand(dockerfile.Of(in).Stages, func(c *dockerfile.Command) {
		for _, via := range c.Get("via").Children() {
			if isSudo(via.Text()) {
				verdicts = append(verdicts, assessment.Failed("RUN calls "+via.Text(), via))
			}
		}
		if isSudo(c.Name) {
			verdicts = append(verdicts, assessment.Failed("RUN calls "+c.Name, c.Words[0]))
		}
	})
	return verdicts
}

func isSudo(name string) bool { return name == "sudo" || name == "doas" }

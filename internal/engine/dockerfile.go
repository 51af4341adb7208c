package engine

import (
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// judgeDockerfile judges the stages of a Dockerfile, their instructions and the commands of those one
// by one.
func (w *worker) judgeDockerfile(root *document.Node) {
	if len(w.plan.stages)+len(w.plan.instructions)+len(w.plan.commands) == 0 {
		return
	}
	for _, stage := range root.Get("stages").Children() {
		w.frame.stage = toValue(stage)
		w.applyAll(w.plan.stages, stage)
		for _, instruction := range stage.Get("instructions").Children() {
			w.frame.instruction = toValue(instruction)
			w.applyAll(w.plan.instructions, instruction)
			for _, command := range instruction.Get("commands").Children() {
				w.frame.command = toValue(command)
				w.applyAll(w.plan.commands, command)
			}
		}
	}
}

func (w *worker) applyAll(rules []int, element *document.Node) {
	for _, i := range rules {
		w.apply(i, element, inventory.Container{})
	}
}

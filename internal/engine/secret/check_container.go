package secret

import (
	"fmt"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/secret"
)

// InEnv finds secrets written as the value of an environment variable. Scope env.
func InEnv(in assessment.Input) []assessment.Verdict {
	name, value := in.Element.Get("name").Text(), in.Element.Get("value")
	found, ok := secret.Detect(name, value.Text())
	if !ok {
		return nil
	}
	return []assessment.Verdict{fail(value, "container %q: variable %q holds %s", in.Container.Name, name, found.What)}
}

// commands are where a container's commands stand, with what to call them.
var commands = []struct {
	name string
	path []string
}{
	{"the start-up hook", []string{"lifecycle", "postStart", "exec", "command"}},
	{"the stop hook", []string{"lifecycle", "preStop", "exec", "command"}},
	{"the liveness probe", []string{"livenessProbe", "exec", "command"}},
	{"the readiness probe", []string{"readinessProbe", "exec", "command"}},
	{"the startup probe", []string{"startupProbe", "exec", "command"}},
}

// InArgs finds secrets in the command and the arguments of a container, and in the commands of
// its hooks and probes. Scope containers.all.
func InArgs(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	tell := func(place string) func(*document.Node, secret.Finding) {
		return func(node *document.Node, found secret.Finding) {
			verdicts = append(verdicts, fail(node, "container %q: %s holds %s", in.Container.Name, place, found.What))
		}
	}
	var reader secret.Command
	judgeWords(&reader, in.Element.Get("command"), tell("command"))
	judgeWords(&reader, in.Element.Get("args"), tell("argument"))
	for _, command := range commands {
		judgeWords(&secret.Command{}, in.Element.Get(command.path...), tell(command.name))
	}
	return verdicts
}

// judgeWords judges the words of a command one by one, each by itself and after those before it.
func judgeWords(command *secret.Command, list *document.Node, tell func(*document.Node, secret.Finding)) {
	for _, node := range list.Children() {
		if found, ok := command.Word(node.Text()); ok {
			tell(node, found)
		}
	}
}

func fail(node *document.Node, format string, args ...any) assessment.Verdict {
	return assessment.Verdict{Outcome: assessment.Fail, Message: fmt.Sprintf(format, args...), Node: node}
}

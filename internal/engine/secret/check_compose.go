package secret

import (
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/secret"
)

// InCompose finds secrets in a Compose file: variables, build arguments, commands and inline
// configs. It reads the file as written: what comes from the environment or from .env is where
// it should be, and a default behind ":-" is judged like a value. Scope object:ComposeProject.
func InCompose(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	for _, service := range in.Element.Get("services").Children() {
		tell := func(node *document.Node, place string, found secret.Finding) {
			verdicts = append(verdicts, fail(node, "service %q: %s holds %s", service.Key(), place, found.What))
		}
		judgePairs(service.Get("environment"), "variable", tell)
		judgePairs(service.Get("build", "args"), "build argument", tell)
		judgeCommand(service.Get("entrypoint"), "entrypoint", tell)
		judgeCommand(service.Get("command"), "command", tell)
		judgeCommand(service.Get("healthcheck", "test"), "health check", tell)
	}
	for _, config := range in.Element.Get("configs").Children() {
		content := config.Get("content")
		if what := inFile(config.Key(), withDefaults(content.Text())); what != "" {
			verdicts = append(verdicts, fail(content, "config %q holds %s", config.Key(), what))
		}
	}
	return verdicts
}

// judgePairs judges the map form and the list form (NAME=value) of variables.
func judgePairs(pairs *document.Node, kind string, tell func(*document.Node, string, secret.Finding)) {
	for _, node := range pairs.Children() {
		name, value := node.Key(), node.Text()
		if pairs.Kind == document.List {
			name, value, _ = strings.Cut(value, "=")
		}
		if found, ok := secret.Detect(name, withDefaults(value)); ok {
			tell(node, kind+" \""+name+"\"", found)
		}
	}
}

// judgeCommand judges the list form and the string form of a command.
func judgeCommand(command *document.Node, kind string, tell func(*document.Node, string, secret.Finding)) {
	if command == nil {
		return
	}
	if command.Kind == document.List {
		judgeWords(&secret.Command{}, command, func(node *document.Node, found secret.Finding) { tell(node, kind, found) })
		return
	}
	if found, ok := secret.Detect("", withDefaults(command.Text())); ok {
		tell(command, kind, found)
	}
}

// nameCharacters are those of the names of variables.
const nameCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"

// withDefaults puts the defaults of Compose's variables in their places: ${NAME:-default} and
// ${NAME-default}. Variables without a default stay.
func withDefaults(text string) string {
	var out strings.Builder
	for {
		start := strings.Index(text, "${")
		if start < 0 {
			break
		}
		end := strings.IndexByte(text[start:], '}')
		if end < 0 {
			break
		}
		inner := text[start+2 : start+end]
		out.WriteString(text[:start])
		name := len(inner) - len(strings.TrimLeft(inner, nameCharacters))
		value, found := strings.CutPrefix(strings.TrimPrefix(inner[name:], ":"), "-")
		if found && strings.IndexByte(value, '$') < 0 {
			out.WriteString(value)
		} else {
			out.WriteString(text[start : start+end+1])
		}
		text = text[start+end+1:]
	}
	out.WriteString(text)
	return out.String()
}

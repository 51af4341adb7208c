package download

import (
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/engine/dockerfile"
	"github.com/kubeproof/kubeproof/internal/secret"
)

// SecretInEnv finds ENV that holds a secret, or takes one from a build argument. Scope object:Dockerfile.
func SecretInEnv(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	dockerfile.Each(dockerfile.Of(in).Stages, func(i *dockerfile.Instruction) {
		if i.Name != "ENV" {
			return
		}
		for _, pair := range i.Get("pairs").Children() {
			name, value := pair.Get("name").Text(), pair.Get("value").Text()
			if found, ok := secret.Detect(name, value); ok {
				verdicts = append(verdicts, assessment.Failed("ENV "+name+" holds "+found.What, pair, "value"))
			} else if arg := argumentIn(value); arg != "" && namesSecret(name) && isArgument(i, arg) {
				verdicts = append(verdicts, assessment.Failed("ENV "+name+" keeps the build argument "+arg+" in the image", pair, "value"))
			}
		}
	})
	return verdicts
}

// argumentIn is the variable that a value is: $NAME, ${NAME}; "" if it is anything else, as one with a default.
func argumentIn(value string) string {
	name, found := strings.CutPrefix(value, "$")
	if !found {
		return ""
	}
	if inner, found := strings.CutPrefix(name, "{"); found {
		name, found = strings.CutSuffix(inner, "}")
		if !found {
			return ""
		}
	}
	if name == "" || strings.ContainsAny(name, "{}$:-+ /") {
		return ""
	}
	return name
}

// isArgument reports whether the stage of an instruction, or one that it builds on, has a build argument.
func isArgument(at *dockerfile.Instruction, name string) bool {
	for s := at.Stage; s != nil; s = s.Parent {
		for _, i := range s.Instructions {
			if i.Name != "ARG" {
				continue
			}
			for _, pair := range i.Get("pairs").Children() {
				if pair.Get("name").Text() == name {
					return true
				}
			}
		}
	}
	return false
}

// SecretInArg finds ARG that holds a secret, or hands one to commands. Scope object:Dockerfile.
func SecretInArg(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	file := dockerfile.Of(in)
	for _, arg := range in.Subject.Root.Get("args").Children() {
		name := arg.Get("name").Text()
		if found, ok := secret.Detect(name, arg.Get("default").Text()); ok {
			verdicts = append(verdicts, assessment.Failed("ARG "+name+" holds "+found.What, arg, "default"))
		}
	}
	dockerfile.Each(file.Stages, func(i *dockerfile.Instruction) {
		if i.Name != "ARG" {
			return
		}
		for _, pair := range i.Get("pairs").Children() {
			name := pair.Get("name").Text()
			if found, ok := secret.Detect(name, pair.Get("value").Text()); ok {
				verdicts = append(verdicts, assessment.Failed("ARG "+name+" holds "+found.What, pair, "value"))
			} else if pair.Get("value").Text() == "" && namesSecret(name) && isUsed(i, name) {
				verdicts = append(verdicts, assessment.Failed("ARG "+name+" takes a secret, which stays in "+keeps(i.Stage), pair))
			}
		}
	})
	return verdicts
}

// keeps is where the value of a build argument can be read afterwards.
func keeps(s *dockerfile.Stage) string {
	if s.Inherited {
		return "the history of the image"
	}
	return "the build cache and in provenance"
}

// isUsed reports whether a RUN of the stage, or of one that builds on it, hands a variable to a command.
func isUsed(arg *dockerfile.Instruction, name string) bool {
	behind := false
	for _, i := range arg.Stage.Instructions {
		if i == arg || i.Trigger == arg {
			behind = true
		}
		if behind && i.Name == "RUN" && uses(i, name) {
			return true
		}
	}
	return false
}

func uses(i *dockerfile.Instruction, name string) bool {
	for _, c := range i.Commands {
		for _, word := range c.Words {
			if refersTo(word.Text(), name) {
				return true
			}
		}
		for _, pair := range c.Get("env").Children() {
			if refersTo(pair.Get("value").Text(), name) {
				return true
			}
		}
		if refersTo(c.Get("input").Text(), name) {
			return true
		}
	}
	return false
}

// refersTo reports whether a text holds $NAME or ${NAME...}.
func refersTo(text, name string) bool {
	for rest := text; ; {
		at := strings.IndexByte(rest, '$')
		if at < 0 {
			return false
		}
		rest = rest[at+1:]
		after, found := strings.CutPrefix(strings.TrimPrefix(rest, "{"), name)
		if found && (after == "" || !isNameByte(after[0])) {
			return true
		}
	}
}

func isNameByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// SecretInLabel finds LABEL that holds a secret. Scope object:Dockerfile.
func SecretInLabel(in assessment.Input) []assessment.Verdict {
	var verdicts []assessment.Verdict
	dockerfile.Each(dockerfile.Of(in).Stages, func(i *dockerfile.Instruction) {
		if i.Name != "LABEL" {
			return
		}
		for _, pair := range i.Get("pairs").Children() {
			name := pair.Get("name").Text()
			if found, ok := secret.Detect(name, pair.Get("value").Text()); ok {
				verdicts = append(verdicts, assessment.Failed("LABEL "+name+" holds "+found.What, pair, "value"))
			}
		}
	})
	return verdicts
}

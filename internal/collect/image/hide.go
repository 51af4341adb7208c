package image

import (
	"maps"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/secret"
)

// hidden stands where a secret stood.
const hidden = "***"

// mostConfigured bounds the secrets that are told of a configuration.
const mostConfigured = 200

func (i *Image) tell(found Secret) {
	if len(i.Secrets) < mostConfigured {
		i.Secrets = append(i.Secrets, found)
	}
}

// detect judges a value, and once more as a line of its own: PASSWORD=x within a value counts too.
func detect(key, value string) (secret.Finding, bool) {
	if len(value) <= mostLine {
		if found, ok := secret.Detect(key, value); ok {
			return found, true
		}
	}
	if hits := scan("", value); len(hits) > 0 {
		return hits[0].Finding, true
	}
	return secret.Finding{}, false
}

func (i *Image) hideEnvironment(environment []string) {
	for _, entry := range environment {
		name, value, _ := strings.Cut(entry, "=")
		if found, ok := detect(name, value); ok {
			i.tell(Secret{What: found.What, Variable: name})
			i.remember(value)
			value = hidden
		}
		i.Config.Env = append(i.Config.Env, Variable{name, value})
	}
}

func (i *Image) hideLabels(labels map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		if found, ok := detect(name, labels[name]); ok {
			i.tell(Secret{What: found.What, Label: name})
			i.remember(labels[name])
			labels[name] = hidden
		}
	}
	i.Config.Labels = labels
}

// hideWords masks the words of a command. A secret may be a word of its own after its flag, so the
// whole command is looked at too.
func (i *Image) hideWords(where string, all []string) []string {
	if len(all) == 0 {
		return nil
	}
	found, ok := detect("", strings.Join(all, " "))
	masked := make([]string, len(all))
	for at, word := range all {
		masked[at] = maskLines(word)
		if hit, hits := detect("", word); hits && !ok {
			found, ok = hit, true
		}
	}
	if !ok {
		return masked
	}
	i.tell(Secret{What: found.What, Word: where})
	if strings.Join(masked, " ") == strings.Join(all, " ") {
		return strings.Split(maskLines(strings.Join(all, " ")), " ")
	}
	return masked
}

// hideHistory masks a step of the build line by line, and its instruction alone: the arguments of a
// build stand before it, as in "|1 TOKEN=x /bin/sh -c make".
func (i *Image) hideHistory(at int, text string) string {
	if text == "" {
		return ""
	}
	for _, hit := range scan("", strings.Join(instructions(text), "\n")) {
		i.tell(Secret{What: hit.What, History: new(at)})
		break
	}
	for _, value := range i.hidden {
		text = strings.ReplaceAll(text, value, hidden)
	}
	if len(text) > mostStep {
		text = text[:mostStep] + "..."
	}
	return maskLines(text)
}

// mostStep bounds one step of the history, in bytes.
const mostStep = 64 << 10

// remember keeps a value that is hidden so that it is hidden in the history too, whatever its form
// there. Short ones stand in many words.
func (i *Image) remember(value string) {
	if len(value) >= 6 && len(i.hidden) < mostConfigured {
		i.hidden = append(i.hidden, value)
	}
}

// instructions splits a step into what can be judged: lines, and words that assign something.
func instructions(text string) []string {
	lines := strings.Split(text, "\n")
	for _, word := range strings.Fields(text) {
		if strings.Contains(word, "=") {
			lines = append(lines, word)
		}
	}
	return lines
}

// mostShown bounds a line of the history or a word of a command, in bytes.
const mostShown = 16 << 10

// maskLines masks a text line by line.
func maskLines(text string) string {
	lines := strings.Split(text, "\n")
	for at, line := range lines {
		if len(line) > mostShown {
			line = line[:mostShown] + "..."
		}
		lines[at] = secret.Mask(line)
	}
	return strings.Join(lines, "\n")
}

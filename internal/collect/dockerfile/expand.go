package dockerfile

import (
	"maps"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/shell"

	"github.com/kubeproof/kubeproof/internal/secret"
)

// variables are ARG and ENV as far as they are known. What has no value, because it is given at
// build time, is not among them and stays as it is written.
type variables map[string]string

// Get implements shell.EnvGetter.
func (v variables) Get(name string) (string, bool) {
	value, found := v[name]
	return value, found
}

// Keys implements shell.EnvGetter.
func (v variables) Keys() []string { return slices.Collect(maps.Keys(v)) }

// set makes a variable known. One that holds a secret is forgotten instead: else its value would stand
// wherever the variable is used.
func (v variables) set(name, value string) {
	if _, isSecret := secret.Detect(name, value); isSecret {
		delete(v, name)
		return
	}
	v[name] = value
}

// longestValue bounds what variables expand to: each may hold others twice.
const longestValue = 64 << 10

// expander fills variables in as the builder does.
type expander struct {
	lex *shell.Lex
}

func newExpander(escape rune) *expander {
	lex := shell.NewLex(escape)
	lex.SkipUnsetEnv = true
	return &expander{lex}
}

// word gives a word with its variables filled in and its quotes taken away, and the names of those
// that have no value.
func (e *expander) word(word string, known variables) (string, []string) {
	if !strings.ContainsAny(word, "$\\`'\"") {
		return word, nil
	}
	result, err := e.lex.ProcessWordWithMatches(word, known)
	if err != nil || len(result.Result) > longestValue {
		return word, nil
	}
	return result.Result, slices.Sorted(maps.Keys(result.Unmatched))
}

// words is word for callers that take an error, as the reference implementation does.
func (e *expander) words(known variables) func(string) (string, error) {
	return func(word string) (string, error) {
		expanded, _ := e.word(word, known)
		return expanded, nil
	}
}

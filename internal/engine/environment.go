package engine

import (
	"fmt"
	"sync"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/ext"

	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/document"
)

// always are the names that expressions of every scope may use.
var always = []string{"object", "namespaceObject", "params"}

// environments holds one CEL environment for each set of names; building one takes longer than
// compiling an expression in it.
type environments struct {
	mutex sync.Mutex
	built map[string]*cel.Env
}

func (e *environments) of(scope control.Scope) (*cel.Env, error) {
	key := fmt.Sprint(scope.Names)
	e.mutex.Lock()
	defer e.mutex.Unlock()
	if env, ok := e.built[key]; ok {
		return env, nil
	}
	env, err := newEnvironment(append(append([]string{}, always...), scope.Names...))
	if err != nil {
		return nil, fmt.Errorf("build CEL environment: %w", err)
	}
	if e.built == nil {
		e.built = map[string]*cel.Env{}
	}
	e.built[key] = env
	return env, nil
}

// newEnvironment has what API servers from 1.32 on offer to admission policies and what this
// engine can run offline. Selecting a field of something that is no map is an error, so that a
// wrong type never reads as absent.
func newEnvironment(names []string) (*cel.Env, error) {
	options := []cel.EnvOption{
		cel.OptionalTypes(), cel.CrossTypeNumericComparisons(true), cel.EnableErrorOnBadPresenceTest(true),
		ext.Strings(ext.StringsVersion(2)), ext.Sets(), ext.TwoVarComprehensions(),
		matchesKeptFunction(),
	}
	for _, name := range names {
		options = append(options, cel.Variable(name, cel.DynType))
	}
	return cel.NewEnv(options...)
}

// frame binds the names of one evaluation; it is reused between evaluations of one worker.
type frame struct {
	object, namespace, params                  ref.Val
	container, pod, template, volume, variable ref.Val
	stage, instruction, command                ref.Val
}

// ResolveName implements cel.Activation.
func (f *frame) ResolveName(name string) (any, bool) {
	value := f.named(name)
	return value, value != nil
}

// named gives the value of a name; nil if it is not bound.
func (f *frame) named(name string) ref.Val {
	switch name {
	case "container":
		return f.container
	case "pod":
		return f.pod
	case "template":
		return f.template
	case "object":
		return f.object
	case "params":
		return f.params
	case "namespaceObject":
		return f.namespace
	case "volume":
		return f.volume
	case "env":
		return f.variable
	case "stage":
		return f.stage
	case "instruction":
		return f.instruction
	case "command":
		return f.command
	}
	return nil
}

// Parent implements cel.Activation.
func (f *frame) Parent() cel.Activation { return nil }

// emptyMap stands for a Namespace that was not seen.
var emptyMap = toValue(document.Make(map[string]any{}))

// paramsValue gives typed parameters to CEL.
func paramsValue(values control.Values) ref.Val {
	plain := make(map[string]any, len(values))
	for name, value := range values {
		plain[name] = value
	}
	return types.DefaultTypeAdapter.NativeToValue(plain)
}

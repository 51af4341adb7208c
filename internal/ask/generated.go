package ask

import (
	"errors"
	"slices"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/reach"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Generated are the least NetworkPolicies that workloads of some namespaces need.
type Generated struct {
	// YAML is the policies.
	YAML string
	// Notes say what was seen and cannot be written, or must be decided by people. Differences say where
	// policies that exist already allow more or less.
	Notes, Differences []string
}

// WorkloadNamespaces lists the namespaces that have workloads, by name.
func (s *Seen) WorkloadNamespaces() []string {
	m := reach.Of(s.Index)
	return slices.DeleteFunc(m.Namespaces(), func(name string) bool { return len(m.In(name)) == 0 })
}

// Endpoints lists the workloads as Can reads them, at most so many.
func (s *Seen) Endpoints(most int) []string {
	var names []string
	for _, e := range reach.Of(s.Index).Endpoints {
		name := e.Namespace + "/" + e.Name
		if len(names) > 0 && names[len(names)-1] == name {
			continue
		}
		if len(names) == most {
			break
		}
		names = append(names, name)
	}
	return names
}

// ErrNoWorkloads: there is nothing to write policies for.
var ErrNoWorkloads = errors.New("no workload was seen: there is nothing to write policies for")

// Generate writes policies that deny everything both ways and allow the cluster's DNS, what workloads
// are seen to need unless onlyStated is true, and what is stated in an intent, which may be nil.
func (s *Seen) Generate(namespaces []string, stated *document.Node, onlyStated bool) (*Generated, error) {
	m := reach.Of(s.Index)
	var seen reach.Observation
	if !onlyStated {
		seen = m.Observe(namespaces)
	}
	if stated != nil {
		flows, err := m.ReadIntent(stated)
		if err != nil {
			return nil, &IntentError{err}
		}
		seen.Flows = append(seen.Flows, flows...)
	}
	g := m.Generate(namespaces, seen.Flows)
	if g.Policies == 0 {
		return nil, ErrNoWorkloads
	}
	differences, err := m.Verify(g, namespaces, seen.Flows)
	if err != nil {
		return nil, err
	}
	return &Generated{g.YAML, slices.Concat(seen.Notes, g.Notes), differences}, nil
}

// Suggested are the policies of one namespace without an intent, worked out once.
func (s *Seen) Suggested(namespace string) (*Generated, error) {
	if !slices.Contains(s.WorkloadNamespaces(), namespace) {
		return nil, ErrNoWorkloads
	}
	type suggestion struct {
		policies *Generated
		err      error
	}
	made := inventory.Derived(s.Index, "ask.Suggested "+namespace, func(*inventory.Index) suggestion {
		policies, err := s.Generate([]string{namespace}, nil, false)
		return suggestion{policies, err}
	})
	return made.policies, made.err
}

// IntentError is what is wrong with an intent.
type IntentError struct{ error }

// Unwrap gives the cause.
func (e *IntentError) Unwrap() error { return e.error }

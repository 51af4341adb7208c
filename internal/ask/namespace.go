package ask

import "github.com/kubeproof/kubeproof/internal/engine/reach"

// NamespaceState is what policies do in a namespace, and what they leave open.
type NamespaceState struct {
	Name      string
	Workloads int
	// DenyIngress and DenyEgress tell whether what no rule allows is denied for every pod: yes, no or
	// unknown, and why.
	DenyIngress, DenyEgress Fact
	// OpenIngress and OpenEgress are the workloads that no policy isolates; HostNetwork those on the
	// network of their node, which none can.
	OpenIngress, OpenEgress, HostNetwork []string
	// Undone are the rules that allow everything again.
	Undone []Reason
}

// Fact is whether something holds, and by what.
type Fact struct {
	Truth  string
	Reason Reason
}

// Namespace tells what policies do in a namespace.
func (s *Seen) Namespace(name string) NamespaceState {
	m := reach.Of(s.Index)
	facts := m.Namespace(name)
	state := NamespaceState{Name: name, Workloads: len(m.In(name)), DenyIngress: factOf(facts.DenyIngress), DenyEgress: factOf(facts.DenyEgress),
		OpenIngress: namesOf(facts.OpenIngress), OpenEgress: namesOf(facts.OpenEgress), HostNetwork: namesOf(facts.HostNetwork)}
	for _, opening := range facts.Undone {
		state.Undone = append(state.Undone, reasonOf(opening.Reason))
	}
	return state
}

func factOf(f reach.Fact) Fact { return Fact{string(f.Truth), reasonOf(f.Reason)} }

func namesOf(endpoints []*reach.Endpoint) []string {
	var names []string
	for _, e := range endpoints {
		name := e.Kind + " " + e.Name
		if e.Pod != "" {
			name += " (pod " + e.Pod + ")"
		}
		names = append(names, name)
	}
	return names
}

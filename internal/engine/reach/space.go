package reach

import "github.com/kubeproof/kubeproof/internal/inventory"

// nameLabel is the label that the API server gives every namespace.
const nameLabel = "kubernetes.io/metadata.name"

// space is a namespace with what is known of its labels.
type space struct {
	name   string
	labels map[string]string
	seen   bool // false: only the name is known
}

func (s *space) label(key string) (string, tri) {
	if key == nameLabel {
		return s.name, yes
	}
	if value, found := s.labels[key]; found {
		return value, yes
	}
	if !s.seen {
		return "", maybe
	}
	return "", no
}

func (m *Model) readNamespaces() {
	for _, s := range m.index.Kind("Namespace") {
		if s.Group() == "" && s.Name != "" {
			m.namespaces[s.Name] = &space{s.Name, labelsOf(s), true}
		}
	}
}

// space gives what is known of a namespace.
func (m *Model) space(name string) *space {
	if found := m.namespaces[name]; found != nil {
		return found
	}
	return &space{name: name}
}

func labelsOf(s *inventory.Subject) map[string]string {
	labels := map[string]string{}
	for _, label := range s.Labels().Children() {
		labels[label.Key()] = label.Text()
	}
	return labels
}

package engine

import (
	"slices"

	"github.com/kubeproof/kubeproof/internal/inventory"
)

// coreKinds are kinds of the core group whose names other groups use too, for other things: the
// Node of Calico, the Service of Knative. A scope that names one of them means Kubernetes' own.
var coreKinds = []string{"ConfigMap", "Namespace", "Node", "PersistentVolume", "Pod", "Secret", "Service", "ServiceAccount"}

// isNamesake reports whether an object has the kind of a core object and is another group's.
func isNamesake(s *inventory.Subject) bool {
	return s.Group() != "" && slices.Contains(coreKinds, s.Kind)
}

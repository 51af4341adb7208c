package assessment

import (
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Input is what a Go check sees: one element of its scope, and the inventory around it.
type Input struct {
	Inventory *inventory.Inventory
	Index     *inventory.Index
	// Subject is nil in the scope "inventory".
	Subject *inventory.Subject
	// Element is the container, volume, variable, pod spec or object that the scope names.
	Element *document.Node
	// Container is set in the scopes of containers and env.
	Container inventory.Container
	Values    control.Values
}

// Check is a control's test written in Go. It is pure. An empty result is a pass; a check of
// the scope "inventory" gives one verdict for each subject that it judged, passes too.
type Check func(Input) []Verdict

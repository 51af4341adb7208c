package collect

import (
	"regexp"

	"github.com/kubeproof/kubeproof/internal/collect/component"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// composeServices recognises a Compose file, whose name an example does not have.
var composeServices = regexp.MustCompile(`(?m)^services:`)

// Example reads the text of a control's example as a scan reads a file of its kind. Only what
// was lost is an error.
func Example(content []byte) ([]*inventory.Subject, []inventory.Error) {
	r := &run{options: Options{Limits: document.DefaultLimits}}
	name := "example.yaml"
	if composeServices.Match(content) {
		name = "compose.yaml"
	}
	p := r.readText(text{target: "example", show: name, name: name, bytes: content, named: true})
	var lost []inventory.Error
	for _, e := range p.errors {
		if e.Lost {
			lost = append(lost, e)
		}
	}
	inventory.ResolveOwners(p.subjects)
	return append(p.subjects, component.Derive(p.subjects)...), lost
}

package composefile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
)

// OneNetwork finds projects all services of which share one network, from as many services on
// as the parameter services says. Scope object:ComposeProject.
func OneNetwork(in assessment.Input) []assessment.Verdict {
	services := in.Element.Get("services")
	if services.Len() < in.Values.Int("services") || services.Len() < 2 {
		return nil
	}
	first := networksOf(services.Children()[0])
	for _, service := range services.Children()[1:] {
		if networksOf(service) != first {
			return nil
		}
	}
	return []assessment.Verdict{{Outcome: assessment.Fail, Node: services,
		Message: fmt.Sprintf("%d services share one network", services.Len())}}
}

// networksOf names the networks of a service, in the list form and in the map form, whose values
// are often null; the project's own if it names none.
func networksOf(service *document.Node) string {
	if mode := service.Get("network_mode").Text(); mode != "" {
		return "mode " + mode
	}
	var names []string
	for _, network := range service.Get("networks").Children() {
		if name := network.Key(); name != "" {
			names = append(names, name)
		} else {
			names = append(names, network.Text())
		}
	}
	if names == nil {
		return "default"
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

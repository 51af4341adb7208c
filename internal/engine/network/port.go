package network

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/selector"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// PortUsed judges a container of a pod that at least one Service selects: every containerPort
// fails that no Service, probe, monitor or host port uses and that does not look like metrics.
// Behind a headless Service clients reach every port, so those pods are not judged.
func PortUsed(in assessment.Input) []assessment.Verdict {
	if in.Element.Get("ports").Len() == 0 {
		return nil
	}
	services, headless := servicesOf(in)
	switch {
	case len(services) == 0:
		return assessment.Skipped("no Service seen selects the pod")
	case headless:
		return assessment.Skipped("a headless Service selects the pod")
	}
	used := targetsOf(services)
	used = append(used, probePorts(in.Subject.Pod)...)
	used = append(used, monitoredPorts(in)...)
	var verdicts []assessment.Verdict
	for _, port := range in.Element.Get("ports").Children() {
		number, name := port.Get("containerPort").Text(), port.Get("name").Text()
		if number == "" || slices.Contains(used, number) || name != "" && slices.Contains(used, name) ||
			port.Get("hostPort") != nil || expected(name, in.Values.Strings("names")) {
			continue
		}
		verdicts = append(verdicts, assessment.Failed(fmt.Sprintf(
			"container %q opens port %s, which no Service targets", in.Container.Name, number), port, "containerPort"))
	}
	return verdicts
}

func servicesOf(in assessment.Input) (services []*inventory.Subject, headless bool) {
	labels := in.Subject.Pod.Template.Get("metadata", "labels")
	for _, s := range in.Index.In("Service", in.Subject.Namespace) {
		if selector.MatchesMap(s.Root.Get("spec", "selector"), labels) {
			services = append(services, s)
			headless = headless || s.Root.Get("spec", "clusterIP").Text() == "None"
		}
	}
	return services, headless
}

// targetsOf are the target ports of Services, by number or name; the port itself where none is given.
func targetsOf(services []*inventory.Subject) []string {
	var targets []string
	for _, s := range services {
		for _, port := range s.Root.Get("spec", "ports").Children() {
			if target := port.Get("targetPort"); target != nil {
				targets = append(targets, target.Text())
			} else {
				targets = append(targets, port.Get("port").Text())
			}
		}
	}
	return targets
}

func probePorts(pod *inventory.Pod) []string {
	var ports []string
	for _, c := range pod.Containers() {
		for _, probe := range []string{"livenessProbe", "readinessProbe", "startupProbe"} {
			for _, handler := range []string{"httpGet", "tcpSocket", "grpc"} {
				if port := c.Node.Get(probe, handler, "port"); port != nil {
					ports = append(ports, port.Text())
				}
			}
		}
	}
	return ports
}

// monitoredPorts are those that Prometheus reads: named by the pod's annotation or by PodMonitors.
func monitoredPorts(in assessment.Input) []string {
	template := in.Subject.Pod.Template
	ports := []string{template.Get("metadata", "annotations", "prometheus.io/port").Text()}
	for _, monitor := range in.Index.Kind("PodMonitor") {
		if !selector.Matches(monitor.Root.Get("spec", "selector"), template.Get("metadata", "labels")) {
			continue
		}
		for _, endpoint := range monitor.Root.Get("spec", "podMetricsEndpoints").Children() {
			ports = append(ports, textOf(endpoint, "port"), textOf(endpoint, "portNumber"), textOf(endpoint, "targetPort"))
		}
	}
	return slices.DeleteFunc(ports, func(port string) bool { return port == "" })
}

func textOf(n *document.Node, key string) string { return n.Get(key).Text() }

// expected reports whether a port's name holds one of the words, as http-metrics holds metrics.
func expected(name string, words []string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return strings.Contains("-"+name+"-", "-"+word+"-") })
}

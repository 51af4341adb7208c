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

// AdminInterface judges a Service, Ingress or route that lets traffic in from outside: it fails
// for every administrative interface that can be reached through it. What is internal or open to
// listed addresses only is not published.
func AdminInterface(in assessment.Input) []assessment.Verdict {
	s := in.Subject
	switch s.Kind {
	case "Service":
		return adminService(in)
	case "Ingress":
		if internal(s) {
			return assessment.Skipped("not open to the Internet")
		}
	}
	var verdicts []assessment.Verdict
	for _, b := range backendsOf(s) {
		if b.service == "api@internal" {
			verdicts = append(verdicts, assessment.Failed(fmt.Sprintf("%s %q publishes Traefik dashboard", s.Kind, s.Name), b.node))
			continue
		}
		namespace := b.namespace
		if namespace == "" {
			namespace = s.Namespace
		}
		if title := adminBehind(in, namespace, b.service, b.port); title != "" {
			verdicts = append(verdicts, assessment.Failed(fmt.Sprintf("%s %q publishes %s", s.Kind, s.Name, title), b.node))
		}
	}
	return verdicts
}

func adminService(in assessment.Input) []assessment.Verdict {
	s := in.Subject
	kind := s.Root.Get("spec", "type")
	if kind.Text() != "LoadBalancer" && kind.Text() != "NodePort" {
		return assessment.Skipped("reachable inside the cluster only")
	}
	if kind.Text() == "LoadBalancer" && (isInternal(s, in.Values.Map("internal")) || restricted(s)) {
		return assessment.Skipped("not open to the Internet")
	}
	if title := adminBehind(in, s.Namespace, s.Name, ""); title != "" {
		return []assessment.Verdict{assessment.Failed(fmt.Sprintf("%s %q publishes %s", kind.Text(), s.Name, title), kind)}
	}
	return nil
}

// isInternal reports whether an annotation makes the load balancer of a Service internal.
func isInternal(s *inventory.Subject, annotations map[string]string) bool {
	for key, value := range annotations {
		if strings.EqualFold(s.Annotation(key), value) {
			return true
		}
	}
	return false
}

func restricted(s *inventory.Subject) bool {
	var ranges []string
	for _, r := range s.Root.Get("spec", "loadBalancerSourceRanges").Children() {
		ranges = append(ranges, r.Text())
	}
	return len(ranges) > 0 && !openToAll(ranges)
}

// adminBehind names the tool whose interface a port of a Service is, or any port of it if port is
// ""; "" if it is none. The Service need not be seen: then its name decides.
func adminBehind(in assessment.Input, namespace, name, port string) string {
	names, ports := []string{name}, []string{port}
	var images []string
	if service := in.Index.Find("Service", namespace, name); service != nil {
		names = append(names, nameLabels(service.Labels())...)
		names = append(names, nameLabels(service.Root.Get("spec", "selector"))...)
		ports = append(ports, portForms(service, port)...)
		images = imagesBehind(in.Index, service)
	}
	for _, p := range products {
		if (p.byName(names, len(images) > 0) || p.byImage(images)) && p.onPort(ports) {
			return p.title
		}
	}
	return ""
}

// byName trusts a name only where no image was seen that says otherwise.
func (p product) byName(names []string, imagesSeen bool) bool {
	return !(imagesSeen && len(p.images) > 0) && slices.ContainsFunc(names, func(name string) bool { return slices.Contains(p.names, name) })
}

func (p product) byImage(images []string) bool {
	return slices.ContainsFunc(images, func(repository string) bool {
		return slices.ContainsFunc(p.images, func(end string) bool {
			return repository == end || strings.HasSuffix(repository, "/"+end)
		})
	})
}

func (p product) onPort(ports []string) bool {
	return len(p.ports)+len(p.portNames) == 0 || slices.ContainsFunc(ports, func(port string) bool {
		return slices.Contains(p.ports, port) || slices.Contains(p.portNames, port)
	})
}

// nameLabels are the labels that say what an application is.
func nameLabels(labels *document.Node) []string {
	var names []string
	for _, key := range []string{"app.kubernetes.io/name", "k8s-app", "app"} {
		if name := labels.Get(key).Text(); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// portForms gives the other ways in which a port of a Service is written: number, name, target.
func portForms(service *inventory.Subject, port string) []string {
	var forms []string
	for _, p := range service.Root.Get("spec", "ports").Children() {
		all := []string{p.Get("port").Text(), p.Get("name").Text(), p.Get("targetPort").Text()}
		if port == "" || slices.Contains(all, port) {
			forms = append(forms, all...)
		}
	}
	return forms
}

// imagesBehind are the repositories, library/ included, of the main containers that a Service
// selects.
func imagesBehind(index *inventory.Index, service *inventory.Subject) []string {
	wanted := service.Root.Get("spec", "selector")
	if wanted.Len() == 0 {
		return nil
	}
	var repositories []string
	for _, s := range index.Workloads(service.Namespace) {
		if !selector.MatchesMap(wanted, s.Pod.Template.Get("metadata", "labels")) {
			continue
		}
		for _, c := range s.Pod.Containers() {
			if repository := repositoryOf(c.Node.Get("image").Text()); c.Role == inventory.Main && repository != "" {
				repositories = append(repositories, repository)
			}
		}
	}
	return repositories
}

package mesh

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

const consulGroup = "consul.hashicorp.com"

var consul = &product{
	title:  "Consul",
	groups: []string{consulGroup},
	kinds:  []string{"ProxyDefaults", "ServiceDefaults", "ServiceIntentions"},
	marked: func(_, annotations *document.Node) bool { return text(annotations, consulInject) == "true" },
	member: consulMember,
	plain:  consulPlain,
	open:   consulOpen,
}

const consulInject = consulGroup + "/connect-inject"

// consulMember follows the connect injector, which by default takes pods with the annotation only.
func consulMember(w *Workload) membership {
	if proxied, known := w.hasContainer("consul-dataplane"); known {
		if proxied {
			return membership{state: inside}
		}
		return membership{why: "its pods have no container consul-dataplane"}
	}
	switch own := text(w.annotations, consulInject); own {
	case "true":
		return membership{state: inside}
	case "":
		return membership{why: "it has no annotation " + consulInject, optOut: true}
	default:
		return membership{why: "its annotation " + consulInject + " is " + own, optOut: true}
	}
}

// service is the name of the workload in Consul.
func (w *Workload) consulService() string {
	return cmp.Or(text(w.annotations, consulGroup+"/connect-service"), w.Name)
}

// consulPlain: mutual TLS is strict unless the defaults of the service or of all proxies say
// otherwise, or the connections of a port are led past the proxy.
func consulPlain(m *Model, w *Workload) answer {
	if ports := text(w.annotations, consulGroup+"/transparent-proxy-exclude-inbound-ports"); ports != "" {
		return fails(w.String() + " accepts plain text: transparent-proxy-exclude-inbound-ports leads ports " + ports + " past the proxy")
	}
	for _, s := range m.ofGroup("ServiceDefaults", consulGroup, "") {
		if mode := s.Root.Get("spec", "mutualTLSMode").Text(); s.Name == w.consulService() && mode != "" {
			if mode == "permissive" {
				return fails(w.String() + " accepts plain text: mutualTLSMode of ServiceDefaults " + s.Name + " is permissive")
			}
			return answer{}
		}
	}
	for _, s := range m.ofGroup("ProxyDefaults", consulGroup, "") {
		if s.Root.Get("spec", "mutualTLSMode").Text() == "permissive" {
			return fails(w.String() + " accepts plain text: mutualTLSMode of ProxyDefaults " + s.Name + " is permissive")
		}
	}
	return answer{}
}

// consulOpen: what no intention names is allowed unless one denies everything, or the servers are
// configured to deny by default.
func consulOpen(m *Model, w *Workload) answer {
	if m.consulDenies(w.consulService()) {
		return answer{}
	}
	if w.Source.Cluster == "" && len(m.consulConfig()) == 0 {
		return unknown("no ServiceIntentions deny callers by default, and the configuration of the Consul servers, which may, was not seen: scan it too")
	}
	return fails("every caller is allowed to call " + w.String() + ": no ServiceIntentions deny source * to it, and the servers' default is to allow")
}

// consulDenies reports whether callers that nothing names are refused.
func (m *Model) consulDenies(service string) bool {
	for _, s := range m.ofGroup("ServiceIntentions", consulGroup, "") {
		destination := cmp.Or(s.Root.Get("spec", "destination", "name").Text(), s.Name)
		if destination == "*" || destination == service {
			if slices.ContainsFunc(s.Root.Get("spec", "sources").Children(), func(source *document.Node) bool {
				return text(source, "name") == "*" && text(source, "action") == "deny"
			}) {
				return true
			}
		}
	}
	return slices.ContainsFunc(m.consulConfig(), deniesByDefault)
}

// deniesByDefault reads a configuration file of a Consul server, in JSON or HCL.
func deniesByDefault(config string) bool {
	squeezed := strings.NewReplacer(" ", "", "\t", "", `"`, "").Replace(config)
	for _, field := range []string{"default_policy", "default_intention_policy"} {
		if strings.Contains(squeezed, field+":deny") || strings.Contains(squeezed, field+"=deny") {
			return true
		}
	}
	return false
}

// consulConfig are the configuration files of Consul servers in ConfigMaps.
func (m *Model) consulConfig() []string {
	return inventory.Derived(m.index, "mesh.consulConfig", func(index *inventory.Index) []string {
		var files []string
		for _, s := range index.Kind("ConfigMap") {
			if strings.HasSuffix(s.Name, "consul-server-config") {
				files = append(files, texts(s.Root.Get("data"))...)
			}
		}
		return files
	})
}

func texts(parent *document.Node) []string {
	var all []string
	for _, child := range parent.Children() {
		all = append(all, child.Text())
	}
	return all
}

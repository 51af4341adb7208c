package reach

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/selector"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Observation is what the inventory shows of the connections that workloads need.
type Observation struct {
	Flows []Flow
	// Notes say what was seen and cannot be written as a policy, or must be decided by people.
	Notes []string
}

// everywhere are all addresses.
var everywhere = []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")}

// Observe concludes connections from names of Services in environments, arguments and ConfigMaps,
// from Services that are published, and from mounted tokens of ServiceAccounts. What is only known
// at run time is not among them. Only flows with an end in one of the namespaces are given.
func (m *Model) Observe(namespaces []string) Observation {
	o := &observer{m: m, services: map[string]*inventory.Subject{}, namespaces: namespaces}
	for _, s := range m.index.Kind("Service") {
		if s.Group() == "" {
			o.services[s.Namespace+"/"+s.Name] = s
		}
	}
	for _, e := range m.Endpoints {
		o.references(e)
		o.token(e)
	}
	for _, s := range m.index.Kind("Service") {
		o.published(s)
	}
	for _, s := range m.index.Kind("Ingress") {
		o.note(s.Namespace, "Ingress %s/%s publishes Services: allow its controller to reach them, in the intent", s.Namespace, s.Name)
	}
	slices.Sort(o.Notes)
	o.Flows = slices.DeleteFunc(o.Flows, func(f Flow) bool { return !o.asked(f.From) && !o.asked(f.To) })
	return Observation{sortFlows(o.Flows), slices.Compact(o.Notes)}
}

type observer struct {
	m        *Model
	services map[string]*inventory.Subject
	// namespaces are those that are asked about.
	namespaces []string
	Observation
}

func (o *observer) asked(end FlowEnd) bool {
	return end.Endpoint != nil && slices.Contains(o.namespaces, end.Endpoint.Namespace)
}

func (o *observer) note(namespace, format string, args ...any) {
	if slices.Contains(o.namespaces, namespace) {
		o.Notes = append(o.Notes, fmt.Sprintf(format, args...))
	}
}

// published lets everybody reach what a Service opens to the outside.
func (o *observer) published(s *inventory.Subject) {
	kind := s.Root.Get("spec", "type").Text()
	if kind != "LoadBalancer" && kind != "NodePort" {
		return
	}
	from := everywhere
	if ranges := texts(s.Root.Get("spec", "loadBalancerSourceRanges")); len(ranges) > 0 {
		from = nil
		for _, r := range ranges {
			if block, err := netip.ParsePrefix(strings.TrimSpace(r)); err == nil {
				from = append(from, block.Masked())
			}
		}
	}
	for _, target := range o.targets(s, 0) {
		for _, block := range from {
			o.Flows = append(o.Flows, Flow{From: FlowEnd{Block: block}, To: FlowEnd{Endpoint: target.endpoint}, Port: target.port,
				Protocol: target.protocol, Why: fmt.Sprintf("Service %s/%s of type %s", s.Namespace, s.Name, kind)})
		}
	}
}

// target is a port of an endpoint behind a Service.
type target struct {
	endpoint *Endpoint
	port     uint16
	protocol string
}

// targets are the endpoints behind a port of a Service, or behind all its ports if port is 0.
func (o *observer) targets(s *inventory.Subject, port uint16) []target {
	var all []target
	for _, e := range o.m.In(s.Namespace) {
		labels := map[string]any{}
		for key, value := range e.Labels {
			labels[key] = value
		}
		if !selector.MatchesMap(s.Root.Get("spec", "selector"), document.Make(labels)) {
			continue
		}
		for _, p := range s.Root.Get("spec", "ports").Children() {
			number, _ := readNumber(p.Get("port"))
			protocol, err := readProtocol(p.Get("protocol"))
			if err != nil || port != 0 && number != port {
				continue
			}
			if at := e.portOf(p.Get("targetPort"), number, protocol); at != 0 {
				all = append(all, target{e, at, protocol})
			}
		}
	}
	return all
}

// portOf resolves the targetPort of a Service at an endpoint; 0 if it has no such port.
func (e *Endpoint) portOf(node *document.Node, number uint16, protocol string) uint16 {
	if node == nil {
		return number
	}
	if at, err := readNumber(node); err == nil {
		return at
	}
	for _, p := range e.Ports {
		if p.Name == node.Text() && p.Protocol == protocol {
			return p.Number
		}
	}
	return 0
}

// hostPattern finds names of hosts, perhaps with a port: db.shop.svc.cluster.local:5432.
var hostPattern = regexp.MustCompile(`(?:^|[^A-Za-z0-9._-])([a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*)\.?(?::([0-9]{1,5}))?`)

// longestText bounds what is searched of one value.
const longestText = 64 << 10

// references finds names of Services in what an endpoint's containers are told.
func (o *observer) references(e *Endpoint) {
	if e.Subject == nil || e.Subject.Pod == nil {
		return
	}
	for _, c := range e.Subject.Pod.Containers() {
		for _, v := range c.Node.Get("env").Children() {
			o.search(e, v.Get("value").Text(), fmt.Sprintf("env %s of container %s", v.Get("name").Text(), c.Name))
			if ref := v.Get("valueFrom", "configMapKeyRef"); ref != nil {
				if config := o.m.index.Find("ConfigMap", e.Namespace, ref.Get("name").Text()); config != nil {
					o.search(e, config.Root.Get("data", ref.Get("key").Text()).Text(), fmt.Sprintf("ConfigMap %s/%s", e.Namespace, config.Name))
				}
			}
		}
		for _, field := range []string{"command", "args"} {
			for _, word := range texts(c.Node.Get(field)) {
				o.search(e, word, fmt.Sprintf("%s of container %s", field, c.Name))
			}
		}
		for _, from := range c.Node.Get("envFrom").Children() {
			o.searchConfig(e, from.Get("configMapRef", "name").Text())
		}
	}
	for _, volume := range e.Subject.Pod.Spec.Get("volumes").Children() {
		o.searchConfig(e, volume.Get("configMap", "name").Text())
	}
}

func (o *observer) searchConfig(e *Endpoint, name string) {
	config := o.m.index.Find("ConfigMap", e.Namespace, name)
	if name == "" || config == nil {
		return
	}
	for _, value := range config.Root.Get("data").Children() {
		o.search(e, value.Text(), fmt.Sprintf("ConfigMap %s/%s", e.Namespace, name))
	}
}

// search finds hosts in a text. A bare word counts only with a port, behind "://" or alone: names of
// Services are words of the language too.
func (o *observer) search(e *Endpoint, text, where string) {
	if len(text) > longestText {
		text = text[:longestText]
	}
	for _, at := range hostPattern.FindAllStringSubmatchIndex(text, -1) {
		host, port := text[at[2]:at[3]], uint16(0)
		if at[4] >= 0 {
			if number, err := strconv.ParseUint(text[at[4]:at[5]], 10, 16); err == nil {
				port = uint16(number)
			}
		}
		rest, _, _ := strings.Cut(text[at[1]:]+"/", "/")
		if strings.Contains(rest, "@") {
			continue // a user, perhaps with a password
		}
		url := strings.HasSuffix(text[:at[2]], "://") || strings.HasSuffix(text[:at[2]], "@")
		if !o.reference(e, host, port, url || port != 0 || strings.TrimSpace(text) == host, where) && url && !isAddress(host) {
			o.note(e.Namespace, "%s names the host %s (%s), which is no Service seen here: allow it in the intent", e, host, where)
		}
	}
}

// reference notes the connections to a Service that a host names; it reports whether it names one.
// A word without dots counts only where stated as a host.
func (o *observer) reference(e *Endpoint, host string, port uint16, stated bool, where string) bool {
	parts := strings.Split(host, ".")
	namespace := e.Namespace
	if len(parts) > 1 {
		namespace = parts[1]
	} else if !stated {
		return false
	}
	s := o.services[namespace+"/"+parts[0]]
	// web-0.web.shop.svc names a pod of a headless Service.
	if s == nil && len(parts) > 2 {
		s = o.services[parts[2]+"/"+parts[1]]
	}
	if s == nil {
		return false
	}
	for _, t := range o.targets(s, port) {
		if t.endpoint != e {
			o.Flows = append(o.Flows, Flow{From: FlowEnd{Endpoint: e}, To: FlowEnd{Endpoint: t.endpoint}, Port: t.port, Protocol: t.protocol, Why: where})
		}
	}
	return true
}

func isAddress(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}

// token lets pods with the token of a ServiceAccount of their own reach the API server.
func (o *observer) token(e *Endpoint) {
	if e.Subject == nil || e.Subject.Pod == nil || e.ServiceAccount == "default" {
		return
	}
	mounts := e.Subject.Pod.Spec.Get("automountServiceAccountToken")
	if mounts == nil {
		if account := o.m.index.Find("ServiceAccount", e.Namespace, e.ServiceAccount); account != nil {
			mounts = account.Root.Get("automountServiceAccountToken")
		}
	}
	if mounts != nil && !mounts.Bool() {
		return
	}
	servers := o.apiServers()
	if len(servers) == 0 {
		o.note(e.Namespace, "%s holds a token for the API server, whose address is not known here: allow it in the intent", e)
	}
	for _, s := range servers {
		o.Flows = append(o.Flows, Flow{From: FlowEnd{Endpoint: e}, To: FlowEnd{Block: s.block}, Port: s.port, Protocol: "TCP",
			Why: "token of ServiceAccount " + e.ServiceAccount})
	}
}

type apiServer struct {
	block netip.Prefix
	port  uint16
}

// apiServers are the addresses behind the Service default/kubernetes.
func (o *observer) apiServers() []apiServer {
	var all []apiServer
	add := func(address string, ports []*document.Node) {
		a, err := netip.ParseAddr(address)
		for _, p := range ports {
			if number, portErr := readNumber(p.Get("port")); err == nil && portErr == nil {
				all = append(all, apiServer{netip.PrefixFrom(a, a.BitLen()), number})
			}
		}
	}
	if s := o.m.index.Find("Endpoints", "default", "kubernetes"); s != nil {
		for _, subset := range s.Root.Get("subsets").Children() {
			for _, a := range subset.Get("addresses").Children() {
				add(a.Get("ip").Text(), subset.Get("ports").Children())
			}
		}
		return all
	}
	for _, s := range o.m.index.In("EndpointSlice", "default") {
		if s.Labels().Get("kubernetes.io/service-name").Text() != "kubernetes" {
			continue
		}
		for _, e := range s.Root.Get("endpoints").Children() {
			for _, a := range texts(e.Get("addresses")) {
				add(a, s.Root.Get("ports").Children())
			}
		}
	}
	return all
}

package reach

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Endpoint is a workload, or those of its pods whose labels policies tell from the others.
type Endpoint struct {
	Namespace, Kind, Name string
	// Pod is the name of a pod whose labels differ from those of the workload's others; else "".
	Pod string
	// Labels are those of the pods.
	Labels map[string]string
	// Ports are those that the containers declare.
	Ports []ContainerPort
	// HostNetwork pods have the address of their node: policies do not select them, and as peers
	// they are addresses.
	HostNetwork bool
	// Addresses are the pods' own, where they were seen.
	Addresses      []netip.Addr
	ServiceAccount string
	// Subject is the workload; Pods the pods that were seen running.
	Subject *inventory.Subject
	Pods    []*inventory.Subject

	id      int
	space   *space
	single  bool // exactly one pod
	live    bool // labels are those of pods, with all that controllers add
	virtual bool // stands for pods that nobody wrote yet: labels, ports and addresses are open
	// unlabelled is set for a virtual one whose labels are known: it has none.
	unlabelled bool
	ranges     []netip.Prefix
	policies   []selection
}

// ContainerPort is a port that a container declares.
type ContainerPort struct {
	Name     string
	Number   uint16
	Protocol string
	HostPort uint16
}

// String names an endpoint as people write it: "shop/web".
func (e *Endpoint) String() string {
	if e.Pod != "" {
		return e.Namespace + "/" + e.Name + " (pod " + e.Pod + ")"
	}
	return e.Namespace + "/" + e.Name
}

// Place is one end of a connection: an endpoint of the inventory, or else an address.
type Place struct {
	Endpoint *Endpoint
	Address  netip.Addr
	internet bool
}

// String names a place.
func (w Place) String() string {
	switch {
	case w.Endpoint != nil:
		return w.Endpoint.String()
	case w.internet:
		return "internet"
	}
	return w.Address.String()
}

// addedLabels are the labels that controllers add to the pods that they make.
var addedLabels = map[string]bool{
	"pod-template-hash": true, "pod-template-generation": true, "controller-revision-hash": true,
	"statefulset.kubernetes.io/pod-name": true, "apps.kubernetes.io/pod-index": true,
	"controller-uid": true, "job-name": true, "batch.kubernetes.io/controller-uid": true, "batch.kubernetes.io/job-name": true,
	"batch.kubernetes.io/job-completion-index": true, "rollouts-pod-template-hash": true,
}

// Keys that read what is no label of a pod.
const (
	accountKey = "\x00service account"
	clusterKey = "\x00cluster"
)

func (e *Endpoint) label(key string) (string, tri) {
	switch key {
	case accountKey:
		return e.ServiceAccount, either(maybe, sure(!e.virtual))
	case clusterKey:
		return "", maybe
	}
	if value, found := e.Labels[key]; found {
		return value, yes
	}
	if e.virtual && !e.unlabelled || !e.virtual && !e.live && addedLabels[key] {
		return "", maybe
	}
	return "", no
}

func (e *Endpoint) inBlock(block netip.Prefix, except []netip.Prefix) tri {
	if len(e.ranges) == 0 {
		if block.Bits() == 0 && block.Addr().Is4() && len(except) == 0 {
			return yes
		}
		return maybe
	}
	result := inBlock(e.ranges[0], block, except)
	for _, r := range e.ranges[1:] {
		if inBlock(r, block, except) != result {
			return maybe
		}
	}
	return result
}

// readEndpoints makes the endpoints: every workload that nothing else made, and its running pods
// apart where policies can tell them apart.
func (m *Model) readEndpoints() {
	pods := map[*inventory.Subject][]*inventory.Subject{}
	for _, s := range m.index.Kind("Pod") {
		if s.Owner != nil && s.Pod != nil && !ended(s) {
			pods[s.Owner] = append(pods[s.Owner], s)
		}
	}
	found := map[string]*Endpoint{}
	for _, top := range m.index.Tops() {
		switch {
		case top.Kind == "PodTemplate" || top.Kind == "Pod" && ended(top):
		case top.Kind == "Pod":
			m.collapse(found, top, top)
		case len(pods[top]) == 0:
			m.collapse(found, top, nil)
		default:
			for _, pod := range pods[top] {
				m.collapse(found, top, pod)
			}
		}
	}
	for _, e := range found {
		m.Endpoints = append(m.Endpoints, e)
	}
	slices.SortFunc(m.Endpoints, func(a, b *Endpoint) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Pod, b.Pod))
	})
	m.nameVariants()
}

// nameVariants gives endpoints their place, and the second and further ones of a workload the name
// of a pod.
func (m *Model) nameVariants() {
	for i, e := range m.Endpoints {
		e.id = i
		first := i == 0 || !sameWorkload(m.Endpoints[i-1], e)
		last := i+1 == len(m.Endpoints) || !sameWorkload(m.Endpoints[i+1], e)
		if first && last {
			e.Pod = ""
		}
		e.ranges = m.rangesOf(e)
	}
}

func sameWorkload(a, b *Endpoint) bool {
	return a.Namespace == b.Namespace && a.Kind == b.Kind && a.Name == b.Name
}

// ended reports whether a pod runs no more, so that it has no address.
func ended(s *inventory.Subject) bool {
	phase := s.Root.Get("status", "phase").Text()
	return phase == "Succeeded" || phase == "Failed"
}

// collapse adds a pod (or, where none was seen, the template) to the endpoint of its like.
func (m *Model) collapse(found map[string]*Endpoint, top, pod *inventory.Subject) {
	e := m.endpointOf(top, pod)
	key := fmt.Sprintf("%q %q %q %v %v %q", e.Namespace, e.Kind, e.Name, e.HostNetwork, e.Ports, e.ServiceAccount)
	for _, name := range slices.Sorted(maps.Keys(m.named)) {
		if value, has := e.Labels[name]; has {
			key += fmt.Sprintf(" %q=%q", name, value)
		}
	}
	if top.Source.Cluster != "" {
		key += " " + top.Source.Cluster
	}
	first := found[key]
	if first == nil {
		found[key] = e
		return
	}
	first.single = false
	first.Pods = append(first.Pods, e.Pods...)
	first.Addresses = append(first.Addresses, e.Addresses...)
}

func (m *Model) endpointOf(top, pod *inventory.Subject) *Endpoint {
	seen := top
	if pod != nil {
		seen = pod
	}
	e := &Endpoint{Namespace: top.Namespace, Kind: top.Kind, Name: top.Name, Subject: top, Labels: map[string]string{},
		HostNetwork: seen.Pod.Spec.Get("hostNetwork").Bool(), ServiceAccount: cmp.Or(seen.Pod.Spec.Get("serviceAccountName").Text(),
			seen.Pod.Spec.Get("serviceAccount").Text(), "default"),
		space: m.space(top.Namespace), Ports: portsOf(seen.Pod), live: pod != nil, single: top.Kind == "Pod"}
	for _, label := range seen.Pod.Template.Get("metadata", "labels").Children() {
		e.Labels[label.Key()] = label.Text()
	}
	if pod == nil {
		return e
	}
	e.Pod = pod.Name
	if address, err := netip.ParseAddr(pod.Root.Get("status", "podIP").Text()); err == nil {
		e.Addresses = []netip.Addr{address.Unmap()}
	}
	e.Pods = []*inventory.Subject{pod}
	if owner := controllerOf(pod); top == pod && owner.Get("kind").Text() != "" && owner.Get("kind").Text() != "Node" {
		e.Kind, e.Name, e.single = owner.Get("kind").Text(), owner.Get("name").Text(), false
	}
	return e
}

func controllerOf(s *inventory.Subject) *document.Node {
	for _, owner := range s.Root.Get("metadata", "ownerReferences").Children() {
		if owner.Get("controller").Bool() {
			return owner
		}
	}
	return nil
}

// portsOf lists the ports of the containers that keep running, by protocol and number.
func portsOf(pod *inventory.Pod) []ContainerPort {
	var all []ContainerPort
	for _, c := range pod.Containers() {
		if c.Role != inventory.Main && c.Role != inventory.Sidecar {
			continue
		}
		for _, p := range c.Node.Get("ports").Children() {
			number, err := readNumber(p.Get("containerPort"))
			if err != nil {
				continue
			}
			host, _ := readNumber(p.Get("hostPort"))
			all = append(all, ContainerPort{p.Get("name").Text(), number, cmp.Or(p.Get("protocol").Text(), "TCP"), host})
		}
	}
	slices.SortFunc(all, func(a, b ContainerPort) int {
		return cmp.Or(strings.Compare(a.Protocol, b.Protocol), cmp.Compare(a.Number, b.Number), strings.Compare(a.Name, b.Name))
	})
	return slices.Compact(all)
}

// Package mesh judges service meshes: which workloads are in one, whether mutual TLS is strict for
// each, and who may call it. Begin with Of and Workload; every product has a file of its own.
package mesh

import (
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// product is one service mesh.
type product struct {
	title string
	// groups are its API groups: that an object or API of one is seen shows that the mesh is there.
	groups []string
	// kinds are its policies: where a cluster did not show them nothing is said of its workloads.
	kinds []string
	// marked reports whether a namespace or pod is marked for it.
	marked func(labels, annotations *document.Node) bool
	// member tells whether the mesh takes the pods of a workload.
	member func(*Workload) membership
	// plain tells whether a workload in the mesh accepts connections without mutual TLS.
	plain func(*Model, *Workload) answer
	// open tells whether a workload in the mesh can be called by every caller.
	open func(*Model, *Workload) answer
}

// products are the meshes that are known.
var products = []*product{istio, linkerd, consul, kuma}

// membership tells whether a mesh takes the pods of a workload.
type membership struct {
	state state
	why   string // outside: what keeps it out
	// optOut is true if the workload itself says so, not its namespace.
	optOut bool
}

type state int

const (
	outside state = iota
	inside
	unseen // its namespace was not seen
)

// answer is what a policy question gives: a failure, something unknown, or a question that does not
// arise, each with a text, or none of them.
type answer struct {
	fails, unknown, moot bool
	text                 string
}

func fails(text string) answer   { return answer{fails: true, text: text} }
func unknown(text string) answer { return answer{unknown: true, text: text} }

// Workload is a workload that waits for connections, with its place in the mesh.
type Workload struct {
	*inventory.Subject
	Mesh *product // nil if it is in none
	// Membership is that in Mesh, or in the first mesh that was seen.
	membership
	namespace               *inventory.Subject // nil if not seen
	labels, annotations     *document.Node     // of its pods
	nsLabels, nsAnnotations *document.Node
	live                    []*inventory.Subject // its pods in a cluster
}

// Model is the meshes of an inventory and the workloads in them.
type Model struct {
	index     *inventory.Index
	Meshes    []*product
	Workloads []*Workload
	// installed is true if more than marks on single workloads shows a mesh.
	installed bool
}

// Of gives the model of an index, built once.
func Of(index *inventory.Index) *Model { return inventory.Derived(index, "mesh.Of", build) }

func build(index *inventory.Index) *Model {
	m := &Model{index: index}
	for _, p := range products {
		if installed := seen(index, p); installed || slices.ContainsFunc(index.All(), p.marks) {
			m.Meshes = append(m.Meshes, p)
			m.installed = m.installed || installed
		}
	}
	if len(m.Meshes) == 0 {
		return m
	}
	pods := map[*inventory.Subject][]*inventory.Subject{}
	for _, pod := range index.Kind("Pod") {
		if pod.Owner != nil {
			pods[pod.Owner] = append(pods[pod.Owner], pod)
		}
	}
	for _, s := range index.Tops() {
		if listens(s) {
			w := newWorkload(index, s, pods[s])
			w.join(m.Meshes)
			m.Workloads = append(m.Workloads, w)
		}
	}
	return m
}

// listens is false for what runs and ends, which no other program calls, for what no mesh takes,
// and for proxies at the edge of the mesh, which take what comes from outside.
func listens(s *inventory.Subject) bool {
	switch s.Kind {
	case "Job", "CronJob", "PodTemplate":
		return false
	}
	return !s.Pod.Spec.Get("hostNetwork").Bool() && !istioGateway(s.Pod)
}

func newWorkload(index *inventory.Index, s *inventory.Subject, live []*inventory.Subject) *Workload {
	w := &Workload{Subject: s, live: live, namespace: index.Find("Namespace", "", s.Namespace),
		labels: s.Pod.Template.Get("metadata", "labels"), annotations: s.Pod.Template.Get("metadata", "annotations")}
	if w.namespace != nil {
		w.nsLabels, w.nsAnnotations = w.namespace.Labels(), w.namespace.Root.Get("metadata", "annotations")
	}
	return w
}

// join finds the mesh that takes the workload.
func (w *Workload) join(meshes []*product) {
	for i, p := range meshes {
		got := p.member(w)
		if got.state == inside {
			w.Mesh, w.membership = p, got
			return
		}
		if i == 0 || got.state == unseen || got.optOut && w.state == outside {
			w.membership = got
		}
	}
}

// hasContainer reports whether the workload, or what runs of it in the cluster, has a container of
// the name; known is false if nothing of it runs there.
func (w *Workload) hasContainer(name string) (found, known bool) {
	has := func(pod *inventory.Pod) bool {
		return slices.ContainsFunc(pod.Containers(), func(c inventory.Container) bool { return c.Name == name })
	}
	if has(w.Pod) {
		return true, true
	}
	for _, pod := range w.live {
		if pod.Pod != nil && !has(pod.Pod) {
			return false, true
		}
	}
	return len(w.live) > 0, len(w.live) > 0
}

// ports are those that the containers declare.
func (w *Workload) ports() []*document.Node {
	var all []*document.Node
	for _, c := range w.Pod.Containers() {
		if c.Role == inventory.Main || c.Role == inventory.Sidecar {
			all = append(all, c.Node.Get("ports").Children()...)
		}
	}
	return all
}

// String names the workload as messages do.
func (w *Workload) String() string { return w.Kind + " \"" + w.Name + "\"" }

// seen reports whether a mesh shows in an inventory: by its objects or definitions, by the APIs of
// a cluster, or by marks on namespaces.
func seen(index *inventory.Index, p *product) bool {
	for _, s := range index.All() {
		switch {
		case slices.Contains(p.groups, s.Group()),
			s.Kind == "CustomResourceDefinition" && slices.Contains(p.groups, s.Root.Get("spec", "group").Text()),
			s.Kind == inventory.FactCluster && serves(s, p.groups),
			s.Kind == "Namespace" && p.marked(s.Labels(), s.Root.Get("metadata", "annotations")):
			return true
		}
	}
	return false
}

// marks reports whether the pods of a workload are marked for the mesh.
func (p *product) marks(s *inventory.Subject) bool {
	return s.Pod != nil && p.marked(s.Pod.Template.Get("metadata", "labels"), s.Pod.Template.Get("metadata", "annotations"))
}

// serves reports whether the API server of a cluster knows one of the groups.
func serves(cluster *inventory.Subject, groups []string) bool {
	for _, served := range cluster.Root.Get("groups").Children() {
		if group, _, _ := strings.Cut(served.Text(), "/"); slices.Contains(groups, group) {
			return true
		}
	}
	return false
}

// ofGroup lists objects of a kind in a namespace ("" for all) that belong to an API group.
func (m *Model) ofGroup(kind, group, namespace string) []*inventory.Subject {
	all := m.index.Kind(kind)
	if namespace != "" {
		all = m.index.In(kind, namespace)
	}
	var found []*inventory.Subject
	for _, s := range all {
		if s.Group() == group {
			found = append(found, s)
		}
	}
	return found
}

// known reports whether the absence of a mesh-wide policy in a namespace means anything: it was
// read from a cluster, or the files that were given hold something else of that namespace.
func (m *Model) known(w *Workload, namespace string) bool {
	if w.Source.Cluster != "" {
		return true
	}
	return inventory.Derived(m.index, "mesh.namespaces", func(index *inventory.Index) map[string]bool {
		names := map[string]bool{}
		for _, s := range index.All() {
			names[s.Namespace] = true
			if s.Kind == "Namespace" {
				names[s.Name] = true
			}
		}
		return names
	})[namespace]
}

func text(n *document.Node, key string) string { return n.Get(key).Text() }

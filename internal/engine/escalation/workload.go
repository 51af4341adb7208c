package escalation

import (
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/rbac"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// runs reports whether a workload has pods of its own; a PodTemplate only waits to be used.
func runs(s *inventory.Subject) bool { return s.Kind != "PodTemplate" }

// use is the account of a workload, and whether its token is mounted.
type use struct {
	who     rbac.Subject
	mounted bool
	node    *document.Node // the field that names the account, or the pod spec
}

// accountOf applies the API server's rules: the old field counts if the new one is absent, and the
// pod's automountServiceAccountToken stands before the account's.
func (b *builder) accountOf(s *inventory.Subject) use {
	spec := s.Pod.Spec
	u := use{rbac.Subject{Kind: rbac.ServiceAccount, Namespace: s.Namespace, Name: "default"}, true, spec}
	for _, field := range []string{"serviceAccount", "serviceAccountName"} {
		if node := spec.Get(field); node.Text() != "" {
			u.who.Name, u.node = node.Text(), node
		}
	}
	automount := spec.Get("automountServiceAccountToken")
	if automount == nil {
		if account := b.index.Find("ServiceAccount", s.Namespace, u.who.Name); account != nil {
			automount = account.Root.Get("automountServiceAccountToken")
		}
	}
	u.mounted = automount == nil || automount.Kind != document.Bool || automount.Bool()
	if !u.mounted {
		u.mounted = projectsToken(spec)
	}
	return u
}

// projectsToken reports whether the pod mounts a token for the API server by itself.
func projectsToken(spec *document.Node) bool {
	for _, volume := range spec.Get("volumes").Children() {
		for _, source := range volume.Get("projected", "sources").Children() {
			if token := source.Get("serviceAccountToken"); token != nil && token.Get("audience") == nil {
				return true
			}
		}
	}
	return false
}

// workloads adds what every workload leads to: its account, its node, the control plane.
func (b *builder) workloads() {
	b.readNodes()
	for _, s := range b.index.Tops() {
		if !runs(s) {
			continue
		}
		at := Vertex{Kind: Workload, Object: s}
		b.add(Vertex{Kind: RunningPods, Namespace: s.Namespace}, at, podOf, "", "")
		u := b.accountOf(s)
		if u.mounted {
			b.add(at, Vertex{Kind: Actor, Who: u.who}, mountedToken, "", "", b.cause(Cause{Object: s, Node: u.node}))
		}
		if escape := escapeOf(s); escape.node != nil {
			b.escape(at, u, escape)
		}
		if isControlPlane(s) {
			b.add(at, Vertex{Kind: Admin}, controlPlane, "", "")
		}
	}
}

func (b *builder) escape(at Vertex, u use, e escape) {
	cause := b.cause(Cause{Object: at.Object, Node: e.node})
	for _, node := range b.nodesOf[at.Object] {
		b.add(at, Vertex{Kind: Node, Name: node}, escapes, e.detail, e.maybe, cause)
	}
	if len(b.nodesOf[at.Object]) == 0 {
		b.add(at, Vertex{Kind: SomeNode}, escapes, e.detail, e.maybe, cause)
	}
	if u.mounted {
		if change, remove := b.steals(u.who); change != nil {
			b.add(at, Vertex{Kind: RunningPods}, stealPod, e.detail, e.maybe, cause, b.byGrant(change), b.byGrant(remove))
		}
	}
}

// steals gives the grants by which an account may drive pods from node to node; nil if it may not.
func (b *builder) steals(who rbac.Subject) (change, remove *rbac.Grant) {
	for _, grant := range b.Access.GrantsOf(who) {
		if grant.Role == nil || grant.Refused != "" {
			continue
		}
		r := b.roleRights(grant.Role)
		if grant.Namespace == "" && r.whole[nodesWrite] != "" && change == nil {
			change = grant
		}
		if r.whole[podsRemove] != "" && remove == nil {
			remove = grant
		}
	}
	if change == nil || remove == nil {
		return nil, nil
	}
	return change, remove
}

// isControlPlane reports whether a workload is a part of the control plane that runs as a static pod.
func isControlPlane(s *inventory.Subject) bool {
	if s.Kind != "Pod" || s.Namespace != "kube-system" {
		return false
	}
	if s.Annotation("kubernetes.io/config.mirror") == "" && s.Labels().Get("tier").Text() != "control-plane" {
		return false
	}
	component := s.Labels().Get("component").Text()
	return slices.ContainsFunc([]string{"kube-apiserver", "kube-controller-manager", "etcd"}, func(name string) bool {
		return component == name || strings.HasPrefix(s.Name, name+"-")
	})
}

// readNodes notes where the pods of every workload run.
func (b *builder) readNodes() {
	b.nodesOf = map[*inventory.Subject][]string{}
	for _, pod := range b.index.Kind("Pod") {
		if node := pod.Root.Get("spec", "nodeName").Text(); node != "" && !slices.Contains(b.nodesOf[top(pod)], node) {
			b.nodesOf[top(pod)] = append(b.nodesOf[top(pod)], node)
		}
	}
}

// top is the workload that a pod belongs to.
func top(pod *inventory.Subject) *inventory.Subject {
	if pod.Owner != nil {
		return pod.Owner
	}
	return pod
}

// podsNamed lists the pods of a name where a right of a scope holds.
func (b *builder) podsNamed(namespace, name string) []*inventory.Subject {
	var all []*inventory.Subject
	for _, at := range b.within(namespace) {
		if pod := b.index.Find("Pod", at, name); pod != nil {
			all = append(all, pod)
		}
	}
	return all
}

// nodes adds what root on nodes leads to: the workloads that run there, and the control plane.
func (b *builder) nodes() {
	every := Vertex{Kind: EveryNode}
	b.add(every, Vertex{Kind: RunningPods}, runsOn, "", "")
	for _, s := range b.index.Tops() {
		if !runs(s) {
			continue
		}
		for _, node := range b.nodesOf[s] {
			if _, known := b.Find(Vertex{Kind: Node, Name: node}); known {
				b.add(Vertex{Kind: Node, Name: node}, Vertex{Kind: Workload, Object: s}, runsOn, "", "")
			}
		}
		if len(b.nodesOf[s]) == 0 && s.Kind == "DaemonSet" && s.Pod.Spec.Get("nodeSelector") == nil && s.Pod.Spec.Get("affinity") == nil {
			b.add(Vertex{Kind: SomeNode}, Vertex{Kind: Workload, Object: s}, runsOn, "", "")
		}
	}
	for _, s := range b.index.Kind("Node") {
		if !holdsControlPlane(s) {
			continue
		}
		b.add(every, Vertex{Kind: Admin}, controlPlane, s.Name, "")
		if at := (Vertex{Kind: Node, Name: s.Name}); b.known(at) {
			b.add(at, Vertex{Kind: Admin}, controlPlane, s.Name, "")
		}
	}
}

func (b *builder) known(v Vertex) bool {
	_, known := b.Find(v)
	return known
}

func holdsControlPlane(node *inventory.Subject) bool {
	return slices.ContainsFunc([]string{"control-plane", "controlplane", "master", "etcd"}, func(role string) bool {
		return node.Labels().Get("node-role.kubernetes.io/"+role) != nil
	})
}

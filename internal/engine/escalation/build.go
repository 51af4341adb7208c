package escalation

import (
	"slices"
	"strconv"

	"github.com/kubeproof/kubeproof/internal/engine/rbac"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// builder adds the edges of one part of the inventory after the other to a graph.
type builder struct {
	*Graph
	index *inventory.Index
	inv   *inventory.Inventory
	// minor is the release 1.minor of the cluster; 0 if unknown.
	minor    int
	platform platform
	// namespaces are all that exist, as far as is known; accounts the service accounts that do.
	namespaces []string
	accounts   map[string][]rbac.Subject // by namespace
	engine     string                    // a policy engine that may refuse pods; "" if none was seen
	rights     map[*rbac.Role]*roleRights
	nodesOf    map[*inventory.Subject][]string // where pods of a workload run
	// controllersOf are the accounts of controllers that act for others.
	controllersOf map[*controller][]rbac.Subject
}

// platform is what changes the meaning of rights.
type platform struct {
	openShift, eks, k3s, rancher bool
}

func build(index *inventory.Index, inv *inventory.Inventory) *Graph {
	b := &builder{Graph: &Graph{Access: rbac.Of(index), place: map[Vertex]int32{}, causeOf: map[causeKey]int32{},
		exposed: map[int32]string{}, existing: map[rbac.Subject]bool{}}, index: index, inv: inv,
		accounts: map[string][]rbac.Subject{}, rights: map[*rbac.Role]*roleRights{}, controllersOf: map[*controller][]rbac.Subject{}}
	b.vertex(Vertex{Kind: Admin})
	b.readCluster()
	b.readNamespaces()
	b.readAccounts()
	for _, who := range b.actors() {
		b.actor(who)
	}
	b.identities()
	b.places()
	b.workloads()
	b.nodes()
	b.publish()
	b.out = adjacencyOf(len(b.Vertices), b.Edges, func(e *Edge) int32 { return e.From })
	b.in = adjacencyOf(len(b.Vertices), b.Edges, func(e *Edge) int32 { return e.To })
	return b.Graph
}

// readCluster learns the release and the platform from the facts and objects that tell them.
func (b *builder) readCluster() {
	for _, s := range b.index.Kind(inventory.FactCluster) {
		b.minor, _ = strconv.Atoi(s.Root.Get("version", "minor").Text())
		switch name := s.Root.Get("platform", "name").Text(); name {
		case "OpenShift":
			b.platform.openShift = true
		case "EKS":
			b.platform.eks = true
		case "k3s", "K3s", "RKE2":
			b.platform.k3s = true
		}
	}
	b.platform.openShift = b.platform.openShift || len(b.index.Kind("SecurityContextConstraints")) > 0
	b.platform.eks = b.platform.eks || b.index.Find("ConfigMap", "kube-system", "aws-auth") != nil
	b.platform.k3s = b.platform.k3s || b.index.Find("CustomResourceDefinition", "", "helmcharts.helm.cattle.io") != nil
	b.platform.rancher = b.index.Find("CustomResourceDefinition", "", "globalrolebindings.management.cattle.io") != nil ||
		b.index.Find("Namespace", "", "cattle-system") != nil
	b.live = slices.ContainsFunc(b.Access.Grants, func(g *rbac.Grant) bool { return g.Binding.Source.Cluster != "" })
	b.engine = b.policyEngine()
}

// policyKinds are objects of policy engines that may refuse a privileged pod.
var policyKinds = []struct{ kind, engine string }{
	{"ValidatingAdmissionPolicyBinding", "a ValidatingAdmissionPolicy"}, {"ClusterPolicy", "a policy of Kyverno"}, {"Policy", "a policy of Kyverno"},
	{"ValidatingPolicy", "a policy of Kyverno"}, {"ConstraintTemplate", "a constraint of Gatekeeper"},
	{"ClusterAdmissionPolicy", "a policy of Kubewarden"}, {"AdmissionPolicy", "a policy of Kubewarden"},
}

func (b *builder) policyEngine() string {
	for _, known := range policyKinds {
		if len(b.index.Kind(known.kind)) > 0 {
			return known.engine
		}
	}
	for _, s := range b.index.Kind(inventory.FactAPIServer) {
		if s.Root.Get("flags", "admission-control-config-file") != nil {
			return "the configured default of the PodSecurity plugin"
		}
	}
	return ""
}

// readNamespaces lists the namespaces. Files seldom hold those that they are applied to, so there
// every namespace counts that an object names, and kube-system always.
func (b *builder) readNamespaces() {
	seen := map[string]bool{}
	note := func(name string) {
		if name != "" && !seen[name] {
			seen[name] = true
			b.namespaces = append(b.namespaces, name)
		}
	}
	for _, s := range b.index.Kind("Namespace") {
		note(s.Name)
	}
	note("kube-system")
	if b.live && len(b.index.Kind("Namespace")) > 0 {
		return
	}
	for _, s := range b.index.Tops() {
		note(s.Namespace)
	}
	for _, kind := range []string{"ServiceAccount", "RoleBinding", "Role"} {
		for _, s := range b.index.Kind(kind) {
			note(s.Namespace)
		}
	}
}

// readAccounts lists the service accounts that exist. Where a cluster showed its accounts, one
// that only a binding names does not.
func (b *builder) readAccounts() {
	note := func(who rbac.Subject) {
		if !b.existing[who] {
			b.existing[who] = true
			b.accounts[who.Namespace] = append(b.accounts[who.Namespace], who)
		}
	}
	for _, s := range b.index.Kind("ServiceAccount") {
		note(rbac.Subject{Kind: rbac.ServiceAccount, Namespace: s.Namespace, Name: s.Name})
	}
	for _, s := range b.index.Tops() {
		if runs(s) {
			note(b.accountOf(s).who)
		}
	}
	shown := b.live && len(b.index.Kind("ServiceAccount")) > 0
	for _, who := range b.Access.Subjects() {
		if who = who.Canonical(); who.Kind == rbac.ServiceAccount && !shown {
			note(who)
		}
	}
}

// actors lists all subjects, those of bindings first.
func (b *builder) actors() []rbac.Subject {
	var all []rbac.Subject
	seen := map[rbac.Subject]bool{}
	note := func(who rbac.Subject) {
		if who = who.Canonical(); !seen[who] {
			seen[who] = true
			all = append(all, who)
		}
	}
	for _, who := range b.Access.Subjects() {
		note(who)
	}
	for _, namespace := range b.namespaces {
		for _, who := range b.accounts[namespace] {
			note(who)
		}
	}
	note(rbac.Subject{Kind: rbac.User, Name: "system:anonymous"})
	return all
}

func (b *builder) roleRights(role *rbac.Role) *roleRights {
	known := b.rights[role]
	if known == nil {
		known = rightsOf(role)
		b.rights[role] = known
	}
	return known
}

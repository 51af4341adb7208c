package escalation

import "github.com/kubeproof/kubeproof/internal/engine/rbac"

// everybody are the groups, and the user, that need no account or any one.
var everybody = []rbac.Subject{
	{Kind: rbac.User, Name: "system:anonymous"},
	{Kind: rbac.Group, Name: "system:unauthenticated"},
	{Kind: rbac.Group, Name: "system:authenticated"},
	{Kind: rbac.Group, Name: "system:serviceaccounts"},
}

// Starts lists the subjects from which ways are looked for: all that are not the control plane's,
// the nodes' or the platform's own, and that exist. Administrators are among them.
func (g *Graph) Starts() []int32 {
	var all []int32
	for at, v := range g.Vertices {
		if v.Kind != Actor || v.Who.Origin().Foreign() || v.Who.Kind == rbac.ServiceAccount && !g.existing[v.Who] {
			continue
		}
		all = append(all, int32(at))
	}
	return all
}

// Workloads lists the workloads, from which ways may begin too.
func (g *Graph) Workloads() []int32 {
	var all []int32
	for at, v := range g.Vertices {
		if v.Kind == Workload {
			all = append(all, int32(at))
		}
	}
	return all
}

// Everybody lists who stands for everybody: anonymous and authenticated clients, and every pod.
func (g *Graph) Everybody() []int32 {
	var all []int32
	for _, who := range everybody {
		if at, known := g.Find(Vertex{Kind: Actor, Who: who}); known {
			all = append(all, at)
		}
	}
	return all
}

// Direct reports whether the path is no escalation: its start is an administrator by a binding, or
// was given the Secrets outright.
func (g *Graph) Direct(p Path) bool {
	if len(p.Steps) == 0 {
		return true
	}
	for _, edge := range p.Steps[0].Edges {
		kind := g.Edges[edge].Kind
		if kind == bound || kind == readSecrets && len(p.Steps) == 1 {
			return true
		}
	}
	return false
}

// firstGrant gives the first edge of the path that a binding gives, and this binding.
func (g *Graph) firstGrant(p Path) (*Edge, *rbac.Grant) {
	for _, number := range p.Edges() {
		edge := &g.Edges[number]
		if edge.causes[0] != noCause && g.Causes[edge.causes[0]].Grant != nil {
			return edge, g.Causes[edge.causes[0]].Grant
		}
	}
	return nil, nil
}

package escalation

import (
	"github.com/kubeproof/kubeproof/internal/engine/rbac"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// VertexKind tells what a vertex stands for.
type VertexKind uint8

// The kinds of vertices. Those with a namespace stand for the whole cluster where it is "".
const (
	// Actor is a user, a group or a service account: Who.
	Actor VertexKind = iota
	// Workload is code that runs: Object, at the top of its owners.
	Workload
	// NewPod is a pod of the attacker's own making in Namespace.
	NewPod
	// RunningPods are all pods that run in Namespace.
	RunningPods
	// Tokens is the identity of any service account of Namespace, at choice.
	Tokens
	// Secrets are all Secrets of Namespace.
	Secrets
	// Namespace is every right in Namespace.
	Namespace
	// RoleHolder is somebody with the rights of the role Object in Namespace.
	RoleHolder
	// AnyUser is any user at choice, AnyIdentity any user or group but system:masters.
	AnyUser
	AnyIdentity
	// Node is root on the node Name, SomeNode on one that is not known by name, EveryNode on any
	// node at choice.
	Node
	SomeNode
	EveryNode
	// Admin may do everything in the cluster.
	Admin
)

// Vertex is something that an attacker can be or have.
type Vertex struct {
	Kind            VertexKind
	Who             rbac.Subject
	Namespace, Name string
	Object          *inventory.Subject
}

// String names the vertex as paths do.
func (v Vertex) String() string {
	switch v.Kind {
	case Actor:
		return v.Who.String()
	case Workload:
		return v.Object.Kind + " " + v.Object.Namespace + "/" + v.Object.Name
	case NewPod:
		return "a new pod" + in(v.Namespace)
	case RunningPods:
		return "the running pods" + in(v.Namespace)
	case Tokens:
		return "any ServiceAccount" + in(v.Namespace)
	case Secrets:
		return "the Secrets" + in(v.Namespace)
	case Namespace:
		return "every right" + in(v.Namespace)
	case RoleHolder:
		if v.Name != "" {
			return "what " + v.Object.Kind + " " + v.Object.Name + " lets be done " + v.Name
		}
		return "the rights of " + v.Object.Kind + " " + v.Object.Name + in(v.Namespace)
	case AnyUser:
		return "any user"
	case AnyIdentity:
		return "any user or group but system:masters"
	case Node:
		return "root on node " + v.Name
	case SomeNode:
		return "root on a node"
	case EveryNode:
		return "root on any node"
	}
	return "cluster-admin"
}

// in says where: " in namespace shop", " in every namespace".
func in(namespace string) string {
	if namespace == "" {
		return " in every namespace"
	}
	return " in namespace " + namespace
}

// Goal is what an attacker wants.
type Goal string

// The goals.
const (
	ToClusterAdmin Goal = "admin"
	ToNodeRoot     Goal = "node"
	ToAllSecrets   Goal = "secrets"
)

// Goals are all goals, worst first.
var Goals = []Goal{ToClusterAdmin, ToNodeRoot, ToAllSecrets}

// String says what reaching the goal means.
func (g Goal) String() string {
	switch g {
	case ToClusterAdmin:
		return "become cluster-admin"
	case ToNodeRoot:
		return "become root on a node"
	}
	return "read every Secret of the cluster"
}

// reachedAt reports whether a vertex is the goal.
func (g Goal) reachedAt(v Vertex) bool {
	switch g {
	case ToClusterAdmin:
		return v.Kind == Admin
	case ToNodeRoot:
		return v.Kind == Node || v.Kind == SomeNode || v.Kind == EveryNode
	}
	return v.Kind == Secrets && v.Namespace == ""
}

package rbac

import (
	"strings"

	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Maker tells whose work a role, a binding or a subject is.
type Maker string

// The makers. Only Own and Drifted are the work of those who run the cluster.
const (
	// BuiltIn is what Kubernetes itself makes, with no more rights than it gives by default.
	BuiltIn Maker = "built-in"
	// Vendor is what the platform brings: EKS, GKE, AKS, OpenShift, kubeadm, k3s...
	Vendor Maker = "vendor"
	// ThirdParty is what a known add-on brings: a network plugin, a DNS server, an operator.
	ThirdParty Maker = "third-party"
	// Drifted bears the name of something built-in, but somebody gave it more.
	Drifted Maker = "drifted"
	// Own is everything else.
	Own Maker = "own"
)

// Origin is a maker with what else is to be known, in words: why it drifted, whose it is.
type Origin struct {
	Maker Maker
	Note  string
}

// Foreign reports whether the cluster's owners neither wrote nor changed it.
func (o Origin) Foreign() bool { return o.Maker != Own && o.Maker != Drifted }

// Origin tells whose work a Role, ClusterRole, RoleBinding or ClusterRoleBinding is.
func (m *Model) Origin(object *inventory.Subject) Origin {
	if object.Labels().Get("kubernetes.io/bootstrapping").Text() == "rbac-defaults" {
		return Origin{Maker: BuiltIn}
	}
	return platformOf(object.Name)
}

// Origin tells whose a subject is: the control plane's and the nodes' are built-in.
func (s Subject) Origin() Origin {
	if s.Kind != ServiceAccount && strings.HasPrefix(s.Name, "system:") {
		return Origin{Maker: BuiltIn}
	}
	if s.Kind == ServiceAccount && s.Namespace == "kube-system" && strings.HasSuffix(s.Name, "-controller") {
		return Origin{Maker: BuiltIn}
	}
	return platformOf(s.Name)
}

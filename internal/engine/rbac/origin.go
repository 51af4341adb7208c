package rbac

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/engine/rbac/builtin"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Maker tells whose work a role, a binding or a subject is.
type Maker string

// The makers. Only Own and Drifted are the work of those who run the cluster.
const (
	// BuiltIn is what Kubernetes itself makes, with no more rights than one of its releases gives.
	BuiltIn Maker = "built-in"
	// Vendor is what the platform brings: EKS, GKE, AKS, OpenShift, kubeadm, k3s...
	Vendor Maker = "vendor"
	// ThirdParty is what a known add-on brings: a network plugin, a DNS server, an operator. Its
	// owners did not write it, but they chose it and answer for its rights.
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

// Foreign reports whether it came with the cluster, and nobody who runs it chose or changed it:
// built-in or the vendor's.
func (o Origin) Foreign() bool { return o.Maker == BuiltIn || o.Maker == Vendor }

// Origin tells whose work a Role, ClusterRole, RoleBinding or ClusterRoleBinding is. Names alone
// prove nothing for Kubernetes' own: rights and subjects are compared with the defaults of all
// releases that are known.
func (m *Model) Origin(object *inventory.Subject) Origin {
	if known, ok := m.origins.Load(object); ok {
		return known.(Origin)
	}
	origin := m.originOf(object)
	m.origins.Store(object, origin)
	return origin
}

func (m *Model) originOf(object *inventory.Subject) Origin {
	standard := builtin.Find(object.Kind, object.Namespace, object.Name)
	switch {
	case standard == nil && m.unknownRelease() && byBootstrap(object):
		return Origin{BuiltIn, fmt.Sprintf("by its label: the defaults of Kubernetes 1.%d are not known", m.minor)}
	case standard == nil && strings.HasSuffix(object.Kind, "Binding"):
		return vendorBinding(object)
	case standard == nil:
		return madeBy(object.Namespace, object.Name)
	}
	var added []string
	if standard.RoleKind != "" {
		added = addedToBinding(standard, object)
	} else {
		added = m.addedToRole(standard, object)
	}
	switch {
	case len(added) > 0 && m.unknownRelease():
		return Origin{BuiltIn, fmt.Sprintf("has more than the known defaults: %s; those of Kubernetes 1.%d are not known", fewOf(added), m.minor)}
	case len(added) > 0:
		return Origin{Drifted, "somebody added " + fewOf(added)}
	}
	return Origin{BuiltIn, m.alsoCollects(standard, object)}
}

// unknownRelease reports whether the cluster says to be of a release that is not in the table.
func (m *Model) unknownRelease() bool {
	return m.minor != 0 && (m.minor < builtin.Oldest || m.minor > builtin.Newest)
}

func byBootstrap(object *inventory.Subject) bool {
	return object.Labels().Get("kubernetes.io/bootstrapping").Text() == "rbac-defaults"
}

// vendorBinding tells whose a binding is. A vendor's name does not count where it gives rights to
// somebody who is not of the cluster.
func vendorBinding(object *inventory.Subject) Origin {
	origin := madeBy(object.Namespace, object.Name)
	for _, node := range object.Root.Get("subjects").Children() {
		if who := subjectOf(node, object.Namespace); origin.Maker == Vendor && who.Origin().Maker == Own && who.Kind != ServiceAccount {
			return Origin{Own, fmt.Sprintf("%s, but gives rights to %s", origin.Note, who)}
		}
	}
	return origin
}

// Origin tells whose a subject is: the control plane's, the nodes' and what the API server gives
// by itself is built-in.
func (s Subject) Origin() Origin {
	s = s.Canonical()
	switch {
	case s.Kind != ServiceAccount && strings.HasPrefix(s.Name, "system:"):
		return Origin{Maker: BuiltIn}
	case s.Kind != ServiceAccount:
		return platformOf(s.Name)
	case slices.Contains(systemAccounts(), s):
		return Origin{Maker: BuiltIn}
	}
	return madeBy(s.Namespace, s.Name)
}

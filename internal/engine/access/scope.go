package access

import (
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/engine/rbac"
)

// system is the namespace whose objects run the cluster: what is held there is as good as held
// everywhere.
const system = "kube-system"

// clusterScoped are resources that live in no namespace: a RoleBinding gives no right to them,
// whatever its role says. Of foreign groups only those are known that the catalogue asks for.
var clusterScoped = strings.Fields(`
	nodes nodes/proxy nodes/status nodes/log nodes/checkpoint nodes/metrics nodes/stats persistentvolumes users groups uids
	clusterroles clusterrolebindings tokenreviews subjectaccessreviews selfsubjectreviews
	certificatesigningrequests certificatesigningrequests/approval certificatesigningrequests/status signers clustertrustbundles
	mutatingwebhookconfigurations validatingwebhookconfigurations validatingadmissionpolicies validatingadmissionpolicybindings
	mutatingadmissionpolicies mutatingadmissionpolicybindings apiservices customresourcedefinitions
	storageclasses csidrivers csinodes volumeattachments volumesnapshotcontents runtimeclasses priorityclasses
	flowschemas prioritylevelconfigurations ingressclasses gatewayclasses podsecuritypolicies
	clusternetworkpolicies adminnetworkpolicies baselineadminnetworkpolicies
	ciliumclusterwidenetworkpolicies globalnetworkpolicies felixconfigurations tiers
	clusterpolicies constrainttemplates clustersecretstores clusterexternalsecrets clusterissuers
	securitycontextconstraints machineconfigs identities oauthaccesstokens oauthclients globalrolebindings`)

// here gives what is left of a right where a binding gives it; false if nothing is.
func (h held) here(g *rbac.Grant) (held, bool) {
	if !h.right.holdsIn(g.Namespace) {
		return h, false
	}
	if g.Namespace == "" {
		return h, true
	}
	if slices.Contains(h.verbs, "bind") || slices.Contains(h.verbs, "use") {
		return h, true // asked in the namespace of the binding or pod, though what is named lies in none
	}
	name, _, _ := strings.Cut(h.resource, ".")
	if name == "namespaces" { // the request to change a namespace counts as one in it
		h.verbs = slices.DeleteFunc(slices.Clone(h.verbs), func(verb string) bool { return verb == "create" })
		return h, len(h.verbs) > 0
	}
	return h, !strings.HasPrefix(h.resource, "/") && !slices.Contains(clusterScoped, name)
}

// allHere gives what is left of several rights.
func allHere(what []held, g *rbac.Grant) []held {
	var left []held
	for _, h := range what {
		if h, reaches := h.here(g); reaches {
			left = append(left, h)
		}
	}
	return left
}

// The values of the parameter scope.
const (
	scopeCluster   = "cluster"
	scopeNamespace = "namespace"
)

// inScope reports whether a control with that scope judges a grant. What holds in kube-system
// counts as held in the whole cluster.
func inScope(scope string, g *rbac.Grant) bool {
	wide := g.Namespace == "" || g.Namespace == system
	switch scope {
	case scopeCluster:
		return wide
	case scopeNamespace:
		return !wide
	}
	return true
}

// overlap reports whether rights of both grants hold in one place.
func overlap(a, b *rbac.Grant) bool {
	return a.Namespace == "" || b.Namespace == "" || a.Namespace == b.Namespace
}

package escalation

import (
	"slices"

	"github.com/kubeproof/kubeproof/internal/engine/rbac"
)

// both adds an edge that two or three rights give together, unless all of them come from groups
// that have the edge themselves.
func (b *builder) both(from, to Vertex, kind Kind, maybe string, rights ...held) bool {
	var details []string
	var causes []int32
	own := false
	for _, has := range rights {
		if has.grant == nil {
			return false
		}
		own = own || has.own
		details = append(details, where(has.detail, has.grant.Namespace, has.grant.Namespace == ""))
		if cause := b.byGrant(has.grant); len(causes) < 3 && !slices.Contains(causes, cause) {
			causes = append(causes, cause)
		}
	}
	if own {
		b.add(from, to, kind, combine(details...), maybe, causes...)
	}
	return own
}

// either is the first of the rights that is held.
func either(rights ...held) held {
	for _, has := range rights {
		if has.grant != nil {
			return has
		}
	}
	return held{}
}

// combined adds what several rights give together in one namespace, or in all.
func (b *builder) combined(h *holder, namespace string) {
	has := func(r right) held { return h.has(r, namespace) }
	b.both(h.at, Vertex{Kind: Tokens, Namespace: namespace}, forgeToken, "", has(secretsCreate), either(has(secretsRead), has(secretsPatch)))
	b.both(h.at, Vertex{Kind: Namespace, Namespace: namespace}, bindRole, "", has(roleBindingsWrite), has(clusterRolesBind))
	if namespace != "" && has(clusterRolesBind).grant == nil {
		b.bindRoles(h, namespace)
	}
	makesPods := either(has(podsCreate), has(controllersWrite))
	if slices.ContainsFunc(b.within(namespace), b.takesVolumes) {
		b.both(h.at, Vertex{Kind: EveryNode}, hostVolume, "", h.has(volumesWrite, ""), has(claimsCreate), makesPods)
	}
	b.lowerPodSecurity(h, namespace, makesPods)
	if b.platform.openShift {
		b.both(h.at, Vertex{Kind: EveryNode}, useSCC, "", either(has(sccUse), h.has(sccWrite, ""), h.openSCC(namespace)), makesPods)
	}
	if namespace != "" {
		b.escalateRoles(h, namespace)
	}
	b.systemConfig(h, namespace)
}

// takesVolumes reports whether root in a pod of the namespace may read what a volume holds.
func (b *builder) takesVolumes(namespace string) bool {
	level := b.podSecurity(namespace)
	return level != restricted && level != absent
}

// openSCCs are the constraints of OpenShift itself that let a pod reach its node.
var openSCCs = []string{"privileged", "hostaccess", "hostmount-anyuid", "hostmount-anyuid-v2", "node-exporter"}

func (h *holder) openSCC(namespace string) held {
	for _, n := range h.named {
		if n.right == sccUse && slices.Contains(openSCCs, n.name) && (n.namespace == "" || n.namespace == namespace) {
			return n.held
		}
	}
	return held{}
}

// lowerPodSecurity looks for a namespace that refuses privileged pods and whose labels may be changed.
func (b *builder) lowerPodSecurity(h *holder, namespace string, makesPods held) {
	if makesPods.grant == nil || b.platform.openShift {
		return
	}
	for _, at := range b.within(namespace) {
		if level := b.podSecurity(at); level != baseline && level != restricted {
			continue
		}
		change := h.has(namespacesWrite, at)
		for _, n := range h.named {
			if change.grant == nil && n.right == namespacesWrite && n.name == at && (n.namespace == "" || n.namespace == at) {
				change = n.held
			}
		}
		if b.both(h.at, Vertex{Kind: EveryNode}, lowerPodSecurity, b.doubt(), change, makesPods) {
			return
		}
	}
}

// bindRoles adds the Roles of a namespace to who may bind any of them.
func (b *builder) bindRoles(h *holder, namespace string) {
	for _, role := range b.index.In("Role", namespace) {
		b.bind(h, role.Kind, namespace, role.Name, h.has(roleBindingsWrite, namespace), h.has(rolesBind, namespace))
	}
}

// bindNamed adds the one role that may be bound.
func (b *builder) bindNamed(h *holder, n heldName) {
	if n.right == rolesBind {
		if n.namespace != "" {
			b.bind(h, "Role", n.namespace, n.name, h.has(roleBindingsWrite, n.namespace), n.held)
		}
		return
	}
	if n.namespace == "" && h.has(clusterRoleBindingsWrite, "").grant != nil {
		b.bind(h, "ClusterRole", "", n.name, h.has(clusterRoleBindingsWrite, ""), n.held)
		return
	}
	for _, namespace := range h.order {
		if n.namespace == "" || n.namespace == namespace {
			b.bind(h, "ClusterRole", namespace, n.name, h.has(roleBindingsWrite, namespace), n.held)
		}
	}
}

// bind adds the rights of a role for a holder who may bind it in a place.
func (b *builder) bind(h *holder, kind, namespace, name string, write, bind held) {
	if write.grant == nil || bind.grant == nil {
		return
	}
	if holder, seen := b.roleHolder(kind, namespace, name); seen {
		b.both(h.at, holder, bindRole, "", write, bind)
	}
}

// roleHolder gives the vertex of whoever is bound to a role in a place, with what the role gives
// there; false if the role was not seen.
func (b *builder) roleHolder(kind, namespace, name string) (Vertex, bool) {
	within := ""
	if kind == "Role" {
		within = namespace
	}
	object := b.index.Find(kind, within, name)
	role := b.Access.RoleOf(object)
	switch {
	case role == nil:
		return wholly(namespace), kind == "ClusterRole" && name == "cluster-admin"
	case b.roleRights(role).whole[everything] != "":
		return wholly(namespace), true
	}
	at := Vertex{Kind: RoleHolder, Namespace: namespace, Object: object}
	if _, known := b.Find(at); !known {
		b.vertex(at)
		grant := &rbac.Grant{Binding: object, Role: role, RoleKind: kind, RoleName: name, Namespace: namespace}
		h := &holder{at: at, scopes: map[string]*[rights]held{}}
		b.take(h, grant, true)
		b.hold(h)
	}
	return at, true
}

func wholly(namespace string) Vertex {
	if namespace == "" {
		return Vertex{Kind: Admin}
	}
	return Vertex{Kind: Namespace, Namespace: namespace}
}

// escalateRoles adds namespaces whose Roles the holder may fill with any rule: one that is bound to
// the holder must be among them.
func (b *builder) escalateRoles(h *holder, namespace string) {
	for _, grant := range h.grants {
		if grant.RoleKind == "Role" && grant.Namespace == namespace {
			b.both(h.at, Vertex{Kind: Namespace, Namespace: namespace}, escalateRole, "", h.has(rolesWrite, namespace), h.has(rolesEscalate, namespace))
			return
		}
	}
}

// escalateNamed adds a ClusterRole that the holder is bound to and may fill with any rule.
func (b *builder) escalateNamed(h *holder, n heldName) {
	escalate := h.has(clusterRolesEscalate, "")
	for _, other := range h.named {
		if other.right == clusterRolesEscalate && other.name == n.name && other.namespace == "" {
			escalate = other.held
		}
	}
	for _, grant := range h.grants {
		if n.namespace == "" && grant.RoleKind == "ClusterRole" && grant.RoleName == n.name {
			b.both(h.at, wholly(grant.Namespace), escalateRole, "", n.held, escalate)
		}
	}
}

// wholeCluster adds what rights to cluster-scoped resources give together.
func (b *builder) wholeCluster(h *holder) {
	if h.scopes[""] == nil {
		return
	}
	has := func(r right) held { return h.has(r, "") }
	admin := Vertex{Kind: Admin}
	b.both(h.at, admin, bindRole, "", has(clusterRoleBindingsWrite), has(clusterRolesBind))
	b.both(h.at, admin, escalateRole, "", has(clusterRolesWrite), has(clusterRolesEscalate))
	for _, grant := range h.grants {
		if grant.RoleKind == "ClusterRole" && grant.Role.Object.Root.Get("aggregationRule") != nil {
			b.both(h.at, wholly(grant.Namespace), escalateRole, "", has(clusterRolesCreate), has(clusterRolesEscalate))
		}
	}
	b.both(h.at, admin, impersonate, "", has(groupsImpersonate), h.wearer())
	b.both(h.at, Vertex{Kind: AnyIdentity}, signCertificate, "", has(requestsCreate), has(requestsApprove), either(has(signersApprove), h.clientSigner()))
	if b.minor == 0 || b.minor >= 36 {
		maybe := ""
		if b.minor == 0 {
			maybe = "the cluster is Kubernetes 1.36 or newer"
		}
		b.both(h.at, admin, mutateObjects, maybe, has(mutatingPoliciesWrite))
		b.both(h.at, admin, mutateObjects, maybe, has(mutatingPoliciesCreate), has(mutatingBindingsCreate))
	}
	b.both(h.at, admin, takeAPI, "an API that administrators use is taken over before the API server puts it back", has(apiServicesWrite))
	if b.platform.openShift {
		b.both(h.at, Vertex{Kind: EveryNode}, platformRight, "", has(machineConfigsWrite))
		b.both(h.at, Vertex{Kind: AnyIdentity}, platformRight, "", has(openShiftIdentitiesWrite))
	}
	if b.platform.rancher {
		b.both(h.at, admin, platformRight, "", has(rancherBindingsWrite))
	}
}

// clientSigner is the right to approve for the signer of client certificates by its name.
func (h *holder) clientSigner() held {
	for _, n := range h.named {
		if n.right == signersApprove && n.namespace == "" && (n.name == "kubernetes.io/kube-apiserver-client" || n.name == "kubernetes.io/*") {
			return n.held
		}
	}
	return held{}
}

// systemConfig adds what ConfigMaps of kube-system give.
func (b *builder) systemConfig(h *holder, namespace string) {
	if namespace != "" && namespace != "kube-system" || h.scopes[namespace] == nil {
		return
	}
	maybe := "a component of the control plane takes over what it says"
	if b.platform.eks {
		maybe = ""
	}
	b.both(h.at, Vertex{Kind: Admin}, writeConfig, maybe, h.scopes[namespace][configMapsWrite])
}

package escalation

import (
	"strings"

	"github.com/kubeproof/kubeproof/internal/engine/rbac"
)

// right is one thing that a rule may allow and that a step of an escalation needs.
type right uint8

const (
	everything right = iota
	podsCreate
	controllersWrite
	podsEnter
	podsEnterByGet
	tokensCreate
	secretsRead
	secretsCreate
	secretsPatch
	usersImpersonate
	groupsImpersonate
	accountsImpersonate
	usersConstrained
	groupsConstrained
	accountsConstrained
	rolesBind
	clusterRolesBind
	roleBindingsWrite
	clusterRoleBindingsWrite
	rolesEscalate
	rolesWrite
	clusterRolesEscalate
	clusterRolesWrite
	clusterRolesCreate
	requestsCreate
	requestsApprove
	signersApprove
	nodesProxy
	volumesWrite
	claimsCreate
	mutatingWebhooksWrite
	validatingWebhooksWrite
	mutatingPoliciesWrite
	mutatingPoliciesCreate
	mutatingBindingsCreate
	apiServicesWrite
	namespacesWrite
	nodesWrite
	podsRemove
	configMapsWrite
	sccUse
	sccWrite
	machineConfigsWrite
	openShiftIdentitiesWrite
	rancherBindingsWrite
	rights // how many there are
)

// ask is one request that gives a right, for any of its verbs.
type ask struct {
	verbs                string // with spaces
	group, resource, sub string
}

const writes, changes = "create update patch", "update patch"

// asks are what gives each right: any of them. The pods of a Job cannot be changed once it exists. A right to cluster-scoped resources counts only
// where it is given for the whole cluster, but for namespaces themselves.
var asks = [rights][]ask{
	everything: {{"*", "*", "*", ""}},
	podsCreate: {{"create", "", "pods", ""}},
	controllersWrite: {{writes, "apps", "deployments", ""}, {writes, "apps", "daemonsets", ""}, {writes, "apps", "statefulsets", ""},
		{writes, "apps", "replicasets", ""}, {"create", "batch", "jobs", ""}, {writes, "batch", "cronjobs", ""}, {writes, "", "replicationcontrollers", ""}},
	podsEnter: {{"create", "", "pods", "exec"}, {"create", "", "pods", "attach"}, {changes, "", "pods", "ephemeralcontainers"},
		{changes, "", "pods", ""}},
	podsEnterByGet:           {{"get", "", "pods", "exec"}, {"get", "", "pods", "attach"}},
	tokensCreate:             {{"create", "", "serviceaccounts", "token"}},
	secretsRead:              {{"list get watch", "", "secrets", ""}},
	secretsCreate:            {{"create", "", "secrets", ""}},
	secretsPatch:             {{"patch", "", "secrets", ""}},
	usersImpersonate:         {{"impersonate", "", "users", ""}},
	groupsImpersonate:        {{"impersonate", "", "groups", ""}},
	accountsImpersonate:      {{"impersonate", "", "serviceaccounts", ""}},
	usersConstrained:         {{"impersonate:user-info", "authentication.k8s.io", "users", ""}},
	groupsConstrained:        {{"impersonate:user-info", "authentication.k8s.io", "groups", ""}},
	accountsConstrained:      {{"impersonate:serviceaccount", "authentication.k8s.io", "serviceaccounts", ""}},
	rolesBind:                {{"bind", rbacGroup, "roles", ""}},
	clusterRolesBind:         {{"bind", rbacGroup, "clusterroles", ""}},
	roleBindingsWrite:        {{writes, rbacGroup, "rolebindings", ""}},
	clusterRoleBindingsWrite: {{writes, rbacGroup, "clusterrolebindings", ""}},
	rolesEscalate:            {{"escalate", rbacGroup, "roles", ""}},
	rolesWrite:               {{changes, rbacGroup, "roles", ""}},
	clusterRolesEscalate:     {{"escalate", rbacGroup, "clusterroles", ""}},
	clusterRolesWrite:        {{changes, rbacGroup, "clusterroles", ""}},
	clusterRolesCreate:       {{"create", rbacGroup, "clusterroles", ""}},
	requestsCreate:           {{"create", "certificates.k8s.io", "certificatesigningrequests", ""}},
	requestsApprove:          {{changes, "certificates.k8s.io", "certificatesigningrequests", "approval"}},
	signersApprove:           {{"approve", "certificates.k8s.io", "signers", ""}},
	nodesProxy:               {{"create get", "", "nodes", "proxy"}},
	volumesWrite:             {{writes, "", "persistentvolumes", ""}},
	claimsCreate:             {{"create", "", "persistentvolumeclaims", ""}},
	mutatingWebhooksWrite:    {{writes, "admissionregistration.k8s.io", "mutatingwebhookconfigurations", ""}},
	validatingWebhooksWrite:  {{writes, "admissionregistration.k8s.io", "validatingwebhookconfigurations", ""}},
	mutatingPoliciesWrite:    {{changes, "admissionregistration.k8s.io", "mutatingadmissionpolicies", ""}},
	mutatingPoliciesCreate:   {{"create", "admissionregistration.k8s.io", "mutatingadmissionpolicies", ""}},
	mutatingBindingsCreate:   {{"create", "admissionregistration.k8s.io", "mutatingadmissionpolicybindings", ""}},
	apiServicesWrite:         {{writes, "apiregistration.k8s.io", "apiservices", ""}},
	namespacesWrite:          {{changes, "", "namespaces", ""}},
	nodesWrite:               {{changes, "", "nodes", ""}, {changes, "", "nodes", "status"}},
	podsRemove:               {{"delete deletecollection", "", "pods", ""}, {"create", "", "pods", "eviction"}},
	configMapsWrite:          {{changes, "", "configmaps", ""}},
	sccUse:                   {{"use", sccGroup, "securitycontextconstraints", ""}},
	sccWrite:                 {{writes, sccGroup, "securitycontextconstraints", ""}},
	machineConfigsWrite:      {{writes, "machineconfiguration.openshift.io", "machineconfigs", ""}},
	openShiftIdentitiesWrite: {{writes, "user.openshift.io", "groups", ""}, {writes, "user.openshift.io", "identities", ""}, {writes, "user.openshift.io", "useridentitymappings", ""}},
	rancherBindingsWrite:     {{writes, "management.cattle.io", "globalrolebindings", ""}},
}

const (
	rbacGroup = "rbac.authorization.k8s.io"
	sccGroup  = "security.openshift.io"
)

// roleRights are the rights of one role, wherever it is bound.
type roleRights struct {
	whole [rights]string // in words; "" if the role has it not, or only for some names
	named []namedRight   // rights that hold for one name
	ops   []ownedObjects // objects of controllers that may be written
}

type namedRight struct {
	right        right
	name, detail string
}

func rightsOf(role *rbac.Role) *roleRights {
	r := &roleRights{}
	names := namesOf(role)
	for i := range rights {
		r.whole[i] = detailOf(role, i, "")
		if r.whole[i] != "" || i == everything {
			continue
		}
		for _, name := range names {
			if detail := detailOf(role, i, name); detail != "" {
				r.named = append(r.named, namedRight{i, name, detail})
			}
		}
	}
	r.ops = objectsOf(role)
	return r
}

// namesOf lists the names to which rules of a role are limited, at most mostNames.
func namesOf(role *rbac.Role) []string {
	var all []string
	seen := map[string]bool{}
	for _, rule := range role.Rules {
		for _, name := range rule.ResourceNames {
			if !seen[name] && len(all) < mostNames {
				seen[name] = true
				all = append(all, name)
			}
		}
	}
	return all
}

// mostNames bounds how many names of one role are looked at: longer lists are no limits.
const mostNames = 200

// detailOf says which request gives the right; "" if none does.
func detailOf(role *rbac.Role, r right, name string) string {
	for _, a := range asks[r] {
		if detail := a.detail(role, name); detail != "" {
			return detail
		}
	}
	return ""
}

// detail says which of the verbs a role allows; "" if none.
func (a ask) detail(role *rbac.Role, name string) string {
	for verb := range strings.FieldsSeq(a.verbs) {
		request := rbac.Request{Verb: verb, Group: a.group, Resource: a.resource, Sub: a.sub, Name: name}
		for i := range role.Rules {
			if role.Rules[i].Allows(request) {
				return request.String()
			}
		}
	}
	return ""
}

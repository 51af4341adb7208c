package escalation

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// inventoryOf reads YAML documents; those with cluster set are objects of a running cluster.
func inventoryOf(t testing.TB, text, cluster string) (*inventory.Index, *inventory.Inventory) {
	t.Helper()
	documents, problems := document.Read([]byte(text), document.DefaultLimits)
	if len(problems) > 0 {
		t.Fatalf("%v\n%s", problems, text)
	}
	source := &inventory.Source{Target: "t", File: "t.yaml", Cluster: cluster}
	inv := &inventory.Inventory{Targets: []inventory.Target{{Kind: "path", Name: "t"}}}
	for _, d := range documents {
		inv.Subjects = append(inv.Subjects, inventory.NewSubject(d.Root, source, d.EndLine, "", nil))
	}
	inventory.ResolveOwners(inv.Subjects)
	return inventory.NewIndex(inv.Subjects), inv
}

func graphOf(t testing.TB, text string) *Graph {
	t.Helper()
	return Of(inventoryOf(t, text, ""))
}

// role writes a role with one rule for each line "VERBS GROUP RESOURCES [NAMES]" (commas between
// words, - for the core group), and binds it to the service account a/a: everywhere if namespace
// is "", else there.
func role(namespace string, rules ...string) string {
	kind, meta := "ClusterRole", "name: r"
	if namespace != "" {
		kind, meta = "Role", "name: r, namespace: "+namespace
	}
	text := fmt.Sprintf("{apiVersion: rbac.authorization.k8s.io/v1, kind: %s, metadata: {%s}, rules: [", kind, meta)
	for _, rule := range rules {
		words := strings.Fields(rule)
		group := words[1]
		if group == "-" {
			group = ""
		}
		text += fmt.Sprintf("{verbs: [%s], apiGroups: [%q], resources: [%s]", quoteAll(words[0]), group, quoteAll(words[2]))
		if len(words) > 3 {
			text += ", resourceNames: [" + quoteAll(words[3]) + "]"
		}
		text += "},"
	}
	return text + fmt.Sprintf("]}\n---\n{apiVersion: rbac.authorization.k8s.io/v1, kind: %sBinding, metadata: {%s},"+
		" roleRef: {apiGroup: rbac.authorization.k8s.io, kind: %s, name: r}, subjects: [{kind: ServiceAccount, name: a, namespace: a}]}\n", kind, meta, kind)
}

func quoteAll(words string) string {
	var all []string
	for word := range strings.SplitSeq(words, ",") {
		all = append(all, fmt.Sprintf("%q", word))
	}
	return strings.Join(all, ", ")
}

// join makes one text of several documents.
func join(documents ...string) string { return strings.Join(documents, "\n---\n") }

const (
	strong = `{apiVersion: v1, kind: ServiceAccount, metadata: {name: strong, namespace: b}}`
	closed = `{apiVersion: v1, kind: Namespace, metadata: {name: b, labels: {pod-security.kubernetes.io/enforce: restricted}}}`
	base   = `{apiVersion: v1, kind: Namespace, metadata: {name: b, labels: {pod-security.kubernetes.io/enforce: baseline}}}`
	open   = `{apiVersion: v1, kind: Namespace, metadata: {name: b}}`
	web    = `{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: b}, spec: {template: {spec: {serviceAccountName: strong, containers: [{name: c}]}}}}`
	ops    = `{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: ops}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}, subjects: [{kind: Group, name: ops, apiGroup: rbac.authorization.k8s.io}, {kind: User, name: olga, apiGroup: rbac.authorization.k8s.io}]}`
	chiefs = `{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: chiefs}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}, subjects: [{kind: Group, name: chiefs, apiGroup: rbac.authorization.k8s.io}]}`
	rbacIO = "rbac.authorization.k8s.io"
)

func release(minor int) string {
	return fmt.Sprintf(`{apiVersion: kubeproof.dev/v1, kind: KubernetesCluster, metadata: {name: c}, version: {minor: %d}}`, minor)
}

func platformFact(name string) string {
	return fmt.Sprintf(`{apiVersion: kubeproof.dev/v1, kind: KubernetesCluster, metadata: {name: c}, platform: {name: %s}}`, name)
}

func pod(name, spec string) string {
	return fmt.Sprintf(`{apiVersion: v1, kind: Pod, metadata: {name: %s, namespace: b}, spec: %s}`, name, spec)
}

// edgeTest is a graph that has an edge, and graphs that lack its condition.
type edgeTest struct {
	name     string
	has      string
	edge     string // "FROM kind TO", with " ?" at the end if it is doubtful
	hasNot   []string
	onlyKind bool // the others have no edge of this kind at all
}

const me = "ServiceAccount a/a"

var edgeTests = []edgeTest{
	{"every right", role("", "* * *"), me + " bound cluster-admin", []string{role("b", "* * *"), role("", "* - *"), role("", "get,list * *")}, true},
	{"every right in a namespace", role("b", "* * *"), me + " bound-in-namespace every right in namespace b", []string{role("b", "* apps *")}, true},
	{"create pods", role("b", "create - pods"), me + " create-pod a new pod in namespace b",
		[]string{role("b", "get - pods"), role("b", "create apps pods"), role("b", "create - pods x")}, true},
	{"create pods everywhere", role("", "create - pods"), me + " create-pod a new pod in every namespace", []string{role("b", "create - pods")}, false},
	{"create what makes pods", role("b", "patch apps daemonsets"), me + " create-pod a new pod in namespace b",
		[]string{role("b", "patch - daemonsets"), role("b", "delete apps daemonsets")}, true},
	{"a pod runs as any account", join(role("b", "create - pods"), strong), "a new pod in namespace b runs-as ServiceAccount b/strong", []string{role("b", "create - pods")}, false},
	{"a privileged pod", join(role("b", "create - pods"), open), "a new pod in namespace b privileged-pod root on any node",
		[]string{join(role("b", "create - pods"), closed), join(role("b", "create - pods"), base)}, false},
	{"a privileged pod where files do not tell", role("b", "create - pods"), "a new pod in namespace b privileged-pod root on any node ?",
		[]string{join(role("b", "create - pods"), base)}, false},
	{"a privileged pod beside a policy engine", join(role("b", "create - pods"), open, "{apiVersion: kyverno.io/v1, kind: ClusterPolicy, metadata: {name: p}}"),
		"a new pod in namespace b privileged-pod root on any node ?", []string{join(role("b", "create - pods"), open)}, false},
	{"kube-system is open", role("kube-system", "create - pods"), "a new pod in namespace kube-system privileged-pod root on any node",
		[]string{join(role("kube-system", "create - pods"), platformFact("OpenShift"))}, false},
	{"a pod mounts Secrets", role("b", "create - pods"), "a new pod in namespace b mounts-secret the Secrets in namespace b", nil, false},
	{"exec", role("b", "create - pods/exec"), me + " enter-pod the running pods in namespace b",
		[]string{role("b", "create - pods/log"), join(role("b", "get - pods/exec"), release(35))}, true},
	{"exec by get", join(role("b", "get - pods/exec"), release(34)), me + " enter-pod the running pods in namespace b", []string{join(role("b", "get - pods/exec"), release(35))}, true},
	{"exec by get, release unknown", role("b", "get - pods/attach"), me + " enter-pod the running pods in namespace b ?", []string{join(role("b", "get - pods/attach"), release(36))}, true},
	{"attach by any resource", role("b", "create - */attach"), me + " enter-pod the running pods in namespace b", []string{role("b", "create - */log")}, true},
	{"ephemeral containers", role("b", "patch - pods/ephemeralcontainers"), me + " enter-pod the running pods in namespace b", []string{role("b", "get - pods/ephemeralcontainers")}, true},
	{"change pods", role("b", "patch - pods"), me + " enter-pod the running pods in namespace b", []string{role("b", "patch - pods/status")}, true},
	{"exec into one pod", join(role("b", "create - pods/exec p"), pod("p", "{containers: [{name: c}]}")), me + " enter-pod Pod b/p",
		[]string{join(role("b", "create - pods/exec q"), pod("p", "{containers: [{name: c}]}"))}, true},
	{"running pods are workloads", join(role("b", "create - pods/exec"), web), "the running pods in namespace b pod-of Deployment b/web", nil, false},
	{"mint tokens", role("b", "create - serviceaccounts/token"), me + " mint-token any ServiceAccount in namespace b",
		[]string{role("b", "create - serviceaccounts"), role("b", "get - serviceaccounts/token")}, true},
	{"mint one token", join(role("b", "create - serviceaccounts/token strong"), strong), me + " mint-token ServiceAccount b/strong",
		[]string{join(role("b", "create - serviceaccounts/token weak"), strong)}, true},
	{"tokens of accounts", join(role("b", "create - serviceaccounts/token"), strong), "any ServiceAccount in namespace b identity-of ServiceAccount b/strong", nil, false},
	{"forge a token", role("b", "create,get - secrets"), me + " forge-token any ServiceAccount in namespace b", []string{role("b", "create - secrets"), role("b", "get,list - secrets")}, true},
	{"forge a token by patch", role("b", "create,patch - secrets"), me + " forge-token any ServiceAccount in namespace b", []string{role("b", "patch - secrets")}, true},
	{"read secrets", role("b", "list - secrets"), me + " read-secrets the Secrets in namespace b", []string{role("b", "get - secrets x"), role("b", "create - secrets")}, true},
	{"a Secret keeps a token", join(role("b", "list - secrets"), strong, `{apiVersion: v1, kind: Secret, type: kubernetes.io/service-account-token, metadata: {name: s, namespace: b, annotations: {kubernetes.io/service-account.name: strong}}}`),
		"the Secrets in namespace b legacy-token ServiceAccount b/strong",
		[]string{join(role("b", "list - secrets"), strong, `{apiVersion: v1, kind: Secret, type: Opaque, metadata: {name: s, namespace: b, annotations: {kubernetes.io/service-account.name: strong}}}`)}, true},
	{"read one Secret with a token", join(role("b", "get - secrets s"), strong, `{apiVersion: v1, kind: Secret, metadata: {name: s, namespace: b, annotations: {kubernetes.io/service-account.name: strong}}}`),
		me + " read-secrets ServiceAccount b/strong", []string{join(role("b", "get - secrets t"), strong)}, true},
	{"impersonate users", join(role("", "impersonate - users"), ops), me + " impersonate any user", []string{role("b", "impersonate - users"), role("", "impersonate - groups")}, true},
	{"any user is a user", join(role("", "impersonate - users"), ops), "any user identity-of User olga", nil, false},
	{"impersonate one user", join(role("", "impersonate - users olga"), ops), me + " impersonate User olga", []string{join(role("", "impersonate - users otto"), ops)}, true},
	{"impersonate accounts", role("b", "impersonate - serviceaccounts"), me + " impersonate any ServiceAccount in namespace b", []string{role("b", "get - serviceaccounts")}, true},
	{"impersonate any group", role("", "impersonate - users,groups"), me + " impersonate cluster-admin", []string{role("", "impersonate - groups"), role("", "impersonate - users")}, false},
	{"impersonate system:masters", role("", "impersonate - groups system:masters", "impersonate - users x"), me + " impersonate cluster-admin", []string{role("", "impersonate - groups system:masters")}, true},
	{"impersonate one group", join(role("", "impersonate - groups ops", "impersonate - serviceaccounts"), ops), me + " impersonate Group ops", []string{join(role("", "impersonate - groups none", "impersonate - users x"), ops)}, true},
	{"impersonate an administrator with limits", join(role("", "impersonate:user-info authentication.k8s.io users,groups", "impersonate-on:user-info:create - pods"), release(36), chiefs),
		me + " impersonate-constrained what ClusterRoleBinding r lets be done in the names of others",
		[]string{join(role("", "impersonate:user-info authentication.k8s.io users,groups", "impersonate-on:user-info:create - pods"), release(35), chiefs),
			join(role("", "impersonate:user-info authentication.k8s.io users,groups", "create - pods"), release(36), chiefs),
			join(role("", "impersonate:user-info authentication.k8s.io groups", "impersonate-on:user-info:create - pods"), release(36), chiefs)}, true},
	{"impersonate who knows whom with limits", join(role("", "impersonate:user-info authentication.k8s.io users", "impersonate-on:user-info:create - pods"), release(36), chiefs),
		me + " impersonate-constrained what ClusterRoleBinding r lets be done in the names of others ?",
		[]string{join(role("", "impersonate:user-info authentication.k8s.io users,groups chiefs,x", "impersonate-on:user-info:create - pods"), release(36), chiefs)}, false},
	{"what others do with limits", join(role("", "impersonate:user-info authentication.k8s.io users,groups", "impersonate-on:user-info:create - pods"), release(36)),
		"what ClusterRoleBinding r lets be done in the names of others create-pod a new pod in every namespace", nil, false},
	{"impersonate accounts with limits", join(role("b", "impersonate:serviceaccount authentication.k8s.io serviceaccounts"), release(36)),
		me + " impersonate-constrained any ServiceAccount in namespace b ?", []string{join(role("b", "impersonate:serviceaccount authentication.k8s.io serviceaccounts"), release(34))}, true},
	{"bind in a namespace", role("b", "create "+rbacIO+" rolebindings", "bind "+rbacIO+" clusterroles"), me + " bind every right in namespace b",
		[]string{role("b", "create "+rbacIO+" rolebindings"), role("b", "bind "+rbacIO+" clusterroles"), role("b", "create - rolebindings", "bind "+rbacIO+" clusterroles")}, true},
	{"bind in the cluster", role("", "patch "+rbacIO+" clusterrolebindings", "bind "+rbacIO+" clusterroles"), me + " bind cluster-admin",
		[]string{role("", "delete "+rbacIO+" clusterrolebindings", "bind "+rbacIO+" clusterroles"), role("b", "patch "+rbacIO+" clusterrolebindings", "bind "+rbacIO+" clusterroles")}, true},
	{"bind cluster-admin by name", role("", "create "+rbacIO+" clusterrolebindings", "bind "+rbacIO+" clusterroles cluster-admin"), me + " bind cluster-admin",
		[]string{role("", "create "+rbacIO+" clusterrolebindings", "bind "+rbacIO+" clusterroles none")}, true},
	{"bind a Role of the namespace", join(role("b", "create "+rbacIO+" rolebindings", "bind "+rbacIO+" roles"),
		`{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: reader, namespace: b}, rules: [{verbs: [get], apiGroups: [""], resources: [secrets]}]}`),
		me + " bind the rights of Role reader in namespace b", []string{role("b", "create "+rbacIO+" rolebindings", "bind "+rbacIO+" roles none")}, true},
	{"escalate ClusterRoles", role("", "escalate,update "+rbacIO+" clusterroles"), me + " escalate cluster-admin",
		[]string{role("", "escalate "+rbacIO+" clusterroles"), role("", "update "+rbacIO+" clusterroles"), role("b", "escalate,update "+rbacIO+" clusterroles")}, true},
	{"escalate one's own ClusterRole", role("", "escalate,update "+rbacIO+" clusterroles r"), me + " escalate cluster-admin", []string{role("", "escalate,update "+rbacIO+" clusterroles other")}, true},
	{"escalate Roles", role("b", "escalate,patch "+rbacIO+" roles"), me + " escalate every right in namespace b", []string{role("b", "escalate,create "+rbacIO+" roles"), role("", "escalate,patch "+rbacIO+" roles")}, true},
	{"a new role for an aggregated one", strings.Replace(role("", "escalate,create "+rbacIO+" clusterroles"), "metadata: {name: r}, rules:", "metadata: {name: r}, extra: {}, rules:", 1) +
		"---\n{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: sum}, aggregationRule: {clusterRoleSelectors: [{matchLabels: {sum: \"yes\"}}]}}\n---\n" +
		"{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: s, namespace: b}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: sum}, subjects: [{kind: ServiceAccount, name: a, namespace: a}]}",
		me + " escalate every right in namespace b", []string{role("", "escalate,create "+rbacIO+" clusterroles")}, true},
	{"sign a certificate", role("", "create certificates.k8s.io certificatesigningrequests", "update certificates.k8s.io certificatesigningrequests/approval", "approve certificates.k8s.io signers kubernetes.io/kube-apiserver-client"),
		me + " certificate any user or group but system:masters",
		[]string{role("", "create certificates.k8s.io certificatesigningrequests", "update certificates.k8s.io certificatesigningrequests/approval", "approve certificates.k8s.io signers kubernetes.io/kubelet-serving"),
			role("", "create certificates.k8s.io certificatesigningrequests", "approve certificates.k8s.io signers"),
			role("", "update certificates.k8s.io certificatesigningrequests/approval", "approve certificates.k8s.io signers")}, true},
	{"the kubelet's proxy", role("", "get - nodes/proxy"), me + " node-proxy the running pods in every namespace", []string{role("b", "get - nodes/proxy"), role("", "get - nodes/metrics")}, true},
	{"a volume of the host", join(role("", "create - persistentvolumes,persistentvolumeclaims,pods"), base), me + " host-volume root on any node",
		[]string{role("", "create - persistentvolumes,persistentvolumeclaims"), role("", "create - persistentvolumes,pods"), join(role("b", "create - persistentvolumes,persistentvolumeclaims,pods"), base)}, true},
	{"mutating webhooks", role("", "patch admissionregistration.k8s.io mutatingwebhookconfigurations"), me + " mutate-objects cluster-admin", []string{role("", "delete admissionregistration.k8s.io mutatingwebhookconfigurations")}, true},
	{"mutating policies", join(role("", "create admissionregistration.k8s.io mutatingadmissionpolicies,mutatingadmissionpolicybindings"), release(36)), me + " mutate-objects cluster-admin",
		[]string{join(role("", "create admissionregistration.k8s.io mutatingadmissionpolicies"), release(36)), join(role("", "create admissionregistration.k8s.io mutatingadmissionpolicies,mutatingadmissionpolicybindings"), release(35))}, true},
	{"validating webhooks", role("", "create admissionregistration.k8s.io validatingwebhookconfigurations"), me + " watch-objects the Secrets in every namespace", []string{role("", "get admissionregistration.k8s.io validatingwebhookconfigurations")}, true},
	{"APIServices", role("", "update apiregistration.k8s.io apiservices"), me + " take-api cluster-admin ?", []string{role("", "update apiregistration.k8s.io apiservices/status")}, true},
	{"Argo CD", join(role("cd", "create argoproj.io applications"), "{apiVersion: v1, kind: ServiceAccount, metadata: {name: argocd-application-controller, namespace: cd}}"),
		me + " use-controller ServiceAccount cd/argocd-application-controller",
		[]string{role("cd", "create argoproj.io applications"), join(role("b", "create argoproj.io applications"), "{apiVersion: v1, kind: ServiceAccount, metadata: {name: argocd-application-controller, namespace: cd}}")}, true},
	{"Flux in any namespace", join(role("b", "patch helm.toolkit.fluxcd.io helmreleases"), "{apiVersion: v1, kind: ServiceAccount, metadata: {name: helm-controller, namespace: flux-system}}"),
		me + " use-controller ServiceAccount flux-system/helm-controller", []string{role("b", "patch helm.toolkit.fluxcd.io helmreleases")}, true},
	{"Tekton makes pods", join(role("b", "create tekton.dev taskruns"), "{apiVersion: v1, kind: ServiceAccount, metadata: {name: tekton-pipelines-controller, namespace: tekton}}"),
		me + " create-pod a new pod in namespace b", []string{role("b", "create tekton.dev taskruns")}, true},
	{"cluster-scoped objects of a controller", join(role("", "create external-secrets.io clustersecretstores"), "{apiVersion: v1, kind: ServiceAccount, metadata: {name: external-secrets, namespace: es}}"),
		me + " use-controller ServiceAccount es/external-secrets", []string{join(role("b", "create external-secrets.io clustersecretstores"), "{apiVersion: v1, kind: ServiceAccount, metadata: {name: external-secrets, namespace: es}}")}, true},
	{"charts of k3s", join(role("kube-system", "create helm.cattle.io helmcharts"), platformFact("k3s")), me + " use-controller cluster-admin",
		[]string{role("kube-system", "create helm.cattle.io helmcharts"), join(role("b", "create helm.cattle.io helmcharts"), platformFact("k3s"))}, true},
	{"lower Pod Security", join(role("b", "patch - namespaces", "create - pods"), closed), me + " lower-pod-security root on any node",
		[]string{join(role("b", "patch - namespaces"), closed), join(role("b", "create - pods"), closed), join(role("a", "patch - namespaces", "create - pods"), closed)}, true},
	{"lower Pod Security by name", join(role("b", "patch - namespaces b", "create - pods"), closed), me + " lower-pod-security root on any node", []string{join(role("b", "patch - namespaces c", "create - pods"), closed)}, true},
	{"every right lowers Pod Security", join(role("b", "get - pods"), closed), "every right in namespace b lower-pod-security root on any node", []string{join(role("b", "get - pods"), open)}, false},
	{"use an SCC", join(role("b", "use security.openshift.io securitycontextconstraints", "create - pods"), platformFact("OpenShift")), me + " use-scc root on any node",
		[]string{role("b", "use security.openshift.io securitycontextconstraints", "create - pods"), join(role("b", "use security.openshift.io securitycontextconstraints"), platformFact("OpenShift"))}, true},
	{"use an SCC by name", join(role("b", "use security.openshift.io securitycontextconstraints privileged", "create - pods"), platformFact("OpenShift")), me + " use-scc root on any node",
		[]string{join(role("b", "use security.openshift.io securitycontextconstraints restricted-v2", "create - pods"), platformFact("OpenShift"))}, true},
	{"MachineConfigs", join(role("", "create machineconfiguration.openshift.io machineconfigs"), platformFact("OpenShift")), me + " platform root on any node", []string{role("", "create machineconfiguration.openshift.io machineconfigs"), role("", "get machineconfiguration.openshift.io machineconfigs")}, true},
	{"users of OpenShift", join(role("", "update user.openshift.io groups"), platformFact("OpenShift")), me + " platform any user or group but system:masters", []string{join(role("", "update - groups"), platformFact("OpenShift")), role("", "update user.openshift.io groups")}, true},
	{"bindings of Rancher", join(role("", "create management.cattle.io globalrolebindings"), "{apiVersion: v1, kind: Namespace, metadata: {name: cattle-system}}"), me + " platform cluster-admin", []string{role("", "create management.cattle.io globalrolebindings"), role("", "get management.cattle.io globalrolebindings")}, true},
	{"aws-auth", join(role("kube-system", "update - configmaps aws-auth"), platformFact("EKS")), me + " write-config cluster-admin",
		[]string{role("kube-system", "update - configmaps aws-auth"), join(role("b", "update - configmaps aws-auth"), platformFact("EKS")), join(role("kube-system", "update - configmaps other"), platformFact("EKS"))}, true},
	{"ConfigMaps of kube-system", role("kube-system", "update - configmaps"), me + " write-config cluster-admin ?", []string{role("b", "update - configmaps"), role("kube-system", "get - configmaps")}, true},
	{"a mounted token", join(strong, web), "Deployment b/web mounted-token ServiceAccount b/strong",
		[]string{join(strings.Replace(strong, "}}", "}, automountServiceAccountToken: false}", 1), web), join(strong, strings.Replace(web, "serviceAccountName", "automountServiceAccountToken: false, serviceAccountName", 1))}, true},
	{"a projected token", pod("p", "{automountServiceAccountToken: false, containers: [{name: c}], volumes: [{name: t, projected: {sources: [{serviceAccountToken: {path: t}}]}}]}"),
		"Pod b/p mounted-token ServiceAccount b/default", []string{pod("p", "{automountServiceAccountToken: false, containers: [{name: c}], volumes: [{name: t, projected: {sources: [{serviceAccountToken: {path: t, audience: vault}}]}}]}")}, true},
	{"a privileged container", pod("p", "{containers: [{name: c, securityContext: {privileged: true}}]}"), "Pod b/p escape root on a node", []string{pod("p", "{containers: [{name: c, securityContext: {privileged: false}}]}")}, true},
	{"a HostProcess", pod("p", "{containers: [{name: c, securityContext: {windowsOptions: {hostProcess: true}}}]}"), "Pod b/p escape root on a node", nil, false},
	{"a capability", pod("p", "{containers: [{name: c, securityContext: {capabilities: {add: [CAP_SYS_ADMIN]}}}]}"), "Pod b/p escape root on a node", []string{pod("p", "{containers: [{name: c, securityContext: {capabilities: {add: [NET_ADMIN, SYS_PTRACE]}}}]}")}, true},
	{"a capability with hostPID", pod("p", "{hostPID: true, containers: [{name: c, securityContext: {capabilities: {add: [SYS_PTRACE]}}}]}"), "Pod b/p escape root on a node", []string{pod("p", "{containers: [{name: c}]}")}, true},
	{"hostPID alone", pod("p", "{hostPID: true, containers: [{name: c}]}"), "Pod b/p escape root on a node ?", []string{pod("p", "{hostNetwork: true, containers: [{name: c}]}")}, true},
	{"a path of the host", pod("p", "{containers: [{name: c, volumeMounts: [{name: v, mountPath: /x}]}], volumes: [{name: v, hostPath: {path: /etc/kubernetes/}}]}"), "Pod b/p escape root on a node",
		[]string{pod("p", "{containers: [{name: c, volumeMounts: [{name: v, mountPath: /x, readOnly: true}]}], volumes: [{name: v, hostPath: {path: /etc/kubernetes}}]}"),
			pod("p", "{containers: [{name: c}], volumes: [{name: v, hostPath: {path: /etc}}]}"),
			pod("p", "{containers: [{name: c, volumeMounts: [{name: v, mountPath: /x}]}], volumes: [{name: v, hostPath: {path: /etc/localtime}}]}"),
			pod("p", "{containers: [{name: c, volumeMounts: [{name: v, mountPath: /x}]}], volumes: [{name: v, hostPath: {path: /data}}]}")}, true},
	{"a socket, even read-only", pod("p", "{containers: [{name: c, volumeMounts: [{name: v, mountPath: /x, readOnly: true}]}], volumes: [{name: v, hostPath: {path: /run/containerd/containerd.sock}}]}"), "Pod b/p escape root on a node",
		[]string{pod("p", "{containers: [{name: c, volumeMounts: [{name: v, mountPath: /x}]}], volumes: [{name: v, hostPath: {path: /run/app.sock}}]}")}, true},
	{"a known node", pod("p", "{nodeName: n1, containers: [{name: c, securityContext: {privileged: true}}]}"), "Pod b/p escape root on node n1", nil, false},
	{"neighbours on a node", join(pod("p", "{nodeName: n1, containers: [{name: c, securityContext: {privileged: true}}]}"), pod("q", "{nodeName: n1, containers: [{name: c}]}")), "root on node n1 runs-on Pod b/q",
		[]string{join(pod("p", "{nodeName: n1, containers: [{name: c, securityContext: {privileged: true}}]}"), pod("q", "{nodeName: n2, containers: [{name: c}]}"))}, false},
	{"a DaemonSet is on every node", join(pod("p", "{containers: [{name: c, securityContext: {privileged: true}}]}"), "{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: d, namespace: b}, spec: {template: {spec: {containers: [{name: c}]}}}}"),
		"root on a node runs-on DaemonSet b/d", []string{join(pod("p", "{containers: [{name: c, securityContext: {privileged: true}}]}"), "{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: d, namespace: b}, spec: {template: {spec: {nodeSelector: {gpu: \"yes\"}, containers: [{name: c}]}}}}")}, false},
	{"root on every node", web, "root on any node runs-on the running pods in every namespace", nil, false},
	{"drive pods onto a node", strings.ReplaceAll(join(role("", "patch - nodes", "delete - pods"), pod("p", "{serviceAccountName: a, containers: [{name: c, securityContext: {privileged: true}}]}")), "namespace: a", "namespace: b"),
		"Pod b/p steal-pod the running pods in every namespace",
		[]string{strings.ReplaceAll(join(role("", "patch - nodes"), pod("p", "{serviceAccountName: a, containers: [{name: c, securityContext: {privileged: true}}]}")), "namespace: a", "namespace: b"),
			strings.ReplaceAll(join(role("", "patch - nodes", "delete - pods"), pod("p", "{serviceAccountName: a, containers: [{name: c}]}")), "namespace: a", "namespace: b")}, true},
	{"a static pod of the control plane", `{apiVersion: v1, kind: Pod, metadata: {name: kube-apiserver-n1, namespace: kube-system, annotations: {kubernetes.io/config.mirror: x}}, spec: {containers: [{name: c}]}}`,
		"Pod kube-system/kube-apiserver-n1 control-plane cluster-admin", []string{`{apiVersion: v1, kind: Pod, metadata: {name: kube-apiserver-n1, namespace: kube-system}, spec: {containers: [{name: c}]}}`}, true},
	{"a node of the control plane", `{apiVersion: v1, kind: Node, metadata: {name: n1, labels: {node-role.kubernetes.io/control-plane: ""}}}`, "root on any node control-plane cluster-admin",
		[]string{`{apiVersion: v1, kind: Node, metadata: {name: n1}}`}, true},
	{"groups of service accounts", join(role("", "get - pods"), strings.ReplaceAll(ops, "name: ops, api", `name: "system:serviceaccounts:a", api`)), me + " member-of Group system:serviceaccounts:a",
		[]string{join(role("", "get - pods"), strings.ReplaceAll(ops, "name: ops, api", `name: "system:serviceaccounts:b", api`))}, true},
	{"every namespace is each", role("b", "get - pods"), "a new pod in every namespace within a new pod in namespace b", nil, false},
	{"every right holds those to pods", role("b", "get - pods"), "every right in namespace b has-right a new pod in namespace b", nil, false},
	{"an administrator may do everything", web, "cluster-admin as-admin root on any node", nil, false},
}

// told lists the edges as the tests write them.
func told(g *Graph) []string {
	var all []string
	for _, e := range g.Edges {
		text := fmt.Sprintf("%s %s %s", g.Vertices[e.From], Kinds[e.Kind].ID, g.Vertices[e.To])
		if e.Maybe != "" {
			text += " ?"
		}
		all = append(all, text)
	}
	return all
}

func TestEdges(t *testing.T) {
	tested := map[string]bool{}
	for _, test := range edgeTests {
		t.Run(test.name, func(t *testing.T) {
			edges := told(graphOf(t, test.has))
			if !slices.Contains(edges, test.edge) {
				t.Errorf("edge %q is missing among\n%s", test.edge, strings.Join(edges, "\n"))
			}
			kind := kindIn(test.edge)
			tested[kind] = true
			for i, text := range test.hasNot {
				for _, edge := range told(graphOf(t, text)) {
					if edge == test.edge || test.onlyKind && kindIn(edge) == kind && strings.HasPrefix(edge, strings.SplitN(test.edge, " "+kind+" ", 2)[0]+" ") {
						t.Errorf("case %d lacks the condition and has %q", i, edge)
					}
				}
			}
		})
	}
	for _, kind := range Kinds {
		if !tested[kind.ID] {
			t.Errorf("no test has an edge of the kind %s", kind.ID)
		}
	}
}

func kindIn(edge string) string {
	for _, kind := range Kinds {
		if strings.Contains(edge, " "+kind.ID+" ") {
			return kind.ID
		}
	}
	return ""
}

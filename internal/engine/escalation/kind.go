package escalation

// Kind is how one vertex leads to the next.
type Kind uint8

// The kinds of edges; Kinds tells the condition of each.
const (
	memberOf Kind = iota
	bound
	boundInNamespace
	createPod
	enterPod
	mintToken
	forgeToken
	readSecrets
	impersonate
	constrainedImpersonate
	bindRole
	escalateRole
	signCertificate
	nodeProxy
	hostVolume
	mutateObjects
	watchObjects
	takeAPI
	useController
	lowerPodSecurity
	useSCC
	platformRight
	writeConfig
	// What follows from a vertex without any right.
	within
	runsAs
	privilegedPod
	mountsSecret
	podOf
	identityOf
	hasRight
	legacyToken
	mountedToken
	escapes
	runsOn
	stealPod
	controlPlane
	asAdmin
)

// KindFacts describe a kind of edge.
type KindFacts struct {
	ID string
	// Condition is what must hold for the edge to be there.
	Condition string
	// free edges are no step of their own: they belong to the step before, or to the one after.
	free bool
}

// Narrows reports whether edges of the kind only choose a part of what was reached before.
func (k KindFacts) Narrows() bool { return k.ID == Kinds[within].ID || k.ID == Kinds[hasRight].ID }

// Kinds describes all kinds of edges.
var Kinds = [...]KindFacts{
	memberOf:               {"member-of", "the API server puts the subject into the group by itself, and the group is bound", true},
	bound:                  {"bound", "every verb on every resource of every group, by a ClusterRoleBinding", false},
	boundInNamespace:       {"bound-in-namespace", "every verb on every resource of every group, in one namespace", false},
	createPod:              {"create-pod", "create pods, or create, update or patch what makes pods (Deployments, Jobs, ...), or the objects of an operator that was seen and makes pods", false},
	enterPod:               {"enter-pod", "create pods/exec or pods/attach (get too, up to Kubernetes 1.34), update or patch pods/ephemeralcontainers or pods; a name limits it to pods of that name", false},
	mintToken:              {"mint-token", "create serviceaccounts/token; a name limits it to that account", false},
	forgeToken:             {"forge-token", "create Secrets and get, list, watch or patch them: one of type kubernetes.io/service-account-token is filled with a token", false},
	readSecrets:            {"read-secrets", "get, list or watch Secrets without a limit to names", false},
	impersonate:            {"impersonate", "impersonate users, groups or service accounts; groups only together with users or service accounts; names limit it", false},
	constrainedImpersonate: {"impersonate-constrained", "impersonate:user-info or impersonate:serviceaccount, and impersonate-on: verbs, which limit what can be done; never system:masters, doubtful unless an administrator may be impersonated; from Kubernetes 1.36", false},
	bindRole:               {"bind", "bind a role, and create, update or patch bindings in the same place; a name limits it to that role", false},
	escalateRole:           {"escalate", "escalate roles, and update or patch them where one of them is bound to the subject, or create them where an aggregated role is", false},
	signCertificate:        {"certificate", "create CertificateSigningRequests, update their approval, and approve for kubernetes.io/kube-apiserver-client; not for system:masters", false},
	nodeProxy:              {"node-proxy", "get or create nodes/proxy: the kubelet runs commands in every pod", false},
	hostVolume:             {"host-volume", "create, update or patch PersistentVolumes, and create claims and pods in a namespace that is not restricted", false},
	mutateObjects:          {"mutate-objects", "write mutating webhooks, or mutating admission policies that are bound (from Kubernetes 1.36): they change what administrators create", false},
	watchObjects:           {"watch-objects", "write validating webhooks: they are sent every Secret that is written", false},
	takeAPI:                {"take-api", "create, update or patch APIServices: they take over a part of the API", false},
	useController:          {"use-controller", "create, update or patch the objects of a controller (Argo CD, Flux, Velero...) that was seen and acts with its own rights", false},
	lowerPodSecurity:       {"lower-pod-security", "update or patch a namespace whose Pod Security level refuses privileged pods, and create pods there", false},
	useSCC:                 {"use-scc", "use the SecurityContextConstraints privileged, hostaccess, hostmount-anyuid or node-exporter, or write any, and create pods; OpenShift", false},
	platformRight:          {"platform", "a right of the platform that is as good: MachineConfigs, users and groups of OpenShift, global bindings of Rancher; only where the platform was recognised", false},
	writeConfig:            {"write-config", "update or patch ConfigMaps of kube-system: aws-auth on EKS gives every right, others may", false},
	within:                 {"within", "what holds in every namespace holds in each that exists", true},
	runsAs:                 {"runs-as", "whoever makes a pod chooses any service account of its namespace that exists", true},
	privilegedPod:          {"privileged-pod", "the Pod Security level of the namespace is privileged, or the namespace has none; a policy engine makes it doubtful", true},
	mountsSecret:           {"mounts-secret", "a pod mounts any Secret of its namespace", true},
	podOf:                  {"pod-of", "the workload stands in the namespace", true},
	identityOf:             {"identity-of", "the subject exists, or only files were read", true},
	hasRight:               {"has-right", "every right in a namespace holds those to its pods, tokens and Secrets", true},
	legacyToken:            {"legacy-token", "a Secret of type kubernetes.io/service-account-token keeps a token of the account", false},
	mountedToken:           {"mounted-token", "the workload runs as the account, and its token is mounted (automountServiceAccountToken of pod, then of account)", false},
	escapes:                {"escape", "a container is privileged, mounts a path of the host that gives root, or a socket of the container runtime, is a HostProcess, or has a capability that opens the kernel; with hostPID alone it is doubtful", false},
	runsOn:                 {"runs-on", "a pod of the workload runs on the node, or it is a DaemonSet for all nodes", false},
	stealPod:               {"steal-pod", "the node holds an account that may change nodes and delete or evict pods: pods can be driven onto the node", false},
	controlPlane:           {"control-plane", "a static pod of the control plane, or a node of it: its keys are those of the cluster", false},
	asAdmin:                {"as-admin", "an administrator may do everything", false},
}

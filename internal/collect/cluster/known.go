package cluster

import (
	"slices"
	"strings"
)

// group is an API group with those of its resources that controls read.
type group struct {
	name      string
	resources string // separated by spaces
}

// knownGroups are what built-in controls read, and what the role of `kubeproof rbac role` lists.
// Secrets are not among them: RBAC cannot grant their metadata alone.
var knownGroups = []group{
	{"", "configmaps limitranges namespaces nodes persistentvolumeclaims persistentvolumes pods podtemplates replicationcontrollers resourcequotas serviceaccounts services"},
	{"admissionregistration.k8s.io", "mutatingadmissionpolicies mutatingadmissionpolicybindings mutatingwebhookconfigurations validatingadmissionpolicies validatingadmissionpolicybindings validatingwebhookconfigurations"},
	{"apiextensions.k8s.io", "customresourcedefinitions"},
	{"apiregistration.k8s.io", "apiservices"},
	{"apps", "daemonsets deployments replicasets statefulsets"},
	{"autoscaling", "horizontalpodautoscalers"},
	{"batch", "cronjobs jobs"},
	{"certificates.k8s.io", "certificatesigningrequests clustertrustbundles"},
	{"discovery.k8s.io", "endpointslices"},
	{"flowcontrol.apiserver.k8s.io", "flowschemas prioritylevelconfigurations"},
	{"networking.k8s.io", "ingressclasses ingresses networkpolicies"},
	{"node.k8s.io", "runtimeclasses"},
	{"policy", "poddisruptionbudgets"},
	{"rbac.authorization.k8s.io", "clusterrolebindings clusterroles rolebindings roles"},
	{"resource.k8s.io", "deviceclasses resourceclaims resourceclaimtemplates"},
	{"scheduling.k8s.io", "priorityclasses"},
	{"storage.k8s.io", "csidrivers storageclasses"},
	// Networks.
	{"cilium.io", "ciliumclusterwidenetworkpolicies ciliumendpoints ciliumnetworkpolicies tracingpolicies tracingpoliciesnamespaced"},
	{"crd.antrea.io", "clusternetworkpolicies networkpolicies"},
	{"crd.projectcalico.org", "felixconfigurations globalnetworkpolicies globalnetworksets networkpolicies networksets tiers"},
	{"gateway.networking.k8s.io", "backendtlspolicies gatewayclasses gateways grpcroutes httproutes referencegrants tcproutes tlsroutes udproutes"},
	{"k8s.ovn.org", "egressfirewalls"},
	{"networking.k8s.aws", "policyendpoints"},
	{"operator.tigera.io", "installations"},
	{"policy.networking.k8s.io", "adminnetworkpolicies baselineadminnetworkpolicies clusternetworkpolicies"},
	{"projectcalico.org", "felixconfigurations globalnetworkpolicies globalnetworksets networkpolicies networksets tiers"},
	// Meshes.
	{"consul.hashicorp.com", "meshes proxydefaults servicedefaults serviceintentions"},
	{"extensions.istio.io", "wasmplugins"},
	{"kuma.io", "meshes meshtlses meshtrafficpermissions"},
	{"networking.istio.io", "destinationrules gateways serviceentries sidecars virtualservices"},
	{"policy.linkerd.io", "authorizationpolicies httproutes meshtlsauthentications networkauthentications serverauthorizations servers"},
	{"security.istio.io", "authorizationpolicies peerauthentications requestauthentications"},
	{"spire.spiffe.io", "clusterspiffeids"},
	// Ways in from outside.
	{"appprotect.f5.com", "appolicies"},
	{"cloud.google.com", "backendconfigs"},
	{"elbv2.k8s.aws", "ingressclassparams"},
	{"networking.gke.io", "gcpbackendpolicies managedcertificates"},
	{"route.openshift.io", "routes"},
	{"traefik.io", "ingressroutes ingressroutetcps ingressrouteudps middlewares"},
	// Policies of admission. Constraints are kinds of their own: these are Gatekeeper's library's.
	{"constraints.gatekeeper.sh", "k8sallowedrepos k8sblockloadbalancer k8sblocknodeport k8sblockwildcardingress k8scontainerlimits k8scontainerrequests k8sdisallowanonymous k8sdisallowedtags k8sexternalips k8shttpsonly k8simagedigests k8spspallowedusers k8spspallowprivilegeescalationcontainer k8spspapparmor k8spspautomountserviceaccounttokenpod k8spspcapabilities k8spspflexvolumes k8spspforbiddensysctls k8spspfsgroup k8spsphostfilesystem k8spsphostnamespace k8spsphostnetworkingports k8spspprivilegedcontainer k8spspprocmount k8spspreadonlyrootfilesystem k8spspseccomp k8spspselinuxv2 k8spspvolumetypes k8srequiredlabels k8srequiredresources"},
	{"config.ratify.deislabs.io", "policies verifiers"},
	{"kyverno.io", "clusterpolicies policies policyexceptions"},
	{"policies.kubewarden.io", "admissionpolicies clusteradmissionpolicies policyservers"},
	{"policies.kyverno.io", "deletingpolicies generatingpolicies imagevalidatingpolicies mutatingpolicies namespacedimagevalidatingpolicies namespacedmutatingpolicies namespacedvalidatingpolicies policyexceptions validatingpolicies"},
	{"policy.sigstore.dev", "clusterimagepolicies trustroots"},
	{"portieris.cloud.ibm.com", "clusterimagepolicies imagepolicies"},
	{"templates.gatekeeper.sh", "constrainttemplates"},
	// Secrets and certificates.
	{"bitnami.com", "sealedsecrets"},
	{"cert-manager.io", "certificates clusterissuers issuers"},
	{"external-secrets.io", "clusterexternalsecrets clustersecretstores externalsecrets secretstores"},
	{"policy.cert-manager.io", "certificaterequestpolicies"},
	{"secrets.hashicorp.com", "vaultauths vaultconnections vaultdynamicsecrets vaultstaticsecrets"},
	{"secrets-store.csi.x-k8s.io", "secretproviderclasses secretproviderclasspodstatuses"},
	// What watches, records and keeps copies.
	{"aquasecurity.github.io", "configauditreports vulnerabilityreports"},
	{"compliance.openshift.io", "compliancesuites scansettingbindings scansettings"},
	{"config.kio.kasten.io", "policies"},
	{"k3s.cattle.io", "etcdsnapshotfiles"},
	{"logging.banzaicloud.io", "clusterflows clusteroutputs flows loggings outputs"},
	{"logging.openshift.io", "clusterlogforwarders"},
	{"longhorn.io", "recurringjobs"},
	{"monitoring.coreos.com", "alertmanagers podmonitors prometheuses prometheusrules servicemonitors"},
	{"neuvector.com", "nvadmissioncontrolsecurityrules nvclustersecurityrules nvsecurityrules nvwafsecurityrules"},
	{"observability.openshift.io", "clusterlogforwarders"},
	{"openreports.io", "clusterreports reports"},
	{"opentelemetry.io", "opentelemetrycollectors"},
	{"security.kubearmor.com", "kubearmorclusterpolicies kubearmorhostpolicies kubearmorpolicies"},
	{"security-profiles-operator.x-k8s.io", "apparmorprofiles profilebindings seccompprofiles selinuxprofiles"},
	{"velero.io", "backups backupstoragelocations restores schedules"},
	{"wgpolicyk8s.io", "clusterpolicyreports policyreports"},
	// Delivery.
	{"argoproj.io", "applications applicationsets appprojects cronworkflows rollouts workflowtemplates"},
	{"helm.toolkit.fluxcd.io", "helmreleases"},
	{"kustomize.toolkit.fluxcd.io", "kustomizations"},
	{"source.toolkit.fluxcd.io", "buckets gitrepositories helmcharts helmrepositories ocirepositories"},
	// OpenShift.
	{"apps.openshift.io", "deploymentconfigs"},
	{"config.openshift.io", "apiservers authentications clusterimagepolicies clusterversions imagepolicies images infrastructures networks oauths"},
	{"machineconfiguration.openshift.io", "kubeletconfigs"},
	{"operator.openshift.io", "authentications etcds ingresscontrollers kubeapiservers kubecontrollermanagers kubeschedulers networks openshiftapiservers"},
	{"security.openshift.io", "securitycontextconstraints"},
}

// known reports whether a built-in control may read the resource.
func known(r resource) bool {
	if r.group == "" && r.name == "secrets" {
		return true
	}
	at := slices.IndexFunc(knownGroups, func(g group) bool { return g.name == r.group })
	return at >= 0 && slices.Contains(strings.Fields(knownGroups[at].resources), r.name)
}

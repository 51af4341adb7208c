package audit

import "strings"

// scope says where objects of a resource live.
type scope int

const (
	namespaced scope = iota + 1
	cluster
)

// builtin are the resources of Kubernetes by API group, as its discovery documents list them
// (Kubernetes 1.37), with those of the last years that policies still name.
var builtin = map[string]map[string]scope{
	"": resources("bindings configmaps endpoints events limitranges persistentvolumeclaims pods podtemplates replicationcontrollers resourcequotas secrets serviceaccounts services",
		"componentstatuses namespaces nodes persistentvolumes"),
	"admissionregistration.k8s.io": resources("", "mutatingadmissionpolicies mutatingadmissionpolicybindings mutatingwebhookconfigurations validatingadmissionpolicies validatingadmissionpolicybindings validatingwebhookconfigurations"),
	"apiextensions.k8s.io":         resources("", "customresourcedefinitions"),
	"apiregistration.k8s.io":       resources("", "apiservices"),
	"apps":                         resources("controllerrevisions daemonsets deployments replicasets statefulsets", ""),
	"authentication.k8s.io":        resources("", "selfsubjectreviews tokenreviews"),
	"authorization.k8s.io":         resources("localsubjectaccessreviews", "selfsubjectaccessreviews selfsubjectrulesreviews subjectaccessreviews"),
	"autoscaling":                  resources("horizontalpodautoscalers", ""),
	"batch":                        resources("cronjobs jobs", ""),
	"certificates.k8s.io":          resources("podcertificaterequests", "certificatesigningrequests clustertrustbundles"),
	"coordination.k8s.io":          resources("leasecandidates leases", ""),
	"discovery.k8s.io":             resources("endpointslices", ""),
	"events.k8s.io":                resources("events", ""),
	"flowcontrol.apiserver.k8s.io": resources("", "flowschemas prioritylevelconfigurations"),
	"networking.k8s.io":            resources("ingresses networkpolicies", "clustercidrs ingressclasses ipaddresses servicecidrs"),
	"node.k8s.io":                  resources("", "runtimeclasses"),
	"policy":                       resources("poddisruptionbudgets", "podsecuritypolicies"),
	"rbac.authorization.k8s.io":    resources("rolebindings roles", "clusterrolebindings clusterroles"),
	"resource.k8s.io":              resources("podschedulingcontexts resourceclaimparameters resourceclaims resourceclaimtemplates resourceclassparameters", "deviceclasses devicetaintrules resourceclasses resourcepoolstatusrequests resourceslices"),
	"scheduling.k8s.io":            resources("compositepodgroups podgroups workloads", "priorityclasses"),
	"storage.k8s.io":               resources("csistoragecapacities", "csidrivers csinodes storageclasses volumeattachments volumeattributesclasses"),
}

func resources(inNamespaces, ofCluster string) map[string]scope {
	all := map[string]scope{}
	for _, name := range strings.Fields(inNamespaces) {
		all[name] = namespaced
	}
	for _, name := range strings.Fields(ofCluster) {
		all[name] = cluster
	}
	return all
}

// subresources are those of all built-in resources.
var subresources = strings.Fields("approval attach binding ephemeralcontainers eviction exec finalize instantiate log portforward proxy resize rollback scale status token")

// The verbs that requests have: those of resources come from the HTTP method and the path, those
// of paths are the method itself.
var (
	resourceVerbs = strings.Fields("create delete deletecollection get list patch proxy update watch")
	pathVerbs     = strings.Fields("connect delete get head options patch post put trace")
)

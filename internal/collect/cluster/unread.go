package cluster

// unreadGroups are API groups of which nothing is read, with the reason.
var unreadGroups = map[string]string{
	"events.k8s.io":                 "they tell what happened, not what is",
	"coordination.k8s.io":           "leases change all the time and grant nothing",
	"internal.apiserver.k8s.io":     "book-keeping of the API servers",
	"metrics.k8s.io":                "figures of use",
	"custom.metrics.k8s.io":         "figures of use",
	"external.metrics.k8s.io":       "figures of use",
	"extensions":                    "the same objects are in apps and networking.k8s.io",
	"packages.operators.coreos.com": "a catalogue of what could be installed",
	"project.openshift.io":          "the same as namespaces",
	"image.openshift.io":            "layers and tags of images, not what runs",
	"user.openshift.io":             "people, whose rights stand in bindings",
	"oauth.openshift.io":            "tokens of people",
	"quota.openshift.io":            "the same as resourcequotas",
	"samples.operator.openshift.io": "examples",
}

// unreadResources are single kinds that are not read, with the reason.
var unreadResources = map[string]string{
	"events":                                           "they tell what happened, not what is",
	"endpoints":                                        "the same as endpointslices",
	"componentstatuses":                                "deprecated, and empty for most clusters",
	"controllerrevisions.apps":                         "earlier templates, not what runs",
	"ipaddresses.networking.k8s.io":                    "one for each Service, which has the address",
	"csistoragecapacities.storage.k8s.io":              "figures of use",
	"volumeattachments.storage.k8s.io":                 "where volumes are mounted changes with the pods",
	"resourceslices.resource.k8s.io":                   "the hardware that nodes offer",
	"ciliumidentities.cilium.io":                       "numbers for sets of labels",
	"ciliumendpointslices.cilium.io":                   "the same as ciliumendpoints",
	"ipamblocks.crd.projectcalico.org":                 "addresses that are given out",
	"ipamhandles.crd.projectcalico.org":                "addresses that are given out",
	"blockaffinities.crd.projectcalico.org":            "addresses that are given out",
	"rangeallocations.security.openshift.io":           "numbers that are given out",
	"roles.authorization.openshift.io":                 "the same as in rbac.authorization.k8s.io",
	"rolebindings.authorization.openshift.io":          "the same as in rbac.authorization.k8s.io",
	"clusterroles.authorization.openshift.io":          "the same as in rbac.authorization.k8s.io",
	"clusterrolebindings.authorization.openshift.io":   "the same as in rbac.authorization.k8s.io",
	"machineconfigs.machineconfiguration.openshift.io": "files of nodes, secrets among them",
}

// unread gives the reason for which a resource is left out; "" if it is read.
func unread(r resource) string {
	if reason := unreadGroups[r.group]; reason != "" {
		return reason
	}
	return unreadResources[r.String()]
}

// reportGroups are groups of scanners' reports. They are large, and that they are there and of
// which day is all that is asked of them.
var reportGroups = map[string]bool{
	"aquasecurity.github.io": true, "wgpolicyk8s.io": true, "openreports.io": true, "reports.kyverno.io": true,
	"spdx.softwarecomposition.kubescape.io": true,
}

// bare reports whether only the metadata of a resource is read.
func (r resource) bare(readSecrets bool) bool {
	return reportGroups[r.group] || r.group == "" && r.name == "secrets" && !readSecrets
}

package cluster

import "github.com/kubeproof/kubeproof/internal/document"

var (
	out  = &document.Cut{Out: true}
	only = func(keys ...string) *document.Cut {
		cut := &document.Cut{Only: true, Keys: map[string]*document.Cut{}}
		for _, key := range keys {
			cut.Keys[key] = nil
		}
		return cut
	}
)

// metadata is cut of what changes without a reason, and of annotations that repeat the object:
// they hold the values of Secrets.
var metadata = &document.Cut{Keys: map[string]*document.Cut{
	"managedFields": out, "resourceVersion": out, "selfLink": out, "generation": out,
	"annotations": {Keys: map[string]*document.Cut{
		"kubectl.kubernetes.io/last-applied-configuration": out,
		"kapp.k14s.io/original":                            out,
		"objectset.rio.cattle.io/applied":                  out,
		"banzaicloud.com/last-applied":                     out,
	}},
}}

// conditions are cut of when somebody looked, which changes all the time.
var conditions = &document.Cut{Keys: map[string]*document.Cut{"lastHeartbeatTime": out, "lastProbeTime": out, "lastUpdateTime": out}}

// status is what is kept of what controllers write: plain values and a few parts that tell how
// something is exposed, on what it runs and whether it works.
var status = &document.Cut{Only: true, Scalars: true, Keys: map[string]*document.Cut{
	"conditions": conditions, "loadBalancer": nil, "addresses": nil, "nodeInfo": nil, "runtimeHandlers": nil,
	"features": nil, "parents": nil, "listeners": nil, "typeChecking": nil, "policy": nil,
}}

// cuts are what is left out of the objects of single resources beside their metadata.
var cuts = map[string]map[string]*document.Cut{
	"pods": {"status": {Only: true, Keys: map[string]*document.Cut{
		"phase": nil, "hostIP": nil, "podIP": nil, "podIPs": nil,
		"containerStatuses": only("name", "image", "imageID"), "initContainerStatuses": only("name", "image", "imageID"),
		"ephemeralContainerStatuses": only("name", "image", "imageID"),
	}}},
	"customresourcedefinitions.apiextensions.k8s.io": {"spec": {Keys: map[string]*document.Cut{
		"versions": {Keys: map[string]*document.Cut{"schema": out, "additionalPrinterColumns": out}}}}},
}

// cutOf gives what is left out of the objects of a resource.
func cutOf(r resource, bare bool) *document.Cut {
	cut := &document.Cut{Keys: map[string]*document.Cut{"metadata": metadata, "status": status}}
	if bare {
		cut.Only = true
		delete(cut.Keys, "status")
	}
	for key, below := range cuts[r.String()] {
		cut.Keys[key] = below
	}
	return cut
}

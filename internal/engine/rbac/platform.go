package rbac

import "strings"

// platform is how the objects of a platform or an add-on are named.
type platform struct {
	prefix, name string
	maker        Maker
}

// platforms, longer prefixes before shorter ones that begin alike.
var platforms = []platform{
	{"system:openshift:", "OpenShift", Vendor},
	{"openshift-", "OpenShift", Vendor},
	{"eks:", "EKS", Vendor},
	{"eks-", "EKS", Vendor},
	{"gce:", "GKE", Vendor},
	{"gke-", "GKE", Vendor},
	{"system:gke-", "GKE", Vendor},
	{"system:gcp-", "GKE", Vendor},
	{"aks-", "AKS", Vendor},
	{"aks:", "AKS", Vendor},
	{"system:azure-", "AKS", Vendor},
	{"kubeadm:", "kubeadm", Vendor},
	{"k3s-", "k3s", Vendor},
	{"system:k3s-", "k3s", Vendor},
	{"rke2-", "RKE2", Vendor},
	{"system:rke2-", "RKE2", Vendor},
	{"calico-", "Calico", ThirdParty},
	{"tigera-", "Calico", ThirdParty},
	{"cilium", "Cilium", ThirdParty},
	{"hubble-", "Cilium", ThirdParty},
	{"coredns", "CoreDNS", ThirdParty},
	{"system:coredns", "CoreDNS", ThirdParty},
}

// platformOf tells by the name alone whose an object is.
func platformOf(name string) Origin {
	for _, p := range platforms {
		if strings.HasPrefix(name, p.prefix) {
			return Origin{Maker: p.maker, Note: "named as those of " + p.name}
		}
	}
	return Origin{Maker: Own}
}

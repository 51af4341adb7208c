package rbac

import "strings"

// platform is a platform or an add-on, with the beginnings of the names of its objects and its
// namespaces. Nothing keeps others from using these names.
type platform struct {
	name       string
	maker      Maker
	prefixes   []string
	namespaces []string // with a dash or colon at the end: all that begin so
}

var platforms = []platform{
	{"OpenShift", Vendor, []string{"system:openshift:", "openshift-"}, []string{"openshift", "openshift-"}},
	{"EKS", Vendor, []string{"eks:", "eks-", "aws-node", "vpc-resource-controller"}, nil},
	{"GKE", Vendor, []string{"gce:", "gke-", "system:gke-", "system:gcp-", "system:gcloud-", "system:glbc-", "gmp-"}, []string{"gke-", "gmp-"}},
	{"AKS", Vendor, []string{"aks-", "aks:", "system:azure-", "system:aks-", "azure-cloud-provider"}, []string{"aks-"}},
	{"kubeadm", Vendor, []string{"kubeadm:"}, nil},
	{"k3s", Vendor, []string{"k3s-", "k3s:", "system:k3s-", "local-path-provisioner-", "helm-kube-system-"}, nil},
	{"RKE2", Vendor, []string{"rke2-", "system:rke2-"}, nil},
	{"k0s", Vendor, []string{"k0s:", "k0s-"}, nil},
	{"DigitalOcean", Vendor, []string{"doks:", "do-agent"}, nil},
	{"Calico", ThirdParty, []string{"calico-", "tigera-"}, []string{"calico-", "tigera-"}},
	{"Cilium", ThirdParty, []string{"cilium", "hubble-"}, []string{"cilium", "cilium-"}},
	{"Flannel", ThirdParty, []string{"flannel"}, []string{"kube-flannel"}},
	{"CoreDNS", ThirdParty, []string{"coredns", "system:coredns"}, nil},
	{"metrics-server", ThirdParty, []string{"metrics-server", "system:metrics-server", "system:aggregated-metrics-reader"}, nil},
	{"cert-manager", ThirdParty, []string{"cert-manager"}, []string{"cert-manager"}},
	{"ingress-nginx", ThirdParty, []string{"ingress-nginx"}, []string{"ingress-nginx"}},
	{"Traefik", ThirdParty, []string{"traefik"}, []string{"traefik"}},
	{"Prometheus", ThirdParty, []string{"prometheus-", "kube-prometheus-", "kube-state-metrics", "node-exporter"}, nil},
	{"Argo CD", ThirdParty, []string{"argocd-"}, []string{"argocd"}},
	{"Flux", ThirdParty, []string{"flux-", "crd-controller-flux-system", "cluster-reconciler-flux-system"}, []string{"flux-system"}},
	{"Istio", ThirdParty, []string{"istio-", "istiod"}, []string{"istio-system"}},
	{"Linkerd", ThirdParty, []string{"linkerd-"}, []string{"linkerd", "linkerd-"}},
	{"Kyverno", ThirdParty, []string{"kyverno:", "kyverno-"}, []string{"kyverno"}},
	{"Gatekeeper", ThirdParty, []string{"gatekeeper-"}, []string{"gatekeeper-system"}},
	{"External Secrets", ThirdParty, []string{"external-secrets"}, []string{"external-secrets"}},
	{"Velero", ThirdParty, []string{"velero"}, []string{"velero"}},
	{"Longhorn", ThirdParty, []string{"longhorn-"}, []string{"longhorn-system"}},
	{"Rook", ThirdParty, []string{"rook-"}, []string{"rook-ceph"}},
	{"MetalLB", ThirdParty, []string{"metallb"}, []string{"metallb-system"}},
	{"Rancher", ThirdParty, []string{"cattle-", "rancher-"}, []string{"cattle-"}},
	{"Tekton", ThirdParty, []string{"tekton-"}, []string{"tekton-"}},
	{"Crossplane", ThirdParty, []string{"crossplane"}, []string{"crossplane-system"}},
	{"Karpenter", ThirdParty, []string{"karpenter"}, []string{"karpenter"}},
	{"cluster-autoscaler", ThirdParty, []string{"cluster-autoscaler"}, nil},
	{"AWS add-ons", ThirdParty, []string{"aws-load-balancer-controller", "ebs-csi-", "efs-csi-"}, nil},
}

// platformOf tells by the name alone whose an object is.
func platformOf(name string) Origin {
	for _, p := range platforms {
		for _, prefix := range p.prefixes {
			if strings.HasPrefix(name, prefix) {
				return Origin{p.maker, "named as those of " + p.name}
			}
		}
	}
	return Origin{Maker: Own}
}

// madeBy tells by name and namespace whose an object is.
func madeBy(namespace, name string) Origin {
	if origin := platformOf(name); origin.Maker != Own {
		return origin
	}
	for _, p := range platforms {
		for _, own := range p.namespaces {
			if namespace == own || strings.HasSuffix(own, "-") && strings.HasPrefix(namespace, own) {
				return Origin{p.maker, "in a namespace of " + p.name}
			}
		}
	}
	if strings.HasPrefix(name, "system:") {
		return Origin{Own, "named as Kubernetes' own, but no known release makes it"}
	}
	return Origin{Maker: Own}
}

package fact

// definition is how a platform is recognised.
type definition struct {
	name    string
	managed bool
	// layer is 0 for clusters inside of others, 1 for platforms, 2 for distributions that
	// platforms are built from, 3 for the tool that most are built with.
	layer int
	// version stands in the version of every API server of the platform; "" if nothing does.
	version string
	signals []signal
}

// signal is one thing that tells a platform. Its weight is how sure the platform is if it alone
// is seen, between 0 and 1.
type signal struct {
	weight float64
	see    func(*Evidence) string // the words for what was seen, or ""
}

// platforms are all that are recognised. That a node runs on AWS, Azure or Google's machines is
// no signal: kops, kubeadm and OpenShift do too.
var platforms = []definition{
	{"vcluster", false, 0, "", []signal{
		{0.95, nodeMark("vcluster.loft.sh/")}, {0.6, contextName("vcluster_")}, {0.9, host(".vcluster.cloud")},
	}},
	{"Gardener", false, 0, "", []signal{
		{0.95, nodeMark("worker.gardener.cloud/")}, {0.9, configMap("kube-system/shoot-info")}, {0.5, nodeMark("node.gardener.cloud/")},
	}},
	{"HyperShift", false, 0, "", []signal{{0.95, nodeMark("hypershift.openshift.io/")}}},

	{"OpenShift", false, 1, "", []signal{
		{0.97, group("config.openshift.io")}, {0.7, group("machineconfiguration.openshift.io")},
		{0.6, osImage("Red Hat Enterprise Linux CoreOS")}, {0.6, configMap("openshift-kube-apiserver/config")},
	}},
	{"MicroShift", false, 2, "", []signal{{0.6, group("route.openshift.io")}, {0.9, configMap("kube-public/microshift-version")}}},
	{"EKS Distro", false, 1, "", []signal{{0.7, allOf(gitVersion("-eks-"), controlPlaneSeen)}}},
	{"EKS", true, 1, "-eks-", []signal{
		{0.9, gitVersion("-eks-")}, {0.9, host(".eks.amazonaws.com", ".eks.amazonaws.com.cn")}, {0.8, nodeMark("eks.amazonaws.com/")},
		{0.5, group("vpcresources.k8s.aws")}, {0.5, configMap("kube-system/aws-auth")}, {0.4, contextName("arn:aws:eks:", "arn:aws-cn:eks:")},
	}},
	{"GKE", true, 1, "-gke.", []signal{
		{0.95, gitVersion("-gke.")}, {0.9, nodeMark("cloud.google.com/gke-nodepool")}, {0.9, host(".gke.goog")},
		{0.3, osImage("Container-Optimized OS")}, {0.4, contextName("gke_")},
	}},
	{"AKS", true, 1, "", []signal{
		{0.9, nodeMark("kubernetes.azure.com/cluster")}, {0.95, host(".azmk8s.io")}, {0.4, nodeName("aks-")},
	}},
	{"DOKS", true, 1, "", []signal{{0.95, nodeMark("doks.digitalocean.com/node-")}, {0.95, host(".k8s.ondigitalocean.com")}}},
	{"OKE", true, 1, "", []signal{{0.9, nodeMark("oke.oraclecloud.com/")}}},
	{"LKE", true, 1, "", []signal{{0.9, nodeMark("lke.linode.com/")}, {0.95, host(".linodelke.net")}}},
	{"IKS", true, 1, "+IKS", []signal{{0.95, gitVersion("+IKS")}, {0.9, nodeMark("ibm-cloud.kubernetes.io/")}, {0.9, host(".containers.cloud.ibm.com")}}},
	{"ACK", true, 1, "-aliyun", []signal{{0.95, gitVersion("-aliyun")}, {0.8, nodeMark("alibabacloud.com/nodepool-id")}}},
	{"Scaleway Kapsule", true, 1, "", []signal{{0.9, nodeMark("k8s.scaleway.com/")}, {0.95, host(".scw.cloud")}}},
	{"OVHcloud", true, 1, "", []signal{{0.9, nodeMark("node.k8s.ovh/")}, {0.95, host(".k8s.ovh.net")}}},
	{"Tanzu", false, 1, "", []signal{{0.8, gitVersion("+vmware")}, {0.8, nodeMark("run.tanzu.vmware.com/")}}},
	{"kind", false, 1, "", []signal{{0.95, providerID("kind://")}, {0.4, contextName("kind-")}}},
	{"minikube", false, 1, "", []signal{{0.95, nodeMark("minikube.k8s.io/")}, {0.4, contextName("minikube")}}},
	{"kops", false, 1, "", []signal{{0.9, nodeMark("kops.k8s.io/")}}},

	{"RKE2", false, 2, "+rke2", []signal{
		{0.95, gitVersion("+rke2")}, {0.9, nodeMark("rke2.io/")}, {0.7, providerID("rke2://")},
	}},
	{"k3s", false, 2, "+k3s", []signal{
		{0.95, gitVersion("+k3s")}, {0.9, nodeMark("k3s.io/")}, {0.7, providerID("k3s://")}, {0.3, contextName("k3d-")},
	}},
	{"RKE", false, 2, "", []signal{{0.8, nodeMark("rke.cattle.io/")}, {0.6, configMap("kube-system/full-cluster-state")}}},
	{"k0s", false, 2, "+k0s", []signal{
		{0.95, gitVersion("+k0s")}, {0.9, nodeMark("node.k0sproject.io/")}, {0.8, group("autopilot.k0sproject.io")},
	}},
	{"microk8s", false, 2, "", []signal{{0.95, nodeMark("microk8s.io/")}, {0.8, nodeMark("node.kubernetes.io/microk8s-")}}},
	{"Talos", false, 2, "", []signal{{0.95, osImage("Talos (")}, {0.6, nodeMark("talos.dev/")}}},

	{"kubeadm", false, 3, "", []signal{{0.8, configMap("kube-system/kubeadm-config")}, {0.6, nodeMark("kubeadm.alpha.kubernetes.io/")}}},
}

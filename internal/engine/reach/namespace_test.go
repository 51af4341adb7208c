package reach

import (
	"fmt"
	"strings"
	"testing"
)

// factsText writes facts shortly: "in no, out yes by NetworkPolicy n1/p, open in a b".
func factsText(f NamespaceFacts) string {
	text := "in " + factText(f.DenyIngress) + ", out " + factText(f.DenyEgress)
	for _, u := range f.Undone {
		text += fmt.Sprintf(", %s undone for %s by %s", u.Direction, u.Peers, PolicyName(u.Reason.Policy))
	}
	if f.OpenIngress != nil {
		text += ", open in " + names(f.OpenIngress)
	}
	if f.OpenEgress != nil {
		text += ", open out " + names(f.OpenEgress)
	}
	return text
}

func factText(f Fact) string {
	if f.Reason.Policy == nil {
		return string(f.Truth)
	}
	return string(f.Truth) + " by " + PolicyName(f.Reason.Policy)
}

func names(endpoints []*Endpoint) string {
	var all []string
	for _, e := range endpoints {
		all = append(all, e.Name)
	}
	return strings.Join(all, " ")
}

func TestNamespaceFacts(t *testing.T) {
	const np = "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: p, namespace: n1}, spec: "
	const ccnp = "{apiVersion: cilium.io/v2, kind: CiliumClusterwideNetworkPolicy, metadata: {name: p}, spec: "
	const gnp = "{apiVersion: projectcalico.org/v3, kind: GlobalNetworkPolicy, metadata: {name: p}, spec: "
	const cluster = "{apiVersion: policy.networking.k8s.io/v1alpha2, kind: ClusterNetworkPolicy, metadata: {name: p}, spec: "
	for _, test := range []struct{ name, policy, want string }{
		{"nothing", "", "in no, out no, open in a b, open out a b"},
		{"default deny", np + "{podSelector: {}, policyTypes: [Ingress, Egress]}}", "in yes by NetworkPolicy n1/p, out yes by NetworkPolicy n1/p"},
		{"ingress alone", np + "{podSelector: {}}}", "in yes by NetworkPolicy n1/p, out no, open out a b"},
		{"every workload, but not every pod", np + "{podSelector: {matchExpressions: [{key: app, operator: Exists}]}}}", "in no, out no, open out a b"},
		{"pods without a label", np + "{podSelector: {matchExpressions: [{key: app, operator: DoesNotExist}]}}}", "in no, out no, open in a b, open out a b"},
		{"undone", np + "{podSelector: {}, ingress: [{}]}}", "in yes by NetworkPolicy n1/p, out no, ingress undone for everybody by NetworkPolicy n1/p, open out a b"},
		{"undone for the Internet", np + "{podSelector: {matchLabels: {app: a}}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}}", "in no, out no, ingress undone for every IPv4 address by NetworkPolicy n1/p, open in b, open out a b"},
		{"undone for pods", np + "{podSelector: {}, ingress: [{from: [{namespaceSelector: {}}]}]}}", "in yes by NetworkPolicy n1/p, out no, ingress undone for every pod of the cluster by NetworkPolicy n1/p, open out a b"},
		{"one port is not all", np + "{podSelector: {}, ingress: [{ports: [{port: 80}]}]}}", "in yes by NetworkPolicy n1/p, out no, open out a b"},
		{"broken", np + "{podSelector: {}, ingress: [{from: [{}]}]}}", "in unknown by NetworkPolicy n1/p, out no, open out a b"},
		{"Cilium", ccnp + "{endpointSelector: {}, ingress: [{}], egress: [{}]}}", "in yes by CiliumClusterwideNetworkPolicy p, out yes by CiliumClusterwideNetworkPolicy p"},
		{"Cilium without default deny", ccnp + "{endpointSelector: {}, enableDefaultDeny: {ingress: false}, ingress: [{fromEntities: [all]}]}}", "in no, out no, ingress undone for everybody by CiliumClusterwideNetworkPolicy p, open in a b, open out a b"},
		{"Calico", gnp + "{selector: all(), types: [Ingress, Egress]}}", "in yes by GlobalNetworkPolicy p, out yes by GlobalNetworkPolicy p"},
		{"Calico for some namespaces", gnp + "{namespaceSelector: 'team == \"red\"', types: [Ingress]}}", "in yes by GlobalNetworkPolicy p, out no, open out a b"},
		{"Calico for other namespaces", gnp + "{namespaceSelector: 'team != \"red\"', types: [Ingress]}}", "in no, out no, open in a b, open out a b"},
		{"baseline", cluster + "{tier: Baseline, priority: 1, subject: {namespaces: {}}, egress: [{action: Deny, to: [{networks: [0.0.0.0/0]}]}]}}", "in no, out yes by ClusterNetworkPolicy p, open in a b"},
		{"setting of Cilium", "{apiVersion: v1, kind: ConfigMap, metadata: {name: cilium-config, namespace: kube-system}, data: {enable-policy: always}}", "in yes by ConfigMap kube-system/cilium-config, out yes by ConfigMap kube-system/cilium-config"},
	} {
		m := Of(read(t, pods+test.policy))
		f := m.Namespace("n1")
		if got := factsText(f); got != test.want {
			t.Errorf("%s:\ngot  %s\nwant %s", test.name, got, test.want)
		}
		if names(f.HostNetwork) != "h" {
			t.Errorf("%s: on the network of their nodes are %q, want h", test.name, names(f.HostNetwork))
		}
	}
}

// In a namespace that was not seen, policies for namespaces with labels may or may not count.
func TestNamespaceNotSeen(t *testing.T) {
	m := Of(read(t, pods+"{apiVersion: projectcalico.org/v3, kind: GlobalNetworkPolicy, metadata: {name: p}, spec: {namespaceSelector: 'team == \"red\"', types: [Ingress]}}"))
	if got := factsText(m.Namespace("n2")); got != "in unknown by GlobalNetworkPolicy p, out no, open out c" {
		t.Errorf("got %s", got)
	}
	if got := strings.Join(m.Namespaces(), " "); got != "n1 n2" {
		t.Errorf("Namespaces() = %s, want n1 n2", got)
	}
}

func TestEnforcement(t *testing.T) {
	const cluster = "{apiVersion: kubeproof.dev/v1, kind: KubernetesCluster, metadata: {name: c}}\n---\n"
	daemonSet := func(name, container, more, status string) string {
		return fmt.Sprintf("{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: %s, namespace: kube-system}, spec: {template: {spec: {containers: [{name: %s%s}]}}}%s}\n---\n", name, container, more, status)
	}
	cilium := daemonSet("cilium", "cilium-agent", "", "")
	config := func(data string) string {
		return "{apiVersion: v1, kind: ConfigMap, metadata: {name: cilium-config, namespace: kube-system}, data: {" + data + "}}"
	}
	for _, test := range []struct{ name, text, want string }{
		{"files", cilium, "unknown: files do not show which network the cluster has"},
		{"nothing known", cluster, "unknown: no network that is known was recognised among the DaemonSets"},
		{"Cilium", cluster + cilium + config("enable-policy: default"), "enforces: DaemonSet kube-system/cilium runs"},
		{"Cilium, settings unseen", cluster + cilium, "unknown: Cilium runs, but its settings (ConfigMap kube-system/cilium-config) were not seen"},
		{"Cilium switched off", cluster + cilium + config("enable-policy: never"), "decoration: Cilium is set to enable-policy: never"},
		{"Cilium only watches", cluster + cilium + config("policy-audit-mode: 'true'"), "decoration: Cilium is set to policy-audit-mode: it logs what policies deny and lets it pass"},
		{"Calico", cluster + daemonSet("calico-node", "calico-node", "", ""), "enforces: DaemonSet kube-system/calico-node runs"},
		{"Calico on some nodes", cluster + daemonSet("calico-node", "calico-node", "", ", status: {numberReady: 2, desiredNumberScheduled: 3}"), "unknown: Calico is ready on 2 of 3 nodes"},
		{"Flannel", cluster + daemonSet("kube-flannel-ds", "kube-flannel", "", ""), "decoration: Flannel alone enforces no policies"},
		{"canal", cluster + daemonSet("canal", "calico-node", "", ""), "enforces: DaemonSet kube-system/canal runs"},
		{"Flannel with kube-router", cluster + daemonSet("kube-flannel-ds", "kube-flannel", "", "") + daemonSet("kube-router", "kube-router", "", ""), "enforces: DaemonSet kube-system/kube-router runs"},
		{"kube-router without firewall", cluster + daemonSet("kube-router", "kube-router", ", args: ['--run-firewall=false']", ""), "decoration: kube-router is set to --run-firewall=false"},
		{"Amazon", cluster + daemonSet("aws-node", "aws-eks-nodeagent", ", args: [--enable-network-policy=true]", ""), "enforces: the agent of the Amazon VPC CNI runs with --enable-network-policy=true"},
		{"Amazon without agent", cluster + daemonSet("aws-node", "aws-node", "", ""), "decoration: the Amazon VPC CNI enforces policies only with --enable-network-policy=true"},
		{"old kindnet", cluster + daemonSet("kindnet", "kindnet-cni", ", image: 'kindest/kindnetd:v20230511-dc714da8'", ""), "decoration: kindnet of 20230511 enforces no policies"},
		{"new kindnet", cluster + daemonSet("kindnet", "kindnet-cni", ", image: 'kindest/kindnetd:v20250512-df8de77b'", ""), "enforces: DaemonSet kube-system/kindnet runs"},
		{"k3s", cluster + `{apiVersion: v1, kind: Node, metadata: {name: n1, annotations: {k3s.io/node-args: '["server"]'}}, status: {nodeInfo: {kubeletVersion: v1.33.1+k3s1}}}`, "enforces: k3s runs its own policy controller"},
		{"k3s without", cluster + `{apiVersion: v1, kind: Node, metadata: {name: n1, annotations: {k3s.io/node-args: '["server","--disable-network-policy"]'}}, status: {nodeInfo: {kubeletVersion: v1.33.1+k3s1}}}`, "decoration: k3s runs with --disable-network-policy"},
	} {
		e := Of(read(t, test.text)).Enforcement()
		if got := string(e.State) + ": " + e.Reason; got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
	}
}

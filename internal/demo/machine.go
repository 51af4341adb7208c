package demo

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/kubeproof/kubeproof/internal/inventory"
)

// release is the version that the cluster runs.
func (s *sight) release() release {
	now := s.cluster.releases[0]
	for _, one := range s.cluster.releases {
		if one.from <= s.week {
			now = one
		}
	}
	return now
}

// minor is the second number of the version.
func (s *sight) minor() int {
	number, _ := strconv.Atoi(strings.TrimPrefix(s.release().line, "1."))
	return number
}

// machines are the nodes with their kubelets, and what else runs for the cluster itself.
func (s *sight) machines() {
	for i := range s.cluster.nodes {
		name := fmt.Sprintf("node-%d", i+1)
		labels := object{"kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "topology.kubernetes.io/zone": fmt.Sprintf("zone-%d", i%3+1), "topology.kubernetes.io/region": "example-1"}
		if s.cluster.managed == "" && i == 0 {
			labels["node-role.kubernetes.io/control-plane"] = ""
		}
		if s.cluster.managed != "" {
			labels["eks.amazonaws.com/nodegroup"] = "general"
		}
		behind := s.release().version
		if i == s.cluster.nodes-1 && s.week > 0 {
			behind = (&sight{cluster: s.cluster, week: s.week - 2}).release().version // the last node is renewed two weeks later
		}
		s.add(object{"apiVersion": "v1", "kind": "Node", "metadata": object{"name": name, "labels": labels},
			"spec": object{"podCIDR": fmt.Sprintf("10.20.%d.0/24", i)},
			"status": object{"nodeInfo": object{"kubeletVersion": behind, "osImage": s.system(), "kernelVersion": s.kernel(), "containerRuntimeVersion": "containerd://2.3.5", "architecture": "amd64", "operatingSystem": "linux"},
				"addresses": []any{object{"type": "InternalIP", "address": fmt.Sprintf("10.20.0.%d", 10+i)}}, "conditions": []any{object{"type": "Ready", "status": "True"}}}})
		s.kubelet(name, i)
	}
	s.addressing()
	if s.cluster.managed == "" {
		s.controlPlane()
	}
}

func (s *sight) system() string {
	if s.cluster.managed != "" {
		return "Amazon Linux 2023.8.20250915"
	}
	return "Debian GNU/Linux 13 (trixie)"
}

func (s *sight) kernel() string {
	if s.week < 12 {
		return "6.12.38"
	}
	return "6.12.57"
}

// kubelet adds what a node's kubelet says of its configuration.
func (s *sight) kubelet(node string, at int) {
	config := object{
		"authentication": object{"anonymous": object{"enabled": false}, "webhook": object{"enabled": true, "cacheTTL": "2m0s"}, "x509": object{"clientCAFile": "/etc/kubernetes/pki/ca.crt"}},
		"authorization":  object{"mode": "Webhook"}, "readOnlyPort": 0, "rotateCertificates": true, "serverTLSBootstrap": true, "protectKernelDefaults": true,
		"makeIPTablesUtilChains": true, "streamingConnectionIdleTimeout": "4h0m0s", "eventRecordQPS": 50, "podPidsLimit": 4096, "seccompDefault": true,
		"tlsMinVersion": "VersionTLS12", "tlsCipherSuites": words("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
	}
	if s.cluster.managed == "" && s.week < 10 {
		config["readOnlyPort"], config["protectKernelDefaults"] = 10255, false
	}
	if s.cluster.managed == "" && at == 2 && s.week >= 5 && s.week < 13 {
		config["authentication"].(object)["anonymous"] = object{"enabled": true}
	}
	s.add(object{"apiVersion": inventory.FactVersion, "kind": inventory.FactKubelet, "metadata": object{"name": node}, "from": "configz", "complete": true, "config": config})
}

// addressing is the DNS server of the cluster.
func (s *sight) addressing() {
	labels := object{"k8s-app": "kube-dns"}
	container := object{"name": "coredns", "image": "registry.k8s.io/coredns/coredns:v1.14.6", "args": words("-conf /etc/coredns/Corefile"),
		"resources":       object{"limits": object{"memory": "170Mi"}, "requests": object{"cpu": "100m", "memory": "70Mi"}},
		"securityContext": object{"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": object{"add": []any{"NET_BIND_SERVICE"}, "drop": []any{"ALL"}}}}
	s.add(object{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": object{"name": "coredns", "namespace": "kube-system", "labels": labels},
		"spec": object{"replicas": 2, "selector": object{"matchLabels": labels}, "template": object{"metadata": object{"labels": labels}, "spec": object{"serviceAccountName": "coredns", "priorityClassName": "system-cluster-critical", "securityContext": object{"seccompProfile": object{"type": "RuntimeDefault"}}, "containers": []any{container}}}}})
	s.add(object{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": object{"name": "coredns", "namespace": "kube-system"}})
	s.networked()
}

// networked is the program that connects pods, and enforces network policies.
func (s *sight) networked() {
	labels := object{"k8s-app": "cilium"}
	container := object{"name": "cilium-agent", "image": "registry.platform.example.com/mirror/cilium/cilium:v1.18.4", "command": words("cilium-agent"),
		"resources": object{"limits": object{"memory": "1Gi"}, "requests": object{"cpu": "100m", "memory": "512Mi"}}, "securityContext": object{"privileged": true}}
	s.add(object{"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": object{"name": "cilium", "namespace": "kube-system", "labels": labels},
		"spec": object{"selector": object{"matchLabels": labels}, "template": object{"metadata": object{"labels": labels}, "spec": object{"serviceAccountName": "cilium", "hostNetwork": true,
			"priorityClassName": "system-node-critical", "containers": []any{container}}}},
		"status": object{"desiredNumberScheduled": s.cluster.nodes, "numberReady": s.cluster.nodes, "numberAvailable": s.cluster.nodes}})
	s.add(object{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": object{"name": "cilium", "namespace": "kube-system"}})
	s.add(object{"apiVersion": "v1", "kind": "ConfigMap", "metadata": object{"name": "cilium-config", "namespace": "kube-system"}, "data": object{"enable-policy": "default"}})
}

// controlPlane are the pods of a control plane that kubeadm made.
func (s *sight) controlPlane() {
	server := words("--advertise-address=10.20.0.10 --authorization-mode=Node,RBAC --client-ca-file=/etc/kubernetes/pki/ca.crt --enable-admission-plugins=NodeRestriction " +
		"--etcd-servers=https://127.0.0.1:2379 --etcd-cafile=/etc/kubernetes/pki/etcd/ca.crt --etcd-certfile=/etc/kubernetes/pki/apiserver-etcd-client.crt --etcd-keyfile=/etc/kubernetes/pki/apiserver-etcd-client.key " +
		"--kubelet-client-certificate=/etc/kubernetes/pki/apiserver-kubelet-client.crt --kubelet-client-key=/etc/kubernetes/pki/apiserver-kubelet-client.key --service-account-key-file=/etc/kubernetes/pki/sa.pub " +
		"--service-account-issuer=https://kubernetes.default.svc --tls-cert-file=/etc/kubernetes/pki/apiserver.crt --tls-private-key-file=/etc/kubernetes/pki/apiserver.key --service-cluster-ip-range=10.96.0.0/12")
	if s.week >= 8 {
		server = append(server, words("--profiling=false --audit-log-path=/var/log/kubernetes/audit.log --audit-log-maxage=30 --audit-log-maxbackup=10 --audit-log-maxsize=100 --audit-policy-file=/etc/kubernetes/audit.yaml")...)
	}
	if s.week >= 17 {
		server = append(server, words("--encryption-provider-config=/etc/kubernetes/encryption.yaml --anonymous-auth=false")...)
	}
	s.component("kube-apiserver", "registry.k8s.io/kube-apiserver:"+s.release().version, server)
	s.component("kube-controller-manager", "registry.k8s.io/kube-controller-manager:"+s.release().version, words("--use-service-account-credentials=true --root-ca-file=/etc/kubernetes/pki/ca.crt --service-account-private-key-file=/etc/kubernetes/pki/sa.key --bind-address=127.0.0.1"))
	s.component("kube-scheduler", "registry.k8s.io/kube-scheduler:"+s.release().version, words("--bind-address=127.0.0.1 --profiling=false"))
	s.component("etcd", "registry.k8s.io/etcd:3.6.11-0", words("--cert-file=/etc/kubernetes/pki/etcd/server.crt --key-file=/etc/kubernetes/pki/etcd/server.key --client-cert-auth=true --trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt "+
		"--peer-cert-file=/etc/kubernetes/pki/etcd/peer.crt --peer-key-file=/etc/kubernetes/pki/etcd/peer.key --peer-client-cert-auth=true --peer-trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt --data-dir=/var/lib/etcd"))
}

// component adds a static pod as the API server mirrors it.
func (s *sight) component(name, image string, flags []any) {
	s.add(object{"apiVersion": "v1", "kind": "Pod", "metadata": object{"name": name + "-node-1", "namespace": "kube-system", "labels": object{"component": name, "tier": "control-plane"},
		"annotations":     object{"kubernetes.io/config.mirror": "made-up", "kubernetes.io/config.source": "file"},
		"ownerReferences": []any{object{"apiVersion": "v1", "kind": "Node", "name": "node-1", "controller": true}}},
		"spec": object{"hostNetwork": true, "nodeName": "node-1", "priorityClassName": "system-node-critical", "securityContext": object{"seccompProfile": object{"type": "RuntimeDefault"}},
			"containers": []any{object{"name": name, "image": image, "command": append([]any{name}, flags...)}}}})
}

// described is the fact that describes the cluster, and the gaps of what its provider does not show.
func (s *sight) described() {
	platform := object{"name": "kubeadm", "managed": false, "controlPlane": "visible", "confidence": 0.9, "signals": words("mirror-pods ConfigMap/kubeadm-config")}
	if s.cluster.managed != "" {
		platform = object{"name": s.cluster.managed, "managed": true, "controlPlane": "provider", "confidence": 0.95, "signals": words("version nodes")}
		for _, kind := range []string{inventory.FactAPIServer, inventory.FactControllerManager, inventory.FactScheduler, inventory.FactEtcd} {
			s.inv.Gaps = append(s.inv.Gaps, inventory.Gap{Target: s.source.Target, Kind: kind, Provider: true, Reason: s.cluster.managed + " runs the control plane: ask the provider"})
		}
	}
	s.inv.Gaps = append(s.inv.Gaps, inventory.Gap{Target: s.source.Target, Kind: inventory.FactCluster + ".metrics", Reason: "no right to get /metrics: grant get on the path /metrics"})
	suites := words("TLS_AES_128_GCM_SHA256 TLS_AES_256_GCM_SHA384 TLS_CHACHA20_POLY1305_SHA256")
	s.add(object{"apiVersion": inventory.FactVersion, "kind": inventory.FactCluster, "metadata": object{"name": s.cluster.name},
		"version":  object{"git": s.release().version, "major": 1, "minor": s.minor(), "platform": "linux/amd64"},
		"platform": platform, "endpoint": object{"public": s.cluster.managed != "" && s.week < 6}, "groups": s.groups(), "nodes": s.cluster.nodes,
		"probes": object{"anonymous": []any{object{"path": "/version", "status": s.anonymously()}, object{"path": "/healthz", "status": 200}, object{"path": "/api", "status": 403}},
			"tls": object{"versions": words("1.2 1.3"), "suites": suites}, "profiling": 403},
		"observed": s.at.Format(time.RFC3339), "missing": object{"metrics": "no right to get /metrics: grant get on the path /metrics"}})
}

func (s *sight) anonymously() int {
	if s.week < 17 {
		return 200
	}
	return 401
}

// groups are the APIs that the cluster serves.
func (s *sight) groups() []any {
	return words("admissionregistration.k8s.io apiextensions.k8s.io apiregistration.k8s.io apps autoscaling batch certificates.k8s.io discovery.k8s.io events.k8s.io flowcontrol.apiserver.k8s.io networking.k8s.io node.k8s.io policy rbac.authorization.k8s.io scheduling.k8s.io storage.k8s.io cert-manager.io monitoring.coreos.com")
}

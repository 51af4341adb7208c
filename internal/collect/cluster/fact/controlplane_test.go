package fact

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/inventory"
)

// shownBy adds the control plane that objects and what the server said show.
func shownBy(t *testing.T, objects string, r reading, p Platform) *collection {
	t.Helper()
	c := &collection{options: Options{Target: "cluster:test", Cluster: "test"}, objects: newObjects(subjectsOf(t, objects)),
		source: &inventory.Source{Target: "cluster:test", Cluster: "test"}}
	c.controlPlane(&r, p)
	return c
}

func gapsOf(gaps []inventory.Gap) map[string]string {
	all := map[string]string{}
	for _, gap := range gaps {
		text := gap.Reason
		if gap.Provider {
			text = "provider: " + text
		}
		all[gap.Kind] = text
	}
	return all
}

const k3sNodes = `apiVersion: v1
kind: Node
metadata:
  name: s1
  labels: {node-role.kubernetes.io/control-plane: "true", node-role.kubernetes.io/etcd: "true"}
  annotations:
    k3s.io/node-args: '["server","--cluster-init","--token","********","--secrets-encryption","true","--disable-network-policy","--protect-kernel-defaults","true","--kube-apiserver-arg","audit-log-path=/var/log/audit.log","--kube-apiserver-arg","enable-admission-plugins+=,PodSecurity","--kube-apiserver-arg","--anonymous-auth=true","--kube-apiserver-arg","feature-gates=A=true","--kube-apiserver-arg","feature-gates=B=false","--kube-controller-manager-arg","terminated-pod-gc-threshold=10","--kubelet-arg","pod-max-pids=4096","--kubelet-arg","hostname-override=x","--datastore-endpoint=postgres://a:b@c/d"]'
---
apiVersion: v1
kind: Node
metadata:
  name: w1
  annotations: {k3s.io/node-args: '["agent","--kubelet-arg","read-only-port=10255"]'}
---
apiVersion: v1
kind: Node
metadata: {name: odd, annotations: {k3s.io/node-args: "not JSON"}}
`

func TestK3sWritesItsArgumentsOnNodes(t *testing.T) {
	c := shownBy(t, k3sNodes, reading{}, Platform{Name: "k3s", ControlPlane: Visible})
	if diff := cmp.Diff(map[string]string{}, gapsOf(c.gaps)); diff != "" {
		t.Errorf("gaps (-want +got):\n%s", diff)
	}
	want := map[string]map[string]string{
		"kube-apiserver-s1": {"audit-log-path": "/var/log/audit.log", "enable-admission-plugins": "NodeRestriction,PodSecurity", "anonymous-auth": "true",
			"feature-gates": "A=true,B=false", "profiling": "false", "secrets-encryption": "true", "disable-network-policy": "true", "cluster-init": "true",
			"encryption-provider-config": "/var/lib/rancher/k3s/server/cred/encryption-config.json", "token": "", "datastore-endpoint": ""},
		"kube-controller-manager-s1": {"terminated-pod-gc-threshold": "10", "use-service-account-credentials": "true"},
		"kube-scheduler-s1":          {"bind-address": "127.0.0.1"},
		"etcd-s1":                    {"client-cert-auth": "true"},
	}
	if len(c.facts) != len(want) {
		t.Errorf("%d facts, want %d", len(c.facts), len(want))
	}
	for _, f := range c.facts {
		if got := f.Root.Get("from").Text(); got != "annotation k3s.io/node-args of node s1" || f.Root.Get("complete").Bool() {
			t.Errorf("%s is from %q", f.Name, got)
		}
		for name, value := range want[f.Name] {
			if got := f.Root.Get("flags", name).Text(); got != value {
				t.Errorf("%s: flag %s is %q, want %q", f.Name, name, got, value)
			}
		}
	}
}

func TestK3sKubeletsHaveTheirArguments(t *testing.T) {
	c := &collection{objects: newObjects(subjectsOf(t, k3sNodes)), source: &inventory.Source{}, client: &restClient{}}
	args := c.nodeArgs()
	if len(args) != 2 {
		t.Fatalf("%d nodes have arguments, want 2", len(args))
	}
	server, agent := kubeletOf(args[0]), kubeletOf(args[1])
	if diff := cmp.Diff(map[string]any{"hostname-override": "x"}, server["flags"]); diff != "" {
		t.Errorf("flags (-want +got):\n%s", diff)
	}
	want := map[string]any{
		"authentication": map[string]any{"anonymous": map[string]any{"enabled": false}, "webhook": map[string]any{"enabled": true},
			"x509": map[string]any{"clientCAFile": "/var/lib/rancher/k3s/agent/client-ca.crt"}},
		"authorization": map[string]any{"mode": "Webhook"}, "podPidsLimit": 4096, "protectKernelDefaults": true, "readOnlyPort": 0,
		"tlsCertFile": "/var/lib/rancher/k3s/agent/serving-kubelet.crt", "tlsPrivateKeyFile": "/var/lib/rancher/k3s/agent/serving-kubelet.key",
	}
	if diff := cmp.Diff(want, server["config"]); diff != "" {
		t.Errorf("configuration (-want +got):\n%s", diff)
	}
	if got := agent["config"].(map[string]any)["readOnlyPort"]; got != 10255 {
		t.Errorf("the agent's read-only port is %v, want 10255", got)
	}
}

func TestFlagzStandsBeforeArguments(t *testing.T) {
	r := reading{flags: &flagz{flags: map[string]string{"anonymous-auth": "false"}}, version: versionAnswer{Git: "v1.36.1+k3s1"}}
	c := shownBy(t, k3sNodes, r, Platform{Name: "k3s", ControlPlane: Visible})
	server := findFact(c.facts, inventory.FactAPIServer, "kube-apiserver")
	if server == nil || findFact(c.facts, inventory.FactAPIServer, "kube-apiserver-s1") != nil || len(c.facts) != 4 {
		t.Fatalf("%d facts: the API server must be there once", len(c.facts))
	}
	if flags := server.Root.Get("flags"); flags.Get("anonymous-auth").Text() != "false" || flags.Get("disable-network-policy").Text() != "true" {
		t.Errorf("flags %v", flags.Plain())
	}
}

const openshiftObjects = `apiVersion: v1
kind: ConfigMap
metadata: {name: config, namespace: openshift-kube-apiserver}
data:
  config.yaml: '{"kind":"KubeAPIServerConfig","apiServerArguments":{"anonymous-auth":["true"],"enable-admission-plugins":["NodeRestriction","PodSecurity"],"authentication-config":["/etc/kubernetes/static-pod-resources/configmaps/auth-config/auth-config.json"]},"servingInfo":{"minTLSVersion":"VersionTLS12","cipherSuites":["TLS_AES_128_GCM_SHA256","TLS_AES_256_GCM_SHA384"]}}'
---
apiVersion: v1
kind: ConfigMap
metadata: {name: auth-config, namespace: openshift-kube-apiserver}
data:
  auth-config.json: '{"kind":"AuthenticationConfiguration","jwt":[{"issuer":{"url":"https://id.example.com"}}]}'
---
apiVersion: v1
kind: ConfigMap
metadata: {name: config, namespace: openshift-kube-controller-manager}
data: {config.yaml: '{"extendedArguments":{"profiling":["false"]}}'}
---
apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver-master-0, namespace: openshift-kube-apiserver, annotations: {kubernetes.io/config.mirror: a}}
spec: {containers: [{name: kube-apiserver}]}
`

func TestOpenShiftKeepsFlagsInConfigMaps(t *testing.T) {
	c := shownBy(t, openshiftObjects, reading{}, Platform{Name: "OpenShift", ControlPlane: Visible})
	server := findFact(c.facts, inventory.FactAPIServer, "kube-apiserver-master-0")
	if server == nil {
		t.Fatalf("the API server is not among %d facts under the name of its pod", len(c.facts))
	}
	want := map[string]any{"anonymous-auth": "true", "enable-admission-plugins": "NodeRestriction,PodSecurity", "tls-min-version": "VersionTLS12",
		"tls-cipher-suites":     "TLS_AES_128_GCM_SHA256,TLS_AES_256_GCM_SHA384",
		"authentication-config": "/etc/kubernetes/static-pod-resources/configmaps/auth-config/auth-config.json"}
	if diff := cmp.Diff(want, server.Root.Get("flags").Plain()); diff != "" {
		t.Errorf("flags (-want +got):\n%s", diff)
	}
	if got := server.Root.Get("files", "authentication-config", "kind").Text(); got != "AuthenticationConfiguration" {
		t.Errorf("the file is a %q", got)
	}
	if findFact(c.facts, inventory.FactControllerManager, "kube-controller-manager") == nil {
		t.Error("the controller manager is not found")
	}
	if got := gapsOf(c.gaps)[inventory.FactAPIServer]; got != "" {
		t.Errorf("gap %q", got)
	}
}

func TestBrokenOpenShiftConfigIsAnError(t *testing.T) {
	c := shownBy(t, `apiVersion: v1
kind: ConfigMap
metadata: {name: config, namespace: openshift-kube-apiserver}
data: {config.yaml: '[1, 2]'}
`, reading{}, Platform{Name: "OpenShift", ControlPlane: Visible})
	if len(c.errors) != 1 || c.errors[0].Message != "read ConfigMap openshift-kube-apiserver/config: config.yaml: it is no single object" {
		t.Errorf("errors %v", c.errors)
	}
}

func TestControlPlanesOutOfSight(t *testing.T) {
	noFlags := &problem{reason: "no right to get /flagz: grant get on nonResourceURL /flagz"}
	const eks = "provider: EKS runs the control plane: ask the provider"
	tests := []struct {
		name     string
		r        reading
		p        Platform
		api, kcm string
	}{
		{"a provider's", reading{noFlags: noFlags}, Platform{Name: "EKS", Managed: true, ControlPlane: Provider}, eks, eks},
		{"a provider's with /flagz", reading{flags: &flagz{flags: map[string]string{"a": "b"}}}, Platform{Name: "EKS", Managed: true, ControlPlane: Provider}, "", eks},
		{"in another cluster", reading{noFlags: noFlags}, Platform{Name: "vcluster", ControlPlane: Elsewhere},
			"the control plane of vcluster runs outside of this cluster: scan the cluster or the machines that it runs on; " + noFlags.reason,
			"the control plane of vcluster runs outside of this cluster: scan the cluster or the machines that it runs on"},
		{"inside of k3s", reading{noFlags: noFlags}, Platform{Name: "k3s", ControlPlane: Unknown},
			"k3s runs kube-apiserver inside of its own program, and no node shows its arguments: list nodes, or scan the servers themselves; " + noFlags.reason,
			"k3s runs kube-controller-manager inside of its own program, and no node shows its arguments: list nodes, or scan the servers themselves"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := gapsOf(shownBy(t, "", test.r, test.p).gaps)
			if got[inventory.FactAPIServer] != test.api || got[inventory.FactControllerManager] != test.kcm {
				t.Errorf("gaps %q and %q", got[inventory.FactAPIServer], got[inventory.FactControllerManager])
			}
		})
	}
}

package component

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// subjectsOf reads objects as the collectors do; file is shown as where they stand.
func subjectsOf(t *testing.T, file, text string) []*inventory.Subject {
	t.Helper()
	source := &inventory.Source{Target: "t", File: file, Text: []byte(text)}
	documents, problems := document.Read(source.Text, document.DefaultLimits)
	for _, p := range problems {
		t.Fatal(p.Message)
	}
	var subjects []*inventory.Subject
	for _, d := range documents {
		subjects = append(subjects, inventory.NewSubject(d.Root, source, d.EndLine, "", nil))
	}
	return subjects
}

// described gives what a test compares of an instance.
type described struct {
	Kind, Name, From, Version string
	Flags                     map[string]any
}

func describe(all []*inventory.Subject) []described {
	var found []described
	for _, s := range all {
		flags, _ := s.Root.Get("flags").Plain().(map[string]any)
		found = append(found, described{s.Kind, s.Name, s.Root.Get("from").Text(), s.Root.Get("version").Text(), flags})
	}
	return found
}

func TestInstancesOfPods(t *testing.T) {
	tests := []struct {
		name, text string
		want       []described
	}{
		{"command and args joined, both forms of a flag", `apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver, namespace: kube-system}
spec:
  containers:
  - name: kube-apiserver
    image: registry.k8s.io/kube-apiserver:v1.35.2@sha256:ab
    command: [kube-apiserver, --profiling=false]
    args: ["--audit-log-path", /var/log/a.log, --allow_privileged, --feature-gates=A=true, --feature-gates=B=false, --profiling=true]
`, []described{{"APIServerInstance", "kube-apiserver", "static pod manifest", "v1.35.2", map[string]any{
			"profiling": "true", "audit-log-path": "/var/log/a.log", "allow-privileged": "true", "feature-gates": "A=true,B=false"}}}},
		{"a mirror pod, its program behind a wrapper", `apiVersion: v1
kind: Pod
metadata:
  name: kube-scheduler-n1
  namespace: kube-system
  annotations: {kubernetes.io/config.mirror: x}
  ownerReferences: [{kind: Node, name: n1, controller: true}]
spec:
  containers:
  - {name: s, image: "x/y:1", command: [/go-runner, --log-file=/a, /usr/local/bin/kube-scheduler, --bind-address=127.0.0.1]}
`, []described{{"SchedulerInstance", "kube-scheduler-n1", "mirror pod kube-system/kube-scheduler-n1", "", map[string]any{"bind-address": "127.0.0.1"}}}},
		{"etcd by environment, arguments win", `apiVersion: v1
kind: Pod
metadata: {name: etcd, namespace: kube-system}
spec:
  containers:
  - name: etcd
    image: quay.io/coreos/etcd:v3.6.5
    env: [{name: ETCD_CERT_FILE, value: /a}, {name: ETCD_NAME, valueFrom: {}}, {name: OTHER, value: x}]
    command: [etcd, -cert-file, /b]
`, []described{{"EtcdInstance", "etcd", "static pod manifest", "v3.6.5", map[string]any{"cert-file": "/b"}}}},
		{"a shell script", `apiVersion: v1
kind: Pod
metadata: {name: a, namespace: openshift-kube-apiserver}
spec:
  containers:
  - name: a
    image: quay.io/x@sha256:ab
    command: [/bin/bash, -ec]
    args:
    - |
      echo -n kube-apiserver
      exec watch-termination --graceful=1s -- hyperkube kube-apiserver --profiling=false \
        --v=2 --x="y"; rm --force
`, []described{{"APIServerInstance", "a", "static pod manifest", "", map[string]any{"profiling": "false", "v": "2", "x": "y"}}}},
		{"known by its image", `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: kube-proxy, namespace: kube-system}
spec: {template: {spec: {containers: [{name: p, image: "k/kube-proxy:v1.35.0", args: [--v=2]}]}}}
`, []described{{"KubeProxyInstance", "kube-proxy", "DaemonSet kube-system/kube-proxy", "v1.35.0", map[string]any{"v": "2"}}}},
		{"a pod that a workload made", `apiVersion: v1
kind: Pod
metadata: {name: kube-proxy-1, namespace: kube-system, ownerReferences: [{kind: DaemonSet, name: kube-proxy, controller: true}]}
spec: {containers: [{name: p, command: [kube-proxy]}]}
`, nil},
		{"an application's etcd", `apiVersion: v1
kind: Pod
metadata: {name: etcd, namespace: shop}
spec: {containers: [{name: etcd, command: [etcd]}]}
`, nil},
		{"only named by another program", `apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  containers:
  - {name: a, image: x, command: [sh, -c, "until nslookup kube-apiserver; do sleep 1; done"]}
  - {name: b, image: x, command: [wait-for, kube-apiserver, --timeout=1s]}
  - {name: c, image: "x/kube-apiserver:v1.35.0", command: [sleep, "1"]}
  initContainers: [{name: i, command: [kube-apiserver]}]
`, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, describe(Derive(subjectsOf(t, "a.yaml", test.text)))); diff != "" {
				t.Errorf("instances (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFlagsStandWhereTheirArgumentsStand(t *testing.T) {
	all := Derive(subjectsOf(t, "a.yaml", `kind: Pod
apiVersion: v1
metadata: {name: kube-apiserver}
spec:
  containers:
  - name: a
    command:
    - kube-apiserver
    - --profiling=true
    - --audit-log-path
    - /x
`))
	root := all[0].Root
	lines := map[string]int32{"": root.Line, "flags": root.Get("flags").KeyLine,
		"profiling": root.Get("flags", "profiling").Line, "audit-log-path": root.Get("flags", "audit-log-path").Line,
		"metadata": root.Get("metadata").Line}
	want := map[string]int32{"": 1, "flags": 7, "profiling": 9, "audit-log-path": 10, "metadata": 1}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	if got := root.Get("flags", "profiling").Path(); got != "flags.profiling" {
		t.Errorf("path is %s", got)
	}
}

func TestKubeadmConfiguration(t *testing.T) {
	const text = `apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: v1.35.1
certificatesDir: /pki
apiServer:
  extraArgs:
  - {name: authorization-config, value: /a.yaml}
  - {name: anonymous-auth, value: "false"}
  - {name: enable-admission-plugins, value: ",EventRateLimit", mergeMethod: append}
etcd: {external: {caFile: /ca.crt}}
---
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: {anonymous: {enabled: true}}
`
	all := Derive(subjectsOf(t, "kubeadm.yaml", text))
	if len(all) != 4 {
		t.Fatalf("got %d instances, want an API server, a controller manager, a scheduler and a kubelet", len(all))
	}
	flags := all[0].Root.Get("flags")
	for name, want := range map[string]string{"anonymous-auth": "false", "authorization-mode": "", "client-ca-file": "/pki/ca.crt",
		"etcd-cafile": "/ca.crt", "etcd-certfile": "", "authorization-config": "/a.yaml",
		"enable-admission-plugins": "NodeRestriction,EventRateLimit"} {
		if got := flags.Get(name).Text(); got != want {
			t.Errorf("flag %s is %q, want %q", name, got, want)
		}
	}
	if line := flags.Get("anonymous-auth").Line; line != 8 {
		t.Errorf("anonymous-auth stands on line %d, want 8", line)
	}
	want := map[string]any{"anonymous": map[string]any{"enabled": true}, "x509": map[string]any{"clientCAFile": "/etc/kubernetes/pki/ca.crt"}}
	kubelet := all[3].Root
	if diff := cmp.Diff(want, kubelet.Get("config", "authentication").Plain()); diff != "" {
		t.Errorf("kubelet (-want +got):\n%s", diff)
	}
	if kubelet.Get("config", "authentication", "anonymous", "enabled").KeyLine != 14 || all[3].Name != "kubeadm" {
		t.Errorf("kubelet %q, anonymous on line %d", all[3].Name, kubelet.Get("config", "authentication", "anonymous", "enabled").KeyLine)
	}
}

func TestMapOfExtraArguments(t *testing.T) {
	all := Derive(subjectsOf(t, "k.yaml", `apiVersion: kubeadm.k8s.io/v1beta3
kind: ClusterConfiguration
scheduler: {extraArgs: {profiling: "false", bind-address: 0.0.0.0}}
`))
	if diff := cmp.Diff(map[string]any{"profiling": "false", "bind-address": "0.0.0.0", "leader-elect": "true"}, describe(all)[2].Flags); diff != "" {
		t.Errorf("flags (-want +got):\n%s", diff)
	}
}

func TestConfigurationFilesBesideTheFlag(t *testing.T) {
	subjects := subjectsOf(t, "manifests/api.yaml", `apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver}
spec: {containers: [{name: a, command: [kube-apiserver, --authentication-config=/etc/authn.yaml, --authorization-config=/etc/authz.yaml]}]}
`)
	subjects = append(subjects, subjectsOf(t, "files/authn.yaml", "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\nanonymous: {enabled: false}\n")...)
	for _, file := range []string{"files/a.yaml", "files/b.yaml"} {
		subjects = append(subjects, subjectsOf(t, file, "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthorizationConfiguration\n")...)
	}
	root := Derive(subjects)[0].Root
	if got := root.Get("files", "authentication-config", "anonymous", "enabled"); got == nil || got.Line != 4 {
		t.Errorf("the authentication configuration is %v", got)
	}
	if root.Get("files", "authorization-config") != nil {
		t.Error("of two authorization configurations neither is known to be the one")
	}
}

func TestDeriveTwice(t *testing.T) {
	subjects := subjectsOf(t, "a.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver}\nspec: {containers: [{name: a, command: [kube-apiserver]}]}\n")
	first := Derive(subjects)
	if again := Derive(append(subjects, first...)); len(first) != 1 || len(again) != 0 {
		t.Errorf("got %d instances, and %d more", len(first), len(again))
	}
}

func TestHostilePods(t *testing.T) {
	for _, text := range []string{
		"kind: Pod\nspec: {containers: [{command: [kube-apiserver, \"-\", \"--\", \"--=\", \"---a.b[0]\", ~, 1, {a: b}, [x]]}]}\n",
		"kind: Pod\nspec: {containers: [{command: kube-apiserver, args: {a: b}, image: [x]}]}\n",
		"kind: Pod\nspec: {containers: [{image: kube-apiserver, env: text}]}\n",
		"apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\napiServer: [a]\netcd: {local: text}\nscheduler: {extraArgs: [~, a, {value: b}]}\n",
		"apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\n---\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nauthentication: [x]\n",
	} {
		for _, s := range Derive(subjectsOf(t, "a.yaml", text)) {
			if s.Root.Get("kind").Text() != s.Kind {
				t.Errorf("%q: kind %q", text, s.Root.Get("kind").Text())
			}
		}
	}
}

// live moves subjects into a live cluster.
func live(subjects []*inventory.Subject) []*inventory.Subject {
	for _, s := range subjects {
		s.Source.Cluster = "prod"
	}
	return subjects
}

func TestWhatALiveClusterToldIsNotDerivedAgain(t *testing.T) {
	const pod = `apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver-n1, namespace: kube-system}
spec: {containers: [{name: a, command: [kube-apiserver, "--enable-admission-plugins=B,A", --advertise-address=192.0.2.1, --profiling=false]}]}
---
apiVersion: kubeproof.dev/v1
kind: APIServerInstance
metadata: {name: kube-apiserver}
from: flagz
`
	tests := map[string]struct {
		fact string
		want int
	}{
		"the same":          {"complete: true\nflags: {enable-admission-plugins: \"A,B\", profiling: \"false\", v: \"2\"}\n", 0},
		"another value":     {"complete: true\nflags: {enable-admission-plugins: \"A,B\", profiling: \"true\"}\n", 1},
		"not all was told":  {"complete: false\nflags: {enable-admission-plugins: \"A,B\", profiling: \"false\"}\n", 1},
		"a flag is missing": {"complete: true\nflags: {profiling: \"false\"}\n", 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := Derive(live(subjectsOf(t, "", pod+test.fact))); len(got) != test.want {
				t.Errorf("got %d instances, want %d", len(got), test.want)
			}
		})
	}
	proxy := live(subjectsOf(t, "", `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: kube-proxy, namespace: kube-system}
spec: {template: {spec: {containers: [{name: p, command: [kube-proxy]}]}}}
---
apiVersion: kubeproof.dev/v1
kind: KubeProxyInstance
metadata: {name: n1}
`))
	if got := Derive(proxy); len(got) != 0 {
		t.Errorf("got %d instances of kube-proxy, which the cluster told of", len(got))
	}
}

func TestKubeProxyReadsItsConfigMap(t *testing.T) {
	all := Derive(subjectsOf(t, "a.yaml", `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: kube-proxy, namespace: kube-system}
spec:
  template:
    spec:
      containers: [{name: p, command: [kube-proxy, --config=/x/config.conf]}]
      volumes: [{name: a, hostPath: {path: /}}, {name: c, configMap: {name: proxy}}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: proxy, namespace: kube-system}
data: {config.conf: "mode: ipvs\n"}
`))
	if mode := all[0].Root.Get("config", "mode"); mode.Text() != "ipvs" || mode.Line != 7 {
		t.Errorf("mode is %q on line %d, want that of the ConfigMap on the line of the flag", mode.Text(), mode.Line)
	}
}

func TestClusterAPIControlPlane(t *testing.T) {
	all := Derive(subjectsOf(t, "capi.yaml", `apiVersion: controlplane.cluster.x-k8s.io/v1beta1
kind: KubeadmControlPlane
metadata: {name: prod}
spec:
  version: v1.35.2
  kubeadmConfigSpec:
    clusterConfiguration:
      apiServer:
        extraArgs:
          profiling: "false"
---
apiVersion: controlplane.cluster.x-k8s.io/v1beta2
kind: KubeadmControlPlaneTemplate
metadata: {name: bare}
spec: {template: {spec: {}}}
`))
	if len(all) != 8 || all[0].Name != "prod-kube-apiserver" || all[4].Name != "bare-kube-apiserver" {
		t.Fatalf("got %d instances, want four of each control plane: %v", len(all), describe(all))
	}
	if got := all[0].Root; got.Get("flags", "profiling").KeyLine != 10 || got.Get("version").Text() != "v1.35.2" {
		t.Errorf("got version %q, profiling on line %d", got.Get("version").Text(), got.Get("flags", "profiling").KeyLine)
	}
}

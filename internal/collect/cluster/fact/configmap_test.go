package fact

import (
	"testing"

	"github.com/kubeproof/kubeproof/internal/inventory"
)

func TestAuditPoliciesInConfigMaps(t *testing.T) {
	c := &collection{options: Options{Target: "cluster:test", Cluster: "test"}, source: &inventory.Source{}, objects: newObjects(subjectsOf(t, `apiVersion: v1
kind: ConfigMap
metadata: {name: kube-apiserver-audit-policies, namespace: openshift-kube-apiserver}
data:
  policy.yaml: |
    apiVersion: audit.k8s.io/v1
    kind: Policy
    rules: [{level: Metadata}]
  other: "see audit.k8s.io/v1"
  broken.yaml: "kind: [audit.k8s.io/"
---
apiVersion: v1
kind: ConfigMap
metadata: {name: plain, namespace: a}
data: {a: b}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: odd, namespace: a}
data: text
`))}
	c.auditPolicies()
	if len(c.facts) != 1 {
		t.Fatalf("%d policies, want 1", len(c.facts))
	}
	p := c.facts[0]
	if p.Kind != "Policy" || p.APIVersion != "audit.k8s.io/v1" || p.Name != "kube-apiserver-audit-policies" || p.Namespace != "openshift-kube-apiserver" ||
		p.Source.File != "ConfigMap openshift-kube-apiserver/kube-apiserver-audit-policies, policy.yaml" || p.Source.Cluster != "test" {
		t.Errorf("policy %+v, source %+v", p, p.Source)
	}
	if got := p.Root.Get("rules").Children()[0].Get("level"); got.Text() != "Metadata" || got.Line != 3 {
		t.Errorf("level %q on line %d", got.Text(), got.Line)
	}
}

func TestKubeProxyConfigurations(t *testing.T) {
	tests := []struct{ name, data, want, gap string }{
		{"kubeadm's", `{name: kube-proxy, namespace: kube-system}
data: {config.conf: "metricsBindAddress: 0.0.0.0:10249"}`, "0.0.0.0:10249", ""},
		{"EKS's", `{name: kube-proxy-config, namespace: kube-system}
data: {config: "metricsBindAddress: 127.0.0.1:10249"}`, "127.0.0.1:10249", ""},
		{"none", `{name: other, namespace: kube-system}`, "", "there is no ConfigMap kube-system/kube-proxy: kube-proxy is configured elsewhere, or another program does its work"},
		{"broken", `{name: kube-proxy, namespace: kube-system}
data: {config.conf: "- a"}`, "", "read ConfigMap kube-system/kube-proxy: config.conf: it is no single object"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := &collection{source: &inventory.Source{}, objects: newObjects(subjectsOf(t, "apiVersion: v1\nkind: ConfigMap\nmetadata: "+test.data+"\n"))}
			c.kubeProxies(t.Context())
			got, gap := "", ""
			if len(c.facts) > 0 {
				got = c.facts[0].Root.Get("config", "metricsBindAddress").Text()
			}
			if len(c.gaps) > 0 {
				gap = c.gaps[0].Reason
			}
			if got != test.want || gap != test.gap {
				t.Errorf("got %q, gap %q", got, gap)
			}
		})
	}
}

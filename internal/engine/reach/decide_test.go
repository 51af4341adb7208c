package reach

import (
	"net/netip"
	"strings"
	"testing"
)

// pods is a small world: a and b in n1 whose Namespace was seen, c in n2 whose was not, h on its
// node's network.
const pods = `
{apiVersion: v1, kind: Namespace, metadata: {name: n1, labels: {team: red}}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: a, namespace: n1}, spec: {template: {metadata: {labels: {app: a}}, spec: {containers: [{name: c, ports: [{name: web, containerPort: 80}]}]}}}}
---
{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: b, namespace: n1}, spec: {template: {metadata: {labels: {app: b}}, spec: {containers: [{name: c}]}}}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: c, namespace: n2}, spec: {template: {metadata: {labels: {app: c}}, spec: {containers: [{name: c}]}}}}
---
{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: h, namespace: n1}, spec: {template: {metadata: {labels: {app: a}}, spec: {hostNetwork: true, containers: [{name: c}]}}}}
---
`

func TestDecide(t *testing.T) {
	const np = "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: p, namespace: n1}, spec: "
	const cnp = "{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: {name: p, namespace: n1}, spec: {endpointSelector: {}, "
	const calico = "{apiVersion: projectcalico.org/v3, kind: NetworkPolicy, metadata: {name: p, namespace: n1}, spec: "
	const anp = "{apiVersion: policy.networking.k8s.io/v1alpha1, kind: AdminNetworkPolicy, metadata: {name: p}, spec: "
	for _, test := range []struct {
		name, policy, from, to string
		port                   uint16
		want                   Answer
		reason                 string // in one of the reasons
	}{
		{"nothing", "", "n1/a", "n2/c", 80, Allowed, "no policy selects n1/a for egress: all is allowed"},
		{"spec without anything isolates", np + "}", "n2/c", "n1/a", 80, Denied, "isolates n1/a for ingress"},
		{"rule that is null allows all", np + "{podSelector: {}, ingress: [null]}}", "n2/c", "n1/a", 80, Allowed, ""},
		{"null podSelector selects all", np + "{podSelector: null}}", "n2/c", "n1/a", 80, Denied, ""},
		{"own namespace", np + "{podSelector: {}, ingress: [{from: [{podSelector: {}}]}]}}", "n1/b", "n1/a", 80, Allowed, "allows ingress from n1/b"},
		{"replicas of one workload are not themselves", np + "{podSelector: {}}}", "n1/a", "n1/a", 80, Denied, ""},
		{"egress rules without policyTypes", np + "{podSelector: {}, egress: [{to: [{podSelector: {}}]}]}}", "n1/a", "n2/c", 80, Denied, ""},
		{"empty list of egress rules", np + "{podSelector: {}, egress: []}}", "n1/a", "n2/c", 80, Allowed, "no policy selects n1/a for egress"},
		{"labels of an unseen namespace", np + "{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: red}}}]}]}}", "n2/c", "n1/a", 80, Unknown, "labels that were not seen"},
		{"name of an unseen namespace", np + "{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: n2}}}]}]}}", "n2/c", "n1/a", 80, Allowed, ""},
		{"absent label of an unseen namespace", np + "{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchExpressions: [{key: x, operator: DoesNotExist}]}}]}]}}", "n2/c", "n1/a", 80, Unknown, ""},
		{"host network is not selected", np + "{podSelector: {}}}", "n2/c", "n1/h", 80, Allowed, "uses the network of its node"},
		{"host network is no peer", np + "{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: a}}}]}]}}", "n1/h", "n1/b", 80, Denied, ""},
		{"address of an unknown node", np + "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}]}}", "n1/h", "n1/b", 80, Unknown, "addresses of pods are not known"},
		{"label that a controller adds", np + "{podSelector: {matchLabels: {statefulset.kubernetes.io/pod-name: b-0}}}}", "n1/a", "n1/b", 80, Unknown, "labels that were not seen"},
		{"private block", np + "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}]}}", "n2/c", "n1/a", 80, Unknown, "addresses of pods are not known here"},
		{"public block", np + "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 192.0.2.0/24}}]}]}}", "n2/c", "n1/a", 80, Denied, ""},
		{"Internet but private addresses", np + "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8]}}]}]}}", "internet", "n1/a", 80, Allowed, ""},
		{"block within the Internet", np + "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 23.0.0.0/8}}]}]}}", "internet", "n1/a", 80, Denied, ""},
		{"named port of another", np + "{podSelector: {}, ingress: [{ports: [{port: web}]}]}}", "n1/a", "n1/b", 80, Denied, ""},
		{"bad block", np + "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: nonsense}}]}]}}", "n2/c", "n1/a", 80, Unknown, `"nonsense" is no address block`},
		{"exception outside its block", np + "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [11.0.0.0/8]}}]}]}}", "n2/c", "n1/a", 80, Unknown, "11.0.0.0/8 is no part of 10.0.0.0/8"},
		{"empty peer", np + "{podSelector: {}, ingress: [{from: [{}]}]}}", "n2/c", "n1/a", 80, Unknown, "a peer names nothing"},
		{"block and selector", np + "{podSelector: {}, ingress: [{from: [{podSelector: {}, ipBlock: {cidr: 10.0.0.0/8}}]}]}}", "n2/c", "n1/a", 80, Unknown, "a peer has an ipBlock and selectors"},
		{"range that is empty", np + "{podSelector: {}, ingress: [{ports: [{port: 90, endPort: 80}]}]}}", "n2/c", "n1/a", 85, Unknown, "range of ports 90 to 80 is empty"},
		{"range of a name", np + "{podSelector: {}, ingress: [{ports: [{port: web, endPort: 80}]}]}}", "n2/c", "n1/a", 85, Unknown, "endPort stands with the named port"},
		{"protocol in small letters", np + "{podSelector: {}, ingress: [{ports: [{port: 80, protocol: tcp}]}]}}", "n2/c", "n1/a", 80, Unknown, `protocol "tcp" is none of TCP, UDP and SCTP`},
		{"unknown operator", np + "{podSelector: {matchExpressions: [{key: a, operator: Like, values: [b]}]}}}", "n2/c", "n1/a", 80, Unknown, `operator "Like" is unknown`},
		{"rules that are a map", np + "{podSelector: {}, ingress: {from: []}}}", "n2/c", "n1/a", 80, Unknown, "ingress is a map where a list is expected"},
		{"unknown type", np + "{podSelector: {}, policyTypes: [Outgress]}}", "n2/c", "n1/a", 80, Allowed, ""},

		{"domain names", anp + "{priority: 1, subject: {namespaces: {}}, egress: [{action: Deny, to: [{domainNames: [x.example]}]}]}}", "n1/a", "internet", 80, Unknown, "domain names stand for addresses"},
		{"two of one priority", anp + "{priority: 1, subject: {namespaces: {}}, ingress: [{action: Deny, from: [{namespaces: {}}]}]}}\n---\n" +
			strings.Replace(anp, "name: p", "name: q", 1) + "{priority: 1, subject: {namespaces: {}}, ingress: [{action: Allow, from: [{namespaces: {}}]}]}}", "n1/b", "n1/a", 80, Unknown, ""},
		{"unknown kind of peer", anp + "{priority: 1, subject: {namespaces: {}}, ingress: [{action: Allow, from: [{galaxies: {}}]}]}}\n---\n" + np + "}", "n1/b", "n1/a", 80, Denied, ""},
		{"nodes not seen", anp + "{priority: 1, subject: {namespaces: {}}, egress: [{action: Deny, to: [{nodes: {}}]}]}}", "n1/a", "n1/h", 80, Unknown, "addresses of nodes are not known here"},
		{"baseline yields", strings.Replace(anp, "Admin", "BaselineAdmin", 1) + "{subject: {namespaces: {}}, ingress: [{action: Deny, from: [{namespaces: {}}]}]}}\n---\n" + np + "{podSelector: {}, ingress: [{}]}}", "n1/b", "n1/a", 80, Allowed, ""},

		{"DNS names", cnp + "egress: [{toFQDNs: [{matchName: x.example}]}]}}", "n1/a", "internet", 443, Unknown, "DNS names stand for addresses"},
		{"DNS names are no pods", cnp + "egress: [{toFQDNs: [{matchName: x.example}]}]}}", "n1/a", "n1/b", 443, Denied, ""},
		{"layer 7", cnp + "ingress: [{fromEndpoints: [{}], toPorts: [{ports: [{port: '80', protocol: TCP}], rules: {http: [{method: GET}]}}]}]}}", "n1/b", "n1/a", 80, Allowed, "application's protocol is not judged"},
		{"host", cnp + "ingress: [{fromEntities: [host]}]}}", "n1/h", "n1/a", 80, Unknown, "which node is the pod's own"},
		{"every node", cnp + "ingress: [{fromEntities: [host, remote-node]}]}}", "n1/h", "n1/a", 80, Allowed, ""},
		{"requirements", cnp + "ingress: [{fromRequires: [{matchLabels: {app: x}}], fromEndpoints: [{}]}]}}", "n1/b", "n1/a", 80, Unknown, "counts only before Cilium 1.19"},
		{"requirements that are met", cnp + "ingress: [{fromRequires: [{matchLabels: {app: b}}], fromEndpoints: [{}]}]}}", "n1/b", "n1/a", 80, Allowed, ""},
		{"unknown entity", cnp + "ingress: [{fromEntities: [moon]}]}}", "n1/b", "n1/a", 80, Unknown, `entity "moon" is unknown`},
		{"ICMP alone", cnp + "ingress: [{icmps: [{fields: [{type: 8}]}]}]}}", "n1/b", "n1/a", 80, Denied, ""},
		{"blocks are not pods", cnp + "ingress: [{fromCIDR: [0.0.0.0/0]}]}}", "n1/b", "n1/a", 80, Denied, ""},
		{"service account of Cilium", cnp + "ingress: [{fromEndpoints: [{matchLabels: {io.cilium.k8s.policy.serviceaccount: default}}]}]}}", "n1/b", "n1/a", 80, Allowed, ""},

		{"tier that was not seen", calico + "{tier: security, ingress: [{action: Allow}]}}", "n1/b", "n1/a", 80, Unknown, `tier "security" was not seen`},
		{"names of service accounts", calico + "{ingress: [{action: Allow, source: {serviceAccounts: {names: [robot]}}}]}}", "n1/b", "n1/a", 80, Denied, ""},
		{"labels of service accounts", calico + "{ingress: [{action: Allow, source: {serviceAccounts: {selector: 'x == \"y\"'}}}]}}", "n1/b", "n1/a", 80, Unknown, "labels of ServiceAccounts"},
		{"HTTP", calico + "{ingress: [{action: Allow, http: {methods: [GET]}}]}}", "n1/b", "n1/a", 80, Unknown, "matches by HTTP"},
		{"ICMP of Calico", calico + "{ingress: [{action: Allow, protocol: ICMP}]}}", "n1/b", "n1/a", 80, Denied, ""},
		{"broken selector", calico + "{selector: 'app ==', ingress: [{action: Allow}]}}", "n1/b", "n1/a", 80, Unknown, "a text in quotes is expected"},
		{"services", calico + "{egress: [{action: Allow, destination: {services: {name: x}}}]}}", "n1/a", "n1/b", 80, Unknown, "matches the pods of a Service"},
		{"policy for hosts", strings.Replace(calico, "NetworkPolicy", "GlobalNetworkPolicy", 1) + "{applyOnForward: true, preDNAT: true, ingress: [{action: Deny}]}}", "n1/b", "n1/a", 80, Allowed, ""},

		{"Antrea", "{apiVersion: crd.antrea.io/v1beta1, kind: ClusterNetworkPolicy, metadata: {name: p}, spec: {}}", "n1/b", "n1/a", 80, Unknown, "policies of this kind are not judged"},
		{"firewall for what leaves", "{apiVersion: k8s.ovn.org/v1, kind: EgressFirewall, metadata: {name: p, namespace: n1}, spec: {}}", "n1/a", "n1/b", 80, Allowed, ""},
		{"firewall for the Internet", "{apiVersion: k8s.ovn.org/v1, kind: EgressFirewall, metadata: {name: p, namespace: n1}, spec: {}}", "n1/a", "internet", 80, Unknown, ""},
		{"Cilium and Calico", cnp + "ingress: [{}]}}\n---\n" + strings.Replace(calico, "name: p", "name: q", 1) + "{ingress: [{action: Allow}]}}", "n1/b", "n1/a", 80, Unknown, "not known which of them runs"},
	} {
		m := Of(read(t, pods+test.policy))
		d := m.Decide(one(t, m, test.from), one(t, m, test.to), test.port, "TCP")
		if d.Answer != test.want {
			t.Errorf("%s: got %s, want %s: %v %v", test.name, d.Answer, test.want, d.Egress, d.Ingress)
		}
		var all []string
		for _, r := range append(d.Egress, d.Ingress...) {
			all = append(all, r.String())
		}
		if !strings.Contains(strings.Join(all, "\n"), test.reason) {
			t.Errorf("%s: no reason says %q:\n%s", test.name, test.reason, strings.Join(all, "\n"))
		}
	}
}

func one(t *testing.T, m *Model, text string) Place {
	t.Helper()
	places, err := m.Lookup(text)
	if err != nil || len(places) != 1 {
		t.Fatalf("Lookup(%q) = %v, %v", text, places, err)
	}
	return places[0]
}

// Pods of a workload are one endpoint unless a policy names a label in which they differ.
func TestEndpoints(t *testing.T) {
	const live = `
{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: live}, spec: {template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c}]}}}}
---
{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: web-1, namespace: live, ownerReferences: [{kind: Deployment, name: web, controller: true}]}, spec: {template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c}]}}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web-1-a, namespace: live, labels: {app: web, injected: "yes"}, ownerReferences: [{kind: ReplicaSet, name: web-1, controller: true}]}, spec: {containers: [{name: c}]}, status: {podIP: 10.0.0.1}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web-1-b, namespace: live, labels: {app: web}, ownerReferences: [{kind: ReplicaSet, name: web-1, controller: true}]}, spec: {containers: [{name: c}]}, status: {podIP: 10.0.0.2}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web-1-z, namespace: live, labels: {app: web}, ownerReferences: [{kind: ReplicaSet, name: web-1, controller: true}]}, spec: {containers: [{name: c}]}, status: {phase: Failed}}
---
{apiVersion: v1, kind: Pod, metadata: {name: pg-1, namespace: live, labels: {db: pg}, ownerReferences: [{kind: Cluster, name: pg, controller: true}]}, spec: {containers: [{name: c}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: pg-2, namespace: live, labels: {db: pg}, ownerReferences: [{kind: Cluster, name: pg, controller: true}]}, spec: {containers: [{name: c}]}}
---
{apiVersion: v1, kind: PodTemplate, metadata: {name: never, namespace: live}, template: {spec: {containers: [{name: c}]}}}
---
`
	for _, test := range []struct{ name, policy, want string }{
		{"no label matters", "", "Cluster live/pg; Deployment live/web"},
		{"a label matters", "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: p, namespace: live}, spec: {podSelector: {matchLabels: {injected: 'yes'}}}}",
			"Cluster live/pg; Deployment live/web (pod web-1-a); Deployment live/web (pod web-1-b)"},
	} {
		m := Of(read(t, live+test.policy))
		var got []string
		for _, e := range m.Endpoints {
			got = append(got, e.Kind+" "+e.String())
		}
		if strings.Join(got, "; ") != test.want {
			t.Errorf("%s: got %s, want %s", test.name, strings.Join(got, "; "), test.want)
		}
	}
	m := Of(read(t, live))
	if at := m.At(netip.MustParseAddr("10.0.0.2")); at.String() != "live/web" {
		t.Errorf("At gives %s, want live/web", at)
	}
	if places, err := m.Lookup("live/web-1-b"); err != nil || len(places) != 1 {
		t.Errorf("Lookup of a pod: %v, %v", places, err)
	}
}

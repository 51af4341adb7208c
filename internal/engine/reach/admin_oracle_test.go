package reach

import (
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// The typed forms of both versions of the cluster-wide API, written from its reference.
type (
	adminMeta struct {
		Name string `json:"name"`
	}
	adminPods struct {
		NamespaceSelector metav1.LabelSelector `json:"namespaceSelector"`
		PodSelector       metav1.LabelSelector `json:"podSelector"`
	}
	adminPeer struct {
		Namespaces *metav1.LabelSelector `json:"namespaces,omitempty"`
		Pods       *adminPods            `json:"pods,omitempty"`
		Networks   []string              `json:"networks,omitempty"`
	}
	adminNumber struct {
		Protocol string `json:"protocol,omitempty"`
		Port     int32  `json:"port"`
	}
	adminRange struct {
		Protocol string `json:"protocol,omitempty"`
		Start    int32  `json:"start"`
		End      int32  `json:"end"`
	}
	adminPort struct {
		PortNumber *adminNumber `json:"portNumber,omitempty"`
		PortRange  *adminRange  `json:"portRange,omitempty"`
		NamedPort  string       `json:"namedPort,omitempty"`
	}
	clusterDestination struct {
		Number int32       `json:"number,omitempty"`
		Range  *adminRange `json:"range,omitempty"`
	}
	clusterPort struct {
		DestinationPort *clusterDestination `json:"destinationPort,omitempty"`
	}
	clusterProtocol struct {
		TCP   *clusterPort `json:"tcp,omitempty"`
		UDP   *clusterPort `json:"udp,omitempty"`
		SCTP  *clusterPort `json:"sctp,omitempty"`
		Named string       `json:"destinationNamedPort,omitempty"`
	}
	adminRule struct {
		Action    string            `json:"action"`
		From      []adminPeer       `json:"from,omitempty"`
		To        []adminPeer       `json:"to,omitempty"`
		Ports     []adminPort       `json:"ports,omitempty"`
		Protocols []clusterProtocol `json:"protocols,omitempty"`
	}
	adminSpec struct {
		Tier     string      `json:"tier,omitempty"`
		Priority int32       `json:"priority"`
		Subject  adminPeer   `json:"subject"`
		Ingress  []adminRule `json:"ingress,omitempty"`
		Egress   []adminRule `json:"egress,omitempty"`
	}
	adminPolicy struct {
		APIVersion string    `json:"apiVersion"`
		Kind       string    `json:"kind"`
		Metadata   adminMeta `json:"metadata"`
		Spec       adminSpec `json:"spec"`
	}
)

// TestAdminPolicyOracle holds the tiers against a literal reading of the API's documentation.
func TestAdminPolicyOracle(t *testing.T) {
	differ(t, 80_000, func(r *rand.Rand, w *oracleWorld) func(from, to oracleEnd, port int32, protocol string) bool {
		ordinary := randomNetworkPolicies(r, w)
		if chance(r, 50) {
			ordinary = nil
			w.objects = w.objects[:len(w.namespaces)+len(w.pods)]
		}
		admin := randomAdminPolicies(r, w)
		return func(from, to oracleEnd, port int32, protocol string) bool {
			if from.pod != nil && from.pod == to.pod {
				return true
			}
			half := func(direction networkingv1.PolicyType, subject, peer oracleEnd) bool {
				switch decideTier(w, admin, "Admin", direction, subject, peer, to, port, protocol) {
				case "allow":
					return true
				case "deny":
					return false
				}
				switch decideNetworkPolicies(w, ordinary, direction, subject, peer, to, port, protocol) {
				case "allow":
					return true
				case "deny":
					return false
				}
				return decideTier(w, admin, "Baseline", direction, subject, peer, to, port, protocol) != "deny"
			}
			return half(networkingv1.PolicyTypeEgress, from, to) && half(networkingv1.PolicyTypeIngress, to, from)
		}
	})
}

func decideTier(w *oracleWorld, policies []adminPolicy, tier string, direction networkingv1.PolicyType, subject, peer, destination oracleEnd, port int32, protocol string) string {
	if !subject.managed() {
		return ""
	}
	var asked []adminPolicy
	for _, p := range policies {
		if (p.Kind == "AdminNetworkPolicy" || p.Spec.Tier == "Admin") == (tier == "Admin") {
			asked = append(asked, p)
		}
	}
	slices.SortFunc(asked, func(a, b adminPolicy) int {
		if (a.Kind == "BaselineAdminNetworkPolicy") != (b.Kind == "BaselineAdminNetworkPolicy") {
			if a.Kind == "BaselineAdminNetworkPolicy" {
				return 1
			}
			return -1
		}
		return int(a.Spec.Priority) - int(b.Spec.Priority)
	})
	for _, p := range asked {
		if !adminPeerMatches(w, p.Spec.Subject, subject) {
			continue
		}
		rules := p.Spec.Ingress
		if direction == networkingv1.PolicyTypeEgress {
			rules = p.Spec.Egress
		}
		for _, rule := range rules {
			if slices.ContainsFunc(append(slices.Clone(rule.From), rule.To...), func(ap adminPeer) bool { return adminPeerMatches(w, ap, peer) }) &&
				adminPortsMatch(rule, destination, port, protocol) {
				switch rule.Action {
				case "Deny":
					return "deny"
				case "Pass":
					return ""
				}
				return "allow"
			}
		}
	}
	return ""
}

func adminPeerMatches(w *oracleWorld, p adminPeer, end oracleEnd) bool {
	if len(p.Networks) > 0 {
		return inAny(p.Networks, end.address())
	}
	if !end.managed() {
		return false
	}
	space := w.namespaces[end.pod.namespace]
	if p.Namespaces != nil {
		return oracleSelects(p.Namespaces, space)
	}
	return oracleSelects(&p.Pods.NamespaceSelector, space) && oracleSelects(&p.Pods.PodSelector, end.pod.labels)
}

func adminPortsMatch(rule adminRule, destination oracleEnd, port int32, protocol string) bool {
	if len(rule.Ports)+len(rule.Protocols) == 0 {
		return true
	}
	same := func(have string) bool { return have == protocol || have == "" && protocol == "TCP" }
	for _, p := range rule.Ports {
		switch {
		case p.PortNumber != nil && same(p.PortNumber.Protocol) && p.PortNumber.Port == port,
			p.PortRange != nil && same(p.PortRange.Protocol) && p.PortRange.Start <= port && port <= p.PortRange.End,
			p.NamedPort != "" && oracleNamed(destination, p.NamedPort, port, protocol):
			return true
		}
	}
	for _, p := range rule.Protocols {
		if p.Named != "" && oracleNamed(destination, p.Named, port, protocol) {
			return true
		}
		if found := map[string]*clusterPort{"TCP": p.TCP, "UDP": p.UDP, "SCTP": p.SCTP}[protocol]; found != nil {
			d := found.DestinationPort
			if d == nil || d.Number == port || d.Range != nil && d.Range.Start <= port && port <= d.Range.End {
				return true
			}
		}
	}
	return false
}

func randomAdminPolicies(r *rand.Rand, w *oracleWorld) []adminPolicy {
	var all []adminPolicy
	priorities := r.Perm(50)
	for i := range 1 + r.Intn(5) {
		p := adminPolicy{APIVersion: "policy.networking.k8s.io/v1alpha1", Metadata: adminMeta{fmt.Sprintf("ap%d", i)}}
		p.Kind = pick(r, "AdminNetworkPolicy", "ClusterNetworkPolicy", "ClusterNetworkPolicy")
		if i == 0 && chance(r, 40) {
			p.Kind, p.Metadata.Name = "BaselineAdminNetworkPolicy", "default"
		}
		if p.Kind == "ClusterNetworkPolicy" {
			p.APIVersion, p.Spec.Tier = "policy.networking.k8s.io/v1alpha2", pick(r, "Admin", "Baseline")
		}
		p.Spec.Priority = int32(priorities[i])
		p.Spec.Subject = randomAdminPeer(r, false)
		for range r.Intn(3) {
			p.Spec.Ingress = append(p.Spec.Ingress, randomAdminRule(r, p.Kind, false))
		}
		for range r.Intn(3) {
			p.Spec.Egress = append(p.Spec.Egress, randomAdminRule(r, p.Kind, true))
		}
		all = append(all, p)
		w.objects = append(w.objects, p)
	}
	return all
}

func randomAdminPeer(r *rand.Rand, networks bool) adminPeer {
	switch r.Intn(3) {
	case 0:
		return adminPeer{Namespaces: randomSelector(r, true)}
	case 1:
		if networks {
			return adminPeer{Networks: pick(r, []string{"0.0.0.0/0"}, []string{"10.0.0.0/16", "192.0.2.0/24"}, []string{"::/0"}, []string{"10.1.0.0/16"})}
		}
	}
	return adminPeer{Pods: &adminPods{*randomSelector(r, true), *randomSelector(r, false)}}
}

func randomAdminRule(r *rand.Rand, kind string, egress bool) adminRule {
	rule := adminRule{Action: pick(r, "Allow", "Deny", "Pass")}
	if kind == "ClusterNetworkPolicy" {
		rule.Action = strings.Replace(rule.Action, "Allow", "Accept", 1)
	}
	if kind == "BaselineAdminNetworkPolicy" {
		rule.Action = pick(r, "Allow", "Deny")
	}
	for range 1 + r.Intn(2) {
		p := randomAdminPeer(r, egress)
		if egress {
			rule.To = append(rule.To, p)
		} else {
			rule.From = append(rule.From, p)
		}
	}
	for range r.Intn(3) {
		switch n := r.Intn(3); {
		case kind == "ClusterNetworkPolicy":
			port := &clusterPort{DestinationPort: pick(r, &clusterDestination{Number: 80}, &clusterDestination{Range: &adminRange{Start: 50, End: 81}}, nil)}
			rule.Protocols = append(rule.Protocols, pick(r, clusterProtocol{TCP: port}, clusterProtocol{UDP: port}, clusterProtocol{SCTP: port}, clusterProtocol{Named: "web"}))
		case n == 0:
			rule.Ports = append(rule.Ports, adminPort{PortNumber: &adminNumber{pick(r, "", "TCP", "UDP"), pick[int32](r, 53, 80, 8080)}})
		case n == 1:
			rule.Ports = append(rule.Ports, adminPort{PortRange: &adminRange{pick(r, "", "UDP", "SCTP"), 50, pick[int32](r, 80, 9000)}})
		default:
			rule.Ports = append(rule.Ports, adminPort{NamedPort: pick(r, "web", "dns")})
		}
	}
	return rule
}

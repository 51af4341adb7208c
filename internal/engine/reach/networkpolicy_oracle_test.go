package reach

import (
	"fmt"
	"math/rand"
	"net/netip"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// TestNetworkPolicyOracle holds the model against a literal reading of the API's documentation.
func TestNetworkPolicyOracle(t *testing.T) {
	differ(t, 150_000, func(r *rand.Rand, w *oracleWorld) func(from, to oracleEnd, port int32, protocol string) bool {
		policies := randomNetworkPolicies(r, w)
		return func(from, to oracleEnd, port int32, protocol string) bool {
			if from.pod != nil && from.pod == to.pod {
				return true
			}
			sends := decideNetworkPolicies(w, policies, networkingv1.PolicyTypeEgress, from, to, to, port, protocol)
			takes := decideNetworkPolicies(w, policies, networkingv1.PolicyTypeIngress, to, from, to, port, protocol)
			return sends != "deny" && takes != "deny"
		}
	})
}

// decideNetworkPolicies gives allow or deny, or "" if no policy selects the subject.
func decideNetworkPolicies(w *oracleWorld, policies []*networkingv1.NetworkPolicy, direction networkingv1.PolicyType, subject, peer, destination oracleEnd, port int32, protocol string) string {
	if !subject.managed() {
		return ""
	}
	verdict := ""
	for _, p := range policies {
		if p.Namespace != subject.pod.namespace || !oracleSelects(&p.Spec.PodSelector, subject.pod.labels) || !hasType(p, direction) {
			continue
		}
		if verdict == "" {
			verdict = "deny"
		}
		if direction == networkingv1.PolicyTypeIngress {
			for _, rule := range p.Spec.Ingress {
				if oraclePeers(w, p.Namespace, rule.From, peer) && oraclePorts(rule.Ports, destination, port, protocol) {
					verdict = "allow"
				}
			}
			continue
		}
		for _, rule := range p.Spec.Egress {
			if oraclePeers(w, p.Namespace, rule.To, peer) && oraclePorts(rule.Ports, destination, port, protocol) {
				verdict = "allow"
			}
		}
	}
	return verdict
}

func hasType(p *networkingv1.NetworkPolicy, direction networkingv1.PolicyType) bool {
	if len(p.Spec.PolicyTypes) == 0 {
		return direction == networkingv1.PolicyTypeIngress || len(p.Spec.Egress) > 0
	}
	for _, t := range p.Spec.PolicyTypes {
		if t == direction {
			return true
		}
	}
	return false
}

func oracleSelects(s *metav1.LabelSelector, set map[string]string) bool {
	compiled, err := metav1.LabelSelectorAsSelector(s)
	if err != nil {
		panic(err)
	}
	return compiled.Matches(labels.Set(set))
}

func oraclePeers(w *oracleWorld, namespace string, peers []networkingv1.NetworkPolicyPeer, peer oracleEnd) bool {
	if len(peers) == 0 {
		return true
	}
	for _, p := range peers {
		switch {
		case p.IPBlock != nil:
			if w.cilium && peer.pod != nil {
				continue // Cilium knows pods by their identity, not by their addresses
			}
			if netip.MustParsePrefix(p.IPBlock.CIDR).Contains(peer.address()) && !inAny(p.IPBlock.Except, peer.address()) {
				return true
			}
		case !peer.managed():
		case p.NamespaceSelector == nil:
			if peer.pod.namespace == namespace && oracleSelects(p.PodSelector, peer.pod.labels) {
				return true
			}
		case p.PodSelector == nil:
			if oracleSelects(p.NamespaceSelector, w.namespaces[peer.pod.namespace]) {
				return true
			}
		default:
			if oracleSelects(p.NamespaceSelector, w.namespaces[peer.pod.namespace]) && oracleSelects(p.PodSelector, peer.pod.labels) {
				return true
			}
		}
	}
	return false
}

func inAny(blocks []string, a netip.Addr) bool {
	for _, b := range blocks {
		if b == a.String() || strings.Contains(b, "/") && netip.MustParsePrefix(b).Contains(a) {
			return true
		}
	}
	return false
}

func oraclePorts(ports []networkingv1.NetworkPolicyPort, destination oracleEnd, port int32, protocol string) bool {
	if len(ports) == 0 {
		return true
	}
	for _, p := range ports {
		want := "TCP"
		if p.Protocol != nil {
			want = string(*p.Protocol)
		}
		if want != protocol {
			continue
		}
		switch {
		case p.Port == nil:
			return true
		case p.Port.Type == intstr.String:
			if oracleNamed(destination, p.Port.StrVal, port, protocol) {
				return true
			}
		case p.EndPort != nil:
			if p.Port.IntVal <= port && port <= *p.EndPort {
				return true
			}
		case p.Port.IntVal == port:
			return true
		}
	}
	return false
}

func oracleNamed(destination oracleEnd, name string, port int32, protocol string) bool {
	if !destination.managed() {
		return false
	}
	for _, has := range destination.pod.ports {
		if has.name == name && has.number == port && has.protocol == protocol {
			return true
		}
	}
	return false
}

func randomNetworkPolicies(r *rand.Rand, w *oracleWorld) []*networkingv1.NetworkPolicy {
	var all []*networkingv1.NetworkPolicy
	for i := range r.Intn(6) {
		p := &networkingv1.NetworkPolicy{TypeMeta: metav1.TypeMeta{APIVersion: "networking.k8s.io/v1", Kind: "NetworkPolicy"},
			ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("np%d", i), Namespace: fmt.Sprintf("n%d", 1+r.Intn(len(w.namespaces)))}}
		p.Spec.PodSelector = *randomSelector(r, false)
		p.Spec.PolicyTypes = pick(r, nil, []networkingv1.PolicyType{"Ingress"}, []networkingv1.PolicyType{"Egress"}, []networkingv1.PolicyType{"Ingress", "Egress"})
		for range r.Intn(3) {
			p.Spec.Ingress = append(p.Spec.Ingress, networkingv1.NetworkPolicyIngressRule{From: randomPeers(r), Ports: randomPorts(r)})
		}
		for range r.Intn(3) {
			p.Spec.Egress = append(p.Spec.Egress, networkingv1.NetworkPolicyEgressRule{To: randomPeers(r), Ports: randomPorts(r)})
		}
		if chance(r, 10) {
			p.Spec.Ingress = []networkingv1.NetworkPolicyIngressRule{}
		}
		all = append(all, p)
		w.objects = append(w.objects, p)
	}
	return all
}

// randomSelector selects by the labels of pods, or also by the name of a namespace.
func randomSelector(r *rand.Rand, namespaces bool) *metav1.LabelSelector {
	s := &metav1.LabelSelector{}
	if chance(r, 25) {
		return s
	}
	if chance(r, 50) {
		s.MatchLabels = map[string]string{pick(r, "app", "tier", "team/x"): pick(r, "a", "b", "c")}
	}
	if namespaces && chance(r, 30) {
		s.MatchLabels = map[string]string{"kubernetes.io/metadata.name": pick(r, "n1", "n2", "n3")}
	}
	if chance(r, 40) {
		e := metav1.LabelSelectorRequirement{Key: pick(r, "app", "tier", "team/x"), Operator: pick(r, metav1.LabelSelectorOpIn,
			metav1.LabelSelectorOpNotIn, metav1.LabelSelectorOpExists, metav1.LabelSelectorOpDoesNotExist)}
		if e.Operator == metav1.LabelSelectorOpIn || e.Operator == metav1.LabelSelectorOpNotIn {
			e.Values = pick(r, []string{"a"}, []string{"b", "c"})
		}
		s.MatchExpressions = append(s.MatchExpressions, e)
	}
	return s
}

func randomPeers(r *rand.Rand) []networkingv1.NetworkPolicyPeer {
	if chance(r, 15) {
		return pick(r, nil, []networkingv1.NetworkPolicyPeer{})
	}
	var peers []networkingv1.NetworkPolicyPeer
	for range 1 + r.Intn(2) {
		switch r.Intn(4) {
		case 0:
			peers = append(peers, networkingv1.NetworkPolicyPeer{PodSelector: randomSelector(r, false)})
		case 1:
			peers = append(peers, networkingv1.NetworkPolicyPeer{NamespaceSelector: randomSelector(r, true)})
		case 2:
			peers = append(peers, networkingv1.NetworkPolicyPeer{PodSelector: randomSelector(r, false), NamespaceSelector: randomSelector(r, true)})
		case 3:
			peers = append(peers, networkingv1.NetworkPolicyPeer{IPBlock: pick(r, &networkingv1.IPBlock{CIDR: "0.0.0.0/0"},
				&networkingv1.IPBlock{CIDR: "0.0.0.0/0", Except: []string{"10.0.0.0/8"}}, &networkingv1.IPBlock{CIDR: "10.0.0.0/15", Except: []string{"10.0.1.0/24", "10.1.0.12/32"}},
				&networkingv1.IPBlock{CIDR: "10.0.1.0/24"}, &networkingv1.IPBlock{CIDR: "::/0"}, &networkingv1.IPBlock{CIDR: "192.0.2.7/32"})})
		}
	}
	return peers
}

func randomPorts(r *rand.Rand) []networkingv1.NetworkPolicyPort {
	var ports []networkingv1.NetworkPolicyPort
	for range r.Intn(3) {
		p := networkingv1.NetworkPolicyPort{}
		if chance(r, 70) {
			protocol := pick(r, corev1.ProtocolTCP, corev1.ProtocolUDP, corev1.ProtocolSCTP)
			p.Protocol = &protocol
		}
		switch r.Intn(4) {
		case 0:
		case 1:
			port := intstr.FromString(pick(r, "web", "dns", "other"))
			p.Port = &port
		case 2:
			port := intstr.FromInt32(pick[int32](r, 53, 80, 8080))
			p.Port = &port
		case 3:
			port, end := intstr.FromInt32(pick[int32](r, 50, 80)), pick[int32](r, 80, 8080)
			p.Port, p.EndPort = &port, &end
		}
		ports = append(ports, p)
	}
	return ports
}

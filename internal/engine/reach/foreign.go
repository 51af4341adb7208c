package reach

// foreignKinds are policies that exist and are not judged: what they may rule is unknown.
var foreignKinds = []struct {
	kind, group string
	directions  [2]bool
	outside     bool // they rule only connections with addresses outside the cluster
}{
	{"NetworkPolicy", "crd.antrea.io", [2]bool{true, true}, false},
	{"ClusterNetworkPolicy", "crd.antrea.io", [2]bool{true, true}, false},
	{"ClusterNetworkPolicy", "networking.k8s.aws", [2]bool{true, true}, false},
	{"ApplicationNetworkPolicy", "networking.k8s.aws", [2]bool{true, true}, false},
	{"EgressFirewall", "k8s.ovn.org", [2]bool{egress: true}, true},
	{"EgressNetworkPolicy", "network.openshift.io", [2]bool{egress: true}, true},
}

// readForeignPolicies lets policies of kinds that are not judged allow or deny whatever they might.
func (m *Model) readForeignPolicies() {
	for _, f := range foreignKinds {
		for _, s := range newest(m.index, f.kind, f.group) {
			p := &policy{object: s, namespace: s.Namespace, subject: func(*Endpoint) tri { return yes }}
			for d, rules := range f.directions {
				if !rules {
					continue
				}
				for _, a := range []action{allow, deny} {
					r := &rule{node: s.Root.Get("spec"), action: a, uncovered: "policies of this kind are not judged"}
					if f.outside {
						r.only = outsideOnly
					}
					p.add(direction(d), r)
				}
			}
			m.admin.policies = append(m.admin.policies, p)
		}
	}
	m.dropRivals()
}

func outsideOnly(_, other Place, _ connection) tri { return sure(other.Endpoint == nil) }

// dropRivals leaves out the policies of Cilium or Calico where the other one enforces. Where both
// have policies and neither is known to enforce, all of them are in doubt.
func (m *Model) dropRivals() {
	if len(ciliumPolicies(m.index)) == 0 || len(calicoPolicies(m.index)) == 0 {
		return
	}
	network := enforcement(m.index).Network
	for _, t := range m.tiers {
		var kept []*policy
		for _, p := range t.policies {
			owner := map[string]string{ciliumGroup: "Cilium", calicoGroups[0]: "Calico", calicoGroups[1]: "Calico"}[p.object.Group()]
			switch {
			case owner != "" && network != owner && (network == "Cilium" || network == "Calico"):
				continue
			case owner != "" && network != owner:
				p.broken = "Cilium and Calico both have policies here, and it is not known which of them runs"
			}
			kept = append(kept, p)
		}
		t.policies = kept
	}
}

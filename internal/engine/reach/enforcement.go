package reach

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Enforcement is whether the cluster's network does what policies say.
type Enforcement struct {
	State State
	// Network is the product that decides, as "Cilium"; "" if none was recognised.
	Network string
	Reason  string
	// Subject is the object that tells; nil if none does.
	Subject *inventory.Subject
}

// State is the answer to whether policies are enforced.
type State string

// The states of enforcement.
const (
	Enforces   State = "enforces"
	Decoration State = "decoration" // policies are stored and nothing obeys them
	Unproven   State = "unknown"
)

// Enforcement tells whether the cluster's network enforces policies. Files alone do not show it.
func (m *Model) Enforcement() Enforcement {
	return inventory.Derived(m.index, "reach.Enforcement", enforcement)
}

func enforcement(index *inventory.Index) Enforcement {
	if !live(index) {
		return Enforcement{State: Unproven, Reason: "files do not show which network the cluster has"}
	}
	var found []Enforcement
	for _, s := range index.Kind("DaemonSet") {
		if s.Pod == nil {
			continue
		}
		for _, n := range networks {
			if n.is(s) {
				found = append(found, n.judge(index, s))
			}
		}
	}
	if e := embedded(index); e.State != "" {
		found = append(found, e)
	}
	for _, state := range []State{Enforces, Unproven, Decoration} {
		if at := slices.IndexFunc(found, func(e Enforcement) bool { return e.State == state }); at >= 0 {
			return found[at]
		}
	}
	return Enforcement{State: Unproven, Reason: "no network that is known was recognised among the DaemonSets"}
}

func live(index *inventory.Index) bool {
	return len(index.Kind(inventory.FactCluster)) > 0 ||
		slices.ContainsFunc(index.All(), func(s *inventory.Subject) bool { return s.Source != nil && s.Source.Cluster != "" })
}

// network is a product that gives pods their network, known by its DaemonSet.
type network struct {
	name       string
	daemonSets []string // names of DaemonSets
	containers []string // names of containers that only it has
	verdict    func(*inventory.Index, *inventory.Subject) (State, string)
}

// networks are the products that are known; those that enforce come first.
var networks = []network{
	{"Cilium", []string{"cilium"}, []string{"cilium-agent"}, judgeCilium},
	{"Calico", []string{"calico-node", "canal"}, []string{"calico-node"}, always},
	{"Antrea", []string{"antrea-agent"}, []string{"antrea-agent"}, always},
	{"OVN-Kubernetes", []string{"ovnkube-node"}, []string{"ovnkube-controller", "ovnkube-node"}, always},
	{"Kube-OVN", []string{"kube-ovn-cni"}, nil, always},
	{"GKE Dataplane V2", []string{"anetd"}, nil, always},
	{"Azure Network Policy Manager", []string{"azure-npm"}, []string{"azure-npm"}, always},
	{"kube-network-policies", []string{"kube-network-policies"}, nil, always},
	{"Weave Net", []string{"weave-net"}, []string{"weave-npc"}, judgeWeave},
	{"kube-router", []string{"kube-router"}, []string{"kube-router"}, judgeKubeRouter},
	{"Amazon VPC CNI", []string{"aws-node"}, []string{"aws-node"}, judgeAmazon},
	{"kindnet", []string{"kindnet"}, []string{"kindnet-cni"}, judgeKindnet},
	{"Flannel", []string{"kube-flannel-ds", "kube-flannel"}, []string{"kube-flannel"}, func(*inventory.Index, *inventory.Subject) (State, string) {
		return Decoration, "Flannel alone enforces no policies"
	}},
}

func (n network) is(s *inventory.Subject) bool {
	return slices.Contains(n.daemonSets, s.Name) || slices.ContainsFunc(s.Pod.Containers(), func(c inventory.Container) bool {
		return slices.Contains(n.containers, c.Name)
	})
}

func (n network) judge(index *inventory.Index, s *inventory.Subject) Enforcement {
	state, reason := n.verdict(index, s)
	status := s.Root.Get("status")
	ready, wanted := status.Get("numberReady").Int64(), status.Get("desiredNumberScheduled").Int64()
	if state == Enforces && status.Get("desiredNumberScheduled") != nil && ready < wanted {
		state, reason = Unproven, fmt.Sprintf("%s is ready on %d of %d nodes", n.name, ready, wanted)
	}
	return Enforcement{state, n.name, reason, s}
}

func always(_ *inventory.Index, s *inventory.Subject) (State, string) {
	return Enforces, "DaemonSet " + s.Namespace + "/" + s.Name + " runs"
}

func judgeCilium(index *inventory.Index, s *inventory.Subject) (State, string) {
	settings := index.Find("ConfigMap", s.Namespace, "cilium-config")
	if settings == nil {
		return Unproven, "Cilium runs, but its settings (ConfigMap " + s.Namespace + "/cilium-config) were not seen"
	}
	data := settings.Root.Get("data")
	switch {
	case data.Get("enable-policy").Text() == "never":
		return Decoration, "Cilium is set to enable-policy: never"
	case data.Get("policy-audit-mode").Text() == "true":
		return Decoration, "Cilium is set to policy-audit-mode: it logs what policies deny and lets it pass"
	case data.Get("enable-k8s-networkpolicy").Text() == "false" && len(newest(index, "CiliumNetworkPolicy", ciliumGroup))+len(newest(index, "CiliumClusterwideNetworkPolicy", ciliumGroup)) == 0:
		return Decoration, "Cilium is set to enable-k8s-networkpolicy: false, and there are no policies of its own"
	}
	return always(index, s)
}

func judgeWeave(index *inventory.Index, s *inventory.Subject) (State, string) {
	if !hasContainer(s, "weave-npc") {
		return Decoration, "Weave Net runs without its policy controller"
	}
	return always(index, s)
}

func judgeKubeRouter(index *inventory.Index, s *inventory.Subject) (State, string) {
	if flag(s, "kube-router", "--run-firewall") == "false" {
		return Decoration, "kube-router is set to --run-firewall=false"
	}
	return always(index, s)
}

func judgeAmazon(index *inventory.Index, s *inventory.Subject) (State, string) {
	const agent = "aws-eks-nodeagent"
	settings := index.Find("ConfigMap", s.Namespace, "amazon-vpc-cni")
	switch {
	case flag(s, agent, "--enable-network-policy") == "true":
		return Enforces, "the agent of the Amazon VPC CNI runs with --enable-network-policy=true"
	case settings != nil && settings.Root.Get("data", "enable-network-policy-controller").Text() == "true":
		return Enforces, "ConfigMap amazon-vpc-cni enables its policy controller"
	}
	return Decoration, "the Amazon VPC CNI enforces policies only with --enable-network-policy=true"
}

// judgeKindnet reads the date in the tag of kindnet's image: it enforces policies since August 2024.
func judgeKindnet(index *inventory.Index, s *inventory.Subject) (State, string) {
	for _, c := range s.Pod.Containers() {
		_, tag, found := strings.Cut(c.Node.Get("image").Text(), "kindnetd:v")
		if found && len(tag) >= 8 {
			if tag[:8] < "20240813" {
				return Decoration, "kindnet of " + tag[:8] + " enforces no policies"
			}
			return always(index, s)
		}
	}
	return Unproven, "whether this version of kindnet enforces policies is not known"
}

// embedded recognises k3s, whose server holds flannel and a policy controller itself.
func embedded(index *inventory.Index) Enforcement {
	for _, node := range index.Kind("Node") {
		args := node.Annotation("k3s.io/node-args")
		if args == "" || !strings.Contains(node.Root.Get("status", "nodeInfo", "kubeletVersion").Text(), "+k3s") {
			continue
		}
		if strings.Contains(args, `"--disable-network-policy"`) && !strings.Contains(args, `"--disable-network-policy","false"`) {
			return Enforcement{Decoration, "k3s", "k3s runs with --disable-network-policy", node}
		}
		if strings.Contains(args, `"server"`) {
			return Enforcement{Enforces, "k3s", "k3s runs its own policy controller", node}
		}
	}
	return Enforcement{}
}

func hasContainer(s *inventory.Subject, name string) bool {
	return slices.ContainsFunc(s.Pod.Containers(), func(c inventory.Container) bool { return c.Name == name })
}

// flag gives the value of a flag of a container, written with an equals sign or apart.
func flag(s *inventory.Subject, container, name string) string {
	for _, c := range s.Pod.Containers() {
		if c.Name != container {
			continue
		}
		words := append(texts(c.Node.Get("command")), texts(c.Node.Get("args"))...)
		for i, word := range words {
			if value, found := strings.CutPrefix(word, name+"="); found {
				return value
			}
			if word == name && i+1 < len(words) {
				return words[i+1]
			}
		}
	}
	return ""
}

package node

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// controlPlaneLabels mark the nodes of the control plane; kubeadm wrote the second before 1.24.
var controlPlaneLabels = []string{"node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"}

// IsControlPlane reports whether a Node belongs to the control plane.
func IsControlPlane(node *inventory.Subject) bool {
	return slices.ContainsFunc(controlPlaneLabels, func(label string) bool { return node.Labels().Get(label) != nil })
}

// ControlPlaneWorkloads judges every workload that has Pods on nodes of the control plane: those
// of the namespaces in the parameter "allowed" and DaemonSets may run there. Where every node is of
// the control plane, as in small clusters, nothing is judged.
func ControlPlaneWorkloads(in assessment.Input) []assessment.Verdict {
	nodes := in.Index.Kind("Node")
	planes := map[string]bool{}
	for _, node := range nodes {
		if IsControlPlane(node) {
			planes[node.Name] = true
		}
	}
	if len(planes) == 0 || len(planes) == len(nodes) {
		return nil
	}
	var verdicts []assessment.Verdict
	told := map[*inventory.Subject]bool{}
	for _, pod := range in.Index.Kind("Pod") {
		on := pod.Root.Get("spec", "nodeName").Text()
		top := pod
		if pod.Owner != nil {
			top = pod.Owner
		}
		if told[top] || on == "" {
			continue
		}
		if top.Kind == "DaemonSet" || slices.ContainsFunc(in.Values.Strings("allowed"), func(allowed string) bool { return matches(allowed, pod.Namespace) }) {
			continue
		}
		if planes[on] {
			told[top] = true
			verdict := assessment.Failed(fmt.Sprintf("%s %q runs on node %q of the control plane", top.Kind, top.Name, on), top.Root)
			verdict.Subject = top
			verdicts = append(verdicts, verdict)
		}
	}
	if len(verdicts) == 0 {
		return []assessment.Verdict{{Outcome: assessment.Pass, Subject: nodes[0]}}
	}
	return verdicts
}

func matches(pattern, name string) bool {
	if prefix, ok := strings.CutSuffix(pattern, "*"); ok {
		return strings.HasPrefix(name, prefix)
	}
	return pattern == name
}

// Zones judges the fact that describes a cluster: it fails if all its nodes stand in one zone, or if
// it has a single node. Nodes without a zone's label are unknown.
func Zones(in assessment.Input) []assessment.Verdict {
	nodes := in.Index.Kind("Node")
	zones, unlabelled := map[string]bool{}, 0
	for _, node := range nodes {
		if zone := node.Labels().Get("topology.kubernetes.io/zone").Text(); zone != "" {
			zones[zone] = true
		} else {
			unlabelled++
		}
	}
	switch {
	case len(nodes) == 0:
		return []assessment.Verdict{{Outcome: assessment.Unknown, Message: "no node was seen"}}
	case len(nodes) == 1:
		return []assessment.Verdict{assessment.Failed("the cluster has a single node", in.Element)}
	case len(zones) >= 2:
		return nil
	case unlabelled > 0:
		return []assessment.Verdict{{Outcome: assessment.Unknown, Message: fmt.Sprintf("%d of %d nodes do not tell their zone (label topology.kubernetes.io/zone)", unlabelled, len(nodes))}}
	}
	return []assessment.Verdict{assessment.Failed(fmt.Sprintf("all %d nodes stand in one zone", len(nodes)), in.Element)}
}

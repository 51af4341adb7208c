package fact

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Evidence is what a platform can be told by. What was not seen is empty.
type Evidence struct {
	GitVersion string   // of the API server
	Groups     []string // served group/versions
	Host       string   // of the server's URL
	Context    string   // the name of the kubeconfig's context: people choose it, so it proves little
	Nodes      []NodeEvidence
	// MirrorPods are the components whose static pods are seen; ConfigMaps are NAMESPACE/NAME.
	MirrorPods, ConfigMaps []string
}

// NodeEvidence is what one node tells.
type NodeEvidence struct {
	Name, ProviderID, OSImage, KubeletVersion string
	Labels, Annotations                       map[string]string
}

// ControlPlane says who runs the control plane.
type ControlPlane string

// Where a control plane runs.
const (
	Visible   ControlPlane = "visible"   // on nodes of the cluster
	Provider  ControlPlane = "provider"  // at a provider, out of the customer's sight
	Elsewhere ControlPlane = "elsewhere" // in another cluster or on machines that are no nodes
	Unknown   ControlPlane = "unknown"
)

// Platform is what a cluster is run by.
type Platform struct {
	Name         string // "unknown" if nothing told
	Managed      bool   // a provider runs the control plane
	ControlPlane ControlPlane
	// Confidence is between 0 and 0.99; Signals are what was seen, in the order of the table.
	Confidence float64
	Signals    []string
}

// The least confidence with which a platform is believed, and with which it is named at all.
const (
	enough = 0.5
	least  = 0.3
)

// Detect tells the platform from the evidence. The signals of a platform are taken as
// independent: none of them alone makes it certain, several that agree nearly do. Platforms that
// are built from others (kind from kubeadm, vcluster from k3s) go first.
func Detect(e Evidence) Platform {
	var best Platform
	bestLayer := 0
	for _, candidate := range platforms {
		p, excluded := candidate.judge(&e)
		better := p.Confidence > best.Confidence
		if best.Confidence >= enough && candidate.layer > bestLayer {
			better = false
		}
		if !excluded && p.Confidence >= least && better {
			best, bestLayer = p, candidate.layer
		}
	}
	if best.Name == "" {
		best.Name = "unknown"
	}
	best.ControlPlane = controlPlaneOf(best, &e)
	return best
}

// judge gives the platform with the confidence that the evidence has for it; excluded is true if
// something shows that it is another one.
func (d definition) judge(e *Evidence) (p Platform, excluded bool) {
	doubt := 1.0
	p = Platform{Name: d.name, Managed: d.managed}
	for _, s := range d.signals {
		if text := s.see(e); text != "" {
			p.Signals = append(p.Signals, text)
			doubt *= 1 - s.weight
		}
	}
	p.Confidence = min(0.99, math.Round((1-doubt)*100)/100)
	if d.managed && e.controlPlaneNode() != "" {
		return p, true
	}
	return p, d.version != "" && e.GitVersion != "" && !strings.Contains(e.GitVersion, d.version)
}

func controlPlaneOf(p Platform, e *Evidence) ControlPlane {
	switch {
	case p.Managed:
		return Provider
	case p.Name == "vcluster" || p.Name == "Gardener" || p.Name == "HyperShift":
		return Elsewhere
	case e.controlPlaneNode() != "":
		return Visible
	case len(e.Nodes) > 0 && slices.Contains([]string{"k0s", "OpenShift", "kubeadm", "Talos"}, p.Name):
		return Elsewhere
	}
	return Unknown
}

// controlPlaneLabels mark nodes that run a control plane.
var controlPlaneLabels = []string{
	"node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master", "node-role.kubernetes.io/controlplane",
	"node.kubernetes.io/microk8s-controlplane",
}

// controlPlaneNode says by what the control plane is seen in the cluster; "" if it is not.
func (e *Evidence) controlPlaneNode() string {
	if slices.Contains(e.MirrorPods, "kube-apiserver") {
		return "the API server's static pod is seen"
	}
	for _, node := range e.Nodes {
		for _, label := range controlPlaneLabels {
			if _, found := node.Labels[label]; found {
				return fmt.Sprintf("node %s has the label %s", node.Name, label)
			}
		}
	}
	return ""
}

// fields gives the platform as part of KubernetesCluster.
func (p Platform) fields() map[string]any {
	signals := make([]any, len(p.Signals))
	for i, text := range p.Signals {
		signals[i] = text
	}
	return map[string]any{"name": p.Name, "managed": p.Managed, "controlPlane": string(p.ControlPlane),
		"confidence": p.Confidence, "signals": signals}
}

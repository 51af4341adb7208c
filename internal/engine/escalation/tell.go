package escalation

import (
	"fmt"
	"strings"
)

// Tell says in words what is done in a step.
func (g *Graph) Tell(step Step) string {
	var text strings.Builder
	for _, edge := range step.Edges {
		text.WriteString(g.tellEdge(&g.Edges[edge]))
	}
	return text.String()
}

// tellEdge words an edge; those of free kinds go on after the step that they belong to.
func (g *Graph) tellEdge(e *Edge) string {
	to := g.Vertices[e.To]
	if text := g.tellFree(e, to); text != "" || Kinds[e.Kind].free {
		return text
	}
	switch e.Kind {
	case bound:
		return "hold every right in the cluster"
	case boundInNamespace:
		return "hold every right in namespace " + to.Namespace
	case forgeToken:
		return e.Detail + ": make a token"
	case constrainedImpersonate:
		return e.Detail + ": impersonate with limits"
	case bindRole:
		return e.Detail + ": bind " + to.String()
	case escalateRole:
		return e.Detail + ": add every right to a role of one's own"
	case signCertificate:
		return e.Detail + ": sign a client certificate"
	case nodeProxy:
		return e.Detail + ": run commands through the kubelet"
	case hostVolume:
		return e.Detail + ": mount the disk of any node"
	case mutateObjects:
		return e.Detail + ": change what administrators create"
	case watchObjects:
		return e.Detail + ": be sent every Secret that is written"
	case takeAPI:
		return e.Detail + ": answer in place of an API"
	case useController:
		return e.Detail + ": let " + to.String() + " act"
	case lowerPodSecurity:
		return e.Detail + ": lift Pod Security and run a privileged pod on any node"
	case useSCC:
		return e.Detail + ": run a privileged pod on any node"
	}
	return g.tellFact(e, to)
}

// tellFact words what follows from a workload or a node, and rights that say enough themselves.
func (g *Graph) tellFact(e *Edge, to Vertex) string {
	switch e.Kind {
	case legacyToken:
		return "use the token of " + to.String() + " in Secret " + e.Detail
	case mountedToken:
		return "use the mounted token of " + to.String()
	case escapes:
		return "escape to the node: " + e.Detail
	case runsOn:
		if to.Kind == Workload {
			return "take over " + to.String() + " on it"
		}
		return "take over the pods on it"
	case stealPod:
		return "escape to the node, where " + e.Detail + ", and drive other pods onto it"
	case controlPlane:
		if e.Detail != "" {
			return "take the keys of the control plane on node " + e.Detail
		}
		return "take the keys of the control plane"
	case asAdmin:
		return "do anything as administrator"
	case impersonate, readSecrets, writeConfig, platformRight, createPod, enterPod, mintToken:
		if to.Kind == Actor && e.Kind != readSecrets {
			return e.Detail + ": be " + to.String()
		}
		return e.Detail
	}
	return e.Detail
}

func (g *Graph) tellFree(e *Edge, to Vertex) string {
	switch e.Kind {
	case memberOf:
		return "as member of " + to.String() + ", "
	case runsAs:
		return ", run one as " + to.String()
	case privilegedPod:
		return ", run a privileged one in namespace " + e.Detail + " on any node"
	case mountsSecret:
		return ", mount the Secrets there"
	case podOf, identityOf:
		return ": " + to.String()
	}
	return ""
}

// TellPath says a path in one line, at most limit characters long: of long ones the middle is left out.
func (g *Graph) TellPath(p Path, limit int) string {
	texts := make([]string, len(p.Steps))
	for i, step := range p.Steps {
		texts[i] = shorten(g.Tell(step), limit/3)
	}
	line := strings.Join(texts, " → ")
	for left := len(texts) - 1; len([]rune(line)) > limit && left > 1; left-- {
		line = strings.Join(texts[:left-1], " → ") + fmt.Sprintf(" → … %d more … → ", len(texts)-left) + texts[len(texts)-1]
	}
	return shorten(line, limit)
}

func shorten(text string, limit int) string {
	if runes := []rune(text); len(runes) > limit {
		return string(runes[:limit-1]) + "…"
	}
	return text
}

// Doubts lists what is not known for the path to hold.
func (g *Graph) Doubts(p Path) []string {
	var all []string
	seen := map[string]bool{}
	for _, edge := range p.Edges() {
		if maybe := g.Edges[edge].Maybe; maybe != "" && !seen[maybe] {
			seen[maybe] = true
			all = append(all, maybe)
		}
	}
	return all
}

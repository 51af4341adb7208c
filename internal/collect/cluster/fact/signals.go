package fact

import (
	"maps"
	"slices"
	"strings"
)

func gitVersion(part string) func(*Evidence) string {
	return func(e *Evidence) string {
		if strings.Contains(e.GitVersion, part) {
			return "the version is " + e.GitVersion
		}
		return ""
	}
}

func host(suffixes ...string) func(*Evidence) string {
	return func(e *Evidence) string {
		for _, suffix := range suffixes {
			if strings.HasSuffix(strings.ToLower(e.Host), suffix) {
				return "the server's name ends in " + suffix
			}
		}
		return ""
	}
}

func contextName(prefixes ...string) func(*Evidence) string {
	return func(e *Evidence) string {
		for _, prefix := range prefixes {
			if strings.HasPrefix(e.Context, prefix) {
				return "the context's name begins with " + prefix
			}
		}
		return ""
	}
}

func group(name string) func(*Evidence) string {
	return func(e *Evidence) string {
		if slices.ContainsFunc(e.Groups, func(served string) bool { return strings.HasPrefix(served, name+"/") }) {
			return "the API group " + name + " is served"
		}
		return ""
	}
}

func configMap(name string) func(*Evidence) string {
	return func(e *Evidence) string {
		if slices.Contains(e.ConfigMaps, name) {
			return "there is a ConfigMap " + name
		}
		return ""
	}
}

// nodeMark sees nodes with a label or an annotation that begins with a prefix.
func nodeMark(prefix string) func(*Evidence) string {
	return func(e *Evidence) string {
		for _, node := range e.Nodes {
			if key := beginning(node.Labels, prefix); key != "" {
				return "nodes have the label " + key
			}
			if key := beginning(node.Annotations, prefix); key != "" {
				return "nodes have the annotation " + key
			}
		}
		return ""
	}
}

// beginning is the first key, by name, that begins with a prefix; "" if none does.
func beginning(of map[string]string, prefix string) string {
	for _, key := range slices.Sorted(maps.Keys(of)) {
		if strings.HasPrefix(key, prefix) {
			return key
		}
	}
	return ""
}

func nodeName(prefix string) func(*Evidence) string {
	return ofNodes("names of nodes begin with "+prefix, func(n NodeEvidence) bool { return strings.HasPrefix(n.Name, prefix) })
}

func providerID(prefix string) func(*Evidence) string {
	return ofNodes("nodes have a provider ID "+prefix, func(n NodeEvidence) bool { return strings.HasPrefix(n.ProviderID, prefix) })
}

func osImage(prefix string) func(*Evidence) string {
	return ofNodes("nodes run "+strings.TrimSuffix(prefix, " ("), func(n NodeEvidence) bool { return strings.HasPrefix(n.OSImage, prefix) })
}

func ofNodes(text string, test func(NodeEvidence) bool) func(*Evidence) string {
	return func(e *Evidence) string {
		if slices.ContainsFunc(e.Nodes, test) {
			return text
		}
		return ""
	}
}

func controlPlaneSeen(e *Evidence) string { return e.controlPlaneNode() }

// allOf sees what all of several signals see together.
func allOf(signals ...func(*Evidence) string) func(*Evidence) string {
	return func(e *Evidence) string {
		var texts []string
		for _, see := range signals {
			text := see(e)
			if text == "" {
				return ""
			}
			texts = append(texts, text)
		}
		return strings.Join(texts, " and ")
	}
}

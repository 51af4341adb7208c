package rbac

import "github.com/kubeproof/kubeproof/internal/document"

// rulesOf reads the rules of a role. What has the wrong shape, as a string for a list, holds
// nothing: the API server refuses such an object.
func rulesOf(list *document.Node) []Rule {
	if list == nil || list.Kind != document.List {
		return nil
	}
	rules := make([]Rule, 0, list.Len())
	for _, node := range list.Children() {
		rules = append(rules, Rule{
			Verbs: texts(node.Get("verbs")), APIGroups: texts(node.Get("apiGroups")), Resources: texts(node.Get("resources")),
			ResourceNames: texts(node.Get("resourceNames")), NonResourceURLs: texts(node.Get("nonResourceURLs")), Node: node,
		})
	}
	return rules
}

func texts(list *document.Node) []string {
	if list == nil || list.Kind != document.List {
		return nil
	}
	all := make([]string, list.Len())
	for i, element := range list.Children() {
		all[i] = element.Text()
	}
	return all
}

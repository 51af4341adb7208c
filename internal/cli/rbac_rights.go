package cli

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/engine/rbac"
)

// rbacRight is rights in answers: some verbs on one resource or path.
type rbacRight struct {
	// Access is read for rights that change nothing, write for others.
	Access    string   `json:"access"`
	Verbs     []string `json:"verbs"`
	Group     string   `json:"group"`
	Resource  string   `json:"resource,omitempty"`
	Name      string   `json:"name,omitempty"`
	Path      string   `json:"path,omitempty"`
	Namespace string   `json:"namespace,omitempty"`
}

const (
	accessRead  = "read"
	accessWrite = "write"
)

// gatherRights puts the verbs of one resource together: those that change something first.
func gatherRights(rights []rbac.Right) []rbacRight {
	type key struct{ access, group, resource, name, path, namespace string }
	verbs := map[key][]string{}
	var order []key
	for _, r := range rights {
		k := key{accessWrite, r.Group, r.Resource, r.Name, r.Path, r.Namespace}
		if r.Reads() {
			k.access = accessRead
		}
		if verbs[k] == nil {
			order = append(order, k)
		}
		verbs[k] = append(verbs[k], r.Verb)
	}
	gathered := make([]rbacRight, len(order))
	for i, k := range order {
		slices.Sort(verbs[k])
		gathered[i] = rbacRight{Access: k.access, Verbs: slices.Compact(verbs[k]), Group: k.group, Resource: k.resource, Name: k.name, Path: k.path, Namespace: k.namespace}
	}
	slices.SortStableFunc(gathered, func(a, b rbacRight) int { return -strings.Compare(a.Access, b.Access) })
	return gathered
}

// what names the resource or path as people do: "deployments.apps", "pods/exec", "configmaps cm".
func (r rbacRight) what() string {
	if r.Path == "*" {
		return "all paths"
	} else if r.Path != "" {
		return r.Path
	}
	return strings.TrimPrefix(rbac.Right{Verb: "-", Group: r.Group, Resource: r.Resource, Name: r.Name}.String(), "- ")
}

// rightLine is one row for people: rights on several resources with the same verbs.
type rightLine struct{ access, verbs, what string }

// rightLines puts resources with the same verbs on one line.
func rightLines(rights []rbacRight) []rightLine {
	var all []rightLine
	at := map[[2]string]int{}
	for _, r := range rights {
		key := [2]string{r.Access, strings.Join(r.Verbs, ",")}
		if i, known := at[key]; known {
			all[i].what += ", " + r.what()
			continue
		}
		at[key] = len(all)
		all = append(all, rightLine{r.Access, key[1], r.what()})
	}
	return all
}

// addRights adds rows for rights, the resources broken into lines.
func (l *lines) addRights(indent string, rights []rbacRight) {
	all, verbs := rightLines(rights), 0
	for _, line := range all {
		verbs = max(verbs, len(line.verbs))
	}
	width := max(30, cmp.Or(l.width, 110)-len(indent)-len(accessWrite)-verbs-4)
	for _, line := range all {
		parts := wrap(line.what, width)
		l.add(indent+line.access, line.verbs, parts[0])
		for _, more := range parts[1:] {
			l.add(indent, "", more)
		}
	}
}

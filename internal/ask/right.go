package ask

import (
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/engine/rbac"
)

// Right is rights in answers: some verbs on one resource or path.
type Right struct {
	// Access is Read for rights that change nothing, Write for others.
	Access    string   `json:"access"`
	Verbs     []string `json:"verbs"`
	Group     string   `json:"group"`
	Resource  string   `json:"resource,omitempty"`
	Name      string   `json:"name,omitempty"`
	Path      string   `json:"path,omitempty"`
	Namespace string   `json:"namespace,omitempty"`
}

// What rights let be done.
const (
	Read  = "read"
	Write = "write"
)

// gather puts the verbs of one resource together: those that change something first.
func gather(rights []rbac.Right) []Right {
	type key struct{ access, group, resource, name, path, namespace string }
	verbs := map[key][]string{}
	var order []key
	for _, r := range rights {
		k := key{Write, r.Group, r.Resource, r.Name, r.Path, r.Namespace}
		if r.Reads() {
			k.access = Read
		}
		if verbs[k] == nil {
			order = append(order, k)
		}
		verbs[k] = append(verbs[k], r.Verb)
	}
	gathered := make([]Right, len(order))
	for i, k := range order {
		slices.Sort(verbs[k])
		gathered[i] = Right{Access: k.access, Verbs: slices.Compact(verbs[k]), Group: k.group, Resource: k.resource, Name: k.name, Path: k.path, Namespace: k.namespace}
	}
	slices.SortStableFunc(gathered, func(a, b Right) int { return -strings.Compare(a.Access, b.Access) })
	return gathered
}

// What names the resource or path as people do: "deployments.apps", "pods/exec", "configmaps cm".
func (r Right) What() string {
	if r.Path == "*" {
		return "all paths"
	} else if r.Path != "" {
		return r.Path
	}
	return strings.TrimPrefix(rbac.Right{Verb: "-", Group: r.Group, Resource: r.Resource, Name: r.Name}.String(), "- ")
}

// Wild reports whether a star stands for all verbs, groups, resources or paths.
func (r Right) Wild() bool {
	return slices.Contains(r.Verbs, "*") || r.Group == "*" || strings.HasPrefix(r.Resource, "*") || r.Path == "*"
}

// RightLine is one row for people: rights on several resources with the same verbs.
type RightLine struct{ Access, Verbs, What string }

// RightLines puts resources with the same verbs on one line.
func RightLines(rights []Right) []RightLine {
	var all []RightLine
	at := map[[2]string]int{}
	for _, r := range rights {
		key := [2]string{r.Access, strings.Join(r.Verbs, ",")}
		if i, known := at[key]; known {
			all[i].What += ", " + r.What()
			continue
		}
		at[key] = len(all)
		all = append(all, RightLine{r.Access, key[1], r.What()})
	}
	return all
}

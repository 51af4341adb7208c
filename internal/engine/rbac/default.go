package rbac

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/rbac/builtin"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// minorOf is the minor release that the cluster says to be: 36 for "36", "36+"; 0 if nothing says.
func minorOf(index *inventory.Index) int {
	for _, fact := range index.Kind(inventory.FactCluster) {
		if minor, err := strconv.Atoi(strings.TrimRight(fact.Root.Get("version", "minor").Text(), "+")); err == nil {
			return minor
		}
	}
	return 0
}

// knownMinor is the known release next to a minor; the newest for none.
func knownMinor(minor int) int {
	if minor == 0 {
		return builtin.Newest
	}
	return min(max(minor, builtin.Oldest), builtin.Newest)
}

// defaultRoles are the roles that Kubernetes 1.minor makes by itself. Their objects are shared by
// all models; the roles are not, for they collect the rules of others.
func defaultRoles(minor int) map[roleName]*Role {
	roles := map[roleName]*Role{}
	for _, d := range defaults[minor-builtin.Oldest]() {
		role := d
		roles[roleName{"", d.Object.Kind, d.Object.Namespace, d.Object.Name}] = &role
	}
	return roles
}

// defaults makes the default roles of each known minor when they are first asked for.
var defaults = func() (all [builtin.Newest - builtin.Oldest + 1]func() []Role) {
	for i := range all {
		all[i] = sync.OnceValue(func() []Role { return makeDefaults(builtin.Oldest + i) })
	}
	return all
}()

func makeDefaults(minor int) []Role {
	var roles []Role
	source := &inventory.Source{Target: fmt.Sprintf("defaults of Kubernetes 1.%d", minor)}
	for _, o := range builtin.All() {
		if o.RoleKind != "" || !o.In(minor) {
			continue
		}
		root := document.Make(Manifest(o, minor))
		object := &inventory.Subject{Kind: o.Kind, APIVersion: apiGroup + "/v1", Namespace: o.Namespace, Name: o.Name, Root: root, Source: source}
		roles = append(roles, Role{Object: object, Rules: rulesOf(root.Get("rules")), Default: true})
	}
	return roles
}

// Manifest gives a default role as the API server of a minor version of Kubernetes 1 shows it.
func Manifest(o *builtin.Object, minor int) map[string]any {
	labels := map[string]any{"kubernetes.io/bootstrapping": "rbac-defaults"}
	for _, label := range o.Labels {
		if label.When.In(minor) {
			labels[label.Key] = "true"
		}
	}
	rules := []any{}
	for _, rule := range o.Rules {
		if rule.When.In(minor) {
			rules = append(rules, ruleManifest(rule))
		}
	}
	root := map[string]any{"apiVersion": apiGroup + "/v1", "kind": o.Kind, "rules": rules,
		"metadata": map[string]any{"name": o.Name, "labels": labels}}
	if o.Aggregates != "" {
		root["aggregationRule"] = map[string]any{"clusterRoleSelectors": []any{
			map[string]any{"matchLabels": map[string]any{o.Aggregates: "true"}}}}
	}
	return root
}

func ruleManifest(rule builtin.Rule) map[string]any {
	written := map[string]any{}
	for key, list := range map[string][]string{"verbs": rule.Verbs, "apiGroups": rule.Groups, "resources": rule.Resources,
		"resourceNames": rule.Names, "nonResourceURLs": rule.Paths} {
		if len(list) > 0 {
			values := make([]any, len(list))
			for i, value := range list {
				values[i] = value
			}
			written[key] = values
		}
	}
	return written
}

func sortedRoles(roles map[roleName]*Role) []*Role {
	return slices.SortedFunc(maps.Values(roles), func(a, b *Role) int {
		return cmp.Or(cmp.Compare(a.Object.Kind, b.Object.Kind), cmp.Compare(a.Object.Namespace, b.Object.Namespace), cmp.Compare(a.Object.Name, b.Object.Name))
	})
}

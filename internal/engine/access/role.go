package access

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/engine/rbac"
	"github.com/kubeproof/kubeproof/internal/engine/selector"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Wildcards judges a Role or ClusterRole line by line: a rule fails if it grants all verbs, all
// resources or all groups, but for those of metrics. Rules that a control reports at their bindings pass here, and so do
// roles of third-party applications, which Excess sums up.
func Wildcards(in assessment.Input) []assessment.Verdict {
	model := rbac.Of(in.Index)
	switch {
	case shipped(model, in.Subject):
		return []assessment.Verdict{{Outcome: assessment.Pass, Message: "Kubernetes or the platform ships the role"}}
	case in.Subject.Root.Get("aggregationRule") != nil:
		return assessment.Skipped("its rules come from the roles that it aggregates")
	case applicationOf(model, in.Subject) != "":
		return assessment.Skipped("the role belongs to a third-party application, which is judged as a whole")
	}
	role := model.RoleOf(in.Subject)
	if role == nil {
		return nil
	}
	isBound := boundRoles(in.Index)[in.Subject]
	total := slices.ContainsFunc(role.Rules, func(rule rbac.Rule) bool { return isTotal(&rule) })
	var verdicts []assessment.Verdict
	for i := range role.Rules {
		rule := &role.Rules[i]
		stars := starsOf(rule)
		if stars == "" || isOfMetrics(rule) || isBound && (isTotal(rule) || isSweeping(rule) || total && len(rule.NonResourceURLs) > 0) {
			continue
		}
		verdicts = append(verdicts, assessment.Failed(fmt.Sprintf("rule of %s %q grants %s", in.Subject.Kind, in.Subject.Name, stars), rule.Node))
	}
	return verdicts
}

// isOfMetrics reports whether a rule is about the APIs of metrics only, where everything is read-only.
func isOfMetrics(rule *rbac.Rule) bool {
	return len(rule.APIGroups) > 0 && !slices.ContainsFunc(rule.APIGroups, func(group string) bool {
		return group != "metrics.k8s.io" && !strings.HasSuffix(group, ".metrics.k8s.io")
	})
}

// starsOf says what a rule grants without naming it; "" if it names everything.
func starsOf(rule *rbac.Rule) string {
	verbs, resources := joined(rule.Verbs, ", ", " and "), listed(rule.Resources)
	all, wide := slices.Contains(rule.Verbs, "*"), slices.Contains(rule.Resources, "*")
	if all {
		verbs = "every verb"
	}
	if wide {
		resources = "every resource"
	}
	switch {
	case len(rule.NonResourceURLs) > 0:
		if all || slices.Contains(rule.NonResourceURLs, "*") {
			return verbs + " on the paths " + listed(rule.NonResourceURLs)
		}
		return ""
	case !slices.ContainsFunc(rule.Resources, func(name string) bool { return !isBookkeeping(name) }):
		return ""
	case slices.Contains(rule.APIGroups, "*"):
		return verbs + " on " + resources + " of every API group"
	case wide:
		return verbs + " on " + resources + " of " + groupsOf(rule)
	case all:
		return verbs + " on " + resources
	}
	return ""
}

func groupsOf(rule *rbac.Rule) string {
	var names []string
	for _, group := range rule.APIGroups {
		if group == "" {
			group = "the core group"
		}
		names = append(names, group)
	}
	return listed(names)
}

// boundRoles tells which roles a binding of the inventory names, or another role aggregates.
func boundRoles(index *inventory.Index) map[*inventory.Subject]bool {
	return inventory.Derived(index, "access.boundRoles", func(index *inventory.Index) map[*inventory.Subject]bool {
		all := map[*inventory.Subject]bool{}
		for _, g := range rbac.Of(index).Grants {
			if g.Role != nil {
				all[g.Role.Object] = true
			}
		}
		for _, collector := range index.Kind("ClusterRole") {
			for _, wanted := range collector.Root.Get("aggregationRule", "clusterRoleSelectors").Children() {
				for _, object := range index.Kind("ClusterRole") {
					if object != collector && selector.Matches(wanted, object.Labels()) {
						all[object] = true
					}
				}
			}
		}
		return all
	})
}

const aggregateLabel = "rbac.authorization.k8s.io/aggregate-to-"

// aggregatesTo lists the user-facing roles that a ClusterRole adds its rules to.
func aggregatesTo(object *inventory.Subject) []string {
	var names []string
	for _, name := range []string{"view", "edit", "admin"} {
		if object.Labels().Get(aggregateLabel+name).Text() == "true" {
			names = append(names, name)
		}
	}
	return names
}

// Unbound judges roles in files that no binding of the inventory names: it fails where a rule gives
// one of the parameter "rights", so that a role whose binding stands elsewhere is not silent. Bound
// roles are judged at their bindings; in a live cluster an unbound role gives nothing.
func Unbound(in assessment.Input) []assessment.Verdict {
	model := rbac.Of(in.Index)
	s, err := newSearch(in, model)
	if err != nil {
		return wrongParameter(model, err)
	}
	isBound := boundRoles(in.Index)
	var verdicts []assessment.Verdict
	for _, kind := range []string{"ClusterRole", "Role"} {
		for _, object := range in.Index.Kind(kind) {
			role := model.RoleOf(object)
			if role == nil || object.Source.Cluster != "" || isBound[object] || shipped(model, object) || len(aggregatesTo(object)) > 0 {
				continue
			}
			verdicts = append(verdicts, s.judgeUnbound(role))
		}
	}
	return verdicts
}

func (s *search) judgeUnbound(role *rbac.Role) assessment.Verdict {
	place := &rbac.Grant{Namespace: role.Object.Namespace}
	what := allHere(s.held(role), place)
	if len(what) == 0 {
		return assessment.Verdict{Outcome: assessment.Pass, Subject: role.Object}
	}
	verdict := assessment.Failed(fmt.Sprintf("%s %q lets whoever is bound to it %s", role.Object.Kind, role.Object.Name, deeds(what)), what[0].rule.Node)
	verdict.Subject = role.Object
	return verdict
}

// Aggregated judges ClusterRoles that add rules to view, edit or admin by a label: it fails where
// they add one of the parameters "view" to view, or "edit" to edit and admin, which all who hold
// these roles then get.
func Aggregated(in assessment.Input) []assessment.Verdict {
	model := rbac.Of(in.Index)
	targets := aggregatesTo(in.Subject)
	role := model.RoleOf(in.Subject)
	if len(targets) == 0 || role == nil {
		return assessment.Skipped("adds nothing to view, edit and admin")
	}
	if shipped(model, in.Subject) {
		return nil
	}
	parameter := "edit"
	if slices.Contains(targets, "view") {
		parameter = "view"
	}
	rights, err := parseRights(in.Values.Strings(parameter))
	if err != nil {
		return []assessment.Verdict{{Outcome: assessment.Error, Message: err.Error()}}
	}
	s := &search{in: in, model: model, rights: rights, byRole: map[*rbac.Role][]held{}}
	var verdicts []assessment.Verdict
	what := s.held(role)
	for i := range role.Rules {
		here := slices.DeleteFunc(slices.Clone(what), func(h held) bool { return h.rule != &role.Rules[i] })
		if len(here) > 0 {
			verdicts = append(verdicts, assessment.Failed(fmt.Sprintf("whoever holds %s can %s", joined(targets, ", ", " and "), deeds(here)), role.Rules[i].Node))
		}
	}
	return verdicts
}

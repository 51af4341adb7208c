package component

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// hasObject asks for at least one object of the kinds that make the product do something.
func hasObject(kinds ...string) func(*seen) string {
	return func(s *seen) string {
		if slices.ContainsFunc(s.objects, func(o *inventory.Subject) bool { return slices.Contains(kinds, o.Kind) }) {
			return ""
		}
		return "no " + strings.Join(kinds, " or ") + " tells it what to do"
	}
}

// hasGroup asks for at least one object of an API group.
func hasGroup(group string) func(*seen) string {
	return func(s *seen) string {
		if slices.ContainsFunc(s.objects, func(o *inventory.Subject) bool { return o.Group() == group }) {
			return ""
		}
		return "no object of " + group + " tells it what to do"
	}
}

// readyObject asks for at least one object of the kinds whose condition Ready holds.
func readyObject(kinds ...string) func(*seen) string {
	return func(s *seen) string {
		some := false
		for _, o := range s.objects {
			if !slices.Contains(kinds, o.Kind) {
				continue
			}
			some = true
			if holds(o, "Ready") {
				return ""
			}
		}
		if some {
			return "no " + strings.Join(kinds, " or ") + " of it is ready"
		}
		return "no " + strings.Join(kinds, " or ") + " tells it what to do"
	}
}

// holds reports whether a condition of the object's status is True.
func holds(o *inventory.Subject, condition string) bool {
	for _, c := range o.Root.Get("status", "conditions").Children() {
		if c.Get("type").Text() == condition {
			return c.Get("status").Text() == "True"
		}
	}
	return false
}

// datadogRuntime and datadogLogs look at what the one agent of Datadog is told to do.
func datadogRuntime(s *seen) string {
	return enabled(s, "workload security", "DD_RUNTIME_SECURITY_CONFIG_ENABLED", "cws")
}

func datadogLogs(s *seen) string {
	return enabled(s, "log collection", "DD_LOGS_ENABLED", "logCollection")
}

func enabled(s *seen, what, variable, feature string) string {
	for _, w := range s.workloads {
		for _, container := range w.Pod.Containers() {
			for _, env := range container.Node.Get("env").Children() {
				if env.Get("name").Text() == variable && env.Get("value").Text() == "true" {
					return ""
				}
			}
		}
	}
	for _, agent := range s.kinds("DatadogAgent") {
		if agent.Root.Get("spec", "features", feature, "enabled").Bool() {
			return ""
		}
	}
	return "its " + what + " is off (" + variable + ")"
}

// policyDenies asks for a binding that refuses and whose policy exists.
func policyDenies(s *seen) string {
	for _, binding := range s.kinds("ValidatingAdmissionPolicyBinding") {
		actions := binding.Root.Get("spec", "validationActions").Children()
		policy := binding.Root.Get("spec", "policyName").Text()
		denies := slices.ContainsFunc(actions, func(n *document.Node) bool { return n.Text() == "Deny" })
		if denies && s.index.Find("ValidatingAdmissionPolicy", "", policy) != nil {
			return ""
		}
	}
	return "no ValidatingAdmissionPolicyBinding denies"
}

// podSecurityEnforced asks that most namespaces of users enforce at least the baseline level.
func podSecurityEnforced(s *seen) string {
	enforced, all := 0, 0
	for _, namespace := range s.index.Kind("Namespace") {
		if strings.HasPrefix(namespace.Name, "kube-") {
			continue
		}
		all++
		switch namespace.Labels().Get("pod-security.kubernetes.io/enforce").Text() {
		case "baseline", "restricted":
			enforced++
		}
	}
	if all == 0 || 2*enforced < all {
		return fmt.Sprintf("%d of %d namespaces enforce a Pod Security level", enforced, all)
	}
	return ""
}

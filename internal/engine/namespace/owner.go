package namespace

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// ownerOf gives the value of the first of the keys that an object has as a label or annotation.
func ownerOf(s *inventory.Subject, keys []string) (string, *document.Node) {
	for _, key := range keys {
		for _, field := range []string{"labels", "annotations"} {
			if node := s.Root.Get("metadata", field, key); node.Text() != "" {
				return node.Text(), node
			}
		}
	}
	return "", nil
}

// SingleOwner judges all workloads at once: a workload fails if it belongs to another owner or
// another system than the first one in its namespace. Only workloads that write down both their
// namespace and an owner are compared.
func SingleOwner(in assessment.Input) []assessment.Verdict {
	first := map[string]*inventory.Subject{}
	var verdicts []assessment.Verdict
	for _, s := range in.Inventory.Subjects {
		if s.Pod == nil || s.Controlled() || s.Root.Get("metadata", "namespace") == nil || matches(in.Values.Strings("exempt"), s.Namespace) {
			continue
		}
		for _, parameter := range []string{"ownerKeys", "systems"} {
			owner, node := ownerOf(s, in.Values.Strings(parameter))
			if node == nil {
				continue
			}
			verdict := assessment.Verdict{Outcome: assessment.Pass, Subject: s, Node: node}
			place := parameter + "/" + s.Namespace
			if first[place] == nil {
				first[place] = s
			}
			if other, _ := ownerOf(first[place], in.Values.Strings(parameter)); other != owner {
				verdict.Outcome = assessment.Fail
				verdict.Message = fmt.Sprintf("namespace %q holds %s %q of %q too, beside %q",
					s.Namespace, s.Kind, s.Name, owner, other)
			}
			verdicts = append(verdicts, verdict)
		}
	}
	return verdicts
}

// TeamNamespaces judges all Namespaces that say whose they are: those of a team fail if it has
// more than the parameter maximum. Namespaces that differ only by an environment at the end of
// their name, as shop-dev and shop-prod, count as one.
func TeamNamespaces(in assessment.Input) []assessment.Verdict {
	systems := map[string][]string{}
	for _, s := range in.Index.Kind("Namespace") {
		if team, _ := ownerOf(s, in.Values.Strings("ownerKeys")); team != "" {
			if system := systemOf(s.Name, in.Values.Strings("environmentNames")); !slices.Contains(systems[team], system) {
				systems[team] = append(systems[team], system)
			}
		}
	}
	var verdicts []assessment.Verdict
	for _, s := range in.Index.Kind("Namespace") {
		team, node := ownerOf(s, in.Values.Strings("ownerKeys"))
		if team == "" {
			continue
		}
		verdict := assessment.Verdict{Outcome: assessment.Pass, Subject: s, Node: node}
		if maximum := in.Values.Int("maximum"); len(systems[team]) > maximum {
			verdict.Outcome = assessment.Fail
			verdict.Message = fmt.Sprintf("team %q keeps %d namespaces, at most %d are wanted", team, len(systems[team]), maximum)
		}
		verdicts = append(verdicts, verdict)
	}
	return verdicts
}

// systemOf cuts an environment off the end or the beginning of a namespace's name.
func systemOf(name string, environments []string) string {
	for _, environment := range environments {
		if system, found := strings.CutSuffix(name, "-"+environment); found {
			return system
		}
		if system, found := strings.CutPrefix(name, environment+"-"); found {
			return system
		}
	}
	return name
}

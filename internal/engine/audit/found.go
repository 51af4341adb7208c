package audit

import (
	"fmt"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Found is one policy of an inventory.
type Found struct {
	*Policy
	Subject *inventory.Subject
	// Problems are what the API server refuses in it.
	Problems []Problem
	// Key is the ConfigMap's key that holds the policy as text; nil where the policy is a
	// document. Lines of the policy then count from the beginning of that text.
	Key *document.Node
}

// policyFlag is the flag of the API server that names its policy, and the name of the policy
// among the files of an APIServerInstance.
const policyFlag = "audit-policy-file"

// Policies lists the audit policies of an inventory: objects of kind Policy, texts in ConfigMaps,
// and what was read of an API server's own.
func Policies(index *inventory.Index) []*Found {
	return inventory.Derived(index, "audit.Policies", func(index *inventory.Index) []*Found {
		var all []*Found
		for _, s := range index.All() {
			switch {
			case s.Kind == "Policy" && s.Group() == "audit.k8s.io":
				all = append(all, newFound(s, s.Root, nil))
			case s.Kind == "ConfigMap" && s.APIVersion == "v1":
				all = append(all, inConfigMap(s)...)
			case s.Kind == inventory.FactAPIServer:
				if root := s.Root.Get("files", policyFlag); root.Get("kind").Text() == "Policy" {
					all = append(all, newFound(s, root, nil))
				}
			}
		}
		return all
	})
}

func newFound(s *inventory.Subject, root, key *document.Node) *Found {
	return &Found{Policy: NewPolicy(root), Subject: s, Problems: Problems(root), Key: key}
}

// textLimits are ample for a policy; a ConfigMap holds 1 MiB at most.
var textLimits = document.Limits{FileBytes: 2 << 20, DocumentBytes: 2 << 20, Depth: 100, Nodes: 200_000, FileNodes: 400_000, Documents: 1000}

func inConfigMap(s *inventory.Subject) []*Found {
	var all []*Found
	for _, key := range s.Root.Get("data").Children() {
		if !strings.Contains(key.Text(), "audit.k8s.io/") {
			continue
		}
		documents, _ := document.Read([]byte(key.Text()), textLimits)
		for _, found := range documents {
			root := found.Root
			if group, _, _ := strings.Cut(root.Get("apiVersion").Text(), "/"); group == "audit.k8s.io" && root.Get("kind").Text() == "Policy" {
				all = append(all, newFound(s, root, key))
			}
		}
	}
	return all
}

// at is a verdict on a value of the policy. In a ConfigMap it stands on the key that holds the text.
func (f *Found) at(outcome assessment.Outcome, message string, node *document.Node) assessment.Verdict {
	if f.Key != nil {
		message, node = f.Key.Key()+": "+message, f.Key
	}
	return assessment.Verdict{Outcome: outcome, Message: message, Node: node, Subject: f.Subject}
}

// rulesNode is where it stands that no rule catches something.
func (f *Found) rulesNode() *document.Node {
	if rules := f.Node.Get("rules"); rules != nil {
		return rules
	}
	return f.Node
}

// mostRules bounds the rules of a policy that is judged: real ones have tens.
const mostRules = 2000

// judged runs a check on every policy that the API server takes; a check without failures passes.
// Where a cluster was looked at and no policy was seen, that is told.
func judged(in assessment.Input, judge func(*Found) []assessment.Verdict) []assessment.Verdict {
	policies := Policies(in.Index)
	if len(policies) == 0 {
		return unseen(in)
	}
	var all []assessment.Verdict
	for _, found := range policies {
		if len(found.Problems) > 0 {
			all = append(all, found.at(assessment.NotApplicable, "the API server refuses this policy", found.Node))
			continue
		}
		if len(found.Rules) > mostRules {
			all = append(all, found.at(assessment.Unknown, fmt.Sprintf("policy has %d rules, more than the %d that are judged: shorten it", len(found.Rules), mostRules), found.rulesNode()))
			continue
		}
		failures := judge(found)
		if len(failures) == 0 {
			failures = []assessment.Verdict{found.at(assessment.Pass, "", found.Node)}
		}
		all = append(all, failures...)
	}
	return all
}

// unseen gives one verdict for each cluster: who keeps its policy, and how to show it.
func unseen(in assessment.Input) []assessment.Verdict {
	var all []assessment.Verdict
	for _, cluster := range in.Index.Kind(inventory.FactCluster) {
		verdict := assessment.Verdict{Outcome: assessment.Unknown, Subject: cluster, Node: cluster.Root}
		path, instances := policyPath(in.Index, cluster.Source.Cluster)
		switch {
		case path != "":
			verdict.Message = "the audit policy " + path + " stands on the control plane's nodes: give it too, as in kubeproof scan cluster: audit-policy.yaml"
		case instances:
			verdict.Outcome = assessment.NotApplicable
			verdict.Message = "the API server runs without --" + policyFlag + ", so it logs no request"
		case cluster.Root.Get("platform", "controlPlane").Text() == "provider":
			verdict.Outcome = assessment.NotApplicable
			verdict.Message = "provider's responsibility: the audit policy of " + cluster.Root.Get("platform", "name").Text() + " cannot be set"
		default:
			verdict.Message = "no audit policy was seen: give the file of --" + policyFlag + " too, as in kubeproof scan cluster: audit-policy.yaml"
		}
		all = append(all, verdict)
	}
	return all
}

// policyPath gives where the API servers of a cluster read their policy, and whether the flags of
// one were seen.
func policyPath(index *inventory.Index, cluster string) (path string, instances bool) {
	for _, s := range index.Kind(inventory.FactAPIServer) {
		if s.Source.Cluster != cluster || s.Root.Get("flags") == nil {
			continue
		}
		instances = true
		if path = s.Root.Get("flags", policyFlag).Text(); path != "" {
			break
		}
	}
	return path, instances
}

package report

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

var largeTopics = []string{"isolation", "capabilities", "host", "identity", "volumes", "resources", "availability", "images", "namespaces", "accounts", "network", "secrets"}

// large makes an assessment of n findings, always the same for one n: sixty controls over
// workloads of three containers, severities as they are spread in practice.
func large(n int) *Report {
	random := rand.New(rand.NewPCG(1, 2))
	controls := map[string]*control.Control{}
	var ids []string
	for i := range 60 {
		severity := control.Severities[[]int{4, 3, 3, 2, 2, 2, 1, 1, 0, 2}[i%10]]
		topic := largeTopics[i%len(largeTopics)]
		id := fmt.Sprintf("%s-control-%02d", topic, i)
		ids = append(ids, id)
		controls[id] = &control.Control{ID: id, Title: "Containers keep to rule " + id, Severity: severity, Risk: 2 * (severity.Rank() + 1), Topic: topic,
			Team: []control.Team{control.Apps, control.Apps, control.Infra, control.Both}[i%4],
			Why:  "Who breaks into a container that does not keep to it has more of the node than it needs.\nFrom there the way to other workloads is short.",
			Fix:  "Write it in the security context of the container:\n\n```yaml\nsecurityContext:\n  allowPrivilegeEscalation: false\n```\n\nNot where a device plugin needs more: accept the risk there.",
			Maps: map[string][]string{"pss": {"privileged"}, "cis-1.12": {"5.2.2"}, "nist-800-53": {"AC-6", "CM-6", "CM-7"}, "iso-27001": {"A.8.9", "A.8.18"}}}
	}
	a := &assessment.Assessment{Schema: assessment.Schema, Targets: []inventory.Target{{Kind: "path", Name: "deploy", Files: n / 10, Documents: n / 8}}}
	a.Findings = make([]*assessment.Finding, n)
	for i := range a.Findings {
		a.Findings[i] = largeFinding(i, random, controls[ids[random.IntN(60)]])
	}
	s := &a.Summary
	s.Severity, s.Teams, s.Kinds = map[control.Severity]int{}, map[control.Team]int{}, map[string]int{"Deployment": n / 8}
	for _, id := range ids {
		c := controls[id]
		a.Controls = append(a.Controls, assessment.ControlResult{ID: id, Title: c.Title, Severity: c.Severity, Team: c.Team, Outcomes: assessment.Counts{Pass: n / 15}})
	}
	for i := range a.Findings {
		f := a.Findings[i]
		for j, id := range ids {
			if id == f.Control {
				a.Controls[j].Outcomes.Add(f.Outcome)
			}
		}
		if f.Outcome == assessment.Fail {
			s.Severity[f.Severity]++
			s.Teams[f.Team]++
		}
	}
	for _, result := range a.Controls {
		s.Outcomes = s.Outcomes.Plus(result.Outcomes)
	}
	s.Subjects, s.Judged, s.Controls = n/7+1, n/8+1, len(a.Controls)
	return New(a, controls, Options{Version: "1.2.3"})
}

func largeFinding(i int, random *rand.Rand, c *control.Control) *assessment.Finding {
	app := i / 24
	f := finding(c, assessment.Fail, fmt.Sprintf("container %q does not keep to it", []string{"app", "proxy", "log"}[i%3]))
	if i%19 == 0 {
		f.Outcome = assessment.Accepted
		f.Exception = &assessment.Exception{Reason: "moves to another cluster in spring", Owner: "team-shop", Expires: "2027-01-31", Source: ".kubeproof.yaml:12"}
	}
	if i%97 == 0 {
		f.Outcome, f.Message = assessment.Unknown, "kubelet configuration not readable: no right to get nodes/configz"
	}
	f.Fingerprint = fmt.Sprintf("%016x%016x", random.Uint64(), random.Uint64())
	namespace := []string{"shop", "billing", "search", "kube-system", "monitoring"}[app%5]
	f.Subject = assessment.Subject{Kind: "Deployment", APIVersion: "apps/v1", Namespace: namespace, Name: fmt.Sprintf("%s-api-%d", namespace, app), Container: []string{"app", "proxy", "log"}[i%3],
		File: fmt.Sprintf("deploy/%s/%s-api-%d.yaml", namespace, namespace, app)}
	at := 20 + 8*(i%24)
	f.Location = assessment.Location{File: f.Subject.File, Line: at, Column: 11, EndLine: at, Path: fmt.Sprintf("spec.template.spec.containers[%d].securityContext.allowPrivilegeEscalation", i%3)}
	f.Evidence = &assessment.Evidence{}
	for j, text := range []string{"spec:", "template:", "containers:", "- name: " + f.Subject.Container, "allowPrivilegeEscalation: true"} {
		f.Evidence.Lines = append(f.Evidence.Lines, assessment.Line{Number: at - 8 + 2*j, Text: strings.Repeat("  ", j+1) + text, Guilty: j == 4})
	}
	return &f
}

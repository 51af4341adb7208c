package report

import (
	"fmt"
	"strings"
	"testing"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// live is a cluster with a few bad objects among many that lack little.
func live() *Report {
	controls := fixtureControls()
	a := &assessment.Assessment{Schema: assessment.Schema,
		Targets: []inventory.Target{{Kind: "cluster", Name: "cluster:", About: "prod, Kubernetes v1.36.1, 3 nodes"}},
		Gaps: []inventory.Gap{
			{Target: "cluster:", Kind: "Secret", Reason: "no right to list secrets: grant list on secrets"},
			{Target: "cluster:", Kind: "Node", Reason: "no right to list nodes: grant list on nodes (kubeproof rbac role prints a role)"},
			{Target: "cluster:", Kind: "Role", Reason: "no right to list roles: grant list on roles (kubeproof rbac role prints a role)"},
			{Target: "cluster:", Kind: "ConfigMap", Except: []string{"shop"}, Unasked: true, Reason: "only namespace shop was asked for"},
			{Target: "cluster:", Kind: "EtcdInstance", Provider: true, Reason: "EKS runs the control plane"},
		}}
	add := func(id, message, path string, s assessment.Subject) {
		s.Cluster = "prod"
		f := finding(controls[id], assessment.Fail, message)
		f.Subject, f.Location = s, assessment.Location{Path: path}
		f.Fingerprint = fmt.Sprintf("%032x", len(a.Findings))
		a.Findings = append(a.Findings, &f)
	}
	for i := range 12 {
		add("container-cpu-limit", `container "app" has no CPU limit`, "spec", assessment.Subject{Kind: "Deployment", Namespace: "shop", Name: fmt.Sprintf("small-%02d", i), Container: "app"})
		add("container-run-as-non-root", `container "app" may run as root`, "spec", assessment.Subject{Kind: "Deployment", Namespace: "blog", Name: fmt.Sprintf("root-%02d", i), Container: "app"})
	}
	add("container-privileged", "\x1b[2Jrunner can "+strings.Repeat("climb ", 40), "subjects[0]", assessment.Subject{Kind: "ClusterRoleBinding", Name: "ci"})
	controls["escalation-to-cluster-admin"] = &control.Control{ID: "escalation-to-cluster-admin", Title: "No way up", Severity: control.High, Fix: "Cut it."}
	add("escalation-to-cluster-admin", "runner becomes admin", "subjects[0]", assessment.Subject{Kind: "ClusterRoleBinding", Name: "ci"})
	add("ingress-tls", "nothing watches", "", assessment.Subject{Kind: inventory.FactCluster, Name: "prod"})
	add("ingress-tls", "namespace is open", "metadata.labels", assessment.Subject{Kind: "Namespace", Name: "shop"})
	a.Findings[len(a.Findings)-1].Evidence = &assessment.Evidence{Lines: []assessment.Line{{Text: "spec:"}}} // live: no numbers
	a.Summary = assessment.Summary{Subjects: 40, Judged: 40, Controls: 5, Outcomes: assessment.Counts{Fail: len(a.Findings)}}
	return New(a, controls, Options{Width: 80, Target: "cluster:prod"})
}

func TestTableOfCluster(t *testing.T) {
	text := string(written(t, "table", live()))
	lines := strings.Split(text, "\n")
	for i, want := range []string{
		"Worst first  28 failures: 1 critical, 13 high, 2 medium, 12 low",
		"  ClusterRoleBinding ci  1 critical, 1 high",
		`    \x1b[2Jrunner can climb climb climb climb climb climb climb climb climb c...`,
		"  Deployment blog/root-00  1 high",
		`    container "app" may run as root`,
	} {
		if lines[i] != want {
			t.Errorf("line %d is %q, want %q", i+1, lines[i], want)
		}
	}
	for _, want := range []string{
		"  and 4 more objects with critical or high failures, below\n",
		"\ncluster prod  1 critical, 1 high, 1 medium\n",
		"\ncluster prod, namespace shop  1 medium, 12 low\n",
		"  Namespace shop\n", // stands with what is in it
		"    medium    nothing watches\n              ingress-tls\n",
		"  unknown   cluster: Secret not seen: no right to list secrets: grant list on\n",
		"  unknown   cluster: Node, Role not seen: no right to list them (kubeproof rbac\n            role prints a role)\n",
		"  Cluster   prod, Kubernetes v1.36.1, 3 nodes\n",
		"  kubeproof rbac paths --in cluster:prod\n",
		"  kubeproof scan cluster:prod -o html=report.html",
		"  kubeproof rbac role | kubectl apply -f -",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the table lacks %q", want)
		}
	}
	for _, excused := range []string{"EtcdInstance", "ConfigMap"} {
		if strings.Contains(text, excused) {
			t.Errorf("the table calls %s not assessed, which is nobody's failure", excused)
		}
	}
}

func TestFewObjectsNeedNoOverview(t *testing.T) {
	r := live()
	r.Assessment.Findings = r.Assessment.Findings[22:26]
	if text := string(written(t, "table", r)); strings.Contains(text, "Worst first") {
		t.Errorf("a short table begins with an overview:\n%s", text)
	}
}

func TestPagesOfCluster(t *testing.T) {
	for format, wants := range map[string][]string{
		"html":     {"<code>prod, Kubernetes v1.36.1, 3 nodes</code>", "<code>cluster</code>Secret not seen", "<b>ClusterRoleBinding ci</b> <span class=\"n\">1 critical, 1 high</span>", "<option value=\"2\">shop</option>", "<span>spec:</span>"},
		"markdown": {"| 1 | ClusterRoleBinding ci<br>", "2 things that the cluster did not show"},
		"csv":      {",,unknown,,,,Secret not seen"},
		"github":   {"::warning title=not assessed::cluster: Secret not seen"},
		"sarif":    {`"cluster/prod/ClusterRoleBinding/ci"`, "Secret not seen"},
		"junit":    {`name="ClusterRoleBinding ci in cluster prod"`, `type="unknown"`},
	} {
		text := string(written(t, format, live()))
		for _, want := range wants {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %q", format, want)
			}
		}
	}
}

package report

import (
	"fmt"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// controls of the fixtures.
func fixtureControls() map[string]*control.Control {
	list := []*control.Control{
		{ID: "container-privileged", Title: "Containers must not run privileged", Severity: control.Critical, Risk: 10, Team: control.Apps, Topic: "isolation",
			Why:        "A privileged container has every right on its node.\nWhoever breaks into it owns the node and all that runs there.",
			Fix:        "Remove `privileged: true` or set it to false. Give single capabilities where one is needed:\n\n```yaml\nsecurityContext:\n  privileged: false\n```\n\nNot where a CNI plugin or a device driver runs: accept the risk there.",
			Maps:       map[string][]string{"pss": {"privileged"}, "cis-1.12": {"5.2.2"}, "nist-800-53": {"AC-6", "CM-6"}},
			References: []string{"https://kubernetes.io/docs/concepts/security/pod-security-standards/", "javascript:alert(1)"}},
		{ID: "container-cpu-limit", Title: "Containers have a CPU limit", Severity: control.Low, Risk: 3, Team: control.Apps, Topic: "resources",
			Why: "Without a limit one container can starve its neighbours.", Fix: "Set resources.limits.cpu."},
		{ID: "container-run-as-non-root", Title: "Containers run as a user that is not root", Severity: control.High, Risk: 7, Team: control.Both, Topic: "identity",
			Why: "Root in a container is one kernel bug away from root on the node.", Fix: "Set securityContext.runAsNonRoot: true, and a numeric user in the image."},
		{ID: "secret-in-env", Title: "No secrets in environment variables", Severity: control.High, Risk: 8, Team: control.Apps, Topic: "secrets", Sensitive: true,
			Why: "What stands in a manifest stands in Git.", Fix: "Use a Secret and a volume."},
		{ID: "ingress-tls", Title: `Ingresses | "use" <TLS> & more`, Severity: control.Medium, Risk: 5, Team: control.Infra, Topic: "network",
			Why: "Anybody on the way reads and changes what is sent.", Fix: "Name a Secret with a certificate below spec.tls."},
		{ID: "image-registry-allowed", Title: "Images come from allowed registries", Severity: control.Info, Risk: 1, Team: control.Infra, Topic: "images",
			Why: "An image from anywhere can hold anything.", Fix: "Mirror it."},
		{ID: "gateway-tls", Title: "Gateways use TLS", Severity: control.Medium, Risk: 5, Team: control.Infra, Topic: "network", Why: "As for Ingress.", Fix: "Set a listener's tls."},
	}
	controls := map[string]*control.Control{}
	for _, c := range list {
		controls[c.ID] = c
	}
	return controls
}

func finding(c *control.Control, outcome assessment.Outcome, message string) assessment.Finding {
	return assessment.Finding{Control: c.ID, Title: c.Title, Outcome: outcome, Severity: c.Severity, Risk: c.Risk, Team: c.Team,
		Message: message, Fix: c.Fix, Maps: c.Maps}
}

// nasty holds what scanned files may try on a report.
func nasty() *Report {
	controls := fixtureControls()
	evidence := func(line int, texts ...string) *assessment.Evidence {
		e := &assessment.Evidence{}
		for i, text := range texts {
			e.Lines = append(e.Lines, assessment.Line{Number: line - len(texts) + 1 + i, Text: text, Guilty: i == len(texts)-1})
		}
		return e
	}
	a := &assessment.Assessment{
		Schema:  assessment.Schema,
		Targets: []inventory.Target{{Kind: "path", Name: "deploy/", Files: 7, Documents: 12, Skipped: map[string]int{"binary": 2, "not YAML": 31}}, {Kind: "stdin", Name: "-", Files: 1, Documents: 1}},
		Errors: []inventory.Error{
			{Target: "deploy/", File: "deploy/broken.yaml", Line: 3, Column: 2, Message: "invalid YAML: found character that cannot start any token (indent with spaces, not tabs)", Lost: true},
			{Target: "deploy/", File: "deploy/double.yaml", Line: 9, Message: "key \"a\x1b[31m\" occurs twice: kubectl takes the last"},
			{Target: "cluster:<prod>", Message: "list secrets: no right | ask for `get`, 100% needed", Lost: true},
		},
		Gaps: []inventory.Gap{
			{Target: "cluster:<prod>", Kind: "Secret", Reason: "no right to list secrets: grant list on secrets"},
			{Target: "cluster:<prod>", Kind: "Role", Namespaces: []string{"a", "b\x1b[31m"}, Reason: "no right to list secrets: grant list on secrets"},
			{Target: "cluster:<prod>", Kind: "EtcdInstance", Provider: true, Reason: "EKS runs the control plane"},
		},
		Notices: []assessment.Notice{{Kind: assessment.ExceptionExpired, File: ".kubeproof.yaml", Line: 12, Message: "exception for container-privileged expired on 2026-01-31: renew or remove it"}},
	}
	add := func(f assessment.Finding, s assessment.Subject, l assessment.Location) *assessment.Finding {
		s.File = l.File
		f.Subject, f.Location = s, l
		f.Fingerprint = fmt.Sprintf("%032x", 0xf00d+len(a.Findings))
		a.Findings = append(a.Findings, &f)
		return &f
	}
	api := assessment.Subject{Kind: "Deployment", APIVersion: "apps/v1", Namespace: "shop", Name: "api"}
	app := api
	app.Container = "app"
	f := add(finding(controls["container-privileged"], assessment.Fail, `container "app" is privileged`), app,
		assessment.Location{File: "deploy/api.yaml", Line: 14, Column: 13, EndLine: 14, Path: "spec.template.spec.containers[0].securityContext.privileged"})
	f.Evidence = evidence(14, "      containers:", "        - name: app", "          securityContext:", "            privileged: yes # for now")
	for i, name := range []string{"app", "sidecar", "log", "metrics", "cron", "init", "proxy"} {
		s := api
		s.Container = name
		add(finding(controls["container-run-as-non-root"], assessment.Fail, fmt.Sprintf("container %q may run as root", name)), s,
			assessment.Location{File: "deploy/api.yaml", Line: 12 + 10*i, Column: 9, EndLine: 20 + 10*i, Path: fmt.Sprintf("spec.template.spec.containers[%d].securityContext.runAsNonRoot", i)}).
			Evidence = evidence(12+10*i, "      containers:", "        - name: "+name)
		add(finding(controls["container-cpu-limit"], assessment.Fail, fmt.Sprintf("container %q has no CPU limit", name)), s,
			assessment.Location{File: "deploy/api.yaml", Line: 12 + 10*i, Column: 9, Path: "spec.template.spec.containers[0].resources.limits.cpu"})
	}
	add(finding(controls["secret-in-env"], assessment.Fail, `container "app" has a secret in variable DB_PASSWORD`), app,
		assessment.Location{File: "deploy/api.yaml", Line: 30, Column: 13, EndLine: 31, Path: "spec.template.spec.containers[0].env[0].value"}).
		Evidence = evidence(30, "          env:", "            value: [hidden]")
	evil := assessment.Subject{Kind: "Ingress", APIVersion: "networking.k8s.io/v1", Namespace: "=cmd|' /C calc'!A0", Name: "</script><script>alert(1)</script>"}
	f = add(finding(controls["ingress-tls"], assessment.Fail, "host \"a,b|c\" `x` <b>\nsecond line\x1b]8;;http://evil\x07 \u202egnp.exe @team #1 ::error::100% [x](http://evil) ## é漢字"), evil,
		assessment.Location{File: "charts/ä b:1%, [x]/templates/in|g.yaml", Line: 3, Column: 40, EndLine: 9, Path: "spec", Rendered: 17,
			Value: &inventory.Place{File: "charts/values.yaml", Line: 8, Column: 3, Path: "ingress.tls"}})
	f.Evidence = evidence(3, "\tspec:", "\t\thost: \x1b[2J\"<img src=x onerror=alert(1)>\" 漢字 }}")
	f = add(finding(controls["ingress-tls"], assessment.Accepted, "host has no certificate"), assessment.Subject{Kind: "Ingress", Namespace: "shop", Name: "old"},
		assessment.Location{File: "deploy/old.yaml", Line: 5})
	f.Exception = &assessment.Exception{Reason: "+gone in spring", Owner: "@web", Expires: "2027-01-31", Source: "deploy/old.yaml:4"}
	add(finding(controls["image-registry-allowed"], assessment.Unknown, "registry not seen: give image-registries in .kubeproof.yaml"), assessment.Subject{Kind: "Pod", Namespace: "default", Name: "-x"},
		assessment.Location{File: "-", Line: 1})
	add(finding(controls["container-cpu-limit"], assessment.Error, "evaluate: no such overload: int > string"), assessment.Subject{Kind: "Pod", Namespace: "default", Name: "-x", Container: "c"},
		assessment.Location{File: "-", Line: 7, Column: 3})
	add(finding(controls["container-privileged"], assessment.Fail, "container \"agent\" is privileged"), assessment.Subject{Kind: "DaemonSet", Namespace: "kube-system", Name: "agent", Cluster: "prod", Container: "agent"}, assessment.Location{})
	add(finding(controls["ingress-tls"], assessment.Fail, "known since long"), assessment.Subject{Kind: "Ingress", Namespace: "shop", Name: "known"}, assessment.Location{File: "deploy/old.yaml", Line: 50}).Baseline = true
	total(a, controls)
	a.Summary.Subjects, a.Summary.Judged = 14, 12
	a.Summary.Unjudged = map[string]int{"Widget": 2}
	r := New(a, controls, Options{Version: "1.2.3"})
	r.Images = []*inventory.Subject{evilImage()}
	return r
}

// total counts as a run does; every control that failed also passed ten times.
func total(a *assessment.Assessment, controls map[string]*control.Control) {
	s := &a.Summary
	s.Severity, s.Teams, s.Kinds = map[control.Severity]int{}, map[control.Team]int{}, map[string]int{"Deployment": 3, "Pod": 9}
	order := []string{}
	for _, c := range []string{"container-cpu-limit", "container-privileged", "container-run-as-non-root", "gateway-tls", "image-registry-allowed", "ingress-tls", "secret-in-env"} {
		if controls[c] != nil {
			order = append(order, c)
		}
	}
	for id := range controls {
		if len(order) != len(controls) {
			panic("name " + id + " in total")
		}
	}
	for _, id := range order {
		c := controls[id]
		result := assessment.ControlResult{ID: id, Title: c.Title, Severity: c.Severity, Team: c.Team}
		for _, f := range a.Findings {
			if f.Control == id {
				result.Outcomes.Add(f.Outcome)
			}
		}
		if result.Outcomes.Total() > 0 {
			result.Outcomes.Pass += 10
		} else {
			result.Unseen = "nothing seen that it judges: objects of kind Gateway"
		}
		s.Outcomes = s.Outcomes.Plus(result.Outcomes)
		a.Controls = append(a.Controls, result)
	}
	s.Controls = len(a.Controls)
	for _, f := range a.Findings {
		if f.Outcome == assessment.Fail {
			s.Severity[f.Severity]++
			s.Teams[f.Team]++
		}
	}
}

// clean is a run without a failure, empty one that saw nothing, broken one that could read nothing.
func clean() *Report {
	a := &assessment.Assessment{Schema: assessment.Schema, Targets: []inventory.Target{{Kind: "path", Name: ".", Files: 2, Documents: 2}},
		Controls: []assessment.ControlResult{{ID: "ingress-tls", Title: "Ingresses use TLS", Severity: control.Medium, Team: control.Infra, Outcomes: assessment.Counts{Pass: 2}}},
		Summary:  assessment.Summary{Subjects: 2, Judged: 2, Controls: 1, Outcomes: assessment.Counts{Pass: 2}, Kinds: map[string]int{"Ingress": 2}}}
	return New(a, fixtureControls(), Options{})
}

func empty() *Report {
	return New(&assessment.Assessment{Schema: assessment.Schema, Targets: []inventory.Target{{Kind: "path", Name: "."}}}, nil, Options{})
}

func broken() *Report {
	r := empty()
	r.Assessment.Errors = []inventory.Error{{Target: ".", File: "a.yaml", Line: 2, Message: "invalid YAML: did not find expected key", Lost: true}}
	return r
}

// fixtures are all hand-made assessments by the name of their goldens.
func fixtures() map[string]*Report {
	return map[string]*Report{"images": withImages(), "nasty": nasty(), "clean": clean(), "empty": empty(), "broken": broken()}
}

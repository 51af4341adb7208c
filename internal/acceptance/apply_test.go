package acceptance

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

var today = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)

// seen reads objects and gives a failure of each control named at each path.
func seen(text string, failures map[string]string) ([]*assessment.Finding, []*inventory.Subject) {
	source := &inventory.Source{File: "deploy/shop.yaml", Text: []byte(text)}
	documents, _ := document.Read(source.Text, document.DefaultLimits)
	var subjects []*inventory.Subject
	for _, d := range documents {
		subjects = append(subjects, inventory.NewSubject(d.Root, source, d.EndLine, "", nil))
	}
	var findings []*assessment.Finding
	for _, s := range subjects {
		s.Root.Walk(func(n *document.Node) {
			for control, path := range failures {
				if n.Path() == path {
					findings = append(findings, &assessment.Finding{Control: control, Outcome: assessment.Fail, Node: n, Object: s,
						Subject:  assessment.Subject{Kind: s.Kind, Namespace: s.Namespace, Name: s.Name, Container: "app"},
						Location: assessment.Location{File: source.File}})
				}
			}
		})
	}
	return findings, subjects
}

func TestAcceptanceInFiles(t *testing.T) {
	tests := []struct {
		name, text, path string
		accepted         bool
		notices          []assessment.NoticeKind
	}{
		{"behind the value", "kind: Pod\nspec:\n  hostPID: true # kubeproof:accept x until=2026-12-31 needed\n", "spec.hostPID", true, nil},
		{"on the line before", "kind: Pod\nspec:\n  # kubeproof:accept x until=2026-12-31 needed\n  hostPID: true\n", "spec.hostPID", true, nil},
		{"two lines before, with a comment between", "kind: Pod\nspec:\n  # kubeproof:accept x until=2026-12-31 needed\n\n  # why not\n  hostPID: true\n", "spec.hostPID", true, nil},
		{"on a map above", "kind: Pod\nspec: # kubeproof:accept x until=2026-12-31 needed\n  a: {b: 1}\n", "spec.a.b", true, nil},
		{"on an element", "kind: Pod\nspec:\n  list:\n    - name: app # kubeproof:accept x until=2026-12-31 needed\n      image: y\n", "spec.list[0].image", true, nil},
		{"before the document", "# kubeproof:accept x until=2026-12-31 needed\nkind: Pod\nspec: {a: 1}\n", "spec.a", true, nil},
		{"only its own document", "kind: Pod # kubeproof:accept x until=2026-12-31 needed\n---\nkind: Job\nspec: {a: 1}\n", "spec.a", false, []assessment.NoticeKind{assessment.ExceptionUnused}},
		{"beside another value", "kind: Pod\nspec:\n  a: 1\n  b: 2 # kubeproof:accept x until=2026-12-31 needed\n", "spec.a", false, []assessment.NoticeKind{assessment.ExceptionUnused}},
		{"before another element", "kind: Pod\nspec:\n  list:\n    # kubeproof:accept x until=2026-12-31 needed\n    - a: 1\n    - a: 2\n", "spec.list[1].a", false, []assessment.NoticeKind{assessment.ExceptionUnused}},
		{"on another element", "kind: Pod\nspec:\n  list:\n    - a: 1 # kubeproof:accept x until=2026-12-31 needed\n    - a: 2\n", "spec.list[1].a", false, []assessment.NoticeKind{assessment.ExceptionUnused}},
		{"before another field", "kind: Pod\nspec:\n  # kubeproof:accept x until=2026-12-31 needed\n  a: 1\n  b: 2\n", "spec.b", false, []assessment.NoticeKind{assessment.ExceptionUnused}},
		{"before a list", "kind: Pod\nspec:\n  # kubeproof:accept x until=2026-12-31 needed\n  list:\n    - a: 1\n    - a: 2\n", "spec.list[1].a", true, nil},
		{"on a value below its key", "kind: Pod\nspec:\n  a:\n    1 # kubeproof:accept x until=2026-12-31 needed\n", "spec.a", true, nil},
		{"of another control", "kind: Pod\nspec: {a: 1} # kubeproof:accept y until=2026-12-31 needed\n", "spec.a", false, []assessment.NoticeKind{assessment.ExceptionUnused}},
		{"on its last day", "kind: Pod\nspec: {a: 1} # kubeproof:accept x until=2026-06-01 needed\n", "spec.a", true, nil},
		{"expired", "kind: Pod\nspec: {a: 1} # kubeproof:accept x until=2026-05-31 needed\n", "spec.a", false, []assessment.NoticeKind{assessment.ExceptionExpired}},
		{"without a date", "kind: Pod\nspec: {a: 1} # kubeproof:accept x needed\n", "spec.a", false, []assessment.NoticeKind{assessment.ExceptionRefused}},
		{"without a reason", "kind: Pod\nspec: {a: 1} # kubeproof:accept x until=2026-12-31\n", "spec.a", false, []assessment.NoticeKind{assessment.ExceptionRefused}},
		{"with a wrong date", "kind: Pod\nspec: {a: 1} # kubeproof:accept x until=soon needed\n", "spec.a", false, []assessment.NoticeKind{assessment.ExceptionRefused}},
		{"without anything", "kind: Pod\nspec: {a: 1} # kubeproof:accept\n", "spec.a", false, []assessment.NoticeKind{assessment.ExceptionRefused}},
		{"by annotation", "kind: Pod\nmetadata:\n  annotations:\n    kubeproof.dev/accept.x: until=2026-12-31 needed\nspec: {a: 1}\n", "spec.a", true, nil},
		{"by annotation of the template", "kind: Deployment\nspec:\n  template:\n    metadata:\n      annotations:\n        kubeproof.dev/accept.x: until=2026-12-31 needed\n    spec: {a: 1}\n", "spec.template.spec.a", true, nil},
		{"by annotation without a date", "kind: Pod\nmetadata:\n  annotations:\n    kubeproof.dev/accept.x: needed\nspec: {a: 1}\n", "spec.a", false, []assessment.NoticeKind{assessment.ExceptionRefused}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			findings, subjects := seen(test.text, map[string]string{"x": test.path})
			if len(findings) != 1 {
				t.Fatalf("got %d findings, want 1", len(findings))
			}
			notices := Apply(findings, subjects, nil, nil, today)
			if got := findings[0].Outcome == assessment.Accepted; got != test.accepted {
				t.Errorf("accepted: got %v, want %v", got, test.accepted)
			}
			var kinds []assessment.NoticeKind
			for _, n := range notices {
				kinds = append(kinds, n.Kind)
			}
			if diff := cmp.Diff(test.notices, kinds); diff != "" {
				t.Errorf("notices (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRules(t *testing.T) {
	const text = "kind: Deployment\nmetadata: {name: web, namespace: shop}\nspec: {a: 1}\n"
	base := Rule{Control: "x", Reason: "needed", Expires: "2026-12-31", File: "c.yaml", Line: 3}
	with := func(change func(*Rule)) Rule { r := base; change(&r); return r }
	tests := []struct {
		name string
		rule Rule
		want bool
	}{
		{"by name", with(func(r *Rule) { r.Subject = "web" }), true},
		{"by kind and name", with(func(r *Rule) { r.Subject = "Deployment/web" }), true},
		{"by all three", with(func(r *Rule) { r.Subject = "shop/Deployment/w*" }), true},
		{"another namespace", with(func(r *Rule) { r.Subject = "prod/Deployment/web" }), false},
		{"by path", with(func(r *Rule) { r.Path = "deploy/*.yaml" }), true},
		{"by path across folders", with(func(r *Rule) { r.Path = "**/shop.yaml" }), true},
		{"another path", with(func(r *Rule) { r.Path = "*.yaml" }), false},
		{"by container", with(func(r *Rule) { r.Subject, r.Container = "web", "app" }), true},
		{"another container", with(func(r *Rule) { r.Subject, r.Container = "web", "sidecar" }), false},
		{"another control", with(func(r *Rule) { r.Subject, r.Control = "web", "y" }), false},
		{"expired", with(func(r *Rule) { r.Subject, r.Expires = "web", "2026-05-31" }), false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			findings, subjects := seen(text, map[string]string{"x": "spec.a"})
			notices := Apply(findings, subjects, []Rule{test.rule}, nil, today)
			if got := findings[0].Outcome == assessment.Accepted; got != test.want {
				t.Errorf("accepted: got %v, want %v", got, test.want)
			}
			if test.want && (len(notices) > 0 || findings[0].Exception.Source != "c.yaml:3") {
				t.Errorf("got notices %v, exception %+v", notices, findings[0].Exception)
			}
			if !test.want && len(notices) != 1 {
				t.Errorf("got notices %v, want one", notices)
			}
		})
	}
}

func TestTwoAcceptancesOfOneFinding(t *testing.T) {
	findings, subjects := seen("kind: Pod\nmetadata: {name: web}\nspec: {a: 1} # kubeproof:accept x until=2026-12-31 needed\n", map[string]string{"x": "spec.a"})
	rule := Rule{Control: "x", Subject: "web", Reason: "needed", Expires: "2026-12-31", File: "c.yaml", Line: 3}
	if notices := Apply(findings, subjects, []Rule{rule}, nil, today); len(notices) > 0 {
		t.Errorf("got notices %v, but both cover the finding", notices)
	}
	if findings[0].Exception.Source != "c.yaml:3" {
		t.Errorf("accepted by %s, want the configuration, which comes first", findings[0].Exception.Source)
	}
}

// TestAnnotationsInCluster has a Deployment whose controller copied its annotations to the ReplicaSet.
func TestAnnotationsInCluster(t *testing.T) {
	const text = `kind: Deployment
metadata:
  name: web
  namespace: shop
  annotations:
    kubeproof.dev/accept.x: until=2026-12-31 needed
    kubeproof.dev/accept.y: until=2026-12-31 not found any more
    kubeproof.dev/accept.z: until=2026-05-31 late
    kubeproof.dev/accept.w: forever
spec: {a: 1}
---
kind: ReplicaSet
metadata:
  name: web-1
  namespace: shop
  annotations:
    kubeproof.dev/accept.x: until=2026-12-31 needed
    kubeproof.dev/accept.z: until=2026-05-31 late
    kubeproof.dev/accept.w: forever
`
	findings, subjects := seen(text, map[string]string{"x": "spec.a"})
	for _, s := range subjects {
		s.Source.File, s.Source.Cluster = "", "prod"
	}
	subjects[1].Owner = subjects[0]
	var got []string
	for _, n := range Apply(findings, subjects, nil, nil, today) {
		got = append(got, n.Message)
	}
	want := []string{
		"Deployment shop/web: acceptance of w has no end date: add until=YYYY-MM-DD",
		"Deployment shop/web: acceptance of y matches no finding: remove it",
		"Deployment shop/web: acceptance of z expired on 2026-05-31: mend what it covers, or renew it",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("notices (-want +got):\n%s", diff)
	}
	if f := findings[0]; f.Outcome != assessment.Accepted || f.Exception.Source != "annotation in cluster prod" {
		t.Errorf("the finding is %s by %+v", f.Outcome, f.Exception)
	}
}

func TestSubjectsOfRules(t *testing.T) {
	image := assessment.Subject{Kind: "ContainerImage", Name: "registry.example.com/shop/app:1.2"}
	web := assessment.Subject{Kind: "Deployment", Namespace: "shop", Name: "web"}
	for _, test := range []struct {
		pattern string
		subject assessment.Subject
		want    bool
	}{
		{"web", web, true}, {"Deployment/web", web, true}, {"shop/Deployment/w*", web, true}, {"**", web, true},
		{"other/Deployment/web", web, false}, {"Deployment", web, false}, {"a/shop/Deployment/web", web, false},
		{"ContainerImage/registry.example.com/shop/app:*", image, true}, {"registry.example.com/shop/app:1.2", image, true},
		{"ContainerImage/**", image, true}, {"ContainerImage/registry.example.com/**", image, true}, {"/ContainerImage/**", image, true},
		{"ContainerImage/*", image, false}, {"ContainerImage/registry.example.com/*:1.2", image, false}, {"Deployment/registry.example.com/shop/app:1.2", image, false},
	} {
		if got := CoversSubject(test.pattern, test.subject); got != test.want {
			t.Errorf("%s on %s: %v", test.pattern, test.subject.Name, got)
		}
	}
}

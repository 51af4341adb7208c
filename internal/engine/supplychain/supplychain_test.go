package supplychain

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

func inputOf(t *testing.T, text string, values control.Values) assessment.Input {
	t.Helper()
	documents, problems := document.Read([]byte(text), document.DefaultLimits)
	if len(documents) != 1 || len(problems) > 0 {
		t.Fatalf("read %q: %v", text, problems)
	}
	s := inventory.NewSubject(documents[0].Root, &inventory.Source{}, 0, "", nil)
	return assessment.Input{Subject: s, Element: s.Root, Index: inventory.NewIndex([]*inventory.Subject{s}), Values: values}
}

func told(verdicts []assessment.Verdict) []string {
	var all []string
	for _, v := range verdicts {
		all = append(all, strings.TrimSpace(string(v.Outcome)+" "+v.Message))
	}
	return all
}

func TestWhatDoesNotCountIsTold(t *testing.T) {
	in := inputOf(t, `scan: {}
vulnerabilities:
- {id: A, package: {name: p, version: "1"}, severity: high}
- {id: B, package: {name: p, version: "1"}, severity: high, fixed: "2", vex: {status: not_affected, justification: code_not_present, source: vex.json}}
- {id: C, package: {name: q, version: "1"}, severity: high, fixed: "2", vex: {status: affected}}
- {id: D, package: {name: r, version: "1"}, severity: low, fixed: "2"}
`, control.Values{"severities": []string{"high"}})
	want := []string{"fail package q 1 has C (high, fixed in 2)",
		"notapplicable B of package p 1 does not count: VEX says not_affected: code_not_present (vex.json)"}
	if diff := cmp.Diff(want, told(Vulnerabilities(in))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	in.Values = control.Values{"severities": []string{"medium"}}
	if diff := cmp.Diff([]string{"pass no such vulnerability has a fix; 0 have none"}, told(Vulnerabilities(in))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestManyPackagesAreCounted(t *testing.T) {
	var text strings.Builder
	text.WriteString("scan: {}\nvulnerabilities:\n")
	for i := range 250 {
		fmt.Fprintf(&text, "- {id: A, package: {name: p%d, version: '1'}, severity: high, fixed: '2'}\n", i)
	}
	got := told(Vulnerabilities(inputOf(t, text.String(), control.Values{"severities": []string{"high"}})))
	if len(got) != mostPackages+1 || got[mostPackages] != "fail 50 more packages have such vulnerabilities" {
		t.Errorf("got %d verdicts, the last %q", len(got), got[len(got)-1])
	}
}

func TestManyVulnerabilitiesAreCounted(t *testing.T) {
	var text strings.Builder
	text.WriteString("scan: {}\nvulnerabilities:\n")
	for i := range 6 {
		fmt.Fprintf(&text, "- {id: CVE-%d, package: {name: p, version: '1'}, severity: high, fixed: '2'}\n", i)
	}
	want := []string{"fail package p 1 has CVE-0 (high, fixed in 2), CVE-1 (high, fixed in 2), CVE-2 (high, fixed in 2), CVE-3 (high, fixed in 2) and 2 more"}
	if diff := cmp.Diff(want, told(Vulnerabilities(inputOf(t, text.String(), control.Values{"severities": []string{"high"}})))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestOverdueWantsDays(t *testing.T) {
	in := inputOf(t, "scan: {observed: '2026-11-30T00:00:00Z'}\n", control.Values{"days": map[string]string{"high": "soon"}})
	if diff := cmp.Diff([]string{`error parameter days: "soon" of high is no number of days`}, told(Overdue(in))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	in = inputOf(t, "scan: {}\n", nil)
	if diff := cmp.Diff([]string{"unknown when the image was scanned is not known"}, told(Overdue(in))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNoScanDoesNotApply(t *testing.T) {
	for name, check := range map[string]assessment.Check{"Vulnerabilities": Vulnerabilities, "Overdue": Overdue, "DatabaseAge": DatabaseAge} {
		got := told(check(inputOf(t, "packages: []\n", nil)))
		if len(got) != 1 || !strings.HasPrefix(got[0], "notapplicable no advisories were given") {
			t.Errorf("%s without a scan: %q", name, got)
		}
	}
}

func TestSignerIsTold(t *testing.T) {
	for text, want := range map[string]string{
		"signed: {state: verified}": "pass a signature was verified",
		"signed: {state: verified, copied: true}\nsignatures: [{state: invalid, key: a}, {state: verified, identity: {subject: ci@example.com}}]": "pass a signature was verified: ci@example.com; it names another repository, from which the image was copied",
		"signed: {state: verified}\nsignatures: [{state: verified, key: 'sha256:ab'}]":                                                            "pass a signature was verified: sha256:ab",
		"signed: {state: strange, reason: r}":                       "unknown whether the image is signed is not known: r",
		"from: docker-archive\nsigned: {state: unknown, reason: r}": "notapplicable an archive of docker save carries no signatures: scan the image in its registry or as an OCI layout",
	} {
		if diff := cmp.Diff([]string{want}, told(Signature(inputOf(t, text, nil)))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

// TestHostileFacts gives every check values of wrong types and none at all: none may stop, and none
// may pass where nobody looked.
func TestHostileFacts(t *testing.T) {
	bodies := []string{"a: b\n", "scan: text\nvulnerabilities: 5\nsigned: []\norigin: 5\nattestations: {a: b}\npackages: x\n",
		"scan: {observed: '2026-11-30T00:00:00Z', ecosystems: [5, [], {newest: []}], unmatched: {a: b, c: -1}, unparsed: []}\nvulnerabilities: [5, [], {id: [], package: 5, severity: {}, fixed: [a], vex: text}]\nsigned: {state: []}\nattestations: [5]\n"}
	for _, body := range bodies {
		for name, check := range Checks {
			verdicts := check(inputOf(t, body, control.Values{"severities": []string{"high"}}))
			for _, v := range verdicts {
				if v.Outcome == "" || body == bodies[0] && v.Outcome == assessment.Pass {
					t.Errorf("%s on %q gives %+v", name, body, v)
				}
			}
			if body == bodies[0] && len(verdicts) == 0 {
				t.Errorf("%s passes where nobody looked", name)
			}
		}
	}
}

package report

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/control"
)

func TestSARIFIsValid(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("testdata/schema/sarif-2.1.0-rtm.5.json")
	if err != nil {
		t.Fatal(err)
	}
	all := fixtures()
	all["live"] = live()
	for name, r := range all {
		t.Run(name, func(t *testing.T) {
			instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(written(t, "sarif", r)))
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(instance); err != nil {
				t.Error(err)
			}
		})
	}
	if schema.Validate(map[string]any{"version": "2.1.0"}) == nil {
		t.Error("the schema takes a log without runs")
	}
}

func TestSecuritySeverity(t *testing.T) {
	for _, test := range []struct {
		severity control.Severity
		risk     int
		want     string
	}{
		{control.Critical, 10, "10.0"}, {control.Critical, 3, "9.0"}, {control.High, 10, "8.9"}, {control.High, 8, "8.0"},
		{control.Medium, 0, "4.0"}, {control.Low, 0, "0.1"}, {control.Low, 9, "3.9"}, {control.Info, 9, ""},
	} {
		if got := securitySeverity(test.severity, test.risk); got != test.want {
			t.Errorf("%s with risk %d: got %q, want %q", test.severity, test.risk, got, test.want)
		}
	}
}

func TestFileURI(t *testing.T) {
	for file, want := range map[string]string{
		"deploy/api.yaml": "deploy/api.yaml", "./a b/ä%.yaml": "a%20b/%C3%A4%25.yaml", "-": "stdin", "/abs/x.yaml": "file:///abs/x.yaml",
		"a:b.yaml": "./a:b.yaml", `win\dir\x.yaml`: "win/dir/x.yaml", "../up.yaml": "../up.yaml", "a#b?c": "a%23b%3Fc",
	} {
		if got := fileURI(file); got != want {
			t.Errorf("%s: got %s, want %s", file, got, want)
		}
	}
}

// TestSARIFLimit keeps the severe results when there are more than code scanning takes.
func TestSARIFLimit(t *testing.T) {
	r := empty()
	for range sarifMost {
		r.Assessment.Findings = append(r.Assessment.Findings, &assessment.Finding{Control: "a", Outcome: assessment.Fail, Severity: control.Low})
	}
	r.Assessment.Findings = append(r.Assessment.Findings, &assessment.Finding{Control: "b", Outcome: assessment.Fail, Severity: control.Critical, Message: "the worst"})
	got := string(written(t, "sarif", r))
	if n := strings.Count(got, `"ruleId"`); n != sarifMost {
		t.Errorf("got %d results, want %d", n, sarifMost)
	}
	for _, want := range []string{"the worst", fmt.Sprintf("1 less severe results are left out, because code scanning takes %d", sarifMost)} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing", want)
		}
	}
}

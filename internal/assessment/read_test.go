package assessment

import (
	"strings"
	"testing"
)

func TestRead(t *testing.T) {
	for text, want := range map[string]string{
		`{"schema":"kubeproof.dev/scan/v1","findings":[{"control":"x"}]}`: "",
		`{"schema":"kubeproof.dev/scan/v1","findings":[null]}`:            "a finding in it is null",
		`{"schema":"other"}`:                `its schema is "other", not "kubeproof.dev/scan/v1"`,
		`null`:                              `its schema is ""`,
		`[]`:                                "it is no report of a scan",
		``:                                  "it is no report of a scan",
		`{"schema":"kubeproof.dev/scan/v1"`: "it is no report of a scan",
	} {
		a, err := Read([]byte(text))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) || err == nil && a == nil {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

// FuzzRead: whatever is read is a report without holes, or an error.
func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"schema":"kubeproof.dev/scan/v1","controls":[{}],"findings":[null,{}],"summary":{"kinds":null}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if a, err := Read(text); err == nil {
			SeenBy(a)
			for _, finding := range a.Findings {
				_ = finding.Outcome
			}
		}
	})
}

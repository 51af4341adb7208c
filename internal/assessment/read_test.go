package assessment

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// readWhole reads a report at once, as encoding/json does: what ReadEach is held against.
func readWhole(text []byte) (*Assessment, error) {
	a := &Assessment{}
	if err := json.Unmarshal(text, a); err != nil {
		return nil, fmt.Errorf("it is no report of a scan: %w", err)
	}
	if a.Schema != Schema {
		return nil, fmt.Errorf("its schema is %q, not %q", a.Schema, Schema)
	}
	if slices.Contains(a.Findings, nil) {
		return nil, errors.New("it is no report of a scan: a finding in it is null")
	}
	return a, nil
}

func TestReadEachRefuses(t *testing.T) {
	for text, want := range map[string]string{
		`{"schema":"kubeproof.dev/scan/v1","findings":[{"control":"x"}]}`: "",
		`{"schema":"kubeproof.dev/scan/v1","findings":[null]}`:            "a finding in it is null",
		`{"schema":"other"}`:                `its schema is "other", not "kubeproof.dev/scan/v1"`,
		`null`:                              "it is no report of a scan: null stands where { belongs",
		`[]`:                                "it is no report of a scan",
		``:                                  "it is no report of a scan",
		`{"schema":"kubeproof.dev/scan/v1"`: "it is no report of a scan",
	} {
		a, err := gathered(strings.NewReader(text))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) || err == nil && a == nil {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

// FuzzReadEach: whatever is read is a report without holes, or an error.
func FuzzReadEach(f *testing.F) {
	f.Add([]byte(`{"schema":"kubeproof.dev/scan/v1","controls":[{}],"findings":[null,{}],"summary":{"kinds":null}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if a, err := gathered(strings.NewReader(string(text))); err == nil {
			SeenBy(a)
			for _, finding := range a.Findings {
				_ = finding.Outcome
			}
		}
	})
}

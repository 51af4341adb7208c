package scan

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/kubeproof/kubeproof/internal/assessment"
)

// Baseline is the failures of an earlier scan. Those that are in it do not count towards the
// exit code.
type Baseline struct {
	file   string
	prints map[string]string // fingerprint and control
}

// ReadBaseline reads the JSON report of an earlier scan; file is its name for messages.
func ReadBaseline(file string, r io.Reader) (*Baseline, error) {
	var earlier struct {
		Schema   string `json:"schema"`
		Findings []struct {
			Control     string             `json:"control"`
			Fingerprint string             `json:"fingerprint"`
			Outcome     assessment.Outcome `json:"outcome"`
		} `json:"findings"`
	}
	if err := json.NewDecoder(r).Decode(&earlier); err != nil {
		return nil, fmt.Errorf("read baseline %s: %w: make one with `kubeproof scan -o json=FILE`", file, err)
	}
	if earlier.Schema != assessment.Schema {
		return nil, fmt.Errorf("read baseline %s: schema is %q, not %q: make one with `kubeproof scan -o json=FILE`", file, earlier.Schema, assessment.Schema)
	}
	b := &Baseline{file: file, prints: map[string]string{}}
	for _, f := range earlier.Findings {
		if f.Outcome == assessment.Fail {
			b.prints[f.Fingerprint] = f.Control
		}
	}
	return b, nil
}

// mark marks the failures that are in the baseline, in place, and tells how many of the
// baseline are gone. Of controls that were left out nothing is known.
func (b *Baseline) mark(findings []*assessment.Finding, leftOut map[string]bool) []assessment.Notice {
	if b == nil {
		return nil
	}
	seen := map[string]bool{}
	for i := range findings {
		fingerprint := findings[i].Fingerprint
		if _, known := b.prints[fingerprint]; known {
			seen[fingerprint] = true // accepted ones too: they are still there
			findings[i].Baseline = findings[i].Outcome == assessment.Fail
		}
	}
	gone := 0
	for fingerprint, control := range b.prints {
		if !seen[fingerprint] && !leftOut[control] {
			gone++
		}
	}
	message := "%d failures of the baseline are gone: make a new one so that they cannot come back unseen"
	switch gone {
	case 0:
		return nil
	case 1:
		message = "%d failure of the baseline is gone: make a new one so that it cannot come back unseen"
	}
	return []assessment.Notice{{Kind: assessment.BaselineFixed, File: b.file, Message: fmt.Sprintf(message, gone)}}
}

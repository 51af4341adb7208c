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
	prints map[string]bool
}

// ReadBaseline reads the JSON report of an earlier scan; file is its name for messages.
func ReadBaseline(file string, r io.Reader) (*Baseline, error) {
	var earlier struct {
		Schema   string `json:"schema"`
		Findings []struct {
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
	b := &Baseline{file: file, prints: map[string]bool{}}
	for _, f := range earlier.Findings {
		if f.Outcome == assessment.Fail {
			b.prints[f.Fingerprint] = true
		}
	}
	return b, nil
}

// mark marks the failures that are in the baseline, in place, and tells how many of the
// baseline are gone.
func (b *Baseline) mark(findings []assessment.Finding) []assessment.Notice {
	if b == nil {
		return nil
	}
	seen := map[string]bool{}
	for i := range findings {
		if findings[i].Outcome == assessment.Fail && b.prints[findings[i].Fingerprint] {
			findings[i].Baseline, seen[findings[i].Fingerprint] = true, true
		}
	}
	if fixed := len(b.prints) - len(seen); fixed > 0 {
		return []assessment.Notice{{Kind: assessment.BaselineFixed, File: b.file,
			Message: fmt.Sprintf("%d failures of the baseline are gone: make a new baseline so that they cannot come back unseen", fixed)}}
	}
	return nil
}

package assessment

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// Read reads the JSON report of a scan, as `kubeproof scan -o json` writes it. The error says what
// is wrong with it.
func Read(text []byte) (*Assessment, error) {
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

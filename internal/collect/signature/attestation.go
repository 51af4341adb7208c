package signature

import (
	"encoding/json"
	"strings"
	"time"
)

// attestation tells what a statement that is neither signature nor provenance holds. Predicates that
// cannot be read tell nothing; the statement stays.
func attestation(proof Proof, st statement) Attestation {
	a := Attestation{Proof: proof, Kind: "other", PredicateType: st.PredicateType}
	switch {
	case strings.HasPrefix(st.PredicateType, predicateSPDX), strings.HasPrefix(st.PredicateType, predicateCycloneDX):
		a.Kind = "sbom"
		var bill struct {
			Packages   []struct{} `json:"packages"`   // SPDX
			Components []struct{} `json:"components"` // CycloneDX
		}
		if json.Unmarshal(st.Predicate, &bill) == nil {
			a.Packages = len(bill.Packages) + len(bill.Components)
		}
	case strings.HasPrefix(st.PredicateType, predicateScan), strings.HasPrefix(st.PredicateType, predicateScans):
		a.Kind = "vulnerabilities"
		a.scan(st.Predicate)
	}
	return a
}

// scan reads the record of a vulnerability scan:
// https://github.com/sigstore/cosign/blob/main/specs/COSIGN_VULN_ATTESTATION_SPEC.md.
func (a *Attestation) scan(predicate json.RawMessage) {
	var record struct {
		Scanner struct {
			URI     string `json:"uri"`
			Version string `json:"version"`
		} `json:"scanner"`
		Metadata struct {
			Started  string `json:"scanStartedOn"`
			Finished string `json:"scanFinishedOn"`
		} `json:"metadata"`
	}
	if json.Unmarshal(predicate, &record) != nil {
		return
	}
	a.Scanner, a.Version = clean(record.Scanner.URI, mostText), clean(record.Scanner.Version, mostText)
	a.ScannedAt = timeText(record.Metadata.Finished)
	if a.ScannedAt == "" {
		a.ScannedAt = timeText(record.Metadata.Started)
	}
}

// timeText writes a time of a predicate in RFC 3339; "" if it is none.
func timeText(text string) string {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return ""
	}
	return moment(at)
}

package signature

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

const mostSubjects = 1024

// statement is an in-toto statement: https://github.com/in-toto/attestation/tree/main/spec/v1.
type statement struct {
	Type    string `json:"_type"`
	Subject []struct {
		Digest map[string]string `json:"digest"`
	} `json:"subject"`
	PredicateType string          `json:"predicateType"`
	Predicate     json.RawMessage `json:"predicate"`
}

func parseStatement(text []byte) (statement, error) {
	var st statement
	if err := json.Unmarshal(text, &st); err != nil {
		return st, err
	}
	switch {
	case !strings.HasPrefix(st.Type, "https://in-toto.io/Statement/"):
		return st, errors.New("it is no in-toto statement")
	case len(st.Subject) > mostSubjects:
		return st, fmt.Errorf("it is about %d things, of at most %d", len(st.Subject), mostSubjects)
	}
	st.PredicateType = clean(st.PredicateType, mostText)
	return st, nil
}

// about reports whether the statement is about a digest.
func (st statement) about(digest string) bool {
	algorithm, value, _ := strings.Cut(digest, ":")
	for _, subject := range st.Subject {
		if value != "" && subject.Digest[algorithm] == value {
			return true
		}
	}
	return false
}

// other names what the statement is about, if it is not the image.
func (st statement) other() string {
	if len(st.Subject) == 0 {
		return "nothing"
	}
	if value := st.Subject[0].Digest["sha256"]; value != "" {
		return "sha256:" + clean(value, 80)
	}
	return "something without a sha256 digest"
}

// The predicate types that are known, by their beginnings: versions follow.
const (
	predicateSign       = "https://sigstore.dev/cosign/sign/" // cosign's signature of an image, in the new form
	predicateProvenance = "https://slsa.dev/provenance/"
	predicateSPDX       = "https://spdx.dev/Document"
	predicateCycloneDX  = "https://cyclonedx.org/"
	predicateScan       = "https://cosign.sigstore.dev/attestation/vuln/"
	predicateScans      = "https://in-toto.io/attestation/vulns"
)

// attested judges a statement in an envelope and tells it by its kind.
func (s *search) attested(proof Proof, e envelope, c claim) {
	st, err := parseStatement(e.payload)
	switch {
	case err != nil:
		proof.State, proof.Reason = Invalid, "statement is not readable: "+plain(err)
	case !st.about(proof.Subject):
		proof.State, proof.Reason = Invalid, "is about another image: "+st.other()
	default:
		c.message, c.signatures, c.artifact = e.message(), e.signatures, artifactDigest(proof.Subject)
		s.prove(&proof, c)
	}
	s.tell(proof, st)
}

func (s *search) tell(proof Proof, st statement) {
	switch {
	case strings.HasPrefix(st.PredicateType, predicateSign):
		s.add(Signature{Kind: KindBundle, Proof: proof})
	case strings.HasPrefix(st.PredicateType, predicateProvenance):
		s.provenance = append(s.provenance, s.origin(proof, st))
	default:
		s.attestations = append(s.attestations, attestation(proof, st))
	}
}

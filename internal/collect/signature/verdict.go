package signature

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// unfounded is the report on an image of which no manifest is known.
func (s *search) unfounded() Report {
	reason := "no manifest digest is known, and signatures are of digests: scan the image from its registry or an OCI layout"
	if s.from == nil && s.image.Digest != "" {
		reason = "the source holds no signatures: scan the image from its registry or an OCI layout"
	}
	r := Report{Signed: s.verdict(RequireSignature), Origin: s.verdict(RequireProvenance)}
	for _, v := range []*Verdict{&r.Signed, &r.Origin} {
		v.State, v.Reason = Unknown, reason
	}
	return r
}

// verdict begins a verdict.
func (s *search) verdict(about string) Verdict {
	if s.rule == nil {
		return Verdict{}
	}
	return Verdict{Policy: s.rule.Repository, Required: s.rule.requires(about)}
}

// report sorts what was found and sums it up.
func (s *search) report() Report {
	slices.SortStableFunc(s.signatures, func(a, b Signature) int {
		return cmp.Or(strings.Compare(a.Kind, b.Kind), a.compare(b.Proof), strings.Compare(a.Reference, b.Reference))
	})
	slices.SortStableFunc(s.provenance, func(a, b Provenance) int {
		return cmp.Or(strings.Compare(a.PredicateType, b.PredicateType), a.compare(b.Proof))
	})
	slices.SortStableFunc(s.attestations, func(a, b Attestation) int {
		return cmp.Or(strings.Compare(a.PredicateType, b.PredicateType), a.compare(b.Proof))
	})
	return Report{Signatures: s.signatures, Provenance: s.provenance, Attestations: s.attestations, Signed: s.signed(), Origin: s.origins()}
}

func (p Proof) compare(o Proof) int {
	return cmp.Or(strings.Compare(p.Subject, o.Subject), strings.Compare(p.Digest, o.Digest), strings.Compare(string(p.State), string(o.State)), strings.Compare(p.Reason, o.Reason))
}

// signed is the verdict on the signatures: one that verifies is enough. What could not be read might
// have been it, so that nothing worse than unknown is said then.
func (s *search) signed() Verdict {
	v := s.verdict(RequireSignature)
	v.Copied = true
	var proofs []Proof
	for _, one := range s.signatures {
		proofs = append(proofs, one.Proof)
		v.Copied = v.Copied && (one.State != Verified || one.Copied)
	}
	v.State, v.Reason = s.sum(proofs, "signature")
	v.Copied = v.Copied && v.State == Verified
	return v
}

// sum gives the best state and its reason: verified, else unknown if something was not read, else
// invalid, present, absent.
func (s *search) sum(proofs []Proof, what string) (State, string) {
	if s.lost {
		proofs = append(slices.Clone(proofs), Proof{State: Unknown, Reason: s.lostReason()})
	}
	for _, state := range []State{Verified, Unknown, Invalid, Present} {
		at := slices.IndexFunc(proofs, func(p Proof) bool { return p.State == state })
		if at < 0 {
			continue
		}
		alike := 0
		for _, p := range proofs {
			if p.State == state {
				alike++
			}
		}
		if alike > 1 && state != Verified {
			return state, fmt.Sprintf("%s (and %d more)", proofs[at].Reason, alike-1)
		}
		return state, proofs[at].Reason
	}
	return Absent, "the repository holds no " + what + " of the image"
}

func (s *search) lostReason() string {
	if len(s.errors) == 0 {
		return "not everything could be read"
	}
	return "not everything could be read: " + s.errors[0].Message
}

// origins is the verdict on the provenance: one that verifies with a level that is enough is enough.
func (s *search) origins() Verdict {
	v := s.verdict(RequireProvenance)
	var proofs []Proof
	need := 2
	if s.rule != nil {
		need = s.rule.Provenance.needs()
	}
	for _, one := range s.provenance {
		v.Level = max(v.Level, one.Level)
		if one.State == Verified && one.Level < need {
			one.State, one.Reason = Invalid, fmt.Sprintf("level %d can be claimed, the rule needs %d: %s", one.Level, need, one.LevelReason)
		}
		proofs = append(proofs, one.Proof)
	}
	v.State, v.Reason = s.sum(proofs, "provenance")
	return v
}

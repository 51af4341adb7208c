package supplychain

import (
	"fmt"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
)

// proof is one of the two things that verifying tells of an image, and the words for it.
type proof struct {
	field, absent, unsure, what string
}

var (
	signed = proof{"signed", "image is not signed", "whether the image is signed", "a signature"}
	origin = proof{"origin", "image has no provenance", "whether the image has provenance", "provenance"}
)

// Signature fails if the image is not signed. A signature that the rule for its repository cannot verify is unknown; without
// a rule nobody asked, and it is no pass either. Of one that is wrong InvalidSignature speaks.
func Signature(in assessment.Input) []assessment.Verdict { return signed.exists(in) }

// Provenance fails if nothing says how the image was built, as Signature does for signatures.
func Provenance(in assessment.Input) []assessment.Verdict { return origin.exists(in) }

// InvalidSignature fails if the image has signatures and none of them verifies.
func InvalidSignature(in assessment.Input) []assessment.Verdict { return signed.holds(in) }

// InvalidProvenance fails if the image has provenance and none of it verifies, or it names a builder
// or a source that the rule does not.
func InvalidProvenance(in assessment.Input) []assessment.Verdict { return origin.holds(in) }

func (p proof) exists(in assessment.Input) []assessment.Verdict {
	verdict, state, reason := p.read(in)
	switch state {
	case "verified":
		return []assessment.Verdict{{Outcome: assessment.Pass, Message: p.verified(in.Element, verdict)}}
	case "absent":
		message := p.absent
		if policy := verdict.Get("policy").Text(); verdict.Get("required").Bool() {
			message += fmt.Sprintf(", which the rule for %s requires", policy)
		}
		return []assessment.Verdict{fail(verdict.Get("state"), "%s", message)}
	case "invalid":
		return assessment.Skipped("it has " + p.what + " that is invalid, which is judged by itself")
	case "present":
		if verdict.Get("policy") == nil {
			return assessment.Skipped("image has " + p.what + ", which was not verified: " + reason)
		}
		return []assessment.Verdict{unknown(verdict.Get("state"), "image has %s, which was not verified: %s", p.what, reason)}
	}
	return p.unseen(in, verdict, reason)
}

func (p proof) holds(in assessment.Input) []assessment.Verdict {
	verdict, state, reason := p.read(in)
	switch state {
	case "invalid":
		return []assessment.Verdict{fail(verdict.Get("state"), "%s of the image is invalid: %s", p.what, reason)}
	case "verified":
		return nil
	case "absent", "present":
		return assessment.Skipped("nothing was verified: " + reason)
	}
	return p.unseen(in, verdict, reason)
}

func (p proof) read(in assessment.Input) (verdict *document.Node, state, reason string) {
	verdict = in.Element.Get(p.field)
	return verdict, verdict.Get("state").Text(), verdict.Get("reason").Text()
}

// unseen is the verdict where it is not known whether there is anything.
func (p proof) unseen(in assessment.Input, verdict *document.Node, reason string) []assessment.Verdict {
	switch {
	case in.Element.Get("from").Text() == "docker-archive":
		return assessment.Skipped("an archive of docker save carries no signatures: scan the image in its registry or as an OCI layout")
	case verdict == nil:
		return []assessment.Verdict{unknown(in.Element, "%s was not looked for", p.what)}
	}
	return []assessment.Verdict{unknown(verdict, "%s is not known: %s", p.unsure, reason)}
}

// verified says who signed or built the image.
func (p proof) verified(root, verdict *document.Node) string {
	text := p.what + " was verified"
	if who := p.who(root); who != "" {
		text += ": " + who
	}
	if verdict.Get("copied").Bool() {
		text += "; it names another repository, from which the image was copied"
	}
	return text
}

func (p proof) who(root *document.Node) string {
	list, keys := root.Get("signatures"), [][]string{{"identity", "subject"}, {"key"}}
	if p == origin {
		list, keys = root.Get("provenance"), [][]string{{"builder"}}
	}
	for _, entry := range list.Children() {
		if entry.Get("state").Text() != "verified" {
			continue
		}
		for _, key := range keys {
			if text := entry.Get(key...).Text(); text != "" {
				return text
			}
		}
	}
	return ""
}

// Materials fails if nothing tells of what the image is made: no bill of materials was attested and
// no package was found.
func Materials(in assessment.Input) []assessment.Verdict {
	for _, entry := range in.Element.Get("attestations").Children() {
		if state := entry.Get("state").Text(); entry.Get("kind").Text() == "sbom" && (state == "verified" || state == "present") {
			note := ""
			if state == "present" {
				note = ", which was not verified"
			}
			return []assessment.Verdict{{Outcome: assessment.Pass, Message: "the image has a bill of materials" + note}}
		}
	}
	packages := in.Element.Get("packages")
	switch {
	case packages == nil:
		return []assessment.Verdict{unknown(in.Element, "the packages of the image were not read")}
	case packages.Len() == 0:
		return []assessment.Verdict{fail(packages, "nothing tells of what the image is made: it has no bill of materials, and no package was found")}
	}
	return []assessment.Verdict{{Outcome: assessment.Pass, Message: number(packages.Len()) + " found in the image"}}
}

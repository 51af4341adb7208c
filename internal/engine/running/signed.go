package running

import (
	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
)

// signed fails if a container runs an image without the signature that a rule requires. A signature
// that nobody verified is unknown; one that is wrong invalidSignature tells.
func signed(in assessment.Input, u use, fact *document.Node) []assessment.Verdict {
	verdict := fact.Get("signed")
	switch verdict.Get("state").Text() {
	case "verified":
		return passed("a signature of %s was verified", u.title())
	case "absent":
		if verdict.Get("required").Bool() {
			return failed(u.node, "%s runs %s, which is not signed, as the rule for %s requires", title(in), u.title(), verdict.Get("policy").Text())
		}
		return assessment.Skipped("no rule requires a signature; whether the image is signed image-signature judges")
	case "invalid":
		return assessment.Skipped("the signature is invalid: container-image-signature-invalid tells it")
	case "present":
		return unknown(u.node, "%s: the signature of %s is present, not verified: %s", title(in), u.title(), verdict.Get("reason").Text())
	}
	return unverified(in, u, fact)
}

// invalidSignature fails if a container runs an image whose signatures are all wrong.
func invalidSignature(in assessment.Input, u use, fact *document.Node) []assessment.Verdict {
	verdict := fact.Get("signed")
	switch verdict.Get("state").Text() {
	case "invalid":
		return failed(u.node, "%s runs %s, whose signature is invalid: %s", title(in), u.title(), verdict.Get("reason").Text())
	case "verified":
		return nil
	}
	return assessment.Skipped("no signature of the image was verified: container-image-signed judges that")
}

// unverified is the verdict where it is not known whether there is a signature.
func unverified(in assessment.Input, u use, fact *document.Node) []assessment.Verdict {
	verdict := fact.Get("signed")
	switch {
	case fact.Get("from").Text() == "docker-archive":
		return assessment.Skipped("an archive of docker save carries no signatures: scan the image in its registry or as an OCI layout")
	case verdict == nil:
		return unknown(u.node, "%s: a signature of %s was not looked for", title(in), u.title())
	}
	return unknown(u.node, "%s: whether %s is signed is not known: %s", title(in), u.title(), verdict.Get("reason").Text())
}

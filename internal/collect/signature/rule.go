package signature

import (
	"errors"
	"fmt"
	"slices"
)

// Rule says who may sign the images of a repository, as .kubeproof.yaml lists it under signatures.
// Files are named relative to the configuration. Any one of the keys, identities and notation
// identities is enough. In globs * stands for any characters but /, ** for any characters, ? for one
// but /; everything else stands for itself, and the glob must match the whole text.
type Rule struct {
	// Repository is a glob of repositories with their registry, as registry.example.com/shop/*.
	Repository string `yaml:"repository"`
	// Keys are files of PEM public keys (ECDSA, Ed25519, RSA from 2048 bits) of cosign signatures. What a
	// key signed needs no entry in a log.
	Keys []string `yaml:"keys"`
	// Identities are those that certificates of cosign signatures may name; they need TrustRoot.
	Identities []IdentityRule `yaml:"identities"`
	// TrustRoot is a file of Sigstore's trusted_root.json. It says what a signature must have: if it lists
	// transparency logs, an entry in one of them; if it lists certificate logs, their timestamp in the
	// certificate; always a trusted time, of a log or of a timestamp authority.
	TrustRoot string `yaml:"trustRoot"`
	// Notation is who may sign with notation.
	Notation *NotationRule `yaml:"notation"`
	// Provenance is what SLSA provenance must say.
	Provenance *ProvenanceRule `yaml:"provenance"`
	// Require lists what an image must have: signature (if nothing is listed), provenance.
	Require []string `yaml:"require"`
}

// IdentityRule is an identity that a certificate names: the issuer that vouched for it, as
// https://token.actions.githubusercontent.com, and its subject, as a workflow or a mail address. Both
// are globs.
type IdentityRule struct {
	Issuer  string `yaml:"issuer"`
	Subject string `yaml:"subject"`
}

// NotationRule is the trust store and the trusted identities of notation.
type NotationRule struct {
	// Certificates are files of PEM certificates of authorities (or self-signed ones).
	Certificates []string `yaml:"certificates"`
	// TimestampAuthorities are files of PEM root certificates. With them a signature needs a
	// timestamp, and stays valid when its certificate has expired.
	TimestampAuthorities []string `yaml:"timestampAuthorities"`
	// Identities are as notation writes them: "x509.subject: C=US, ST=WA, O=example", or "*" for all that
	// the certificates vouch for.
	Identities []string `yaml:"identities"`
}

// ProvenanceRule is what SLSA provenance must say.
type ProvenanceRule struct {
	// Builders are globs of builder ids that are known to be isolated, with their reference:
	// https://github.com/slsa-framework/slsa-github-generator/.github/workflows/*@refs/tags/*.
	Builders []string `yaml:"builders"`
	// Sources are globs of source URIs, with or without git+ and @reference.
	Sources []string `yaml:"sources"`
	// Level is the lowest SLSA build level that is enough, 1 to 3; 3 if builders are named, else 2.
	Level int `yaml:"level"`
}

// What a rule may require.
const (
	RequireSignature  = "signature"
	RequireProvenance = "provenance"
)

// Files lists the files that the rule names.
func (r *Rule) Files() []string {
	files := slices.Clone(r.Keys)
	if r.TrustRoot != "" {
		files = append(files, r.TrustRoot)
	}
	if r.Notation != nil {
		files = append(append(files, r.Notation.Certificates...), r.Notation.TimestampAuthorities...)
	}
	return files
}

// Validate says everything that is wrong with the rule, but for its files, which New reads.
func (r *Rule) Validate() error {
	var all []error
	fail := func(format string, args ...any) { all = append(all, fmt.Errorf(format, args...)) }
	if r.Repository == "" {
		fail("repository is missing: name the repositories that the rule is for, as registry.example.com/shop/*")
	}
	if len(r.Keys) == 0 && len(r.Identities) == 0 && r.Notation == nil {
		fail("nobody may sign: give keys, identities with a trustRoot, or notation")
	}
	if len(r.Identities) > 0 && r.TrustRoot == "" {
		fail("identities need a trustRoot: name a file of Sigstore's trusted_root.json")
	}
	if len(r.Identities) == 0 && r.TrustRoot != "" {
		fail("trustRoot needs identities: without them anybody could sign")
	}
	for i, identity := range r.Identities {
		if identity.Issuer == "" || identity.Subject == "" {
			fail("identities[%d]: give both issuer and subject", i)
		} else if onlyStars(identity.Subject) || onlyStars(identity.Issuer) {
			fail("identities[%d]: %q and %q would let anybody sign: name an issuer and at least a part of the subject", i, identity.Issuer, identity.Subject)
		}
	}
	if n := r.Notation; n != nil && (len(n.Certificates) == 0 || len(n.Identities) == 0) {
		fail("notation needs certificates and identities (\"*\" for all that the certificates vouch for)")
	}
	if p := r.Provenance; p != nil {
		if p.Level < 0 || p.Level > 3 {
			fail("provenance.level is %d: give 1, 2 or 3", p.Level)
		} else if p.Level == 3 && len(p.Builders) == 0 {
			fail("provenance.level 3 needs builders: name those that are isolated")
		}
	}
	for i, required := range r.Require {
		if required != RequireSignature && required != RequireProvenance {
			fail("require[%d]: %q is not known: give signature or provenance", i, required)
		}
	}
	return errors.Join(all...)
}

// requires reports whether the images of a rule must have something.
func (r *Rule) requires(what string) bool {
	return len(r.Require) == 0 && what == RequireSignature || slices.Contains(r.Require, what)
}

// needs is the lowest level of provenance that is enough.
func (p *ProvenanceRule) needs() int {
	switch {
	case p == nil:
		return 2
	case p.Level > 0:
		return p.Level
	case len(p.Builders) > 0:
		return 3
	}
	return 2
}

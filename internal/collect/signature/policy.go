package signature

import (
	"crypto"
	"errors"
	"fmt"

	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/verify"
)

// Policy is a list of rules with their keys, trust roots and certificates.
type Policy struct{ rules []*rule }

// rule is a Rule that can be used.
type rule struct {
	Rule
	repositories globs
	keys         []key
	certificates *certificates // nil without identities
	notation     *notary       // nil without notation
	builders     globs
	sources      globs
}

// key is a public key that may sign.
type key struct {
	public      crypto.PublicKey
	file        string
	fingerprint string
}

// mostFile bounds a file that a rule names, in bytes.
const mostFile = 4 << 20

// New makes a policy of rules. It reads the files that they name through read, which takes the name as
// it is written in the rule. All errors come at once, each with the place in the configuration.
func New(rules []Rule, read func(file string) ([]byte, error)) (*Policy, error) {
	p := &Policy{}
	var all []error
	for i := range rules {
		made, err := newRule(rules[i], read)
		for _, one := range split(errors.Join(rules[i].Validate(), err)) {
			all = append(all, fmt.Errorf("signatures[%d]: %w", i, one))
		}
		p.rules = append(p.rules, made)
	}
	if err := errors.Join(all...); err != nil {
		return nil, err
	}
	return p, nil
}

func newRule(r Rule, read func(string) ([]byte, error)) (*rule, error) {
	made := &rule{Rule: r}
	var all []error
	var err error
	note := func(err error) { all = append(all, err) }
	made.repositories, err = compile([]string{r.Repository})
	note(err)
	for _, file := range r.Keys {
		text, err := readFile(file, read)
		if err == nil {
			made.keys, err = appendKeys(made.keys, file, text)
		}
		note(err)
	}
	if r.TrustRoot != "" && len(r.Identities) > 0 {
		made.certificates, err = newCertificates(r, read)
		note(err)
	}
	if r.Notation != nil {
		made.notation, err = newNotary(r.Notation, read)
		note(err)
	}
	if r.Provenance != nil {
		made.builders, err = compile(r.Provenance.Builders)
		note(err)
		made.sources, err = compile(sourceNames(r.Provenance.Sources))
		note(err)
	}
	return made, errors.Join(all...)
}

// rule gives the first rule for a repository; nil if there is none.
func (p *Policy) rule(name string) *rule {
	if p == nil {
		return nil
	}
	for _, r := range p.rules {
		if r.repositories.match(name, repository(name)) {
			return r
		}
	}
	return nil
}

func readFile(file string, read func(string) ([]byte, error)) ([]byte, error) {
	text, err := read(file)
	switch {
	case err != nil:
		return nil, fmt.Errorf("read %s: %w", file, err)
	case len(text) > mostFile:
		return nil, fmt.Errorf("read %s: it is larger than %d MiB: name another file", file, mostFile>>20)
	}
	return text, nil
}

// split gives the errors that were joined.
func split(err error) []error {
	if err == nil {
		return nil
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var all []error
	for _, one := range joined.Unwrap() {
		all = append(all, split(one)...)
	}
	return all
}

// certificates verifies signatures by certificates of a Sigstore.
type certificates struct {
	verifier   *verify.Verifier
	identities []verify.PolicyOption
}

func newCertificates(r Rule, read func(string) ([]byte, error)) (*certificates, error) {
	text, err := readFile(r.TrustRoot, read)
	if err != nil {
		return nil, err
	}
	trusted, err := root.NewTrustedRootFromJSON(text)
	if err != nil {
		return nil, fmt.Errorf("read %s: not a Sigstore trusted_root.json: %s", r.TrustRoot, plain(err))
	}
	if len(trusted.FulcioCertificateAuthorities()) == 0 {
		return nil, fmt.Errorf("read %s: it lists no certificate authority, so no certificate could be trusted", r.TrustRoot)
	}
	options := []verify.VerifierOption{verify.WithObserverTimestamps(1), verify.WithoutStatementPredicate()}
	if len(trusted.RekorLogs()) > 0 {
		options = append(options, verify.WithTransparencyLog(1))
	}
	if len(trusted.CTLogs()) > 0 {
		options = append(options, verify.WithSignedCertificateTimestamps(1))
	}
	c := &certificates{}
	if c.verifier, err = verify.NewVerifier(trusted, options...); err != nil {
		return nil, fmt.Errorf("use %s: %w", r.TrustRoot, err)
	}
	for i, identity := range r.Identities {
		one, err := verify.NewShortCertificateIdentity("", expression(identity.Issuer), "", expression(identity.Subject))
		if err != nil {
			return nil, fmt.Errorf("identities[%d]: %w", i, err)
		}
		c.identities = append(c.identities, verify.WithCertificateIdentity(one))
	}
	return c, nil
}

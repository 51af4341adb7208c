package signature_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/kubeproof/kubeproof/internal/collect/signature"
)

func TestRuleIsRead(t *testing.T) {
	var rules []signature.Rule
	if err := yaml.Unmarshal([]byte(`
- repository: "registry.example.com/shop/*"
  keys: [cosign.pub]
  identities: [{issuer: "https://token.actions.githubusercontent.com", subject: "https://github.com/example/shop/**"}]
  trustRoot: root.json
  notation: {certificates: [ca.pem], timestampAuthorities: [tsa.pem], identities: ["x509.subject: C=US, ST=WA, O=Notary"]}
  provenance: {builders: ["https://example.com/builder"], sources: ["git+https://github.com/example/shop"], level: 3}
  require: [signature, provenance]
`), &rules); err != nil {
		t.Fatal(err)
	}
	if err := rules[0].Validate(); err != nil {
		t.Error(err)
	}
	if got := strings.Join(rules[0].Files(), " "); got != "cosign.pub root.json ca.pem tsa.pem" {
		t.Errorf("files %s", got)
	}
}

func TestNewSaysAllThatIsWrong(t *testing.T) {
	given := files{"junk": []byte("junk"), "private": []byte("-----BEGIN EC PRIVATE KEY-----\nMHc=\n-----END EC PRIVATE KEY-----\n"),
		"broken": []byte("-----BEGIN PUBLIC KEY-----\nMHc=\n-----END PUBLIC KEY-----\n"), "empty.json": []byte(`{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1"}`)}
	_, err := signature.New([]signature.Rule{
		{},
		{Repository: "a", Identities: []signature.IdentityRule{{Issuer: "x"}, {Issuer: "x", Subject: "**"}}},
		{Repository: "b", TrustRoot: "junk", Keys: []string{"junk", "private", "broken", "absent"}},
		{Repository: "c", TrustRoot: "junk", Identities: []signature.IdentityRule{{Issuer: "x", Subject: "y"}}},
		{Repository: "d", TrustRoot: "empty.json", Identities: []signature.IdentityRule{{Issuer: "x", Subject: "y"}}},
		{Repository: "e", Notation: &signature.NotationRule{}, Require: []string{"luck"}, Provenance: &signature.ProvenanceRule{Level: 3}},
		{Repository: "f", Notation: &signature.NotationRule{Certificates: []string{"junk"}, Identities: []string{"*"}}, Provenance: &signature.ProvenanceRule{Level: 4}},
	}, func(file string) ([]byte, error) {
		if text, ok := given[file]; ok {
			return text, nil
		}
		return nil, fs.ErrNotExist
	})
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file is lost in %v", err)
	}
	for _, want := range []string{
		"signatures[0]: repository is missing: name the repositories",
		"signatures[0]: nobody may sign: give keys",
		"signatures[1]: identities need a trustRoot",
		"signatures[1]: identities[0]: give both issuer and subject",
		"signatures[1]: identities[1]: \"x\" and \"**\" would let anybody sign",
		"signatures[2]: trustRoot needs identities",
		"signatures[2]: read junk: it holds no PEM public key",
		"signatures[2]: read private: PEM block \"EC PRIVATE KEY\" is not a public key",
		"signatures[2]: read broken: public key: ",
		"signatures[2]: read absent: file does not exist",
		"signatures[3]: read junk: not a Sigstore trusted_root.json",
		"signatures[4]: read empty.json: ",
		"signatures[5]: notation needs certificates and identities",
		"signatures[5]: require[0]: \"luck\" is not known",
		"signatures[5]: provenance.level 3 needs builders",
		"signatures[6]: read junk: it holds no PEM certificate",
		"signatures[6]: provenance.level is 4",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no error %q", want)
		}
	}
	if t.Failed() {
		t.Log(err)
	}
}

// The first rule counts, whatever a later one would allow.
func TestFirstRuleCounts(t *testing.T) {
	s := newShop(t)
	mine, other := newKey(t), newKey(t)
	digest := s.image("1")
	s.sign(digest, mine, payloadOf(t, s.repo, digest))
	given := files{"mine": pemOf(t, mine.Public()), "other": pemOf(t, other.Public())}
	all := signature.Rule{Repository: "**", Keys: []string{"mine"}}
	check(t, s, digest, policyOf(t, given, signature.Rule{Repository: "*/shop/*", Keys: []string{"other"}}, all), signature.Invalid, "another key")
	check(t, s, digest, policyOf(t, given, signature.Rule{Repository: "*/sho?/other", Keys: []string{"other"}}, all), signature.Verified, "")
	check(t, s, digest, policyOf(t, given, signature.Rule{Repository: "*", Keys: []string{"mine"}}), signature.Present, "no rule under signatures is for "+s.repo.Name())
}

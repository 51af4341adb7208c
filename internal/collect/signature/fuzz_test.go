package signature

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

const fuzzed = "sha256:732112270d7e59418a8c080b134b24cabd67d250d0d0147a97ed95ba5c280aa4"

// fuzzSearch is a search with a rule that knows the public trust root, whose identities nobody has.
func fuzzSearch(f *testing.F) func() *search {
	f.Helper()
	p, err := New([]Rule{{Repository: "**", TrustRoot: "testdata/public/trusted_root.json", Identities: []IdentityRule{{Issuer: "nobody", Subject: "nobody"}},
		Notation: &NotationRule{Certificates: []string{"testdata/notation/tsa.pem"}, Identities: []string{"x509.subject: C=US, ST=WA, O=nobody"}}}}, os.ReadFile)
	if err != nil {
		f.Fatal(err)
	}
	return func() *search {
		return &search{ctx: context.Background(), rule: p.rules[0], now: time.Unix(1_800_000_000, 0), seen: map[string]bool{},
			manifests: map[string][]byte{fuzzed: []byte("{}")}, bytes: mostBytes, image: Image{Digest: fuzzed}}
	}
}

// judged fails if anything that nobody signed was verified, or if a report cannot be written.
func judged(t *testing.T, s *search) {
	r := s.report()
	if r.Signed.State == Verified || r.Origin.State == Verified {
		t.Errorf("verified: %+v", r)
	}
	if _, err := json.Marshal(r); err != nil {
		t.Error(err)
	}
}

func seed(f *testing.F, pattern string) {
	f.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		f.Fatalf("no seeds %s: %v", pattern, err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
}

func FuzzBundle(f *testing.F) {
	begin := fuzzSearch(f)
	seed(f, "testdata/public/*.json")
	f.Fuzz(func(t *testing.T, text []byte) {
		s := begin()
		s.bundle(Proof{Subject: fuzzed}, text)
		judged(t, s)
	})
}

func FuzzNotation(f *testing.F) {
	begin := fuzzSearch(f)
	seed(f, "testdata/notation/*.sig")
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, mediaType := range []string{"application/cose", "application/jose+json"} {
			s := begin()
			s.notation(Proof{Subject: fuzzed}, mediaType, text)
			judged(t, s)
		}
	})
}

// FuzzLayer gives a payload or envelope with the annotations of an old signature.
func FuzzLayer(f *testing.F) {
	begin := fuzzSearch(f)
	f.Add([]byte(`{"critical":{"identity":{"docker-reference":"a/b:c"},"image":{"docker-manifest-digest":"`+fuzzed+`"}}}`), "AAAA", "", `{"Payload":{"body":"e30=","logID":"00"}}`)
	f.Add([]byte(`{"payloadType":"application/vnd.in-toto+json","payload":"e30=","signatures":[{"sig":"AAAA"}]}`), "", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", `{}`)
	f.Fuzz(func(t *testing.T, text []byte, signature, certificate, log string) {
		layer := ocispec.Descriptor{Annotations: map[string]string{annotationSignature: signature, annotationCertificate: certificate, annotationBundle: log, annotationTimestamp: log}}
		s := begin()
		s.oldSignature(fuzzed, fuzzed, layer, text)
		s.oldAttestation(fuzzed, fuzzed, layer, text)
		_, _ = oldBundle(layer.Annotations, content{message: text, signature: []byte(signature)})
		judged(t, s)
	})
}

// FuzzStatement tells statements as if they had been verified.
func FuzzStatement(f *testing.F) {
	begin := fuzzSearch(f)
	f.Add([]byte(`{"_type":"https://in-toto.io/Statement/v1","predicateType":"https://slsa.dev/provenance/v1","subject":[{"digest":{"sha256":"00"}}],"predicate":{"buildDefinition":{"externalParameters":{"workflow":{"repository":"a@b#c"}},"resolvedDependencies":[{"uri":"git+a"}]}}}`))
	f.Add([]byte(`{"_type":"https://in-toto.io/Statement/v1","predicateType":"https://cyclonedx.org/bom","predicate":{"components":[1,{}]}}`))
	f.Add([]byte(`{"_type":"https://in-toto.io/Statement/v1","predicateType":"https://cosign.sigstore.dev/attestation/vuln/v1","predicate":{"metadata":{"scanFinishedOn":"2026-01-01T00:00:00Z"}}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		st, err := parseStatement(text)
		if err != nil {
			return
		}
		_ = st.about(fuzzed)
		s := begin()
		s.tell(Proof{State: Verified, Identity: &Identity{}}, st)
		if _, err := json.Marshal(s.report()); err != nil {
			t.Error(err)
		}
	})
}

func FuzzFiles(f *testing.F) {
	seed(f, "testdata/*/*")
	f.Fuzz(func(_ *testing.T, text []byte) {
		read := func(string) ([]byte, error) { return text, nil }
		_, _ = New([]Rule{{Repository: "a", Keys: []string{"a"}, TrustRoot: "a", Identities: []IdentityRule{{Issuer: "a", Subject: string(text[:min(len(text), 50)])}},
			Notation: &NotationRule{Certificates: []string{"a"}, TimestampAuthorities: []string{"a"}, Identities: []string{"*"}}}}, read)
	})
}

package signature_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/collect/signature"
)

// attest pushes attestations as `cosign attest --key` does (the form before bundles).
func (s *shop) attest(digest string, envelopes ...[]byte) {
	s.t.Helper()
	var layers []layer
	for _, one := range envelopes {
		layers = append(layers, layer{"application/vnd.dsse.envelope.v1+json", one, map[string]string{"dev.cosignproject.cosign/signature": ""}})
	}
	s.artifact(tagOf(digest)+".att", "", "", layers...)
}

type object = map[string]any

func TestAttestations(t *testing.T) {
	s := newShop(t)
	private, stranger := newKey(t), newKey(t)
	p := policyOf(t, files{"k": pemOf(t, private.Public())}, signature.Rule{Repository: "**", Keys: []string{"k"}})
	digest, other := s.image("1"), s.image("2")
	scan := object{"scanner": object{"uri": "pkg:github/aquasecurity/trivy", "version": "0.19.2", "result": object{"SchemaVersion": 2}},
		"metadata": object{"scanStartedOn": "2026-08-06T17:45:50.52Z", "scanFinishedOn": "2026-08-06T19:50:50.52+02:00"}}
	s.attest(digest,
		envelopeOf(t, private, statementOf(t, digest, "https://cosign.sigstore.dev/attestation/vuln/v1", scan)),
		envelopeOf(t, private, statementOf(t, digest, "https://spdx.dev/Document", object{"packages": []any{object{"name": "a"}, object{"name": "b"}}})),
		envelopeOf(t, private, statementOf(t, digest, "https://cyclonedx.org/bom", object{"components": []any{object{"name": "a"}}})),
		envelopeOf(t, stranger, statementOf(t, digest, "https://example.com/predicate", object{})),
		envelopeOf(t, private, statementOf(t, other, "https://example.com/z", object{})))
	report := check(t, s, digest, p, signature.Absent, "no signature")
	for i := range report.Attestations {
		report.Attestations[i].Digest, report.Attestations[i].Subject, report.Attestations[i].Key = "", "", ""
	}
	verified := signature.Proof{State: signature.Verified, Reason: "signed with the key k"}
	want := []signature.Attestation{
		{Kind: "vulnerabilities", PredicateType: "https://cosign.sigstore.dev/attestation/vuln/v1", Proof: verified,
			Scanner: "pkg:github/aquasecurity/trivy", Version: "0.19.2", ScannedAt: "2026-08-06T17:50:50Z"},
		{Kind: "sbom", PredicateType: "https://cyclonedx.org/bom", Proof: verified, Packages: 1},
		{Kind: "other", PredicateType: "https://example.com/predicate", Proof: signature.Proof{State: signature.Invalid, Reason: "made with another key than those of the rule, or for other content"}},
		{Kind: "other", PredicateType: "https://example.com/z", Proof: signature.Proof{State: signature.Invalid, Reason: "is about another image: " + other}},
		{Kind: "sbom", PredicateType: "https://spdx.dev/Document", Proof: verified, Packages: 2},
	}
	if diff := cmp.Diff(want, report.Attestations); diff != "" {
		t.Error(diff)
	}
}

// TestCertificateAttestation is `cosign attest` without a key, in the form before bundles.
func TestCertificateAttestation(t *testing.T) {
	s := newShop(t)
	home := virtualSigstore(t)
	digest := s.image("1")
	made, err := home.Attest(workflow, actions, statementOf(t, digest, "https://spdx.dev/Document", object{}))
	if err != nil {
		t.Fatal(err)
	}
	content, err := made.SignatureContent()
	if err != nil {
		t.Fatal(err)
	}
	s.artifact(tagOf(digest)+".att", "", "", layer{"application/vnd.dsse.envelope.v1+json", jsonOf(t, content.EnvelopeContent().RawEnvelope()), certificateAnnotations(t, home, made)})
	report := check(t, s, digest, policyOf(t, files{"root.json": trustRoot(t, home)}, byIdentity(actions, workflow)), signature.Absent, "")
	if got := report.Attestations[0]; got.State != signature.Verified || got.SignedAt == "" {
		t.Errorf("attestation %+v", got)
	}
}

func slsa(builder, source string) object {
	return object{"buildType": "https://example.com/build", "builder": object{"id": builder},
		"invocation": object{"configSource": object{"uri": source, "digest": object{"sha1": "c0ffee"}, "entryPoint": "release.yaml"}},
		"metadata":   object{"buildFinishedOn": "2026-01-02T03:04:05Z"}}
}

func TestProvenance(t *testing.T) {
	const builder = "https://tekton.example.com/chains/v2"
	private := newKey(t)
	given := files{"k": pemOf(t, private.Public())}
	rule := func(p *signature.ProvenanceRule) *signature.Policy {
		return policyOf(t, given, signature.Rule{Repository: "**", Keys: []string{"k"}, Provenance: p, Require: []string{"provenance"}})
	}
	for _, test := range []struct {
		name, builder, source string
		policy                *signature.Policy
		want                  signature.State
		level                 int
		reason                string
	}{
		{"signed", builder, "git+https://github.com/example/shop@refs/tags/v1", rule(nil), signature.Verified, 2, "signed with the key k"},
		{"isolated", builder, "git+https://github.com/example/shop@refs/tags/v1",
			rule(&signature.ProvenanceRule{Builders: []string{"https://tekton.example.com/**"}, Sources: []string{"git+https://github.com/example/shop"}}), signature.Verified, 3, ""},
		{"other builder", "https://laptop", "git+https://github.com/example/shop",
			rule(&signature.ProvenanceRule{Builders: []string{"https://tekton.example.com/**"}}), signature.Invalid, 0, "built by https://laptop, which the rule does not name"},
		{"other source", builder, "git+https://github.com/example/shop-fork.git@refs/heads/main",
			rule(&signature.ProvenanceRule{Sources: []string{"https://github.com/example/shop"}}), signature.Invalid, 0, "built from git+https://github.com/example/shop-fork.git@refs/heads/main"},
		{"no source", builder, "", rule(&signature.ProvenanceRule{Sources: []string{"https://github.com/example/shop"}}), signature.Invalid, 0, "an unnamed source"},
		{"no rule", builder, "", nil, signature.Present, 1, "not verified"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newShop(t)
			digest := s.image("1")
			s.attest(digest, envelopeOf(t, private, statementOf(t, digest, "https://slsa.dev/provenance/v0.2", slsa(test.builder, test.source))))
			report := check(t, s, digest, test.policy, signature.Absent, "")
			expect(t, report.Origin, test.want, test.reason)
			if report.Origin.Level != test.level || report.Origin.Required != (test.policy != nil) || report.Signed.Required {
				t.Errorf("verdict %+v, want level %d", report.Origin, test.level)
			}
		})
	}
}

// TestBuildKit finds the provenance that BuildKit puts into an index: it is there, and nobody signed it.
func TestBuildKit(t *testing.T) {
	m := newMemory()
	image := m.hold(t, "")
	told := m.hold(t, "", layer{"application/vnd.in-toto+json", statementOf(t, image.Digest, "https://slsa.dev/provenance/v1", object{
		"buildDefinition": object{"buildType": "https://github.com/moby/buildkit/blob/master/docs/attestations/slsa-definitions.md",
			"externalParameters": object{"configSource": object{"uri": "https://github.com/example/shop.git#refs/heads/main", "digest": object{"sha1": "c0ffee"}, "path": "Dockerfile"}}},
		"runDetails": object{"builder": object{"id": ""}}}), nil})
	told.Annotations = map[string]string{"vnd.docker.reference.type": "attestation-manifest", "vnd.docker.reference.digest": image.Digest}
	index := jsonOf(t, object{"schemaVersion": 2, "manifests": []any{image, told}})
	m.manifests[digestOf(index)] = index
	report, errs := signature.Verify(context.Background(), signature.Image{Digest: image.Digest, Index: digestOf(index)}, m, nil, now)
	if len(errs) > 0 || len(report.Provenance) != 1 {
		t.Fatalf("errors %v, report %+v", errs, report)
	}
	got := report.Provenance[0]
	if got.State != signature.Present || got.Level != 1 || got.EntryPoint != "Dockerfile" || got.Source == nil || got.Source.Digest != "c0ffee" {
		t.Errorf("provenance %+v", got)
	}
	expect(t, report.Origin, signature.Present, "BuildKit adds it without a signature")
}

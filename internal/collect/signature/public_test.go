package signature_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubeproof/kubeproof/internal/collect/signature"
)

func readTestdata(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// verifyBundle verifies a bundle that refers to a digest.
func verifyBundle(t *testing.T, digest string, bundle []byte, p *signature.Policy) signature.Report {
	t.Helper()
	m := newMemory()
	m.refer(t, digest, m.hold(t, "application/vnd.dev.sigstore.bundle.v0.3+json", layer{"application/vnd.dev.sigstore.bundle.v0.3+json", bundle, nil}))
	report, errs := signature.Verify(context.Background(), signature.Image{Repository: "registry.example.com/shop/app", Digest: digest}, m, p, now)
	if len(errs) > 0 {
		t.Errorf("errors: %v", errs)
	}
	return report
}

const npm = "sha512:46d4e2f74c4877316640000a6fdf8a8b59f1e0847667973e9859f774dd31b8f1e0937813b777fb66a2ac67d50540fe34640966eee9fc2ccca387082b4c85cd3c"

// TestPublicProvenance verifies provenance that the public Sigstore signed, with its log and certificate log.
func TestPublicProvenance(t *testing.T) {
	rule := byIdentity(actions, "https://github.com/sigstore/sigstore-js/.github/workflows/release.yml@refs/heads/main")
	given := files{"root.json": readTestdata(t, "public/trusted_root.json")}
	bundle := readTestdata(t, "public/npm-provenance-v1.json")
	report := verifyBundle(t, npm, bundle, policyOf(t, given, rule))
	if len(report.Provenance) != 1 {
		t.Fatalf("report %+v", report)
	}
	got := report.Provenance[0]
	want := signature.Provenance{
		Proof: signature.Proof{State: signature.Verified, Subject: npm, Digest: got.Digest, SignedAt: "2023-08-18T16:05:35Z",
			Reason:      "signed by https://github.com/sigstore/sigstore-js/.github/workflows/release.yml@refs/heads/main, for whom " + actions + " vouches",
			Identity:    &signature.Identity{Issuer: actions, Subject: "https://github.com/sigstore/sigstore-js/.github/workflows/release.yml@refs/heads/main"},
			Certificate: got.Certificate},
		PredicateType: "https://slsa.dev/provenance/v1", Builder: "https://github.com/actions/runner/github-hosted",
		BuildType:  "https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1",
		Source:     &signature.Source{URI: "git+https://github.com/sigstore/sigstore-js@refs/heads/main", Digest: "f0b49a04e5a62250e0f60fb128004a73110fe311"},
		EntryPoint: ".github/workflows/release.yml", Invocation: "https://github.com/sigstore/sigstore-js/actions/runs/5904696764/attempts/1",
		Level: 2, LevelReason: "signed and verified; for level 3 name the builders that are isolated under provenance.builders",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	expect(t, report.Origin, signature.Verified, "")
	expect(t, report.Signed, signature.Absent, "")

	rule.Provenance = &signature.ProvenanceRule{Sources: []string{"https://github.com/sigstore/*"}, Builders: []string{"https://github.com/actions/runner/*"}}
	report = verifyBundle(t, npm, bundle, policyOf(t, given, rule))
	expect(t, report.Origin, signature.Invalid, "level 2 can be claimed, the rule needs 3: signed and verified, but the builder that it names did not sign it itself")

	rule = byIdentity(actions, "https://github.com/sigstore/other/**")
	report = verifyBundle(t, npm, bundle, policyOf(t, given, rule))
	expect(t, report.Origin, signature.Invalid, "the rule names other identities")
	report = verifyBundle(t, npm, bundle, nil)
	expect(t, report.Origin, signature.Present, "not verified")
	if report.Origin.Level != 1 {
		t.Errorf("level %d of provenance that is only there", report.Origin.Level)
	}
}

// TestPublicOldProvenance reads version 0.2.
func TestPublicOldProvenance(t *testing.T) {
	const digest = "sha512:bbfd372fc9beeb777fe35d05bb10c0c70a9733d366a75fed7dd18866c7391de3ee7e88ba74dd47abf3e15c845e547fcf0e5c3da80854c751554224d3a6d4e55f"
	report := verifyBundle(t, digest, readTestdata(t, "public/npm-provenance-v0.2.json"), nil)
	got := report.Provenance[0]
	got.Proof = signature.Proof{}
	want := signature.Provenance{PredicateType: "https://slsa.dev/provenance/v0.2", Builder: "https://github.com/npm/slsa-provenance@0.0.1",
		BuildType:  "https://github.com/npm/slsa-provenance/gha@v0",
		Source:     &signature.Source{URI: "git+https://github.com/github/slsa-provenance@refs/heads/demo", Digest: "29cff3dd65f780c3601bd457acb6fe4e5931c825"},
		EntryPoint: "demo", Invocation: "3024091546-4", Level: 1, LevelReason: "it is there, but nothing verified who wrote it"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestPublicAttestation verifies what `cosign attest` attached to an image.
func TestPublicAttestation(t *testing.T) {
	const digest = "sha256:732112270d7e59418a8c080b134b24cabd67d250d0d0147a97ed95ba5c280aa4"
	given := files{"root.json": readTestdata(t, "public/trusted_root_cosign.json")}
	bundle := readTestdata(t, "public/cosign-attestation.json")
	who := verifyBundle(t, digest, bundle, nil).Attestations[0].Identity
	report := verifyBundle(t, digest, bundle, policyOf(t, given, byIdentity(who.Issuer, who.Subject)))
	if got := report.Attestations[0]; got.State != signature.Verified || got.PredicateType != "https://cosign.sigstore.dev/attestation/v1" || got.SignedAt == "" {
		t.Errorf("attestation %+v", got)
	}
}

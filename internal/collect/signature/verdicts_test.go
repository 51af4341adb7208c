package signature_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/v1/remote"
	sigpayload "github.com/sigstore/sigstore/pkg/signature/payload"

	"github.com/kubeproof/kubeproof/internal/collect/signature"
)

// check verifies an image and expects a verdict on its signatures.
func check(t *testing.T, s *shop, digest string, p *signature.Policy, want signature.State, reason string) signature.Report {
	t.Helper()
	report, errs := signature.Verify(context.Background(), signature.Image{Repository: s.repo.Name(), Digest: digest}, s, p, now)
	if len(errs) > 0 {
		t.Errorf("errors: %v", errs)
	}
	expect(t, report.Signed, want, reason)
	return report
}

func expect(t *testing.T, v signature.Verdict, want signature.State, reason string) {
	t.Helper()
	if v.State != want || !strings.Contains(v.Reason, reason) {
		t.Errorf("verdict %s: %s\nwant %s: ...%s...", v.State, v.Reason, want, reason)
	}
}

// TestVerdicts shows the verdicts on an image that is signed, unsigned, wrongly signed, and
// tagged anew: its tag moved to another image, its signature copied there, or all copied elsewhere.
func TestVerdicts(t *testing.T) {
	s := newShop(t, withReferrers())
	private, stranger := newKey(t), newKey(t)
	p := policyOf(t, files{"cosign.pub": pemOf(t, private.Public())}, signature.Rule{Repository: "*/shop/*", Keys: []string{"cosign.pub"}})

	first := s.image("1.0")
	check(t, s, first, p, signature.Absent, "holds no signature of the image")
	own := payloadOf(t, s.repo, first)
	s.sign(first, private, own)
	report := check(t, s, first, p, signature.Verified, "signed with the key cosign.pub")
	if one := report.Signatures[0]; one.Reference != s.repo.Name() || one.Copied || one.Kind != signature.KindCosign || !strings.HasPrefix(one.Key, "sha256:") {
		t.Errorf("signature is told as %+v", one)
	}
	if !report.Signed.Required || report.Signed.Policy != "*/shop/*" {
		t.Errorf("verdict does not name its rule: %+v", report.Signed)
	}
	check(t, s, first, nil, signature.Present, "present, not verified: no rule under signatures is for ")

	wrong := s.image("2.0")
	s.sign(wrong, stranger, payloadOf(t, s.repo, wrong))
	check(t, s, wrong, p, signature.Invalid, "made with another key")

	moved := s.image("1.0")
	check(t, s, moved, p, signature.Absent, "holds no signature")
	s.sign(moved, private, own)
	check(t, s, moved, p, signature.Invalid, "signs another image: "+first)

	copied := s.other("shop/copy")
	image, err := remote.Image(s.repo.Digest(first))
	s.must(err)
	s.must(remote.Write(copied.repo.Tag("1.0"), image))
	signatures, err := remote.Image(s.repo.Tag(tagOf(first) + ".sig"))
	s.must(err)
	s.must(remote.Write(copied.repo.Tag(tagOf(first)+".sig"), signatures))
	report = check(t, copied, first, p, signature.Verified, "the image was copied or tagged anew")
	if !report.Signed.Copied || report.Signatures[0].Reference != s.repo.Name() {
		t.Errorf("the copy is not told: %+v", report.Signed)
	}
}

// A signer may name the tag: then another tag of the same image is told.
func TestNamedTag(t *testing.T) {
	s := newShop(t)
	private := newKey(t)
	p := policyOf(t, files{"k": pemOf(t, private.Public())}, signature.Rule{Repository: "**", Keys: []string{"k"}})
	digest := s.image("1.0")
	payload, err := sigpayload.Cosign{Image: s.repo.Digest(digest), ClaimedIdentity: s.repo.Name() + ":1.0"}.MarshalJSON()
	s.must(err)
	s.sign(digest, private, payload)
	for tag, copied := range map[string]bool{"1.0": false, "latest": true, "": false} {
		report, _ := signature.Verify(context.Background(), signature.Image{Repository: s.repo.Name(), Tag: tag, Digest: digest}, s, p, now)
		if report.Signed.State != signature.Verified || report.Signed.Copied != copied {
			t.Errorf("as %q: %+v", tag, report.Signed)
		}
	}
}

func TestKeysOfAllKinds(t *testing.T) {
	s := newShop(t)
	for kind, private := range privateKeys(t) {
		t.Run(kind, func(t *testing.T) {
			p := policyOf(t, files{"k": pemOf(t, private.Public())}, signature.Rule{Repository: "**", Keys: []string{"k"}})
			digest := s.image("k")
			payload := payloadOf(t, s.repo, digest)
			s.sign(digest, private, payload)
			check(t, s, digest, p, signature.Verified, "")
			annotations := map[string]string{"dev.cosignproject.cosign/signature": b64(signed(t, private, append(payload, ' ')))}
			s.artifact(tagOf(digest)+".sig", "", "", layer{"application/vnd.dev.cosign.simplesigning.v1+json", payload, annotations})
			check(t, s, digest, p, signature.Invalid, "another key")
		})
	}
}

// A signature of the index covers the images that it lists, and no others.
func TestIndexSignature(t *testing.T) {
	s := newShop(t, withReferrers())
	private := newKey(t)
	p := policyOf(t, files{"k": pemOf(t, private.Public())}, signature.Rule{Repository: "**", Keys: []string{"k"}})
	listed, stray := s.image("a"), s.image("b")
	index := jsonOf(t, map[string]any{"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": []any{
		map[string]any{"mediaType": "application/vnd.docker.distribution.manifest.v2+json", "digest": listed, "size": len(s.manifestOf(listed))}}})
	s.must(remote.Put(s.repo.Tag("all"), raw{index, "application/vnd.oci.image.index.v1+json"}))
	s.sign(digestOf(index), private, payloadOf(t, s.repo, digestOf(index)))
	image := signature.Image{Repository: s.repo.Name(), Digest: listed, Index: digestOf(index)}
	report, errs := signature.Verify(context.Background(), image, s, p, now)
	expect(t, report.Signed, signature.Verified, "signed with the key k")
	if len(errs) > 0 || report.Signatures[0].Subject != digestOf(index) {
		t.Errorf("errors %v, signature %+v", errs, report.Signatures[0])
	}
	image.Digest = stray
	report, errs = signature.Verify(context.Background(), image, s, p, now)
	expect(t, report.Signed, signature.Unknown, "does not list the image")
	if len(errs) != 1 {
		t.Errorf("errors: %v", errs)
	}
}

// Without what signatures are looked for by, nothing is claimed.
func TestNothingToLookIn(t *testing.T) {
	for name, given := range map[string]struct {
		image signature.Image
		from  signature.Fetcher
	}{
		"no digest": {signature.Image{Repository: "docker.io/library/nginx"}, newShop(t)},
		"no source": {signature.Image{Digest: digestOf(nil)}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			report, _ := signature.Verify(context.Background(), given.image, given.from, nil, now)
			expect(t, report.Signed, signature.Unknown, "scan the image from its registry")
			expect(t, report.Origin, signature.Unknown, "scan the image from its registry")
		})
	}
}

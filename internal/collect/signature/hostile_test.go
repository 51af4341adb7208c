package signature_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/kubeproof/kubeproof/internal/collect/signature"
)

const (
	simpleSigning = "application/vnd.dev.cosign.simplesigning.v1+json"
	dsseEnvelope  = "application/vnd.dsse.envelope.v1+json"
	bundleType    = "application/vnd.dev.sigstore.bundle.v0.3+json"
	notationType  = "application/vnd.cncf.notary.signature"
)

// everybody is a policy that knows of everything, so that nothing is merely present.
func everybody(t *testing.T) *signature.Policy {
	r := byIdentity(actions, workflow)
	r.Keys = []string{"k"}
	r.Notation = &signature.NotationRule{Certificates: []string{"ca.pem"}, Identities: []string{"*"}}
	tsa := readTestdata(t, "notation/tsa.pem")
	return policyOf(t, files{"k": pemOf(t, newKey(t).Public()), "root.json": trustRoot(t, virtualSigstore(t)), "ca.pem": tsa}, r)
}

// TestBroken gives signatures that cannot be read: they are invalid, and say why.
func TestBroken(t *testing.T) {
	p := everybody(t)
	image := digestOf([]byte("image"))
	tag := tagOf(image)
	payload := []byte(fmt.Sprintf(`{"critical":{"image":{"docker-manifest-digest":%q}}}`, image))
	sig := func(value string) map[string]string {
		return map[string]string{"dev.cosignproject.cosign/signature": value}
	}
	deep := strings.Repeat(`{"a":`, 20_000)
	for _, test := range []struct {
		name   string
		make   func(*memory)
		reason string
	}{
		{"manifest", func(m *memory) { m.manifests[tag+".sig"] = []byte("{") }, "is not readable"},
		{"manifest of another kind", func(m *memory) { m.manifests[tag+".sig"] = []byte(`{"layers":7}`) }, "is not readable"},
		{"payload", func(m *memory) { m.tag(t, tag+".sig", layer{simpleSigning, []byte("{"), sig("AAAA")}) }, "payload is not readable"},
		{"deep payload", func(m *memory) { m.tag(t, tag+".sig", layer{simpleSigning, []byte(deep), sig("AAAA")}) }, "payload is not readable"},
		{"payload of nothing", func(m *memory) { m.tag(t, tag+".sig", layer{simpleSigning, []byte("{}"), sig("AAAA")}) }, "names no image digest"},
		{"no signature", func(m *memory) { m.tag(t, tag+".sig", layer{simpleSigning, payload, nil}) }, "holds no base64 signature"},
		{"junk signature", func(m *memory) { m.tag(t, tag+".sig", layer{simpleSigning, payload, sig("-")}) }, "holds no base64 signature"},
		{"junk certificate", func(m *memory) {
			m.tag(t, tag+".sig", layer{simpleSigning, payload, map[string]string{"dev.cosignproject.cosign/signature": "AAAA", "dev.sigstore.cosign/certificate": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"}})
		}, "certificate is not readable"},
		{"certificate bomb", func(m *memory) {
			m.tag(t, tag+".sig", layer{simpleSigning, payload, map[string]string{"dev.cosignproject.cosign/signature": "AAAA", "dev.sigstore.cosign/certificate": strings.Repeat("A", 1<<20)}})
		}, "certificate is not readable"},
		{"bundle", func(m *memory) { m.refer(t, image, m.hold(t, bundleType, layer{bundleType, []byte("{}"), nil})) }, "bundle is not readable"},
		{"deep bundle", func(m *memory) { m.refer(t, image, m.hold(t, bundleType, layer{bundleType, []byte(deep), nil})) }, "bundle is not readable"},
		{"two layers", func(m *memory) { m.refer(t, image, m.hold(t, bundleType, layer{}, layer{})) }, "not exactly one layer"},
		{"notation", func(m *memory) {
			m.refer(t, image, m.hold(t, notationType, layer{"application/cose", []byte("{}"), nil}))
		}, "envelope is not readable"},
		{"notation of another kind", func(m *memory) { m.refer(t, image, m.hold(t, notationType, layer{"text/plain", []byte("{}"), nil})) }, "neither JWS nor COSE"},
		{"a missing manifest", func(m *memory) {
			m.refer(t, image, descriptor{Digest: digestOf([]byte("x")), ArtifactType: bundleType})
		}, "missing or damaged"},
		{"a missing layer", func(m *memory) {
			m.refer(t, image, m.hold(t, bundleType, layer{bundleType, []byte("{}"), nil}))
			clear(m.blobs)
		}, "missing or damaged"},
		{"a layer that differs", func(m *memory) {
			m.refer(t, image, m.hold(t, bundleType, layer{bundleType, []byte("{}"), nil}))
			m.blobs[digestOf([]byte("{}"))] = []byte("[]")
		}, "content differs from its digest"},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := newMemory()
			test.make(m)
			report, errs := signature.Verify(context.Background(), signature.Image{Repository: "a", Digest: image}, m, p, now)
			expect(t, report.Signed, signature.Invalid, test.reason)
			if len(errs) > 0 {
				t.Errorf("errors: %v", errs)
			}
		})
	}
}

// tag keeps a manifest with layers under a tag.
func (m *memory) tag(t *testing.T, name string, layers ...layer) {
	t.Helper()
	m.manifests[name] = m.manifests[m.hold(t, "", layers...).Digest]
}

// TestUnknown lets the registry fail: what could not be read is told, and nothing worse than unknown
// is said of the rest.
func TestUnknown(t *testing.T) {
	private := newKey(t)
	p := policyOf(t, files{"k": pemOf(t, private.Public())}, signature.Rule{Repository: "**", Keys: []string{"k"}})
	image := digestOf([]byte("image"))
	refused := errors.New("401 unauthorized\nsay please")
	good := []byte(fmt.Sprintf(`{"critical":{"image":{"docker-manifest-digest":%q}}}`, image))
	annotations := map[string]string{"dev.cosignproject.cosign/signature": b64(signed(t, private, good))}
	for _, test := range []struct {
		name   string
		make   func(*memory)
		want   signature.State
		reason string
		errors int
	}{
		{"signatures refused", func(m *memory) { m.failures[tagOf(image)+".sig"] = refused }, signature.Unknown, "401 unauthorized; say please", 1},
		{"referrers refused", func(m *memory) { m.failures[image] = refused }, signature.Unknown, "401 unauthorized", 1},
		{"referrers are junk", func(m *memory) { m.referrers[image] = []byte("junk") }, signature.Unknown, "not an index", 1},
		{"one layer refused", func(m *memory) {
			m.tag(t, tagOf(image)+".sig", layer{simpleSigning, good, annotations})
			m.failures[digestOf(good)] = refused
		}, signature.Unknown, "401 unauthorized", 1},
		{"a good one beside", func(m *memory) {
			m.tag(t, tagOf(image)+".sig", layer{simpleSigning, good, annotations})
			m.failures[image] = refused
		}, signature.Verified, "", 1},
		{"a bad one beside", func(m *memory) {
			m.tag(t, tagOf(image)+".sig", layer{simpleSigning, good, map[string]string{"dev.cosignproject.cosign/signature": "AAAA"}})
			m.failures[image] = refused
		}, signature.Unknown, "401 unauthorized", 1},
		{"a huge manifest", func(m *memory) { m.manifests[tagOf(image)+".sig"] = bytes.Repeat([]byte(" "), 5<<20) }, signature.Unknown, "larger than may be read", 1},
		{"a huge index", func(m *memory) { m.referrers[image] = bytes.Repeat([]byte(" "), 5<<20) }, signature.Unknown, "larger than may be read", 1},
		{"a huge payload", func(m *memory) {
			m.tag(t, tagOf(image)+".sig", layer{simpleSigning, bytes.Repeat([]byte(" "), 17<<20), annotations})
		}, signature.Unknown, "larger than may be read", 1},
		{"many", func(m *memory) {
			m.tag(t, tagOf(image)+".sig", slicesOf(60, layer{simpleSigning, []byte("{}"), nil})...)
		}, signature.Unknown, "more than 50 signatures", 1},
		{"many referrers", func(m *memory) {
			var all []descriptor
			for i := range 300 {
				all = append(all, descriptor{Digest: digestOf([]byte(fmt.Sprint(i))), ArtifactType: "text/plain"})
			}
			m.refer(t, image, all...)
		}, signature.Unknown, "too much refers to", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := newMemory()
			test.make(m)
			report, errs := signature.Verify(context.Background(), signature.Image{Repository: "a", Digest: image}, m, p, now)
			expect(t, report.Signed, test.want, test.reason)
			if len(errs) != test.errors {
				t.Errorf("errors: %v", errs)
			}
			for _, one := range errs {
				if !one.Lost || one.File != "a@"+image {
					t.Errorf("error %+v", one)
				}
			}
		})
	}
}

func slicesOf(n int, one layer) []layer {
	all := make([]layer, n)
	for i := range all {
		all[i] = one
	}
	return all
}

// endless is a repository whose blobs never end, whatever size they were said to have.
type endless struct{ *memory }

func (endless) Blob(context.Context, string) (io.ReadCloser, error) {
	return io.NopCloser(zeroes{}), nil
}

type zeroes struct{}

func (zeroes) Read(p []byte) (int, error) { return len(p), nil }

func TestEndlessBlob(t *testing.T) {
	m := newMemory()
	image := digestOf([]byte("image"))
	m.tag(t, tagOf(image)+".sig", layer{simpleSigning, []byte("{}"), nil})
	report, errs := signature.Verify(context.Background(), signature.Image{Digest: image}, endless{m}, nil, now)
	expect(t, report.Signed, signature.Unknown, "larger than may be read")
	if len(errs) != 1 {
		t.Errorf("errors: %v", errs)
	}
}

// A registry without the referrers interface keeps the list under a tag.
func TestReferrersTag(t *testing.T) {
	private := newKey(t)
	p := policyOf(t, files{"k": pemOf(t, private.Public())}, signature.Rule{Repository: "**", Keys: []string{"k"}})
	image := digestOf([]byte("image"))
	bundle := layer{bundleType, keyBundle(t, private, statementOf(t, image, "https://sigstore.dev/cosign/sign/v1", object{})), nil}
	for name, hide := range map[string]func(*memory){
		"not found": func(m *memory) { delete(m.referrers, image) },
		"empty":     func(m *memory) { m.refer(t, image) },
	} {
		t.Run(name, func(t *testing.T) {
			m := newMemory()
			one := m.hold(t, bundleType, bundle)
			one.ArtifactType = "" // as old clients write the list
			m.refer(t, image, one)
			m.manifests[tagOf(image)] = m.referrers[image]
			hide(m)
			report, errs := signature.Verify(context.Background(), signature.Image{Repository: "a", Digest: image}, m, p, now)
			expect(t, report.Signed, signature.Verified, "")
			if len(errs) > 0 {
				t.Errorf("errors: %v", errs)
			}
		})
	}
}

// cosign can also let a manifest with payloads refer to the image (COSIGN_EXPERIMENTAL).
func TestReferringPayload(t *testing.T) {
	private := newKey(t)
	p := policyOf(t, files{"k": pemOf(t, private.Public())}, signature.Rule{Repository: "**", Keys: []string{"k"}})
	image := digestOf([]byte("image"))
	payload := []byte(fmt.Sprintf(`{"critical":{"image":{"docker-manifest-digest":%q}}}`, image))
	m := newMemory()
	m.refer(t, image, m.hold(t, "application/vnd.dev.cosign.artifact.sig.v1+json",
		layer{simpleSigning, payload, map[string]string{"dev.cosignproject.cosign/signature": b64(signed(t, private, payload))}}))
	report, errs := signature.Verify(context.Background(), signature.Image{Repository: "a", Digest: image}, m, p, now)
	expect(t, report.Signed, signature.Verified, "")
	if len(errs) > 0 {
		t.Errorf("errors: %v", errs)
	}
}

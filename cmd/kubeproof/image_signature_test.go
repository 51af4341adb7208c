package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/kubeproof/kubeproof/test/signing"
)

// release makes an image of its own, so that it has a digest of its own.
func (h *harbour) release(version string) v1.Image {
	h.Helper()
	image, err := mutate.Config(h.tidy(), v1.Config{User: "10001", Entrypoint: []string{"/server"}, Labels: map[string]string{"version": version}})
	h.must(err)
	return image
}

// judge scans an image for its signatures, as JSON and as a table.
func (h *harbour) judge(config, image string) (judged, string) {
	h.Helper()
	args := []string{"--config", config, "--control", "image-signature,image-signature-invalid", "--all", "image:" + h.host + "/" + image}
	_, table, _ := h.run(append([]string{"scan", "--insecure-registry"}, args...)...)
	return h.scan(args...), strings.Join(strings.Fields(table), " ")
}

// TestFourVerdicts shows an image that is signed, unsigned, wrongly signed and tagged anew, as a user
// with a policy in .kubeproof.yaml sees it.
func TestFourVerdicts(t *testing.T) {
	h := newHarbour(t)
	private, stranger, app := signing.Key(t), signing.Key(t), h.repository("shop/app")
	h.write("keys/cosign.pub", string(signing.PublicPEM(t, private.Public())))
	config := h.write(".kubeproof.yaml", fmt.Sprintf("signatures:\n- repository: %q\n  keys: [keys/cosign.pub]\n", h.host+"/shop/*"))

	signed := h.push("shop/app:1.0", h.release("1.0"))
	app.Sign(signed, private, signing.Payload(t, app.Name, signed))
	h.push("shop/app:1.1", h.release("1.1"))
	wrong := h.push("shop/app:1.2", h.release("1.2"))
	app.Sign(wrong, stranger, signing.Payload(t, app.Name, wrong))
	moved := h.push("shop/app:1.3", h.release("1.3")) // 1.3 was 1.0: its signature came along
	app.Sign(moved, private, signing.Payload(t, app.Name, signed))

	for _, test := range []struct{ name, image, signature, invalid, table string }{
		{"signed", "shop/app:1.0", "pass a signature was verified: sha256:", "pass ", "2 passed"},
		{"signed, by digest", "shop/app@" + signed, "pass a signature was verified: sha256:", "pass ", "2 passed"},
		{"unsigned", "shop/app:1.1", "fail image is not signed, which the rule for " + h.host + "/shop/* requires", "notapplicable nothing was verified", "medium image is not signed, which the rule for"},
		{"wrongly signed", "shop/app:1.2", "notapplicable it has a signature that is invalid", "fail a signature of the image is invalid: made with another key", "critical a signature of the image is invalid: made with another key"},
		{"tagged anew", "shop/app:1.3", "notapplicable it has a signature that is invalid", "fail a signature of the image is invalid: signs another image: " + signed, "critical a signature of the image is invalid: signs another image: sha256:"},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := h.with(t)
			report, table := h.judge(config, test.image)
			h.says(report, "image-signature", test.signature)
			h.says(report, "image-signature-invalid", test.invalid)
			if !strings.Contains(table, test.table) {
				t.Errorf("the table does not say %q:\n%s", test.table, table)
			}
		})
	}
	t.Run("copied", func(t *testing.T) {
		h := h.with(t)
		h.copy("shop/app", "shop/mirror", signed)
		report, _ := h.judge(config, "shop/mirror@"+signed)
		h.says(report, "image-signature", "it names another repository, from which the image was copied")
	})
	t.Run("no rule", func(t *testing.T) {
		h := h.with(t)
		other := h.write("other.yaml", "signatures:\n- repository: registry.example.com/*\n  keys: [keys/cosign.pub]\n")
		report, _ := h.judge(other, "shop/app:1.0")
		h.says(report, "image-signature", "notapplicable image has a signature, which was not verified: ")
		h.says(report, "image-signature-invalid", "notapplicable ")
	})
	t.Run("registry fails", func(t *testing.T) {
		h.before = failing(".sig")
		h := h.with(t)
		report, _ := h.judge(config, "shop/app:1.0")
		h.says(report, "image-signature", "unknown whether the image is signed is not known")
		if report.code != 3 {
			t.Errorf("exit code %d", report.code)
		}
	})
}

// copy copies an image with its signature to another repository, as `cosign copy` does.
func (h *harbour) copy(from, to, digest string) {
	h.Helper()
	here, there := h.repository(from).Name, h.repository(to).Name
	image, err := remote.Image(here.Digest(digest))
	h.must(err)
	h.must(remote.Write(there.Tag("copy"), image))
	tag := strings.Replace(digest, ":", "-", 1) + ".sig"
	signatures, err := remote.Image(here.Tag(tag))
	h.must(err)
	h.must(remote.Write(there.Tag(tag), signatures))
}

// A signature with a certificate counts if the rule names its identity.
func TestCertificateIdentity(t *testing.T) {
	const issuer, workflow = "https://token.actions.githubusercontent.com", "https://github.com/example/shop/.github/workflows/release.yaml@refs/tags/v1"
	h := newHarbour(t)
	h.now = time.Now().Add(time.Minute)
	home, app := signing.Sigstore(t), h.repository("shop/app")
	digest := h.push("shop/app:1", h.release("1"))
	payload := signing.Payload(t, app.Name, digest)
	made, err := home.Sign(workflow, issuer, payload)
	h.must(err)
	app.Attach(digest, payload, signing.Annotations(t, home, made))
	h.write("root.json", string(signing.TrustRoot(t, home)))
	rule := func(subject string) string {
		return h.write(".kubeproof.yaml", fmt.Sprintf("signatures:\n- repository: '**'\n  trustRoot: root.json\n  identities: [{issuer: %q, subject: %q}]\n", issuer, subject))
	}
	report, _ := h.judge(rule("https://github.com/example/shop/.github/workflows/*@refs/tags/*"), "shop/app:1")
	h.says(report, "image-signature", "pass a signature was verified: "+workflow)
	report, _ = h.judge(rule("https://github.com/example/other/**"), "shop/app:1")
	h.says(report, "image-signature-invalid", "fail a signature of the image is invalid: signed by "+workflow)
}

func TestNotationSignature(t *testing.T) {
	h := newHarbour(t)
	digest := h.push("shop/app:1", h.release("1"))
	h.repository("shop/app").Notarize(digest, digest, "application/cose", time.Hour)
	h.write("ca.pem", string(signing.NotationRoot()))
	rule := func(organisation string) string {
		return h.write(".kubeproof.yaml", fmt.Sprintf("signatures:\n- repository: '**'\n  notation: {certificates: [ca.pem], identities: ['x509.subject: C=US, ST=WA, O=%s']}\n", organisation))
	}
	report, _ := h.judge(rule("Notary"), "shop/app:1")
	h.says(report, "image-signature", "pass a signature was verified")
	report, _ = h.judge(rule("Other"), "shop/app:1")
	h.says(report, "image-signature-invalid", "fail a signature of the image is invalid: ")
}

// A policy that cannot be used stops the scan before anything is read.
func TestBrokenPolicies(t *testing.T) {
	h := newHarbour(t)
	h.write("private.pem", "-----BEGIN EC "+"PRIVATE KEY-----\nMHc=\n-----END EC "+"PRIVATE KEY-----\n")
	for rule, want := range map[string]string{
		"{repository: 'a/*', keys: [absent.pub]}":           "signatures[0]: read absent.pub: ",
		"{repository: 'a/*', keys: [private.pem]}":          `signatures[0]: read private.pem: PEM block "EC PRIVATE KEY" is not a public key`,
		"{repository: 'a/*'}":                               "nobody may sign: give keys",
		"{keys: [private.pem]}":                             ":2: repository is missing",
		"{repository: 'a/*', key: [x]}":                     "key",
		"{repository: 'a/*', keys: [x], require: [oracle]}": `require[0]: "oracle" is not known`,
	} {
		file := h.write(".kubeproof.yaml", "signatures:\n- "+rule+"\n")
		code, out, errs := h.run("scan", "--config", file, "image:"+h.host+"/shop/app:1")
		if code != 2 || out != "" || !strings.Contains(errs, want) || !strings.Contains(errs, file) {
			t.Errorf("%s: exit code %d: %s%s\nwant %s", rule, code, out, errs, want)
		}
	}
}

package signing

import (
	"context"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/notaryproject/notation-core-go/testhelper"
	"github.com/notaryproject/notation-go"
	"github.com/notaryproject/notation-go/signer"
	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// Repository is where the images lie that are signed, in a registry that a test runs.
type Repository struct {
	T    testing.TB
	Name name.Repository
}

// Layer is a blob of an artifact.
type Layer struct {
	MediaType   string
	Text        []byte
	Annotations map[string]string
}

// SimpleSigning is the media type of what cosign signed before it made bundles.
const SimpleSigning = "application/vnd.dev.cosign.simplesigning.v1+json"

// Sign pushes a signature with a key as `cosign sign --key` does (the form before bundles), and gives
// the digest of its manifest. The payload says what is signed; see Payload.
func (r Repository) Sign(imageDigest string, private crypto.PrivateKey, payload []byte) string {
	r.T.Helper()
	return r.Attach(imageDigest, payload, map[string]string{"dev.cosignproject.cosign/signature": b64(Signed(r.T, private, payload))})
}

// Attach pushes a payload with the annotations that hold its signature, as Annotations gives them.
func (r Repository) Attach(imageDigest string, payload []byte, annotations map[string]string) string {
	r.T.Helper()
	return r.Artifact(tagOf(imageDigest)+".sig", "", "", Layer{SimpleSigning, payload, annotations})
}

// Notarize pushes a signature that notation's own signer made as a referrer of subject. It says that
// the image with the digest of is signed. The certificate is NotationRoot's.
func (r Repository) Notarize(subject, of, mediaType string, expiry time.Duration) {
	r.T.Helper()
	leaf, root := testhelper.GetRSALeafCertificate(), testhelper.GetRSARootCertificate()
	made, err := signer.NewGenericSigner(leaf.PrivateKey, []*x509.Certificate{leaf.Cert, root.Cert})
	r.must(err)
	found, err := remote.Get(r.reference(of))
	r.must(err)
	envelope, _, err := made.Sign(context.Background(), ocispec.Descriptor{MediaType: string(found.MediaType), Digest: digest.Digest(of), Size: int64(len(found.Manifest))},
		notation.SignerSignOptions{SignatureMediaType: mediaType, ExpiryDuration: expiry})
	r.must(err)
	r.Artifact("", "application/vnd.cncf.notary.signature", subject, Layer{mediaType, envelope, nil})
}

// NotationRoot is the file of the certificate whose holder Notarize signs for.
func NotationRoot() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: testhelper.GetRSARootCertificate().Cert.Raw})
}

// Artifact pushes a manifest with layers, under a tag or (with the tag "") as a referrer of a subject,
// and gives its digest.
func (r Repository) Artifact(tag, artifactType, subject string, layers ...Layer) string {
	r.T.Helper()
	m := map[string]any{"schemaVersion": 2, "mediaType": types.OCIManifestSchema1,
		"config": r.blob("application/vnd.oci.empty.v1+json", []byte("{}"))}
	if artifactType != "" {
		m["artifactType"] = artifactType
	}
	if subject != "" {
		found, err := remote.Get(r.reference(subject))
		r.must(err)
		m["subject"] = map[string]any{"mediaType": types.OCIManifestSchema1, "digest": subject, "size": len(found.Manifest)}
	}
	var all []any
	for _, one := range layers {
		descriptor := r.blob(one.MediaType, one.Text)
		if one.Annotations != nil {
			descriptor["annotations"] = one.Annotations
		}
		all = append(all, descriptor)
	}
	m["layers"] = all
	text, err := json.Marshal(m)
	r.must(err)
	if tag == "" {
		tag = digestOf(text)
	}
	r.must(remote.Put(r.reference(tag), raw(text)))
	return digestOf(text)
}

func (r Repository) blob(mediaType string, text []byte) map[string]any {
	r.T.Helper()
	r.must(remote.WriteLayer(r.Name, static.NewLayer(text, types.MediaType(mediaType))))
	return map[string]any{"mediaType": mediaType, "digest": digestOf(text), "size": len(text)}
}

func (r Repository) reference(text string) name.Reference {
	if _, err := digest.Parse(text); err == nil {
		return r.Name.Digest(text)
	}
	return r.Name.Tag(text)
}

func (r Repository) must(err error) {
	r.T.Helper()
	if err != nil {
		r.T.Fatal(err)
	}
}

// raw is a manifest as remote.Put wants it.
type raw []byte

// RawManifest is the text of the manifest.
func (r raw) RawManifest() ([]byte, error) { return r, nil }

// MediaType is that of OCI manifests.
func (r raw) MediaType() (types.MediaType, error) { return types.OCIManifestSchema1, nil }

func digestOf(text []byte) string {
	sum := sha256.Sum256(text)
	return "sha256:" + hex.EncodeToString(sum[:])
}

package signature

import "time"

// State is what is known of a signature.
type State string

// The states. Only Verified is good; Present was not verified, because no rule gives a key or a
// trust root for it.
const (
	Verified State = "verified"
	Invalid  State = "invalid" // wrong key, another digest, a certificate or an identity that is not trusted, expired, not readable
	Present  State = "present"
	Absent   State = "absent"
	Unknown  State = "unknown" // it could not be read
)

// Report is the part of a ContainerImage fact about signatures and origin.
type Report struct {
	Signatures   []Signature   `json:"signatures,omitempty"`
	Provenance   []Provenance  `json:"provenance,omitempty"`
	Attestations []Attestation `json:"attestations,omitempty"`
	// Signed is the verdict on the signatures, Origin that on the provenance.
	Signed Verdict `json:"signed"`
	Origin Verdict `json:"origin"`
}

// Verdict sums up all signatures, or all provenance, of an image.
type Verdict struct {
	State  State  `json:"state"`
	Reason string `json:"reason"`
	// Policy is the repository glob of the rule that counted; "" if no rule is for the repository.
	Policy string `json:"policy,omitempty"`
	// Required is true if the rule requires it.
	Required bool `json:"required,omitempty"`
	// Copied is true if every signature that verified names another repository, or another tag: the image
	// was copied with its signatures, or tagged anew.
	Copied bool `json:"copied,omitempty"`
	// Level is the SLSA build level that can be claimed, in the verdict on provenance.
	Level int `json:"level,omitempty"`
}

// Proof says what became of one signature and who made it. Identity and certificate are claims
// where the state is not verified.
type Proof struct {
	State  State  `json:"state"`
	Reason string `json:"reason"`
	// Key is the fingerprint of the key that verified: sha256: and the hex of the SHA-256 of its
	// PKIX encoding.
	Key         string    `json:"key,omitempty"`
	Identity    *Identity `json:"identity,omitempty"`
	Certificate *Validity `json:"certificate,omitempty"`
	SignedAt    string    `json:"signedAt,omitempty"` // RFC 3339; of a log or a timestamp authority, else as claimed
	// Digest is that of the manifest that holds the signature, Subject that which it was found for:
	// of the image or of its index.
	Digest  string `json:"digest,omitempty"`
	Subject string `json:"subject,omitempty"`
}

// Identity is who a certificate says signed.
type Identity struct {
	Issuer  string `json:"issuer"`
	Subject string `json:"subject"`
}

// Validity is when a certificate is valid, in RFC 3339.
type Validity struct {
	NotBefore string `json:"notBefore"`
	NotAfter  string `json:"notAfter"`
}

// The kinds of signatures.
const (
	KindCosign   = "cosign"        // a payload and its signature in annotations, below the tag sha256-HEX.sig
	KindBundle   = "cosign-bundle" // a Sigstore bundle that refers to the image
	KindNotation = "notation"
)

// Signature is one signature of the image.
type Signature struct {
	Kind string `json:"kind"`
	Proof
	// Reference is the repository, and may be the tag, that the signer named, where the form has a place for it.
	Reference string `json:"reference,omitempty"`
	// Copied is true if that is not the image's.
	Copied bool `json:"copied,omitempty"`
}

// Provenance is one statement about how the image was built (SLSA provenance v0.2 or v1).
type Provenance struct {
	Proof
	PredicateType string  `json:"predicateType"`
	Builder       string  `json:"builder,omitempty"`
	BuildType     string  `json:"buildType,omitempty"`
	Source        *Source `json:"source,omitempty"`
	EntryPoint    string  `json:"entryPoint,omitempty"` // the workflow or file that was built from
	Invocation    string  `json:"invocation,omitempty"` // the builder's name for this run
	BuiltAt       string  `json:"builtAt,omitempty"`    // RFC 3339, as the builder says
	// Level is the SLSA build level that can be claimed: 0 nothing, 1 it is there, 2 it is signed and
	// verified, 3 signed by an isolated builder that the rule allows. LevelReason says why not more.
	Level       int    `json:"level"`
	LevelReason string `json:"levelReason"`
}

// Source is what an image was built from.
type Source struct {
	URI    string `json:"uri"`
	Digest string `json:"digest,omitempty"` // the commit
}

// Attestation is another signed statement about the image.
type Attestation struct {
	Proof
	// Kind is sbom, vulnerabilities or other.
	Kind          string `json:"kind"`
	PredicateType string `json:"predicateType"`
	// Scanner, its Version and ScannedAt (RFC 3339) are told of a vulnerability scan.
	Scanner   string `json:"scanner,omitempty"`
	Version   string `json:"version,omitempty"`
	ScannedAt string `json:"scannedAt,omitempty"`
	// Packages is the number of packages or components that a bill of materials lists.
	Packages int `json:"packages,omitempty"`
}

// moment writes a time; "" for none.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

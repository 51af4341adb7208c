package signature

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
)

const (
	mostKeys    = 32   // in one file
	leastRSA    = 2048 // bits
	mostRSABits = 16384
)

// appendKeys adds the public keys of a PEM file.
func appendKeys(keys []key, file string, text []byte) ([]key, error) {
	number := 0
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if number++; number > mostKeys {
			return keys, fmt.Errorf("read %s: it holds more than %d keys: use several rules or files", file, mostKeys)
		}
		public, err := publicKey(block)
		if err != nil {
			return keys, fmt.Errorf("read %s: %w", file, err)
		}
		keys = append(keys, key{public: public, file: file, fingerprint: fingerprint(public)})
	}
	if number == 0 {
		return keys, fmt.Errorf("read %s: it holds no PEM public key: give the file that cosign calls cosign.pub", file)
	}
	return keys, nil
}

func publicKey(block *pem.Block) (crypto.PublicKey, error) {
	var public any
	var err error
	switch block.Type {
	case "PUBLIC KEY":
		public, err = x509.ParsePKIXPublicKey(block.Bytes)
	case "RSA PUBLIC KEY":
		public, err = x509.ParsePKCS1PublicKey(block.Bytes)
	default:
		return nil, fmt.Errorf("PEM block %q is not a public key: give the file that cosign calls cosign.pub", clean(block.Type, 40))
	}
	if err != nil {
		return nil, fmt.Errorf("public key: %s", plain(err))
	}
	switch k := public.(type) {
	case *ecdsa.PublicKey, ed25519.PublicKey:
		return k, nil
	case *rsa.PublicKey:
		if bits := k.N.BitLen(); bits < leastRSA || bits > mostRSABits {
			return nil, fmt.Errorf("RSA key has %d bits: use one from %d to %d", bits, leastRSA, mostRSABits)
		}
		return k, nil
	}
	return nil, fmt.Errorf("keys of type %T cannot be used: use ECDSA, Ed25519 or RSA", public)
}

// fingerprint names a key by the SHA-256 of its PKIX encoding, as `openssl pkey -pubin -outform DER | sha256sum`.
func fingerprint(public crypto.PublicKey) string {
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(der)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// message is what is signed, with the hashes that keys need: taken once, as it may be long.
type message struct {
	text   []byte
	sum256 [sha256.Size]byte
	sum384 [sha512.Size384]byte
	sum512 [sha512.Size]byte
}

func newMessage(text []byte) message {
	return message{text: text, sum256: sha256.Sum256(text), sum384: sha512.Sum384(text), sum512: sha512.Sum512(text)}
}

// verifies reports whether the key made a signature of a message. Signatures name no scheme, so those
// that cosign and the KMS behind it make with such a key are tried: SHA-256 always, and the hash that
// suits the curve; Ed25519 and Ed25519ph; PKCS #1 v1.5 and PSS.
func (k key) verifies(m *message, signature []byte) bool {
	switch public := k.public.(type) {
	case *ecdsa.PublicKey:
		if ecdsa.VerifyASN1(public, m.sum256[:], signature) {
			return true
		}
		switch public.Curve.Params().BitSize {
		case 384:
			return ecdsa.VerifyASN1(public, m.sum384[:], signature)
		case 521:
			return ecdsa.VerifyASN1(public, m.sum512[:], signature)
		}
	case ed25519.PublicKey:
		return len(signature) == ed25519.SignatureSize && (ed25519.Verify(public, m.text, signature) ||
			ed25519.VerifyWithOptions(public, m.sum512[:], signature, &ed25519.Options{Hash: crypto.SHA512}) == nil)
	case *rsa.PublicKey:
		return rsa.VerifyPKCS1v15(public, crypto.SHA256, m.sum256[:], signature) == nil ||
			rsa.VerifyPSS(public, crypto.SHA256, m.sum256[:], signature, nil) == nil
	}
	return false
}

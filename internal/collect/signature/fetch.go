package signature

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/kubeproof/kubeproof/internal/inventory"
)

const (
	mostManifest = 4 << 20  // of one manifest or index, in bytes
	mostBlob     = 16 << 20 // of one payload, envelope or bundle
	mostBytes    = 96 << 20 // of all for one image
	mostFound    = 50       // signatures and attestations of one image
	mostListed   = 200      // manifests that are looked at because they refer to the image
	mostErrors   = 20
	mostText     = 300 // of one text that is told, in bytes
)

// errTooLarge is what goes beyond a bound.
var errTooLarge = errors.New("it is larger than may be read")

// manifest reads a manifest by tag or digest, and gives its digest.
func (s *search) manifest(reference string) (raw []byte, digest string, err error) {
	raw, _, err = s.from.Manifest(s.ctx, reference)
	if err != nil {
		return nil, "", err
	}
	if len(raw) > mostManifest || int64(len(raw)) > s.bytes {
		return nil, "", fmt.Errorf("manifest has %d bytes: %w", len(raw), errTooLarge)
	}
	s.bytes -= int64(len(raw))
	if strings.Contains(reference, ":") {
		return raw, reference, checkDigest(reference, raw)
	}
	sum := sha256.Sum256(raw)
	return raw, "sha256:" + hex.EncodeToString(sum[:]), nil
}

// holder reads a manifest that holds signatures.
func (s *search) holder(reference string) (m ocispec.Manifest, digest string, err error) {
	raw, digest, err := s.manifest(reference)
	if err == nil {
		err = json.Unmarshal(raw, &m)
	}
	return m, digest, err
}

// blob reads a blob and holds it against its digest.
func (s *search) blob(of ocispec.Descriptor) ([]byte, error) {
	most := min(s.bytes, mostBlob)
	if of.Size > most {
		return nil, fmt.Errorf("blob has %d bytes: %w", of.Size, errTooLarge)
	}
	digest := string(of.Digest)
	if tagOf(digest) == "" {
		return nil, errors.New("manifest names a blob without digest")
	}
	r, err := s.from.Blob(s.ctx, digest)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	text, err := io.ReadAll(io.LimitReader(r, most+1))
	s.bytes -= int64(len(text))
	switch {
	case err != nil:
		return nil, err
	case int64(len(text)) > most:
		return nil, errTooLarge
	}
	return text, checkDigest(digest, text)
}

// errDigest is content that is not what its digest says.
var errDigest = errors.New("content differs from its digest")

func checkDigest(digest string, text []byte) error {
	algorithm, want, _ := strings.Cut(digest, ":")
	var got []byte
	switch algorithm {
	case "sha256":
		sum := sha256.Sum256(text)
		got = sum[:]
	case "sha512":
		sum := sha512.Sum512(text)
		got = sum[:]
	default:
		return fmt.Errorf("digest algorithm %q is not known", clean(algorithm, 20))
	}
	if hex.EncodeToString(got) != want {
		return errDigest
	}
	return nil
}

// tagOf writes a digest as the tag that things about it are kept under; "" if it is no digest.
func tagOf(digest string) string {
	algorithm, value, ok := strings.Cut(digest, ":")
	if _, err := hex.DecodeString(value); !ok || err != nil || len(value) < 64 || len(value) > 128 || algorithm == "" || strings.Trim(algorithm, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
		return ""
	}
	return algorithm + "-" + value
}

// fail notes that something that may hold a signature could not be read. What is not there is no
// error, and what can be read but is broken is an invalid signature, not an error.
func (s *search) fail(message string) {
	s.lost = true
	switch n := len(s.errors); {
	case n < mostErrors:
		s.errors = append(s.errors, inventory.Error{File: s.image.name(), Message: message, Lost: true})
	case n == mostErrors:
		s.errors = append(s.errors, inventory.Error{File: s.image.name(), Message: "more signatures could not be read", Lost: true})
	}
}

// room reports whether one more signature may be read, and notes once that one may not.
func (s *search) room() bool {
	if s.found++; s.found <= mostFound {
		return true
	}
	if !s.full {
		s.full = true
		s.fail(fmt.Sprintf("there are more than %d signatures and attestations: the rest was not read", mostFound))
	}
	return false
}

func (i Image) name() string {
	if i.Repository == "" {
		return i.Digest
	}
	return i.Repository + "@" + i.Digest
}

// listsNothing reports whether an index has no manifests.
func listsNothing(index []byte) bool {
	var list struct {
		Manifests []json.RawMessage `json:"manifests"`
	}
	return json.Unmarshal(index, &list) == nil && len(list.Manifests) == 0
}

// clean makes a text fit to be told: one line, no control characters, at most so many bytes.
func clean(text string, most int) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == 0xfffd {
			return ' '
		}
		return r
	}, text[:min(len(text), most+4)])
	if len(text) > most {
		text = string(bytes.ToValidUTF8([]byte(text[:most]), nil)) + "..."
	}
	return text
}

// plain is the text of an error, fit to be told.
func plain(err error) string { return clean(strings.ReplaceAll(err.Error(), "\n", "; "), mostText) }

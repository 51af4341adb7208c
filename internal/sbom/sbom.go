// Package sbom writes bills of materials, CycloneDX 1.6 and SPDX 2.3 in JSON, and reads those of
// other tools. The same packages give the same bytes: time is a parameter, and identifiers are derived
// from the content. Begin with Bill, WriteCycloneDX and Read.
package sbom

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/kubeproof/kubeproof/internal/software"
)

// The formats, as Read names them and the command line knows them.
const (
	CycloneDX = "cyclonedx"
	SPDX      = "spdx"
)

// Formats lists the formats that are written.
var Formats = []string{CycloneDX, SPDX}

// Kind is what a bill is about.
type Kind string

// The kinds.
const (
	Image  Kind = "image"
	Folder Kind = "folder"
)

// Bill is what is written: the packages of one image or folder.
type Bill struct {
	Kind Kind
	// Name is the image's reference, or the folder's name.
	Name string
	// Digest is that of an image's manifest, as sha256:...; "" if there is none.
	Digest   string
	Packages []software.Package // in any order
	// Created is when the packages were looked at. Zero is left out where the format allows it, and
	// else stands for the beginning of 1970.
	Created time.Time
	// Version is that of the program that writes; "" if unknown.
	Version string
}

// Write writes a bill in one of the Formats. The error is of w, or says that there is no such format.
func Write(w io.Writer, format string, b Bill) error {
	switch format {
	case CycloneDX:
		return WriteCycloneDX(w, b)
	case SPDX:
		return WriteSPDX(w, b)
	}
	return fmt.Errorf("no bill of materials is called %q: take one of %s", format, strings.Join(Formats, ", "))
}

// entry is one package with all places in which it was found.
type entry struct {
	software.Package
	purl   string
	places []place
}

// place is where a package was found.
type place struct {
	Path     string `json:"path,omitempty"`
	Layer    int    `json:"layer,omitempty"`
	Declared bool   `json:"declared,omitempty"`
}

// entries puts equal packages together, in the order of software.Compare.
func (b Bill) entries() []*entry {
	sorted := slices.Clone(b.Packages)
	slices.SortFunc(sorted, compare)
	var all []*entry
	byURL := map[string]*entry{}
	for _, p := range sorted {
		purl := p.PURL()
		one := byURL[purl]
		if one == nil {
			one = &entry{Package: p, purl: purl}
			byURL[purl] = one
			all = append(all, one)
		}
		for _, license := range p.Licenses {
			if !slices.Contains(one.Licenses, license) {
				one.Licenses = append(slices.Clip(one.Licenses), license)
			}
		}
		if at := (place{p.Path, p.Layer, p.Declared}); !slices.Contains(one.places, at) {
			one.places = append(one.places, at)
		}
	}
	return all
}

// compare settles what software.Compare leaves open, so that the order given never shows.
func compare(a, b software.Package) int {
	if order := software.Compare(a, b); order != 0 {
		return order
	}
	return strings.Compare(fmt.Sprint(a), fmt.Sprint(b))
}

// declared holds if nothing shows that the package is installed.
func (e *entry) declared() bool {
	return !slices.ContainsFunc(e.places, func(at place) bool { return !at.Declared })
}

// encode writes a document as JSON, indented by two blanks.
func encode(document any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(document)
	return out.Bytes(), err
}

// uuid derives an identifier from a content: a UUID of version 8 (RFC 9562).
func uuid(content []byte) string {
	sum := sha256.Sum256(content)
	sum[6] = sum[6]&0x0f | 0x80
	sum[8] = sum[8]&0x3f | 0x80
	text := hex.EncodeToString(sum[:16])
	return strings.Join([]string{text[:8], text[8:12], text[12:16], text[16:20], text[20:]}, "-")
}

// purl names an image: the last part of its repository, its digest, and where it is kept.
func (b Bill) purl() string {
	if b.Kind != Image || b.Digest == "" {
		return ""
	}
	repository, _, _ := strings.Cut(b.Name, "@")
	if colon := strings.LastIndexByte(repository, ':'); colon > strings.LastIndexByte(repository, '/') {
		repository = repository[:colon]
	}
	name := strings.ToLower(repository[strings.LastIndexByte(repository, '/')+1:])
	if name == "" {
		return ""
	}
	url := software.Package{Type: "oci", Name: name, Version: b.Digest}.PURL()
	if strings.Contains(repository, "/") {
		url += "?repository_url=" + strings.ReplaceAll(strings.ToLower(repository), "/", "%2F")
	}
	return url
}

// sha256Of gives the hexadecimal digits of a digest; "" if it is no sha256.
func sha256Of(digest string) string {
	digits, found := strings.CutPrefix(digest, "sha256:")
	if _, err := hex.DecodeString(digits); !found || err != nil || len(digits) != 2*sha256.Size {
		return ""
	}
	return digits
}

package sbom

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"
)

// The document, as https://spdx.github.io/spdx-spec/v2.3/ has it; only what is used.
type (
	spdxDocument struct {
		Version       string             `json:"spdxVersion"`
		DataLicense   string             `json:"dataLicense"`
		ID            string             `json:"SPDXID"`
		Name          string             `json:"name"`
		Namespace     string             `json:"documentNamespace"`
		Creation      spdxCreation       `json:"creationInfo"`
		Packages      []spdxPackage      `json:"packages"`
		Licenses      []spdxLicenseText  `json:"hasExtractedLicensingInfos,omitempty"`
		Relationships []spdxRelationship `json:"relationships"`
	}
	spdxCreation struct {
		Created  string   `json:"created"`
		Creators []string `json:"creators"`
	}
	spdxPackage struct {
		Name             string           `json:"name"`
		ID               string           `json:"SPDXID"`
		Version          string           `json:"versionInfo,omitempty"`
		Purpose          string           `json:"primaryPackagePurpose,omitempty"`
		DownloadLocation string           `json:"downloadLocation"`
		FilesAnalyzed    bool             `json:"filesAnalyzed"`
		SourceInfo       string           `json:"sourceInfo,omitempty"`
		Concluded        string           `json:"licenseConcluded"`
		Declared         string           `json:"licenseDeclared"`
		Copyright        string           `json:"copyrightText"`
		Checksums        []spdxChecksum   `json:"checksums,omitempty"`
		References       []spdxReference  `json:"externalRefs,omitempty"`
		Annotations      []spdxAnnotation `json:"annotations,omitempty"`
	}
	spdxChecksum struct {
		Algorithm string `json:"algorithm"`
		Value     string `json:"checksumValue"`
	}
	spdxReference struct {
		Category string `json:"referenceCategory"`
		Type     string `json:"referenceType"`
		Locator  string `json:"referenceLocator"`
	}
	spdxAnnotation struct {
		Date      string `json:"annotationDate"`
		Type      string `json:"annotationType"`
		Annotator string `json:"annotator"`
		Comment   string `json:"comment"`
	}
	spdxLicenseText struct {
		ID   string `json:"licenseId"`
		Name string `json:"name"`
		Text string `json:"extractedText"`
	}
	spdxRelationship struct {
		Element string `json:"spdxElementId"`
		Type    string `json:"relationshipType"`
		Related string `json:"relatedSpdxElement"`
	}
)

const (
	spdxRoot = "SPDXRef-Root"
	nothing  = "NOASSERTION"
	// annotator signs what SPDX has no field for: an annotation whose comment is a found in JSON.
	annotator = "Tool: kubeproof"
)

// found is what an annotation keeps of a package.
type found struct {
	Places        []place `json:"places,omitempty"`
	Source        string  `json:"source,omitempty"`
	SourceVersion string  `json:"sourceVersion,omitempty"`
}

// WriteSPDX writes SPDX 2.3 in JSON. The error is of w.
func WriteSPDX(w io.Writer, b Bill) error {
	created := b.Created
	if created.IsZero() {
		created = time.Unix(0, 0)
	}
	document := spdxDocument{Version: "SPDX-2.3", DataLicense: "CC0-1.0", ID: "SPDXRef-DOCUMENT", Name: b.Name,
		Creation: spdxCreation{created.UTC().Format("2006-01-02T15:04:05Z"), []string{strings.TrimSuffix("Tool: kubeproof-"+b.Version, "-")}}}
	document.Packages = []spdxPackage{b.spdxRoot()}
	document.Relationships = []spdxRelationship{{document.ID, "DESCRIBES", spdxRoot}}
	named := map[string]string{}
	for _, one := range b.entries() {
		p, err := one.spdx(document.Creation.Created, named)
		if err != nil {
			return fmt.Errorf("encode SPDX: %w", err)
		}
		document.Packages = append(document.Packages, p)
		document.Relationships = append(document.Relationships, spdxRelationship{spdxRoot, "CONTAINS", p.ID})
	}
	for _, id := range slices.Sorted(maps.Keys(named)) {
		document.Licenses = append(document.Licenses, spdxLicenseText{id, named[id], named[id]})
	}
	content, err := encode(document)
	if err != nil {
		return fmt.Errorf("encode SPDX: %w", err)
	}
	document.Namespace = "https://kubeproof.dev/spdx/" + url.PathEscape(b.Name) + "-" + uuid(content)
	if content, err = encode(document); err != nil {
		return fmt.Errorf("encode SPDX: %w", err)
	}
	_, err = w.Write(content)
	return err
}

func (b Bill) spdxRoot() spdxPackage {
	p := spdxPackage{Name: b.Name, ID: spdxRoot, Version: b.Digest, Purpose: "SOURCE", DownloadLocation: nothing, Concluded: nothing, Declared: nothing, Copyright: nothing}
	if b.Kind == Image {
		p.Purpose = "CONTAINER"
	}
	if digits := sha256Of(b.Digest); digits != "" {
		p.Checksums = []spdxChecksum{{"SHA256", digits}}
	}
	if purl := b.purl(); purl != "" {
		p.References = []spdxReference{{"PACKAGE-MANAGER", "purl", purl}}
	}
	return p
}

func (e *entry) spdx(created string, named map[string]string) (spdxPackage, error) {
	p := spdxPackage{Name: e.Name, Version: e.Version, DownloadLocation: nothing, Concluded: nothing,
		Declared: spdxLicense(e.Licenses, named), Copyright: nothing, References: []spdxReference{{"PACKAGE-MANAGER", "purl", e.purl}}}
	sum := sha256.Sum256([]byte(e.purl))
	p.ID = "SPDXRef-Package-" + hex.EncodeToString(sum[:10])
	more := found{Source: e.Source, SourceVersion: e.SourceVersion}
	var paths []string
	for _, at := range e.places {
		if at != (place{}) {
			more.Places = append(more.Places, at)
			paths = append(paths, at.Path)
		}
	}
	if len(paths) > 0 {
		p.SourceInfo = "found in " + strings.Join(paths, ", ")
	}
	if len(more.Places) == 0 && more.Source == "" && more.SourceVersion == "" {
		return p, nil
	}
	comment, err := json.Marshal(more)
	p.Annotations = []spdxAnnotation{{created, "OTHER", annotator, string(comment)}}
	return p, err
}

// cutMaven cuts groupId:artifactId.
func cutMaven(name string) (group, artifact string) {
	if group, artifact, found := strings.Cut(name, ":"); found {
		return group, artifact
	}
	return "", name
}

package sbom

import (
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/kubeproof/kubeproof/internal/software"
)

// The document, as https://cyclonedx.org/docs/1.6/json/ has it; only what is used.
type (
	cdxDocument struct {
		Schema       string          `json:"$schema"`
		Format       string          `json:"bomFormat"`
		SpecVersion  string          `json:"specVersion"`
		SerialNumber string          `json:"serialNumber,omitempty"`
		Version      int             `json:"version"`
		Metadata     cdxMetadata     `json:"metadata"`
		Components   []cdxComponent  `json:"components"`
		Dependencies []cdxDependency `json:"dependencies"`
	}
	cdxMetadata struct {
		Timestamp string        `json:"timestamp,omitempty"`
		Tools     *cdxTools     `json:"tools,omitempty"`
		Component *cdxComponent `json:"component,omitempty"`
	}
	cdxTools struct {
		Components []cdxComponent `json:"components"`
	}
	cdxComponent struct {
		Type       string         `json:"type"`
		Ref        string         `json:"bom-ref,omitempty"`
		Group      string         `json:"group,omitempty"`
		Name       string         `json:"name"`
		Version    string         `json:"version,omitempty"`
		Hashes     []cdxHash      `json:"hashes,omitempty"`
		Licenses   []cdxLicense   `json:"licenses,omitempty"`
		PURL       string         `json:"purl,omitempty"`
		Properties []cdxProperty  `json:"properties,omitempty"`
		Components []cdxComponent `json:"components,omitempty"`
		Evidence   *cdxEvidence   `json:"evidence,omitempty"`
	}
	cdxHash struct {
		Algorithm string `json:"alg"`
		Content   string `json:"content"`
	}
	cdxLicense struct {
		License    *cdxNamedLicense `json:"license,omitempty"`
		Expression string           `json:"expression,omitempty"`
	}
	cdxNamedLicense struct {
		ID   string `json:"id,omitempty"`
		Name string `json:"name,omitempty"`
	}
	cdxProperty struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	cdxEvidence struct {
		Occurrences []cdxOccurrence `json:"occurrences,omitempty"`
	}
	cdxOccurrence struct {
		Location string `json:"location"`
		// Context holds, in our own bills, layer and whether a lock file declares it.
		Context string `json:"additionalContext,omitempty"`
	}
	cdxDependency struct {
		Ref       string   `json:"ref"`
		DependsOn []string `json:"dependsOn,omitempty"`
	}
)

// The properties in which what CycloneDX has no field for is kept.
const (
	propertySource        = "kubeproof:source"
	propertySourceVersion = "kubeproof:sourceVersion"
	propertyDeclared      = "kubeproof:declared"
)

// WriteCycloneDX writes CycloneDX 1.6 in JSON. The error is of w.
func WriteCycloneDX(w io.Writer, b Bill) error {
	root := b.cdxRoot()
	document := cdxDocument{Schema: "http://cyclonedx.org/schema/bom-1.6.schema.json", Format: "CycloneDX", SpecVersion: "1.6",
		Version: 1, Components: []cdxComponent{}}
	document.Metadata = cdxMetadata{Component: &root,
		Tools: &cdxTools{[]cdxComponent{{Type: "application", Name: "kubeproof", Version: b.Version}}}}
	if !b.Created.IsZero() {
		document.Metadata.Timestamp = b.Created.UTC().Format(time.RFC3339)
	}
	top := cdxDependency{Ref: root.Ref}
	for _, one := range b.entries() {
		document.Components = append(document.Components, one.cdx())
		top.DependsOn = append(top.DependsOn, one.purl)
	}
	document.Dependencies = []cdxDependency{top}
	content, err := encode(document)
	if err != nil {
		return fmt.Errorf("encode CycloneDX: %w", err)
	}
	document.SerialNumber = "urn:uuid:" + uuid(content)
	if content, err = encode(document); err != nil {
		return fmt.Errorf("encode CycloneDX: %w", err)
	}
	_, err = w.Write(content)
	return err
}

func (b Bill) cdxRoot() cdxComponent {
	root := cdxComponent{Type: "application", Ref: "root", Name: b.Name}
	if b.Kind == Image {
		root.Type, root.Version, root.PURL = "container", b.Digest, b.purl()
	}
	if digits := sha256Of(b.Digest); digits != "" {
		root.Hashes = []cdxHash{{"SHA-256", digits}}
	}
	return root
}

func (e *entry) cdx() cdxComponent {
	c := cdxComponent{Type: "library", Ref: e.purl, Name: e.Name, Version: e.Version, PURL: e.purl, Licenses: cdxLicenses(e.Licenses)}
	if e.Type == software.Maven {
		c.Group, c.Name = cutMaven(e.Name)
	}
	add := func(name, value string) {
		if value != "" {
			c.Properties = append(c.Properties, cdxProperty{name, value})
		}
	}
	if e.declared() {
		add(propertyDeclared, "true")
	}
	add(propertySource, e.Source)
	add(propertySourceVersion, e.SourceVersion)
	for _, at := range e.places {
		if at.Path == "" {
			continue
		}
		if c.Evidence == nil {
			c.Evidence = &cdxEvidence{}
		}
		c.Evidence.Occurrences = append(c.Evidence.Occurrences, cdxOccurrence{at.Path, at.context()})
	}
	return c
}

// context tells a place's layer and nature in words that read back.
func (p place) context() string {
	if p.Declared {
		return "layer " + strconv.Itoa(p.Layer) + ", declared"
	}
	return "layer " + strconv.Itoa(p.Layer)
}

// cdxLicenses writes licences: an expression may only stand alone.
func cdxLicenses(given []string) []cdxLicense {
	if len(given) == 1 && !isLicenseID(given[0]) && isExpression(given[0]) {
		return []cdxLicense{{Expression: given[0]}}
	}
	var all []cdxLicense
	for _, one := range given {
		if isLicenseID(one) {
			all = append(all, cdxLicense{License: &cdxNamedLicense{ID: one}})
		} else {
			all = append(all, cdxLicense{License: &cdxNamedLicense{Name: one}})
		}
	}
	return all
}

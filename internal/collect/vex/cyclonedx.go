package vex

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
)

// readCycloneDX reads vulnerabilities with an analysis of a CycloneDX document in JSON, versions 1.4
// and later (https://cyclonedx.org/docs/1.6/json/#vulnerabilities).
func (d *document) readCycloneDX(text []byte) {
	var bom struct {
		Metadata struct {
			Timestamp    string       `json:"timestamp"`
			Component    *component   `json:"component"`
			Supplier     organisation `json:"supplier"`
			Manufacturer organisation `json:"manufacturer"`
			Authors      []struct {
				Name string `json:"name"`
			} `json:"authors"`
		} `json:"metadata"`
		Components      []component       `json:"components"`
		Vulnerabilities []json.RawMessage `json:"vulnerabilities"`
	}
	if err := json.Unmarshal(text, &bom); err != nil {
		d.fail("%s", plain(err))
		return
	}
	refs := map[string]string{}
	if bom.Metadata.Component != nil {
		name(refs, []component{*bom.Metadata.Component})
	}
	name(refs, bom.Components)
	author := bom.Metadata.Supplier.Name
	if author == "" {
		author = bom.Metadata.Manufacturer.Name
	}
	if author == "" && len(bom.Metadata.Authors) > 0 {
		author = bom.Metadata.Authors[0].Name
	}
	for number, raw := range bom.Vulnerabilities {
		var one analysed
		if err := json.Unmarshal(raw, &one); err != nil {
			d.fail("vulnerability %d: %s", number+1, plain(err))
			continue
		}
		d.analysed(&one, refs, author, bom.Metadata.Timestamp)
	}
}

type organisation struct {
	Name string `json:"name"`
}

type component struct {
	Ref        string      `json:"bom-ref"`
	PURL       string      `json:"purl"`
	Type       string      `json:"type"`
	Name       string      `json:"name"`
	Version    string      `json:"version"`
	Components []component `json:"components"`
}

// name notes what references of the document mean. A container without a package URL is called by its name.
func name(refs map[string]string, components []component) {
	for _, c := range components {
		switch {
		case c.PURL != "":
			refs[c.Ref] = c.PURL
		case c.Type == "container" && strings.Contains(c.Version, ":"):
			refs[c.Ref] = c.Version // its digest
		case c.Type == "container" && c.Version != "":
			refs[c.Ref] = c.Name + ":" + c.Version
		case c.Type == "container":
			refs[c.Ref] = c.Name
		}
		name(refs, c.Components)
	}
}

type analysed struct {
	ID         string                `json:"id"`
	References []struct{ ID string } `json:"references"`
	Published  string                `json:"published"`
	Updated    string                `json:"updated"`
	Analysis   struct {
		State         string `json:"state"`
		Justification string `json:"justification"`
		Detail        string `json:"detail"`
		FirstIssued   string `json:"firstIssued"`
		LastUpdated   string `json:"lastUpdated"`
	} `json:"analysis"`
	Affects []struct {
		Ref      string            `json:"ref"`
		Versions []affectedVersion `json:"versions"`
	} `json:"affects"`
}

type affectedVersion struct {
	Version string `json:"version"`
	Range   string `json:"range"`
	Status  string `json:"status"`
}

var states = map[string]Status{"resolved": Fixed, "resolved_with_pedigree": Fixed, "exploitable": Affected,
	"in_triage": UnderInvestigation, "false_positive": NotAffected, "not_affected": NotAffected}

func (d *document) analysed(one *analysed, refs map[string]string, author, written string) {
	if one.Analysis.State == "" {
		return // a finding, not a statement on it
	}
	status, known := states[one.Analysis.State]
	if !known {
		d.fail("the analysis of %.100q has the state %.40q, which is none of CycloneDX", one.ID, one.Analysis.State)
		return
	}
	s := Statement{Vulnerabilities: []string{one.ID}, Status: status, Justification: one.Analysis.Justification, Impact: one.Analysis.Detail,
		Author: author, Time: instant(one.Analysis.LastUpdated, one.Analysis.FirstIssued, one.Updated, written)}
	for _, reference := range one.References {
		s.Vulnerabilities = append(s.Vulnerabilities, reference.ID)
	}
	for _, affects := range one.Affects {
		product := resolve(refs, affects.Ref)
		if product == "" {
			d.fail("the analysis of %.100q is about %.100q, which is no component with a package URL here", one.ID, affects.Ref)
			continue
		}
		s.Products = append(s.Products, d.versions(one.ID, product, status, affects.Versions)...)
	}
	d.take(s)
}

// resolve follows a reference: inside the document, or a BOM-Link urn:cdx:SERIAL/VERSION#REF.
func resolve(refs map[string]string, ref string) string {
	if product := refs[ref]; product != "" {
		return product
	}
	if _, inside, found := strings.Cut(ref, "#"); found && strings.HasPrefix(ref, "urn:cdx:") {
		ref = inside
		if plain, err := url.PathUnescape(inside); err == nil {
			ref = plain
		}
		if product := refs[ref]; product != "" {
			return product
		}
	}
	if strings.HasPrefix(ref, "pkg:") {
		return ref
	}
	return ""
}

// versions narrows a product to the versions that are named with a status that fits the analysis.
func (d *document) versions(id, product string, status Status, versions []affectedVersion) []Product {
	if len(versions) == 0 {
		return []Product{{Name: product}}
	}
	fitting := []string{"", "affected", "unknown"}
	if status == NotAffected || status == Fixed {
		fitting = []string{"", "unaffected"}
	}
	u, isURL := parseURL(product)
	var all []Product
	for _, v := range versions {
		switch {
		case v.Range != "" || !isURL:
			d.fail("the analysis of %.100q is about a range of versions, which is not compared: name each version", id)
		case slices.Contains(fitting, v.Status) && (u.version == "" || u.version == v.Version):
			all = append(all, Product{Name: withVersion(product, v.Version)})
		}
	}
	return all
}

func withVersion(product, version string) string {
	if u, _ := parseURL(product); u.version != "" {
		return product
	}
	at := len(product)
	if i := strings.IndexAny(product, "?#"); i >= 0 {
		at = i
	}
	return product[:at] + "@" + url.PathEscape(version) + product[at:]
}

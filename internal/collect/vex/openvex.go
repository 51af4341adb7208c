package vex

import (
	"encoding/json"
	"slices"
)

// readOpenVEX reads https://github.com/openvex/spec, versions 0.0.1, where vulnerabilities and
// products were texts, to 0.2.0, where they are objects.
func (d *document) readOpenVEX(text []byte) {
	var v struct {
		Author     string            `json:"author"`
		Timestamp  string            `json:"timestamp"`
		Updated    string            `json:"last_updated"`
		Statements []json.RawMessage `json:"statements"`
	}
	if err := json.Unmarshal(text, &v); err != nil {
		d.fail("%s", plain(err))
		return
	}
	for number, raw := range v.Statements {
		var one openStatement
		if err := json.Unmarshal(raw, &one); err != nil {
			d.fail("statement %d: %s", number+1, plain(err))
			continue
		}
		if !slices.Contains([]Status{NotAffected, Affected, Fixed, UnderInvestigation}, one.Status) {
			d.fail("statement %d: its status %.40q is none of OpenVEX", number+1, one.Status)
			continue
		}
		s := Statement{Status: one.Status, Justification: one.Justification, Impact: one.Impact, Author: v.Author,
			Time: instant(one.Updated, one.Timestamp, v.Updated, v.Timestamp)}
		s.Vulnerabilities = append([]string{one.Vulnerability.Name, lastPart(one.Vulnerability.ID)}, one.Vulnerability.Aliases...)
		for _, p := range one.Products {
			s.Products = append(s.Products, p.products(one.Subcomponents)...)
		}
		d.take(s)
	}
}

type openStatement struct {
	Vulnerability openVulnerability `json:"vulnerability"`
	Timestamp     string            `json:"timestamp"`
	Updated       string            `json:"last_updated"`
	Products      []openProduct     `json:"products"`
	Subcomponents []openProduct     `json:"subcomponents"` // of all products, before 0.2.0
	Status        Status            `json:"status"`
	Justification string            `json:"justification"`
	Impact        string            `json:"impact_statement"`
}

type openVulnerability struct {
	ID      string   `json:"@id"`
	Name    string   `json:"name"`
	Aliases []string `json:"aliases"`
}

// UnmarshalJSON takes a text for the name.
func (v *openVulnerability) UnmarshalJSON(text []byte) error {
	if len(text) > 0 && text[0] == '"' {
		return json.Unmarshal(text, &v.Name)
	}
	type object openVulnerability
	return json.Unmarshal(text, (*object)(v))
}

type openProduct struct {
	ID            string            `json:"@id"`
	Identifiers   map[string]string `json:"identifiers"`
	Hashes        map[string]string `json:"hashes"`
	Subcomponents []openProduct     `json:"subcomponents"`
}

// UnmarshalJSON takes a text for the identifier.
func (p *openProduct) UnmarshalJSON(text []byte) error {
	if len(text) > 0 && text[0] == '"' {
		return json.Unmarshal(text, &p.ID)
	}
	type object openProduct
	return json.Unmarshal(text, (*object)(p))
}

// names are what a product is called: all mean the same one.
func (p *openProduct) names() []string {
	var all []string
	for _, name := range []string{p.ID, p.Identifiers["purl"]} {
		if name != "" {
			all = append(all, name)
		}
	}
	for _, kind := range []string{"sha-256", "sha256"} {
		if hash := p.Hashes[kind]; hash != "" {
			all = append(all, "sha256:"+hash)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (p *openProduct) products(shared []openProduct) []Product {
	components := p.Subcomponents
	if len(components) == 0 {
		components = shared
	}
	var inside []string
	for i := range components {
		inside = append(inside, components[i].names()...)
	}
	if len(components) > 0 && len(inside) == 0 {
		return nil // of components without names: not of all
	}
	var all []Product
	for _, name := range p.names() {
		all = append(all, Product{Name: name, Components: inside})
	}
	return all
}

// lastPart is the identifier at the end of an address, as https://nvd.nist.gov/vuln/detail/CVE-2024-1.
func lastPart(id string) string {
	for i := len(id) - 1; i >= 0; i-- {
		if id[i] == '/' {
			return id[i+1:]
		}
	}
	return id
}

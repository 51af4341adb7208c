package vex

import (
	"encoding/json"
	"regexp"
	"slices"
)

// readCSAF reads a CSAF 2.0 document (https://docs.oasis-open.org/csaf/csaf/v2.0/csaf-v2.0.html), of the
// profile VEX or any other that tells the status of products.
func (d *document) readCSAF(text []byte) {
	var v struct {
		Document struct {
			Publisher struct {
				Name string `json:"name"`
			} `json:"publisher"`
			Tracking struct {
				Current string `json:"current_release_date"`
			} `json:"tracking"`
		} `json:"document"`
		Tree            productTree       `json:"product_tree"`
		Vulnerabilities []json.RawMessage `json:"vulnerabilities"`
	}
	if err := json.Unmarshal(text, &v); err != nil {
		d.fail("%s", plain(err))
		return
	}
	products := v.Tree.products()
	groups := map[string][]string{}
	for _, g := range v.Tree.Groups {
		groups[g.ID] = g.Products
	}
	for number, raw := range v.Vulnerabilities {
		var one csafVulnerability
		if err := json.Unmarshal(raw, &one); err != nil {
			d.fail("vulnerability %d: %s", number+1, plain(err))
			continue
		}
		one.author, one.written = v.Document.Publisher.Name, v.Document.Tracking.Current
		d.statuses(&one, products, groups)
	}
}

type productTree struct {
	Branches []branch       `json:"branches"`
	Names    []fullName     `json:"full_product_names"`
	Related  []relationship `json:"relationships"`
	Groups   []struct {
		ID       string   `json:"group_id"`
		Products []string `json:"product_ids"`
	} `json:"product_groups"`
}

type branch struct {
	Branches []branch  `json:"branches"`
	Product  *fullName `json:"product"`
}

type fullName struct {
	ID     string `json:"product_id"`
	Name   string `json:"name"`
	Helper struct {
		PURL string `json:"purl"`
		CPE  string `json:"cpe"`
	} `json:"product_identification_helper"`
}

type relationship struct {
	Part    string   `json:"product_reference"`
	Whole   string   `json:"relates_to_product_reference"`
	Product fullName `json:"full_product_name"`
}

// products gives what the identifiers of products mean, by package URLs. A component of a product is
// known by its own; if the product has one too, as an image has, it is inside of that one.
func (t *productTree) products() map[string]Product {
	all := map[string]Product{}
	names := slices.Clone(t.Names)
	names = gatherNames(names, t.Branches)
	cpes := map[string]string{}
	for _, n := range names {
		cpes[n.ID] = n.Helper.CPE
		if n.Helper.PURL != "" {
			all[n.ID] = Product{Name: n.Helper.PURL}
		}
	}
	for _, r := range t.Related {
		part, known := all[r.Part]
		if !known && r.Product.Helper.PURL != "" {
			part, known = Product{Name: r.Product.Helper.PURL}, true
		}
		if !known || len(part.Components) > 0 {
			continue
		}
		if whole, isURL := all[r.Whole]; isURL {
			all[r.Product.ID] = Product{Name: whole.Name, Components: []string{part.Name}}
		} else if release := releaseOf(cpes[r.Whole]); release != "" {
			all[r.Product.ID] = Product{Name: part.Name, Release: release}
		}
	}
	return all
}

func gatherNames(names []fullName, branches []branch) []fullName {
	for _, b := range branches {
		if b.Product != nil {
			names = append(names, *b.Product)
		}
		names = gatherNames(names, b.Branches)
	}
	return names
}

var enterpriseLinux = regexp.MustCompile(`^cpe:(?:/[oa]|2\.3:[oa]):redhat:enterprise_linux:(\d+)(?:[.:].*)?$`)

// releaseOf is the release of Red Hat Enterprise Linux by its CPE. A package of another product
// without a package URL is no package that could be recognised.
func releaseOf(cpe string) string {
	if parts := enterpriseLinux.FindStringSubmatch(cpe); parts != nil {
		return parts[1]
	}
	return ""
}

type csafVulnerability struct {
	CVE     string                  `json:"cve"`
	IDs     []struct{ Text string } `json:"ids"`
	Status  map[string][]string     `json:"product_status"`
	Flags   []aboutProducts         `json:"flags"`
	Threats []aboutProducts         `json:"threats"`

	author, written string
}

// aboutProducts is a flag, whose label is a justification, or a threat, whose details tell the impact.
type aboutProducts struct {
	Label    string   `json:"label"`
	Category string   `json:"category"`
	Details  string   `json:"details"`
	Date     string   `json:"date"`
	Products []string `json:"product_ids"`
	Groups   []string `json:"group_ids"`
}

// csafStatuses are the lists of product_status that say one of ours, those that claim less last.
var csafStatuses = []struct {
	list   string
	status Status
}{{"known_not_affected", NotAffected}, {"fixed", Fixed}, {"first_fixed", Fixed}, {"under_investigation", UnderInvestigation},
	{"known_affected", Affected}, {"first_affected", Affected}, {"last_affected", Affected}}

// statuses makes statements of the lists; products with the same reasons share one.
func (d *document) statuses(v *csafVulnerability, products map[string]Product, groups map[string][]string) {
	ids := []string{v.CVE}
	for _, id := range v.IDs {
		ids = append(ids, id.Text)
	}
	said, ok := v.reasons(groups)
	if !ok {
		d.fail("flags and threats of %.100q name more than %d products: it was not used", ids[0], mostReasons)
		return
	}
	unknown, used := 0, 0
	for _, kind := range csafStatuses {
		byReason := map[reason][]Product{}
		var reasons []reason
		for _, id := range v.Status[kind.list] {
			product, known := products[id]
			if !known {
				unknown++
				continue
			}
			used++
			why := said[id].orElse(said[""])
			if byReason[why] == nil {
				reasons = append(reasons, why)
			}
			byReason[why] = append(byReason[why], product)
		}
		for _, why := range reasons {
			d.take(Statement{Vulnerabilities: slices.Clone(ids), Products: byReason[why], Status: kind.status, Justification: why[0], Impact: why[1],
				Author: v.author, Time: instant(v.written)})
		}
	}
	// Products that are no packages, as those of Red Hat without a release of Linux, are usual beside others.
	if unknown > 0 && used == 0 {
		d.fail("%d products of %.100q are known by no package URL: what is said of them was not used", unknown, ids[0])
	}
}

// reason is a justification and an impact.
type reason [2]string

// mostReasons bounds what flags and threats may name of products together; groups name many at once.
const mostReasons = 1_000_000

// reasons gives what flags and threats say of each product, and under "" what they say of all.
func (v *csafVulnerability) reasons(groups map[string][]string) (map[string]reason, bool) {
	all, count := map[string]reason{}, 0
	note := func(part int, text string, products []string) bool {
		for _, product := range products {
			if r := all[product]; r[part] == "" {
				r[part] = text
				all[product] = r
			}
		}
		count += len(products)
		return count <= mostReasons
	}
	about := func(part int, text string, one *aboutProducts) bool {
		if len(one.Products)+len(one.Groups) == 0 {
			return note(part, text, []string{""})
		}
		for _, id := range one.Groups {
			if !note(part, text, groups[id]) {
				return false
			}
		}
		return note(part, text, one.Products)
	}
	for i := range v.Flags {
		if !about(0, v.Flags[i].Label, &v.Flags[i]) {
			return nil, false
		}
	}
	for i := range v.Threats {
		if v.Threats[i].Category == "impact" && !about(1, v.Threats[i].Details, &v.Threats[i]) {
			return nil, false
		}
	}
	return all, true
}

// orElse takes what is said of all products where nothing is said of one.
func (r reason) orElse(all reason) reason {
	for part := range r {
		if r[part] == "" {
			r[part] = all[part]
		}
	}
	return r
}

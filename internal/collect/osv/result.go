package osv

import "github.com/kubeproof/kubeproof/internal/collect/vex"

// Result is what advisories say about packages; both fields are part of the fact of an image.
type Result struct {
	Scan            Scan            `json:"scan"`
	Vulnerabilities []Vulnerability `json:"vulnerabilities"`
}

// Scan tells by what was judged, and what could not be.
type Scan struct {
	Database   string      `json:"database"`           // as the user named it
	Newest     string      `json:"newest,omitempty"`   // RFC 3339: last change of any advisory read
	Observed   string      `json:"observed,omitempty"` // RFC 3339: time of the scan
	Ecosystems []Ecosystem `json:"ecosystems,omitempty"`
	// Judged is the number of packages for which advisories were there and versions could be compared.
	Judged int `json:"judged"`
	// Unmatched counts the packages that no database speaks of, by ecosystem with its release, as
	// Alpine:v3.19, or by the distribution's name where OSV has no ecosystem for it.
	Unmatched map[string]int `json:"unmatched,omitempty"`
	// Unparsed counts the packages whose version cannot be compared, by ecosystem likewise.
	Unparsed map[string]int `json:"unparsed,omitempty"`
}

// Ecosystem is what one file, or one folder of single advisories, held of an ecosystem.
type Ecosystem struct {
	Ecosystem  string `json:"ecosystem"`         // without its release
	Advisories int    `json:"advisories"`        // withdrawn ones left out
	Newest     string `json:"newest,omitempty"`  // RFC 3339: last change of an advisory
	Written    string `json:"written,omitempty"` // RFC 3339: the newest entry of the archive, or of the files
	File       string `json:"file"`
}

// The severities, in the words of controls.
const (
	Critical = "critical"
	High     = "high"
	Medium   = "medium"
	Low      = "low"
	Unknown  = "unknown"
)

// Vulnerability is one vulnerability of one package.
type Vulnerability struct {
	ID       string   `json:"id"`                // the CVE where there is one
	Aliases  []string `json:"aliases,omitempty"` // other identifiers, and the notices that speak of it
	Package  Affected `json:"package"`
	Fixed    string   `json:"fixed,omitempty"` // the version that mends it; "" if none is known
	Severity string   `json:"severity"`
	Score    float64  `json:"score,omitempty"` // CVSS base score; absent if no vector could be read
	// Published and Modified are RFC 3339: the first and the last word of any advisory about it.
	Published string `json:"published,omitempty"`
	Modified  string `json:"modified,omitempty"`
	// FixedSince is the time since which a version that mends it is known to exist, RFC 3339.
	FixedSince string       `json:"fixedSince,omitempty"`
	Summary    string       `json:"summary,omitempty"`
	VEX        *vex.Verdict `json:"vex,omitempty"` // what an applicable VEX statement says of it
}

// Affected is the package that has a vulnerability.
type Affected struct {
	PURL     string `json:"purl"`
	Name     string `json:"name"`
	Version  string `json:"version"`
	Path     string `json:"path,omitempty"`
	Layer    int    `json:"layer,omitempty"`
	Declared bool   `json:"declared,omitempty"`
}

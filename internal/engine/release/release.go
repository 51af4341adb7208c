// Package release knows which releases get fixes: of Kubernetes and its parts, of distributions, of what
// images are built on. The table is the catalogue's, and as old as its date. Begin with Of.
package release

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/kubeproof/kubeproof/catalog"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Table is the catalogue's table of releases, as of its date.
type Table struct {
	Date     string              `yaml:"date"`
	Sources  []string            `yaml:"sources"`
	Products map[string]*Product `yaml:"products"`
	Systems  []*Product          `yaml:"systems"`
	// Benchmarks are the CIS benchmarks by version of Kubernetes, the newest first.
	Benchmarks []BenchmarkRule `yaml:"benchmarks"`
}

// Product is a program or an operating system with its release lines, the newest first.
type Product struct {
	Name string `yaml:"name"`
	// ID is that of os-release, by which images are known.
	ID string `yaml:"id"`
	// Image matches the osImage that a node of the system reports; its groups, joined by dots, are
	// the line.
	Image    string    `yaml:"image"`
	Releases []Release `yaml:"releases"`
}

// Release is one release line, as 1.36.
type Release struct {
	Line     string `yaml:"line"`
	Released string `yaml:"released"`
	// End is the day after which the line gets no more fixes; "" if none is set.
	End string `yaml:"end"`
	// Estimated is true if End follows from the product's policy and was not announced.
	Estimated      bool   `yaml:"estimated"`
	Latest         string `yaml:"latest"`
	LatestReleased string `yaml:"latestReleased"`
}

// BenchmarkRule names the benchmarks from a minor version of Kubernetes on.
type BenchmarkRule struct {
	From       string   `yaml:"from"`
	Frameworks []string `yaml:"frameworks"`
}

// Of reads the table, once for each run.
func Of(index *inventory.Index) *Table {
	return inventory.Derived(index, "release.Of", func(*inventory.Index) *Table {
		table := &Table{}
		if err := document.DecodeStrict("versions.yaml", catalog.Versions, table); err != nil {
			return &Table{} // a test keeps the table readable
		}
		return table
	})
}

// Line gives a release line; nil if the table does not have it.
func (p *Product) Line(name string) *Release {
	if p == nil {
		return nil
	}
	for i := range p.Releases {
		if p.Releases[i].Line == name {
			return &p.Releases[i]
		}
	}
	return nil
}

// Ended reports whether a line gets no more fixes on a day.
func (r *Release) Ended(now time.Time) bool {
	end, err := time.Parse(time.DateOnly, r.End)
	return err == nil && now.After(end)
}

// Older reports whether the table has newer lines than that of a version, but not this one.
func (p *Product) Older(v Version) bool {
	for _, r := range p.Releases {
		if known, ok := ParseVersion(r.Line); ok && (Version{v[0], v[1]}).Before(known) {
			return true
		}
	}
	return false
}

// Version is the beginning of a version's text: major, minor and patch.
type Version [3]int

var versionText = regexp.MustCompile(`^v?([0-9]{1,6})\.([0-9]{1,6})(?:\.([0-9]{1,6}))?\b`)

// ParseVersion reads the beginning of a version's text; false if it is none.
func ParseVersion(text string) (Version, bool) {
	match := versionText.FindStringSubmatch(text)
	if match == nil {
		return Version{}, false
	}
	var v Version
	for i := range v {
		v[i], _ = strconv.Atoi(match[i+1])
	}
	return v, true
}

// Line is the release line of a version, as 1.36.
func (v Version) Line() string { return fmt.Sprintf("%d.%d", v[0], v[1]) }

// Before reports whether a version is older than another one.
func (v Version) Before(other Version) bool {
	for i := range v {
		if v[i] != other[i] {
			return v[i] < other[i]
		}
	}
	return false
}

// Unsupported judges a version by a product's table: it gives the message of a failure, "" for a
// pass. Lines that are newer than the table pass.
func (p *Product) Unsupported(what string, v Version, now time.Time) string {
	line := p.Line(v.Line())
	switch {
	case line == nil && p.Older(v):
		return fmt.Sprintf("%s %s gets no more fixes: it is none of the lines that are still kept up", what, v.Line())
	case line == nil || !line.Ended(now):
		return ""
	}
	return fmt.Sprintf("%s %s gets no more fixes since %s", what, v.Line(), line.End)
}

// DateOf is the day on which the table was made.
func (t *Table) DateOf() time.Time {
	date, _ := time.Parse(time.DateOnly, t.Date) // a test keeps it readable
	return date
}

// SystemOf finds the operating system of an image and its line, by what os-release says: its pretty name, which
// tells CentOS Stream from CentOS Linux, else ID and VERSION_ID; nil if the table has it not.
func (t *Table) SystemOf(id, version, name string) (*Product, *Release) {
	if system, line := t.System(name); system != nil {
		return system, line
	}
	for _, system := range t.Systems {
		if id == "" || system.ID != id {
			continue
		}
		for i := range system.Releases {
			if line := system.Releases[i].Line; line == version || strings.HasPrefix(version, line+".") {
				return system, &system.Releases[i]
			}
		}
	}
	return nil, nil
}

// System finds the operating system of an osImage and its line; nil if the table has it not.
func (t *Table) System(image string) (*Product, *Release) {
	for _, system := range t.Systems {
		pattern, err := regexp.Compile(system.Image)
		if err != nil {
			continue
		}
		if match := pattern.FindStringSubmatch(image); match != nil {
			return system, system.Line(strings.Join(match[1:], "."))
		}
	}
	return nil, nil
}

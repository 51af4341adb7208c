package controlplane

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/kubeproof/kubeproof/catalog"
	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// releaseTable is the catalogue's table of releases, as of its date.
type releaseTable struct {
	Date     string              `yaml:"date"`
	Sources  []string            `yaml:"sources"`
	Products map[string]*product `yaml:"products"`
	Systems  []*product          `yaml:"systems"`
	// Benchmarks are the CIS benchmarks by version of Kubernetes, the newest first.
	Benchmarks []benchmarkRule `yaml:"benchmarks"`
}

// product is a program or an operating system with its release lines, the newest first.
type product struct {
	Name string `yaml:"name"`
	// ID is that of os-release, by which images are known.
	ID string `yaml:"id"`
	// Image matches the osImage that a node of the system reports; its groups, joined by dots, are
	// the line.
	Image    string    `yaml:"image"`
	Releases []release `yaml:"releases"`
}

// release is one release line, as 1.36.
type release struct {
	Line     string `yaml:"line"`
	Released string `yaml:"released"`
	// End is the day after which the line gets no more fixes; "" if none is set.
	End string `yaml:"end"`
	// Estimated is true if End follows from the product's policy and was not announced.
	Estimated      bool   `yaml:"estimated"`
	Latest         string `yaml:"latest"`
	LatestReleased string `yaml:"latestReleased"`
}

// releasesOf reads the table, once for each run.
func releasesOf(index *inventory.Index) *releaseTable {
	return inventory.Derived(index, "controlplane.releases", func(*inventory.Index) *releaseTable {
		table := &releaseTable{}
		if err := document.DecodeStrict("versions.yaml", catalog.Versions, table); err != nil {
			return &releaseTable{} // a test keeps the table readable
		}
		return table
	})
}

// line gives a release line; nil if the table does not have it.
func (p *product) line(name string) *release {
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

// ended reports whether a line gets no more fixes on a day.
func (r *release) ended(now time.Time) bool {
	end, err := time.Parse(time.DateOnly, r.End)
	return err == nil && now.After(end)
}

// older reports whether the table has newer lines than that of a version, but not this one.
func (p *product) older(v version) bool {
	for _, r := range p.Releases {
		if known, ok := parseVersion(r.Line); ok && (version{v[0], v[1]}).before(known) {
			return true
		}
	}
	return false
}

// version is the beginning of a version's text: major, minor and patch.
type version [3]int

var versionText = regexp.MustCompile(`^v?([0-9]{1,6})\.([0-9]{1,6})(?:\.([0-9]{1,6}))?\b`)

func parseVersion(text string) (version, bool) {
	match := versionText.FindStringSubmatch(text)
	if match == nil {
		return version{}, false
	}
	var v version
	for i := range v {
		v[i], _ = strconv.Atoi(match[i+1])
	}
	return v, true
}

func (v version) line() string { return fmt.Sprintf("%d.%d", v[0], v[1]) }

func (v version) before(other version) bool {
	for i := range v {
		if v[i] != other[i] {
			return v[i] < other[i]
		}
	}
	return false
}

// observed is the time at which a cluster was looked at.
func observed(cluster *document.Node) (time.Time, bool) {
	now, err := time.Parse(time.RFC3339, cluster.Get("observed").Text())
	return now, err == nil
}

// today is when the cluster of a subject was looked at, else the date of the table: what had
// ended then has ended now.
func today(in assessment.Input, table *releaseTable) time.Time {
	if now, known := observed(clusterOf(in, in.Subject)); known {
		return now
	}
	now, _ := time.Parse(time.DateOnly, table.Date)
	return now
}

// unsupported judges a version by a product's table: it gives the message of a failure, "" for a
// pass. Lines that are newer than the table pass.
func (p *product) unsupported(what string, v version, now time.Time) string {
	line := p.line(v.line())
	switch {
	case line == nil && p.older(v):
		return fmt.Sprintf("%s %s gets no more fixes: it is none of the lines that are still kept up", what, v.line())
	case line == nil || !line.ended(now):
		return ""
	}
	return fmt.Sprintf("%s %s gets no more fixes since %s", what, v.line(), line.End)
}

// system finds the operating system of an osImage and its line; nil if the table has it not.
func (t *releaseTable) system(image string) (*product, *release) {
	for _, system := range t.Systems {
		pattern, err := regexp.Compile(system.Image)
		if err != nil {
			continue
		}
		if match := pattern.FindStringSubmatch(image); match != nil {
			return system, system.line(strings.Join(match[1:], "."))
		}
	}
	return nil, nil
}

package imagecontents

import (
	"regexp"
	"strings"
	"time"

	"github.com/kubeproof/kubeproof/catalog"
	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// oldTable is the age from which the table of releases proves nothing of what it does not call ended.
const oldTable = 365 * 24 * time.Hour

// rolling are distributions without releases: they end with the next update.
var rolling = map[string]bool{"wolfi": true, "chainguard": true, "arch": true, "gentoo": true, "void": true, "opensuse-tumbleweed": true, "nixos": true}

// supported fails if the distribution in the image gets no more fixes on the day on which the
// image was looked at. The table of releases is that of the catalogue; once it is a year old its
// silence is no pass.
func supported(in assessment.Input) []assessment.Verdict {
	os := in.Element.Get("os")
	if os == nil {
		return assessment.Skipped("the image holds no distribution")
	}
	id, version, name := os.Get("id").Text(), os.Get("version").Text(), titleOf(os)
	if rolling[id] || version == "" && id != "" {
		return assessment.Skipped(name + " has no releases")
	}
	table := releasesOf(in.Index)
	now, err := time.Parse(time.RFC3339, in.Element.Get("observed").Text())
	if err != nil {
		now = table.date
	}
	found := table.find(os)
	switch {
	case found == nil:
		return unknown(os, "the table of releases of %s does not know %s", table.date.Format(time.DateOnly), name)
	case !found.end.IsZero() && now.After(found.end):
		return failed(os, "%s %s gets no more fixes since %s", found.system, found.line, found.end.Format(time.DateOnly))
	case now.Sub(table.date) > oldTable:
		return unknown(os, "whether %s %s gets fixes is not known: the table of releases is of %s, take a newer Kubeproof", found.system, found.line, table.date.Format(time.DateOnly))
	}
	return nil
}

func titleOf(os *document.Node) string {
	if name := os.Get("name").Text(); name != "" {
		return name
	}
	return strings.TrimSpace(os.Get("id").Text() + " " + os.Get("version").Text())
}

// release is one release line of a distribution; end is zero if none is set.
type release struct {
	system, line string
	end          time.Time
}

type releaseTable struct {
	date    time.Time
	systems []*document.Node
}

// releasesOf reads the catalogue's table once for each run.
func releasesOf(index *inventory.Index) *releaseTable {
	return inventory.Derived(index, "imagecontents.releases", func(*inventory.Index) *releaseTable {
		table := &releaseTable{}
		documents, _ := document.Read(catalog.Versions, document.DefaultLimits)
		if len(documents) == 1 {
			table.date, _ = time.Parse(time.DateOnly, documents[0].Root.Get("date").Text())
			table.systems = documents[0].Root.Get("systems").Children()
		}
		return table
	})
}

// find gives the release line of an image's os-release: by its pretty name, which tells CentOS
// Stream from CentOS Linux, else by ID and VERSION_ID; nil if the table does not have it.
func (t *releaseTable) find(os *document.Node) *release {
	for _, system := range t.systems {
		pattern, err := regexp.Compile(system.Get("image").Text())
		if err != nil {
			continue
		}
		if match := pattern.FindStringSubmatch(os.Get("name").Text()); match != nil {
			return lineOf(system, func(line string) bool { return line == strings.Join(match[1:], ".") })
		}
	}
	version := os.Get("version").Text()
	for _, system := range t.systems {
		if id := system.Get("id").Text(); id != "" && id == os.Get("id").Text() {
			found := lineOf(system, func(line string) bool { return line == version || strings.HasPrefix(version, line+".") })
			if found != nil {
				return found
			}
		}
	}
	return nil
}

func lineOf(system *document.Node, is func(string) bool) *release {
	for _, r := range system.Get("releases").Children() {
		if line := r.Get("line").Text(); is(line) {
			end, _ := time.Parse(time.DateOnly, r.Get("end").Text())
			return &release{system.Get("name").Text(), line, end}
		}
	}
	return nil
}

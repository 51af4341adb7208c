package imagecontents

import (
	"strings"
	"time"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/engine/release"
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
	table := release.Of(in.Index)
	now, err := time.Parse(time.RFC3339, in.Element.Get("observed").Text())
	if err != nil {
		now = table.DateOf()
	}
	system, found := table.SystemOf(id, version, os.Get("name").Text())
	switch {
	case found == nil:
		return unknown(os, "the table of releases of %s does not know %s", table.Date, name)
	case found.Ended(now):
		return failed(os, "%s %s gets no more fixes since %s", system.Name, found.Line, found.End)
	case now.Sub(table.DateOf()) > oldTable:
		return unknown(os, "whether %s %s gets fixes is not known: the table of releases is of %s, take a newer Kubeproof", system.Name, found.Line, table.Date)
	}
	return nil
}

func titleOf(os *document.Node) string {
	if name := os.Get("name").Text(); name != "" {
		return name
	}
	return strings.TrimSpace(os.Get("id").Text() + " " + os.Get("version").Text())
}

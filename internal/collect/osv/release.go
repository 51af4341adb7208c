package osv

import (
	"strings"

	"github.com/kubeproof/kubeproof/internal/software"
)

// distribution tells how the releases of a distribution are written in ecosystems of OSV.
type distribution struct {
	bases []string
	// release gives the suffix of the ecosystem for a VERSION_ID of os-release; "" if it tells none.
	// Nil for distributions without releases.
	release func(version string) string
	// fits compares the suffix of an advisory's ecosystem with that release; nil if they must be equal.
	fits func(suffix, release string) fit
	// installed is true if advisories may name installed packages, not their sources alone.
	installed bool
}

// distributions are those that OSV has, by their ID in os-release.
var distributions = map[string]distribution{
	"alpine":              {bases: []string{"Alpine"}, release: releaseOfAlpine},
	"wolfi":               {bases: []string{"Wolfi"}, installed: true},
	"chainguard":          {bases: []string{"Chainguard", "Wolfi"}, installed: true},
	"debian":              {bases: []string{"Debian"}, release: major},
	"ubuntu":              {bases: []string{"Ubuntu"}, release: whole, fits: fitsUbuntu},
	"rocky":               {bases: []string{"Rocky Linux"}, release: major, installed: true},
	"almalinux":           {bases: []string{"AlmaLinux"}, release: major, installed: true},
	"rhel":                {bases: []string{"Red Hat"}, release: major, fits: fitsRedHat, installed: true},
	"mageia":              {bases: []string{"Mageia"}, release: major, installed: true},
	"opensuse-leap":       {bases: []string{"openSUSE"}, release: releaseOfLeap, installed: true},
	"opensuse-tumbleweed": {bases: []string{"openSUSE"}, release: func(string) string { return "Tumbleweed" }, installed: true},
	"sles":                {bases: []string{"SUSE"}, release: servicePack, fits: fitsSUSE, installed: true},
	"sles_sap":            {bases: []string{"SUSE"}, release: servicePack, fits: fitsSUSE, installed: true},
	"sled":                {bases: []string{"SUSE"}, release: servicePack, fits: fitsSUSE, installed: true},
	"suse-microos":        {bases: []string{"SUSE"}, release: micro, fits: fitsSUSE, installed: true},
	"sle-micro":           {bases: []string{"SUSE"}, release: micro, fits: fitsSUSE, installed: true},
	"sl-micro":            {bases: []string{"SUSE"}, release: micro, fits: fitsSUSE, installed: true},
}

func homeOfSystem(p software.Package) home {
	d, known := distributions[p.Distribution]
	if !known {
		label := p.Distribution
		if label == "" {
			label = string(p.Type)
		}
		if p.DistributionVersion != "" {
			label += ":" + p.DistributionVersion
		}
		return home{label: label}
	}
	h := home{label: d.bases[0], bases: d.bases, names: namesOf(p, d.installed), fits: d.without}
	if d.release == nil {
		return h
	}
	release := d.release(p.DistributionVersion)
	if release == "" { // of which release nothing can be said
		return home{label: d.bases[0]}
	}
	h.label += ":" + release
	h.fits = func(ecosystem string) fit { return d.fit(ecosystem, release) }
	return h
}

func (d distribution) without(ecosystem string) fit {
	for _, base := range d.bases {
		if ecosystem == base || strings.HasPrefix(ecosystem, base+":") {
			return exactly
		}
	}
	return never
}

// fit compares an ecosystem with the release; one without a release is about all of them.
func (d distribution) fit(ecosystem, release string) fit {
	base, suffix, _ := strings.Cut(ecosystem, ":")
	switch {
	case base != d.bases[0]:
		return never
	case suffix == "" || suffix == release:
		return exactly
	case d.fits != nil:
		return d.fits(suffix, release)
	}
	return never
}

func whole(version string) string { return version }

func major(version string) string {
	version, _, _ = strings.Cut(version, ".")
	return version
}

// releaseOfAlpine makes v3.19 of 3.19.1; what is under way, as 3.21_alpha20240923, is edge.
func releaseOfAlpine(version string) string {
	parts := strings.Split(version, ".")
	switch {
	case version == "edge" || strings.Contains(version, "_"):
		return "edge"
	case len(parts) < 2:
		return ""
	}
	return "v" + parts[0] + "." + parts[1]
}

func releaseOfLeap(version string) string {
	if version == "" {
		return ""
	}
	return "Leap " + version
}

// fitsUbuntu takes 22.04:LTS for 22.04, and Pro:22.04:LTS for its extended support. Other streams of
// Pro, as those for FIPS, are other systems.
func fitsUbuntu(suffix, release string) fit {
	if strings.TrimSuffix(suffix, ":LTS") == release {
		return exactly
	}
	if pro, is := strings.CutPrefix(suffix, "Pro:"); is && strings.TrimSuffix(pro, ":LTS") == release {
		return extended
	}
	return never
}

// fitsRedHat takes the streams of a whole release, as enterprise_linux:9::appstream. Extended streams
// of one minor release (rhel_eus:9.2) are other systems, which os-release does not tell. Nor do
// advisories tell streams of modules: a package of nodejs:18 is judged by fixes of nodejs:20 too.
func fitsRedHat(suffix, release string) fit {
	product, rest, _ := strings.Cut(suffix, ":")
	version, _, _ := strings.Cut(rest, ":")
	if product == "enterprise_linux" && major(version) == release {
		return exactly
	}
	return never
}

// servicePack makes "15 SP5" of 15.5, as the names of SUSE's products end.
func servicePack(version string) string {
	base, pack, found := strings.Cut(version, ".")
	if !found || pack == "0" {
		return base
	}
	return base + " SP" + pack
}

func micro(version string) string {
	if version == "" {
		return ""
	}
	return "Micro " + version
}

// fitsSUSE takes every product and module of a release, as "Linux Enterprise Module for Basesystem 15
// SP5" and "Linux Enterprise Server 15 SP5-LTSS" of 15 SP5: os-release does not tell which are installed.
func fitsSUSE(suffix, release string) fit {
	at := strings.Index(suffix, " "+release)
	if at < 0 {
		return never
	}
	if rest := suffix[at+1+len(release):]; rest == "" || rest[0] == '-' || rest[0] == ':' {
		return exactly
	}
	return never
}

package osv

import (
	"regexp"
	"strings"

	"github.com/kubeproof/kubeproof/internal/software"
)

// home is where advisories about a package are found.
type home struct {
	label string   // the ecosystem with its release, or what stands for it where OSV has none
	bases []string // ecosystems without releases, as keys; none if OSV has none
	names []named  // under which advisories know the package
	fits  func(ecosystem string) fit
}

// named is a name with the version that compares with versions of advisories about that name.
type named struct{ name, version string }

// fit is how an ecosystem of an advisory stands to the release of a package.
type fit int

const (
	never    fit = iota
	extended     // of its extended support: counts where nothing is said of the release itself
	exactly
)

// languages are the ecosystems of packages that belong to no distribution, by
// https://ossf.github.io/osv-schema/#defined-ecosystems.
var languages = map[software.Type]string{
	software.NPM: "npm", software.PyPI: "PyPI", software.Go: "Go", software.Maven: "Maven", software.Gem: "RubyGems",
	software.Cargo: "crates.io", software.Composer: "Packagist", software.NuGet: "NuGet",
}

func homeOf(p software.Package) home {
	if p.Type.OfSystem() {
		return homeOfSystem(p)
	}
	base, known := languages[p.Type]
	if !known {
		return home{label: string(p.Type)}
	}
	return home{label: base, bases: []string{base}, names: []named{{p.Name, versionOf(p)}}, fits: func(ecosystem string) fit {
		// What follows a colon is the registry, as Maven:https://maven.google.com; packages do not tell theirs.
		if ecosystem == base || strings.HasPrefix(ecosystem, base+":") {
			return exactly
		}
		return never
	}}
}

// versionOf writes a version as advisories do.
func versionOf(p software.Package) string {
	switch p.Type {
	case software.Go:
		return goVersion(p.Version)
	case software.Gem: // 1.15.0-x86_64-linux: a platform, since versions of gems hold no hyphen
		version, _, _ := strings.Cut(p.Version, "-")
		return version
	}
	return p.Version
}

var releaseOfGo = regexp.MustCompile(`^(?:go)?(\d+)\.(\d+)(?:\.(\d+))?(?:(rc|beta)(\d+))?(?:[ +-].*)?$`)

// goVersion writes versions of the standard library as https://go.dev/doc/security/vuln/database does:
// go1.21rc2 is 1.21.0-rc.2. Versions of modules stay as they are, without their v.
func goVersion(version string) string {
	if bare, isModule := strings.CutPrefix(version, "v"); isModule {
		return bare
	}
	parts := releaseOfGo.FindStringSubmatch(version)
	if parts == nil || !strings.HasPrefix(version, "go") && parts[3] != "" && parts[4] == "" {
		return version
	}
	patch := parts[3]
	if patch == "" {
		patch = "0"
	}
	result := parts[1] + "." + parts[2] + "." + patch
	if parts[4] != "" {
		result += "-" + parts[4] + "." + parts[5]
	}
	return result
}

// namesOf gives the names of a system's package in advisories. They speak of source packages; those
// of RPMs and of Wolfi may name what is installed instead.
func namesOf(p software.Package, installed bool) []named {
	source := named{p.Source, p.SourceVersion}
	if source.name == "" {
		return []named{{p.Name, p.Version}}
	}
	if source.version == "" {
		source.version = p.Version
	}
	if p.Type == software.RPM { // the name of a source RPM holds no epoch
		if epoch, _, found := strings.Cut(p.Version, ":"); found && !strings.Contains(source.version, ":") {
			source.version = epoch + ":" + source.version
		}
	}
	if !installed || source.name == p.Name {
		return []named{source}
	}
	return []named{source, {p.Name, p.Version}}
}

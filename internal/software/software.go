// Package software describes installed software: what a package is called, by whom, in which
// version, and where it was found. Readers of package databases give it, bills of materials and
// the matching of advisories take it. Begin with Package.
package software

import "strings"

// Type is the kind of package, in the words of package URLs (https://github.com/package-url/purl-spec).
type Type string

// The types that are read.
const (
	APK      Type = "apk"
	Deb      Type = "deb"
	RPM      Type = "rpm"
	NPM      Type = "npm"
	PyPI     Type = "pypi"
	Go       Type = "golang"
	Maven    Type = "maven"
	Gem      Type = "gem"
	Cargo    Type = "cargo"
	Composer Type = "composer"
	NuGet    Type = "nuget"
)

// OfSystem reports whether the packages of a type belong to the operating system.
func (t Type) OfSystem() bool { return t == APK || t == Deb || t == RPM }

// Package is one piece of software.
type Package struct {
	Type Type `json:"type"`
	// Name is that of its own ecosystem: groupId:artifactId for Maven, @scope/name for npm, the
	// module's path for Go.
	Name    string `json:"name"`
	Version string `json:"version"` // as its ecosystem writes it, with epoch and release
	// Source and SourceVersion name the source package that advisories of distributions speak of;
	// "" where it is the package itself.
	Source        string `json:"source,omitempty"`
	SourceVersion string `json:"sourceVersion,omitempty"`
	Architecture  string `json:"architecture,omitempty"`
	// Distribution is that of a system's package: ID and VERSION_ID of os-release, as debian and 12.
	Distribution        string   `json:"distribution,omitempty"`
	DistributionVersion string   `json:"distributionVersion,omitempty"`
	Licenses            []string `json:"licenses,omitempty"` // SPDX expressions or names, as declared
	// Path is the file in which it was found, and Layer the number of the image's layer, from 0.
	Path  string `json:"path,omitempty"`
	Layer int    `json:"layer,omitempty"`
	// Declared is true if a lock file or manifest names it, but nothing shows that it is installed.
	Declared bool `json:"declared,omitempty"`
}

// Compare orders packages by type, name, version, path, as reports list them.
func Compare(a, b Package) int {
	for _, order := range []int{strings.Compare(string(a.Type), string(b.Type)), strings.Compare(a.Name, b.Name),
		strings.Compare(a.Version, b.Version), strings.Compare(a.Path, b.Path)} {
		if order != 0 {
			return order
		}
	}
	return 0
}

package software

import (
	"maps"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/software"
)

// npmPackage is a package of a lock file since version 2, and npmNode one of those before.
type (
	npmPackage struct {
		Name, Version text
		Link          any
	}
	npmNode struct {
		Version      text
		Dependencies map[string]npmNode
	}
)

// readNPMLock reads package-lock.json and npm-shrinkwrap.json: packages by their folder since
// version 2, and a tree of packages by name before.
func readNPMLock(s *source) {
	var lock struct {
		Packages     map[string]npmPackage
		Dependencies map[string]npmNode
	}
	if !s.json(&lock) {
		return
	}
	if lock.Packages == nil {
		s.addNPMTree(lock.Dependencies)
		return
	}
	for _, folder := range slices.Sorted(maps.Keys(lock.Packages)) {
		one := lock.Packages[folder]
		at := strings.LastIndex(folder, "node_modules/")
		if at < 0 || one.Link != nil {
			continue // the project itself, or a folder of it
		}
		if one.Name == "" {
			one.Name = text(folder[at+len("node_modules/"):])
		}
		s.addNPM(string(one.Name), string(one.Version))
	}
}

func (s *source) addNPMTree(tree map[string]npmNode) {
	for _, name := range slices.Sorted(maps.Keys(tree)) {
		one := tree[name]
		s.addNPM(npmAlias(name, string(one.Version)))
		s.addNPMTree(one.Dependencies)
	}
}

// npmAlias gives the true name and version where a lock says that name stands for npm:other@version.
func npmAlias(name, version string) (string, string) {
	if other, found := strings.CutPrefix(version, "npm:"); found {
		if at := strings.LastIndexByte(other, '@'); at > 0 {
			return other[:at], other[at+1:]
		}
	}
	return name, version
}

// addNPM adds a package of a registry; versions that are addresses or folders are none.
func (s *source) addNPM(name, version string) {
	if !strings.ContainsAny(version, ":/") {
		s.add(software.Package{Type: software.NPM, Name: name, Version: version, Declared: true})
	}
}

package software

import (
	"maps"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/software"
)

// readDotnetDeps reads APP.deps.json, which .NET puts beside a program: its libraries as NAME/VERSION.
func readDotnetDeps(s *source) {
	var deps struct {
		Libraries map[string]struct{ Type text }
	}
	if !s.json(&deps) {
		return
	}
	for _, key := range slices.Sorted(maps.Keys(deps.Libraries)) {
		name, version, _ := strings.Cut(key, "/")
		switch deps.Libraries[key].Type {
		case "package":
			s.add(software.Package{Type: software.NuGet, Name: name, Version: version})
		case "runtimepack": // .NET itself, in a program that brings it along
			s.add(software.Package{Type: software.NuGet, Name: strings.TrimPrefix(name, "runtimepack."), Version: version})
		}
	}
}

// readNuGetLock reads packages.lock.json: packages by target framework and name.
func readNuGetLock(s *source) {
	var lock struct {
		Dependencies map[string]map[string]struct{ Type, Resolved text }
	}
	if !s.json(&lock) {
		return
	}
	seen := map[string]bool{}
	for _, framework := range slices.Sorted(maps.Keys(lock.Dependencies)) {
		for _, name := range slices.Sorted(maps.Keys(lock.Dependencies[framework])) {
			one := lock.Dependencies[framework][name]
			if key := name + "/" + string(one.Resolved); one.Type != "Project" && !seen[key] {
				seen[key] = true
				s.add(software.Package{Type: software.NuGet, Name: name, Version: string(one.Resolved), Declared: true})
			}
		}
	}
}

package software

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/software"
)

// pinned is a requirement of exactly one version: name[extras] == version, then perhaps a condition,
// hashes or a comment.
var pinned = regexp.MustCompile(`^([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*===?\s*([A-Za-z0-9][^\s;#,\\]*)`)

// readRequirements reads requirements.txt of pip. Only what is pinned by == has a version.
func readRequirements(s *source) {
	l := s.lines()
	for l.next() {
		found := pinned.FindStringSubmatch(strings.TrimSpace(string(l.text)))
		if found != nil && !strings.HasSuffix(found[2], "*") {
			s.addPyPI(found[1], found[2])
		}
	}
}

func (s *source) addPyPI(name, version string) {
	s.add(software.Package{Type: software.PyPI, Name: name, Version: version, Declared: true})
}

// readPipfileLock reads Pipfile.lock: maps of packages beside _meta.
func readPipfileLock(s *source) {
	var lock map[string]pipfileGroup
	if !s.json(&lock) {
		return
	}
	for _, group := range slices.Sorted(maps.Keys(lock)) {
		if group == "_meta" {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(lock[group])) {
			if version, found := strings.CutPrefix(string(lock[group][name].Version), "=="); found {
				s.addPyPI(name, version)
			}
		}
	}
}

// pipfileGroup are packages by name.
type pipfileGroup map[string]struct{ Version text }

// UnmarshalJSON takes anything that is no group for an empty one: _meta is of another form.
func (g *pipfileGroup) UnmarshalJSON(given []byte) error {
	if group := map[string]struct{ Version text }{}; json.Unmarshal(given, &group) == nil {
		*g = group
	}
	return nil
}

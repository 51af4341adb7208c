package software

import (
	"strings"

	"github.com/kubeproof/kubeproof/internal/software"
)

// readGemLock reads Gemfile.lock: in the sections GEM and GIT, below specs, gems stand four blanks from the
// margin as NAME (VERSION), or NAME (VERSION-PLATFORM), and what they need stands six from it.
func readGemLock(s *source) {
	section := ""
	l := s.lines()
	for l.next() {
		line := string(l.text)
		if line != "" && line[0] != ' ' {
			section = line
			continue
		}
		gem, found := strings.CutPrefix(line, "    ")
		if section != "GEM" && section != "GIT" || !found || strings.HasPrefix(gem, " ") {
			continue
		}
		name, version, found := strings.Cut(strings.TrimSuffix(gem, ")"), " (")
		if !found {
			s.fail(l.number, "names a gem without a version: it was passed over")
			continue
		}
		version, _, _ = strings.Cut(version, "-")
		s.add(software.Package{Type: software.Gem, Name: name, Version: version, Declared: true})
	}
}

// readGradleLock reads gradle.lockfile: lines GROUP:ARTIFACT:VERSION=CONFIGURATIONS.
func readGradleLock(s *source) {
	l := s.lines()
	for l.next() {
		line := string(l.text)
		coordinates, _, found := strings.Cut(line, "=")
		parts := strings.Split(coordinates, ":")
		switch {
		case line == "" || line[0] == '#' || coordinates == "empty":
		case !found || len(parts) != 3:
			s.fail(l.number, "names no package and version: it was passed over")
		default:
			s.add(software.Package{Type: software.Maven, Name: parts[0] + ":" + parts[1], Version: parts[2], Declared: true})
		}
	}
}

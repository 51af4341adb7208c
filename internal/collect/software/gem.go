package software

import (
	"regexp"

	"github.com/kubeproof/kubeproof/internal/software"
)

// What RubyGems writes into the specification of an installed gem: Ruby of a fixed form.
var (
	gemStub    = regexp.MustCompile(`^# stub: (\S+) (\S+) (\S+) `)
	gemName    = regexp.MustCompile(`^\s*\w+\.name\s*=\s*["']([^"']+)["']`)
	gemVersion = regexp.MustCompile(`^\s*\w+\.version\s*=\s*(?:Gem::Version\.new[( ])?\s*["']([^"']+)["']`)
	gemLicense = regexp.MustCompile(`^\s*\w+\.licenses?\s*=\s*\[?([^\]]+)\]?`)
	quoted     = regexp.MustCompile(`["']([^"']+)["']`)
)

// readGemspec reads the specification of a gem.
func readGemspec(s *source) {
	p := software.Package{Type: software.Gem}
	l := s.lines()
	for l.next() {
		line := string(l.text)
		if found := gemStub.FindStringSubmatch(line); found != nil && p.Name == "" {
			p.Name, p.Version = found[1], found[2]
		}
		if found := gemName.FindStringSubmatch(line); found != nil && p.Name == "" {
			p.Name = found[1]
		}
		if found := gemVersion.FindStringSubmatch(line); found != nil && p.Version == "" {
			p.Version = found[1]
		}
		if found := gemLicense.FindStringSubmatch(line); found != nil && p.Licenses == nil {
			for _, one := range quoted.FindAllStringSubmatch(found[1], 10) {
				if len(one[1]) <= longestLicense {
					p.Licenses = append(p.Licenses, one[1])
				}
			}
		}
	}
	if p.Name == "" || p.Version == "" {
		s.fail(0, "names no gem and version that can be read without Ruby: it was left out")
		return
	}
	s.add(p)
}

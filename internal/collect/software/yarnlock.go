package software

import (
	"strings"
)

// readYarnLock reads yarn.lock, of version 1 and of Berry, which is YAML of the same shape: at the
// margin what is wanted, as NAME@RANGE, and below it the version that was chosen.
func readYarnLock(s *source) {
	wanted, version, resolution := "", "", ""
	end := func() {
		if wanted != "" {
			s.addYarn(wanted, version, resolution)
		}
		wanted, version, resolution = "", "", ""
	}
	l := s.lines()
	for l.next() {
		line := string(l.text)
		switch {
		case line == "" || line[0] == '#':
		case line[0] != ' ' && line[0] != '\t':
			end()
			if !strings.HasSuffix(line, ":") {
				s.fail(l.number, "names no package: it was passed over")
				continue
			}
			first, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimSuffix(line, ":"), `"`), ",")
			wanted = strings.Trim(first, `"`)
		case len(line) > 2 && line[:2] == "  " && line[2] != ' ':
			name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
			switch strings.Trim(name, `":`) { // old tools put names between quotes
			case "version":
				version = strings.Trim(value, `"`)
			case "resolution":
				resolution = strings.Trim(value, `"`)
			}
		}
	}
	end()
}

func (s *source) addYarn(wanted, version, resolution string) {
	if resolution != "" { // Berry says where the package comes from: a registry, an address, the project
		name, from := cutWanted(resolution)
		if kind, _, _ := strings.Cut(from, ":"); kind != "workspace" && kind != "link" && kind != "portal" {
			s.addNPM(name, version)
		}
		return
	}
	name, from := cutWanted(wanted)
	if strings.HasPrefix(from, "npm:") {
		name, _ = npmAlias(name, from)
	}
	if name != "__metadata" {
		s.addNPM(name, version)
	}
}

// cutWanted cuts @scope/name@range at the second @.
func cutWanted(text string) (name, from string) {
	if at := strings.IndexByte(text[min(1, len(text)):], '@'); at >= 0 {
		return text[:at+1], text[at+2:]
	}
	return text, ""
}

package software

import (
	"github.com/kubeproof/kubeproof/internal/software"
)

// readAPK reads the database of Alpine and its kin: lines of a letter, a colon and a value, and
// an empty line after each package (https://wiki.alpinelinux.org/wiki/Apk_spec).
func readAPK(s *source) {
	var p software.Package
	any := false
	end := func(line int) {
		if any && (p.Name == "" || p.Version == "") {
			s.fail(line, "the package that ends here has no name or no version: it was left out")
		}
		if p.Source == p.Name {
			p.Source = ""
		}
		p.Type = software.APK
		s.add(p)
		p, any = software.Package{}, false
	}
	l := s.lines()
	for l.next() {
		text := l.text
		if len(text) == 0 {
			end(l.number - 1)
			continue
		}
		any = true
		if len(text) < 2 || text[1] != ':' {
			s.fail(l.number, "no field of a package: it was passed over")
			continue
		}
		switch text[0] {
		case 'P':
			p.Name = string(text[2:])
		case 'V':
			p.Version = string(text[2:])
		case 'A':
			p.Architecture = string(text[2:])
		case 'o':
			p.Source = string(text[2:])
		case 'L':
			if len(text) > 2 {
				p.Licenses = []string{string(text[2:])}
			}
		}
	}
	end(l.number)
}

package software

import (
	"bytes"
	"strings"

	"github.com/kubeproof/kubeproof/internal/software"
)

// readDpkg reads a status file of dpkg, or a file of status.d, in which images without dpkg
// keep one package each: paragraphs of fields, as deb822(5) has them.
func readDpkg(s *source) {
	one := dpkgEntry{}
	l := s.lines()
	for l.next() {
		switch text := l.text; {
		case len(bytes.TrimSpace(text)) == 0:
			one.end(s, l.number-1)
		case text[0] == ' ' || text[0] == '\t': // goes on from the line above: descriptions, lists of files
			one.lines++
		default:
			one.field(s, l.number, text)
		}
	}
	one.end(s, l.number)
}

// dpkgEntry is one paragraph.
type dpkgEntry struct {
	lines                int
	status, source       string
	name, version, archi string
}

func (e *dpkgEntry) field(s *source, line int, text []byte) {
	e.lines++
	name, value, found := bytes.Cut(text, []byte(":"))
	if !found {
		s.fail(line, "no field of a package: it was passed over")
		return
	}
	var to *string
	switch string(name) { // field names have any case, but dpkg writes them so
	case "Package":
		to = &e.name
	case "Version":
		to = &e.version
	case "Architecture":
		to = &e.archi
	case "Status":
		to = &e.status
	case "Source":
		to = &e.source
	default:
		return
	}
	*to = string(bytes.TrimSpace(value))
}

func (e *dpkgEntry) end(s *source, line int) {
	whole := *e
	*e = dpkgEntry{}
	switch {
	case whole.lines == 0 || !whole.installed():
		return
	case whole.name == "" || whole.version == "":
		s.fail(line, "the package that ends here has no name or no version: it was left out")
		return
	}
	p := software.Package{Type: software.Deb, Name: whole.name, Version: whole.version, Architecture: whole.archi}
	source, version, _ := strings.Cut(whole.source, " ")
	version = strings.Trim(version, "( )")
	if source != p.Name {
		p.Source = source
	}
	if version != p.Version {
		p.SourceVersion = version
	}
	s.add(p)
}

// installed holds for every state in which files of the package are there; status.d knows no state.
func (e *dpkgEntry) installed() bool {
	state := e.status[strings.LastIndexByte(e.status, ' ')+1:]
	return state != "config-files" && state != "not-installed"
}

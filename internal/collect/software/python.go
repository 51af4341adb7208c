package software

import (
	"bytes"
	"strings"

	"github.com/kubeproof/kubeproof/internal/software"
)

// readPythonMetadata reads what Python's installers write beside a package: METADATA or PKG-INFO,
// headers as of mail up to the first empty line (https://packaging.python.org/specifications/core-metadata/).
func readPythonMetadata(s *source) {
	p := software.Package{Type: software.PyPI}
	license, expression, field := "", "", ""
	var classified []string
	l := s.lines()
	for l.next() && len(l.text) > 0 {
		if l.text[0] == ' ' || l.text[0] == '\t' {
			if len(bytes.TrimSpace(l.text)) > 0 && field == "license" {
				license = "" // a text of several lines is no name
			}
			continue
		}
		name, value, _ := strings.Cut(string(l.text), ":")
		field, value = strings.ToLower(name), strings.TrimSpace(value)
		switch {
		case field == "name" && p.Name == "": // of two the first counts, as for mail
			p.Name = value
		case field == "version" && p.Version == "":
			p.Version = value
		case field == "license":
			license = value
		case field == "license-expression":
			expression = value
		case field == "classifier" && strings.HasPrefix(value, "License ::"):
			classified = append(classified, strings.TrimSpace(value[strings.LastIndex(value, "::")+2:]))
		}
	}
	if p.Name == "" || p.Version == "" {
		s.fail(0, "names no package and version in its headers: it was left out")
		return
	}
	p.Licenses = pythonLicenses(expression, license, classified)
	s.add(p)
}

func pythonLicenses(expression, license string, classified []string) []string {
	for _, one := range []string{expression, license} {
		if one != "" && one != "UNKNOWN" && len(one) <= longestLicense {
			return []string{one}
		}
	}
	return classified
}

package software

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/kubeproof/kubeproof/internal/software"
)

// pom is what is read of pom.xml.
type pom struct {
	GroupID    string `xml:"groupId"`
	ArtifactID string `xml:"artifactId"`
	Version    string `xml:"version"`
	Parent     struct {
		GroupID string `xml:"groupId"`
		Version string `xml:"version"`
	} `xml:"parent"`
	Properties struct {
		All []struct {
			XMLName xml.Name
			Value   string `xml:",chardata"`
		} `xml:",any"`
	} `xml:"properties"`
	Dependencies []pomDependency `xml:"dependencies>dependency"`
	Profiles     []pomDependency `xml:"profiles>profile>dependencies>dependency"`
	Managed      []pomDependency `xml:"dependencyManagement>dependencies>dependency"`
}

type pomDependency struct {
	GroupID    string `xml:"groupId"`
	ArtifactID string `xml:"artifactId"`
	Version    string `xml:"version"`
}

// readPOM reads the direct dependencies of a project of Maven whose versions stand in the same file. What
// a parent or an imported list decides is not known here, and left out.
func readPOM(s *source) {
	given, ok := s.text()
	if !ok {
		return
	}
	var p pom
	decoder := xml.NewDecoder(bytes.NewReader(given))
	decoder.CharsetReader = latin
	if err := decoder.Decode(&p); err != nil {
		var syntax *xml.SyntaxError
		line, message := 0, err.Error()
		if errors.As(err, &syntax) {
			line, message = syntax.Line, syntax.Msg
		}
		s.fail(line, "is no XML: %s: it was not read", message)
		return
	}
	values := p.values()
	managed := map[string]string{}
	for _, one := range p.Managed {
		managed[values.fill(one.GroupID)+":"+values.fill(one.ArtifactID)] = values.fill(one.Version)
	}
	for _, one := range append(p.Dependencies, p.Profiles...) {
		name := values.fill(one.GroupID) + ":" + values.fill(one.ArtifactID)
		version := values.fill(one.Version)
		if version == "" {
			version = managed[name]
		}
		if !strings.ContainsAny(name+version, "$[(,") { // ranges decide nothing
			s.add(software.Package{Type: software.Maven, Name: name, Version: version, Declared: true})
		}
	}
}

type pomValues map[string]string

func (p *pom) values() pomValues {
	values := pomValues{}
	for _, one := range p.Properties.All {
		if value := strings.TrimSpace(one.Value); len(value) <= longestName {
			values[one.XMLName.Local] = value
		}
	}
	group, version := p.GroupID, p.Version
	if group == "" {
		group = p.Parent.GroupID
	}
	if version == "" {
		version = p.Parent.Version
	}
	for _, prefix := range []string{"project.", "pom."} {
		values[prefix+"groupId"], values[prefix+"version"] = strings.TrimSpace(group), strings.TrimSpace(version)
		values[prefix+"parent.version"] = strings.TrimSpace(p.Parent.Version)
	}
	return values
}

var pomVariable = regexp.MustCompile(`\$\{([^${}]+)\}`)

// fill replaces ${name} by its value, which may hold others; what is unknown stays.
func (v pomValues) fill(text string) string {
	text = strings.TrimSpace(text)
	for range 5 {
		if !strings.Contains(text, "${") || len(text) > longestName {
			break
		}
		text = pomVariable.ReplaceAllStringFunc(text, func(variable string) string {
			if value, found := v[variable[2:len(variable)-1]]; found {
				return value
			}
			return variable
		})
	}
	return text
}

// latin reads texts in ISO 8859-1 and its kin, in which old projects are written: names and
// versions are ASCII in all of them.
func latin(_ string, input io.Reader) (io.Reader, error) {
	return latinReader{bufio.NewReader(input)}, nil
}

type latinReader struct{ from *bufio.Reader }

func (r latinReader) Read(into []byte) (n int, err error) {
	for n+utf8.UTFMax <= len(into) {
		b, err := r.from.ReadByte()
		if err != nil {
			return n, err
		}
		n += utf8.EncodeRune(into[n:], rune(b))
	}
	return n, nil
}

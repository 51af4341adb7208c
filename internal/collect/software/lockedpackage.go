package software

import (
	"strconv"
	"strings"

	"github.com/kubeproof/kubeproof/internal/software"
)

// lockedPackage is a table [[package]] of poetry.lock, uv.lock, pdm.lock or Cargo.lock.
type lockedPackage struct {
	name, version string
	// source is the field source, or the table [package.source] as poetry writes it, as text; ""
	// if there is none.
	source string
}

// lockedPackages reads the tables [[package]]. The files are TOML, but always written by their tools with a
// field a line; a reader of all TOML takes memory that grows with the square of hostile input.
func (s *source) lockedPackages() []lockedPackage {
	var all []lockedPackage
	fields := false
	table, text := "", "" // text is the quotes of the text of several lines that is open
	l := s.lines()
	for l.next() {
		line := strings.TrimSpace(string(l.text))
		if text != "" {
			if strings.Contains(line, text) {
				text = ""
			}
			continue
		}
		if strings.HasPrefix(line, "[") && strings.HasSuffix(line, "]") && l.text[0] == '[' {
			table = line
			if table == "[[package]]" && len(all) < s.limits.Packages {
				all = append(all, lockedPackage{})
			}
			continue
		}
		name, value, found := strings.Cut(line, "=")
		if !found && table == "" && line != "" && line[0] != '#' && !fields {
			s.fail(l.number, "is no lock file in TOML: it was not read")
			return nil
		}
		fields = fields || found
		if !found || len(all) == 0 {
			continue
		}
		last, name, value := &all[len(all)-1], strings.TrimSpace(name), strings.TrimSpace(value)
		text = opensText(value)
		switch {
		case table == "[package.source]" && len(last.source) < longestName:
			last.source += name + " = " + value + "\n"
		case table != "[[package]]":
		case name == "name":
			last.name = unquoteTOML(value)
		case name == "version":
			last.version = unquoteTOML(value)
		case name == "source":
			last.source = value
		}
	}
	return all
}

// opensText gives the quotes of a text that does not end in the line in which it begins.
func opensText(value string) string {
	for _, quotes := range []string{`"""`, "'''"} {
		if rest, found := strings.CutPrefix(value, quotes); found && !strings.Contains(rest, quotes) {
			return quotes
		}
	}
	return ""
}

// unquoteTOML takes a text out of its quotes; what is none is "".
func unquoteTOML(value string) string {
	if text, err := strconv.Unquote(value); err == nil {
		return text
	}
	if len(value) >= 2 && value[0] == '\'' && value[len(value)-1] == '\'' {
		return value[1 : len(value)-1]
	}
	return ""
}

// readPoetryLock reads the lock files of Python's tools.
func readPoetryLock(s *source) {
	for _, one := range s.lockedPackages() {
		if !one.isFolder() {
			s.addPyPI(one.name, one.version)
		}
	}
}

// isFolder holds for packages that come from a folder of the project: uv says { editable = "." },
// poetry type = "directory".
func (p lockedPackage) isFolder() bool {
	source := strings.TrimSpace(strings.TrimPrefix(p.source, "{"))
	for _, field := range []string{"virtual", "editable", "directory", "path"} {
		if strings.HasPrefix(source, field+" =") {
			return true
		}
	}
	return strings.Contains(source, `type = "directory"`)
}

// readCargoLock reads the crates; those without a source are the project's own.
func readCargoLock(s *source) {
	for _, one := range s.lockedPackages() {
		if one.source != "" {
			s.add(software.Package{Type: software.Cargo, Name: one.name, Version: one.version, Declared: true})
		}
	}
}

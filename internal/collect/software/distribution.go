package software

import (
	"strings"
)

// releaseFiles tell the distribution; what an earlier one says goes before the later ones.
var releaseFiles = [...]string{"etc/os-release", "usr/lib/os-release", "etc/centos-release", "etc/redhat-release"}

// distribution is what the releaseFiles say of it, by path.
type distribution map[string]said

// said is what the topmost layer that has the file says.
type said struct {
	id, version string
	layer       int
}

// Distribution gives ID and VERSION_ID of os-release, as debian and 12; the code name where a
// distribution that has not been released has no version, and "" where nothing was found.
func (r *Reader) Distribution() (id, version string) {
	for _, path := range releaseFiles {
		if one := r.distribution[path]; one.id != "" && !r.gone(path, one.layer) {
			return one.id, one.version
		}
	}
	return "", ""
}

func (s *source) say(id, version string) { s.distribution[s.path] = said{id, version, s.layer} }

// readOSRelease reads os-release(5).
func readOSRelease(s *source) {
	fields := map[string]string{}
	l := s.lines()
	for l.next() {
		name, value, found := strings.Cut(strings.TrimSpace(string(l.text)), "=")
		if found && len(value) <= longestName {
			switch name {
			case "ID", "VERSION_ID", "VERSION_CODENAME":
				fields[name] = unquote(value)
			}
		}
	}
	version := fields["VERSION_ID"]
	if version == "" {
		version = fields["VERSION_CODENAME"]
	}
	s.say(strings.ToLower(fields["ID"]), version)
}

// unquote takes the quotes of a shell's word away.
func unquote(word string) string {
	if len(word) >= 2 && (word[0] == '"' || word[0] == '\'') && word[len(word)-1] == word[0] {
		word = word[1 : len(word)-1]
	}
	return strings.NewReplacer(`\"`, `"`, `\\`, `\`, `\$`, `$`).Replace(word)
}

// readOldRelease reads the one line of etc/redhat-release and etc/centos-release, which say
// "CentOS release 6.10 (Final)" where there is no os-release yet.
func readOldRelease(s *source) {
	l := s.lines()
	if !l.next() {
		return
	}
	words := strings.Fields(string(l.text))
	for i, word := range words {
		if word == "release" && i > 0 && i+1 < len(words) && len(words[i+1]) < longestName {
			id := strings.ToLower(words[0])
			if id == "red" {
				id = "rhel"
			}
			s.say(id, words[i+1])
			return
		}
	}
}

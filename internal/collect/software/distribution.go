package software

import (
	"strings"
)

// distribution is what the files say of it, by the rank of the file: os-release in etc goes before
// that in usr/lib, and both before the older files.
type distribution struct {
	found [3]struct {
		id, version string
		layer       int
	}
}

const (
	rankEtc = iota
	rankUsr
	rankOld
)

// Distribution gives ID and VERSION_ID of os-release, as debian and 12; the code name where a
// distribution that has not been released has no version, and "" where nothing was found.
func (d *distribution) Distribution() (id, version string) {
	for _, one := range d.found {
		if one.id != "" {
			return one.id, one.version
		}
	}
	return "", ""
}

func (d *distribution) say(rank, layer int, id, version string) {
	if at := &d.found[rank]; at.id == "" || layer >= at.layer {
		at.id, at.version, at.layer = id, version, layer
	}
}

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
	rank := rankUsr
	if strings.HasPrefix(s.path, "etc/") {
		rank = rankEtc
	}
	s.say(rank, s.layer, strings.ToLower(fields["ID"]), version)
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
			s.say(rankOld, s.layer, id, words[i+1])
			return
		}
	}
}

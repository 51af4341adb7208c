package image

import (
	"bytes"
	"path"
	"slices"
	"strings"
)

// script is what is kept of an executable script.
type script struct {
	layer       int
	interpreter string
	drops       []string
}

// interpreterOf gives the program of the first line, "bash" of "#!/usr/bin/env bash".
func interpreterOf(text []byte) string {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	fields := strings.Fields(strings.TrimPrefix(string(line), "#!"))
	if len(fields) > 0 && path.Base(fields[0]) == "env" {
		fields = fields[1:]
		for len(fields) > 0 && (strings.HasPrefix(fields[0], "-") || strings.Contains(fields[0], "=")) {
			fields = fields[1:]
		}
	}
	if len(fields) == 0 {
		return ""
	}
	name := path.Base(fields[0])
	return name[:min(len(name), 40)]
}

// droppers are programs that go on as another user. Those that are true do it only with the option
// of a user, and have other uses.
var droppers = map[string]bool{
	"gosu": false, "su-exec": false, "setpriv": false, "runuser": false, "s6-setuidgid": false, "setuidgid": false,
	"chpst": true, "su": true, "sudo": true, "chroot": true, "start-stop-daemon": true,
}

// dropsIn gives the programs by which a shell script gives root up. Words that only look for such a
// program or install it do not count.
func dropsIn(text string) []string {
	var found []string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || !mentionsDropper(line) {
			continue
		}
		for _, command := range strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(";&|()`", r) }) {
			if name := dropIn(strings.FieldsFunc(command, func(r rune) bool { return strings.ContainsRune(" \t\"'{}$", r) })); name != "" && !slices.Contains(found, name) {
				found = append(found, name)
			}
		}
	}
	slices.Sort(found)
	return found
}

// mostWords is how many words of a command are looked at.
const mostWords = 100

// dropIn gives the program by which one command gives root up; "" if none.
func dropIn(words []string) string {
	words = words[:min(len(words), mostWords)]
	for at, word := range words {
		name := path.Base(word)
		conditional, known := droppers[name]
		if known && at+1 < len(words) && startsCommand(words[:at]) && (!conditional || namesUser(name, words[at+1:])) {
			return name
		}
	}
	return ""
}

func mentionsDropper(line string) bool {
	return strings.Contains(line, "su") || strings.Contains(line, "set") || strings.Contains(line, "chpst") ||
		strings.Contains(line, "chroot") || strings.Contains(line, "start-stop-daemon") || strings.Contains(line, "runuser")
}

// startsCommand reports whether a command can follow the words before it on a line.
func startsCommand(before []string) bool {
	for _, word := range before {
		switch word {
		case "echo", "printf", "command", "which", "type", "hash", "install", "add", "apt-get", "apk", "yum", "dnf", "rm", "cp", "chmod", "chown", "[", "test":
			return false
		}
	}
	return true
}

// namesUser reports whether the words after a program say that it is to run as another user.
func namesUser(name string, after []string) bool {
	switch name {
	case "su":
		return slices.ContainsFunc(after, func(word string) bool {
			return word == "-c" || word == "-" || word == "-s" || word == "--command" || word == "-m"
		})
	case "sudo", "chpst":
		return slices.ContainsFunc(after, func(word string) bool {
			return strings.HasPrefix(word, "-u") || strings.HasPrefix(word, "--user") || strings.HasPrefix(word, "-Eu")
		})
	case "chroot":
		return strings.HasPrefix(after[0], "--userspec")
	}
	return slices.ContainsFunc(after, func(word string) bool { return strings.HasPrefix(word, "--chuid") || word == "-c" })
}

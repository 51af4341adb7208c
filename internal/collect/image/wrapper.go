package image

import (
	"path"
	"slices"
	"strings"
)

// wrapper is how the command line of a program that starts another is read: its options, then words
// of its own, then the command.
type wrapper struct {
	// values are the options that take the next word, long ones only where they cannot be joined to
	// it by =.
	values string
	// own is how many words stand before the command: a user, a folder, a time.
	own int
	// assigns is true if NAME=value may stand before the command.
	assigns bool
	// shell is true if an option with c hands over a line of shell.
	shell bool
	// line are options whose next word is a line of shell.
	line string
}

// wrappers are the programs that start what stands after them, by their manuals.
var wrappers = map[string]wrapper{
	"tini": tini, "tini-static": tini, "docker-init": tini, "catatonit": {}, "dumb-init": {values: "-r --rewrite"},
	"env":  {values: "-u --unset -C --chdir -a --argv0", assigns: true, line: "-S --split-string"},
	"exec": {values: "-a"}, "nohup": {}, "setsid": {}, "nice": {values: "-n --adjustment"}, "ionice": {values: "-c --class -n --classdata"},
	"timeout": {values: "-s --signal -k --kill-after", own: 1}, "stdbuf": {values: "-i -o -e --input --output --error"}, "taskset": {own: 1},
	"gosu": {own: 1}, "su-exec": {own: 1}, "setuidgid": {own: 1}, "s6-setuidgid": {own: 1}, "with-contenv": {},
	"chroot": {values: "--userspec --groups", own: 1}, "chpst": {values: "-u -U -b -e -/ -n -l -L -m -d -o -p -f -c -r -t"},
	"setpriv": {values: "--reuid --ruid --euid --regid --rgid --egid --groups --inh-caps --ambient-caps --bounding-set --securebits --pdeathsig " +
		"--ptracer --selinux-label --apparmor-profile --landlock-access --landlock-rule --seccomp-filter"},
	"sudo":    {values: "-u --user -g --group -h --host -p --prompt -C --close-from -D --chdir -R --chroot -T --command-timeout", assigns: true},
	"runuser": {values: "-u --user -g --group -G --supp-group -s --shell -w --whitelist-environment", line: "-c --command"},
	"su":      {values: "-g --group -G --supp-group -s --shell -w --whitelist-environment", own: everything, line: "-c --command"},
	"sh":      posix, "dash": posix, "ash": posix, "ksh": posix, "zsh": posix, "bash": {values: "-o -O --rcfile --init-file", shell: true},
}

var (
	tini  = wrapper{values: "-p -e"}
	posix = wrapper{values: "-o", shell: true}
)

// everything is for programs that start nothing but what an option tells.
const everything = 1 << 20

// programsOf gives the words of a command that name programs: the first, and those that programs start
// which are there to start another.
func programsOf(command []string) (all []string) {
	for len(command) > 0 && len(all) < mostExecutables {
		all = append(all, command[0])
		name := path.Base(command[0])
		if name == "runuser" && !slices.ContainsFunc(command, namesRunUser) {
			name = "su" // whose options it takes too
		}
		w, known := wrappers[name]
		if !known {
			return all
		}
		rest, line, isLine := w.after(command[1:])
		if isLine {
			return append(all, programsOfShell(line)...)
		}
		command = rest
	}
	return all
}

func namesRunUser(word string) bool {
	return strings.HasPrefix(word, "-u") || strings.HasPrefix(word, "--user")
}

// after gives the command that follows the options and words of a wrapper, or the line of shell that
// it is told.
func (w wrapper) after(words []string) (command []string, line string, isLine bool) {
	own := w.own
	for at := 0; at < len(words); at++ {
		word := words[at]
		option := len(word) > 1 && (word[0] == '-' || w.shell && word[0] == '+')
		switch {
		case word == "--":
			return w.past(words[at+1:], own), "", false
		case option && contains(w.line, word) && at+1 < len(words):
			return nil, words[at+1], true
		case option && w.shell && isLineOption(word):
			return w.lineAfter(words[at+1:])
		case option && (contains(w.values, word) || w.shell && strings.HasSuffix(word, "o") && word[1] != '-'):
			at++
		case option, w.assigns && isAssignment(word):
		case own >= everything: // options may follow: su app -c line
		default:
			return w.past(words[at:], own), "", false
		}
	}
	return nil, "", false
}

// past leaves out the words that belong to the wrapper.
func (w wrapper) past(words []string, own int) []string {
	words = words[min(own, len(words)):]
	for w.assigns && len(words) > 0 && isAssignment(words[0]) {
		words = words[1:]
	}
	return words
}

// lineAfter gives the line of shell after further options: sh -c -e line.
func (w wrapper) lineAfter(words []string) ([]string, string, bool) {
	for _, word := range words {
		if !strings.HasPrefix(word, "-") && !strings.HasPrefix(word, "+") {
			return nil, word, true
		}
	}
	return nil, "", false
}

func isLineOption(word string) bool {
	return word[0] == '-' && word[1] != '-' && strings.Contains(word, "c")
}

// contains reports whether a list of options has one.
func contains(list, option string) bool {
	return list != "" && slices.Contains(strings.Fields(list), option)
}

// isAssignment tells NAME=value.
func isAssignment(word string) bool {
	name, _, found := strings.Cut(word, "=")
	return found && name != "" && !strings.ContainsAny(name, "/ ")
}

// programsOfShell gives the first words of the commands of a line of shell. Words that the shell
// would first fill in are left out.
func programsOfShell(line string) (all []string) {
	for _, command := range strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(";&|\n", r) }) {
		words := strings.Fields(command)
		for len(words) > 0 && isAssignment(words[0]) {
			words = words[1:]
		}
		if len(all) >= mostExecutables {
			return all
		}
		if len(words) == 0 || shellWords[words[0]] {
			continue
		}
		for _, word := range programsOf(words) {
			if word != "exec" && !strings.ContainsAny(word, "$`\"'()[]{}<>*?\\") && !slices.Contains(all, word) {
				all = append(all, word)
			}
		}
	}
	return all
}

// shellWords are what shells know themselves.
var shellWords = map[string]bool{"cd": true, "export": true, "set": true, "if": true, "then": true, "else": true, "fi": true, "while": true, "do": true, "done": true,
	"for": true, "source": true, ".": true, "trap": true, "ulimit": true, "umask": true, "echo": true, "eval": true, "true": true, "case": true, "esac": true}

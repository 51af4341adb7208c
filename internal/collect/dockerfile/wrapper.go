package dockerfile

import (
	"slices"
	"strings"
)

// wrapper is a program that runs the command which its arguments name.
type wrapper struct {
	// valued are its options that take the next word.
	valued []string
	// skip is how many words stand between its options and the command.
	skip int
	// assigns is true if NAME=value may stand before the command.
	assigns bool
}

// wrappers are the programs that Dockerfiles put before commands.
var wrappers = map[string]wrapper{
	"sudo":      {valued: []string{"-u", "-g", "-h", "-p", "-C", "-r", "-t", "-T", "-U", "--user", "--group"}, assigns: true},
	"doas":      {valued: []string{"-u", "-C"}},
	"env":       {valued: []string{"-u", "-C", "--unset", "--chdir"}, assigns: true},
	"exec":      {valued: []string{"-a"}},
	"command":   {},
	"builtin":   {},
	"nohup":     {},
	"setsid":    {},
	"time":      {valued: []string{"-f", "-o"}},
	"nice":      {valued: []string{"-n", "--adjustment"}},
	"ionice":    {valued: []string{"-c", "-n", "--class", "--classdata"}},
	"stdbuf":    {valued: []string{"-i", "-o", "-e"}},
	"timeout":   {valued: []string{"-k", "-s", "--kill-after", "--signal"}, skip: 1},
	"xargs":     {valued: []string{"-n", "-I", "-i", "-P", "-L", "-d", "-a", "-s", "-E", "--max-args", "--max-procs", "--delimiter", "--arg-file"}},
	"chroot":    {valued: []string{"--userspec", "--groups"}, skip: 1},
	"gosu":      {skip: 1},
	"su-exec":   {skip: 1},
	"setpriv":   {valued: []string{"--reuid", "--regid", "--groups", "--inh-caps", "--bounding-set"}},
	"runuser":   {valued: []string{"-u", "-g", "-G", "--user", "--group"}},
	"tini":      {valued: []string{"-p", "-e"}},
	"dumb-init": {valued: []string{"-r"}},
	"catchsegv": {},
	"fakeroot":  {},
	"unbuffer":  {},
	"linux32":   {},
	"eatmydata": {},
	"busybox":   {},
}

// unwrap gives the command that a wrapper runs; false if the command is none, or runs nothing.
func unwrap(name string, args []argument) ([]argument, bool) {
	w, known := wrappers[name]
	if !known {
		return nil, false
	}
	rest := args[1:]
	for len(rest) > 0 {
		word := rest[0].value
		switch {
		case word == "--":
			rest = rest[1:]
			return skipWords(rest, w.skip)
		case len(word) > 1 && word[0] == '-':
			if slices.Contains(w.valued, word) && len(rest) > 1 {
				rest = rest[1:]
			}
			rest = rest[1:]
		case w.assigns && isAssignment(word):
			rest = rest[1:]
		default:
			return skipWords(rest, w.skip)
		}
	}
	return nil, false
}

func skipWords(rest []argument, n int) ([]argument, bool) {
	if len(rest) <= n {
		return nil, false
	}
	return rest[n:], true
}

func isAssignment(word string) bool {
	name, _, found := strings.Cut(word, "=")
	return found && name != "" && !strings.ContainsAny(name, " /.:$-")
}

// inlineScript is the word that sh -c, su -c or eval runs; nil if there is none.
func inlineScript(args []argument) *argument {
	if len(args) < 2 {
		return nil
	}
	name := commandName(args[0].value)
	switch {
	case name == "eval" && len(args) == 2:
		return &args[1]
	case name == "su":
	case !isShell(name) || isPowerShell(name) || name == "cmd":
		return nil
	}
	for i := 1; i+1 < len(args); i++ {
		word := args[i].value
		if word == "--command" || len(word) > 1 && word[0] == '-' && word[1] != '-' && strings.HasSuffix(word, "c") {
			return &args[i+1]
		}
	}
	return nil
}

package secret

import "strings"

// Command reads the words of one command in their order and finds the secrets among them. The
// zero value is ready; each command needs its own.
type Command struct {
	flags flagReader
}

// Word reports whether the next word of the command is or holds a secret, by itself or because
// of the words before it, as after --password.
func (c *Command) Word(text string) (Finding, bool) {
	found, ok := Detect("", text)
	if _, flagged, is := c.flags.next(strings.TrimSpace(text)); is && !ok {
		return flagged, true
	}
	return found, ok
}

// findFlag gives the secret that a flag of a command on the line hands over: its place and what it is.
func findFlag(line string) (start, end int, found Finding, ok bool) {
	var reader flagReader
	for at := 0; at < len(line); {
		for at < len(line) && isSpace(line[at]) {
			at++
		}
		from := at
		for at < len(line) && !isSpace(line[at]) && !endsElement(line, at) {
			at++
		}
		text := line[from:at]
		trimmed := strings.TrimLeft(text, "[\"'")
		from += len(text) - len(trimmed)
		trimmed = strings.TrimRight(trimmed, "\"',;\\]")
		if endsElement(line, at) {
			at++
		}
		if cut, found, ok := reader.next(trimmed); ok {
			return from + cut, from + len(trimmed), found, true
		}
	}
	return 0, 0, Finding{}, false
}

// endsElement tells the comma after a quoted element of a list.
func endsElement(line string, at int) bool {
	return at > 0 && at < len(line) && line[at] == ',' && (line[at-1] == '"' || line[at-1] == '\'')
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// flagReader reads a command word by word.
type flagReader struct {
	tool    string // the last program that takes secrets in short flags
	pending keyClass
	pair    bool // the value is user:password
}

// next reads a word. If it holds a secret because of the words before, it tells what, and
// where in the word it begins.
func (r *flagReader) next(text string) (cut int, found Finding, ok bool) {
	pending, pair := r.pending, r.pair
	r.pending, r.pair = notSecret, false
	if pending != notSecret && text != "" && text[0] != '-' {
		if pair {
			colon := strings.IndexByte(text, ':')
			if colon < 0 {
				return 0, Finding{}, false
			}
			cut = colon + 1
		}
		if harmless(text[cut:]) {
			return 0, Finding{}, false
		}
		if pending == passwordKey {
			found, ok = judgePassword(text[cut:])
		} else {
			found, ok = judgeSecret(pending, text[cut:])
		}
		return cut, found, ok
	}
	if text == "" {
		return 0, Finding{}, false
	}
	if text[0] != '-' {
		r.program(text)
		return 0, Finding{}, false
	}
	return r.flag(text)
}

func (r *flagReader) program(text string) {
	name := text[strings.LastIndexByte(text, '/')+1:]
	switch name {
	case "mysql", "mysqldump", "mysqladmin", "mariadb", "mariadb-dump", "mariadb-admin", "mysqlimport", "mysqlsh":
		r.tool = "mysql"
	case "redis-cli", "sshpass", "curl", "wget":
		r.tool = name
	case "docker", "podman", "nerdctl", "buildah", "skopeo", "oras", "helm":
		r.tool = "registry"
	case "login":
		if r.tool == "registry" {
			r.tool = "login"
		}
	case "|", "&&", ";", "||":
		r.tool = ""
	}
}

func (r *flagReader) flag(text string) (cut int, found Finding, ok bool) {
	switch {
	case strings.HasPrefix(text, "--"):
		if strings.IndexByte(text, '=') < 0 {
			r.pending = judgeKey(text[2:])
			if r.tool == "curl" && text == "--user" {
				r.pending, r.pair = passwordKey, true
			}
		}
	case r.tool == "mysql" && strings.HasPrefix(text, "-p"):
		value := strings.TrimLeft(text[2:], "\"'")
		if !harmless(value) {
			found, ok = judgePassword(value)
		}
		return len(text) - len(value), found, ok
	case r.tool == "redis-cli" && text == "-a", r.tool == "sshpass" && text == "-p", r.tool == "login" && text == "-p":
		r.pending = passwordKey
	case r.tool == "curl" && text == "-u":
		r.pending, r.pair = passwordKey, true
	case len(text) > 2 && strings.IndexByte(text, '=') < 0:
		// One dash before a long name, as programs in Go and Java take it. Only names that are
		// nothing else than a password count: -token may be a switch.
		if class := judgeKey(text[1:]); class == passwordKey {
			r.pending = class
		}
	}
	return 0, Finding{}, false
}

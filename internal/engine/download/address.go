package download

import (
	"path"
	"strings"

	"github.com/kubeproof/kubeproof/internal/secret"
)

func isWeb(address string) bool {
	return hasPrefixFold(address, "http://") || hasPrefixFold(address, "https://") || hasPrefixFold(address, "ftp://")
}

func hasPrefixFold(text, prefix string) bool {
	return len(text) >= len(prefix) && strings.EqualFold(text[:len(prefix)], prefix)
}

// isRepository reports whether ADD takes an address for a Git repository.
func isRepository(address string) bool {
	address, _, _ = strings.Cut(address, "#")
	return strings.HasPrefix(address, "git@") || strings.HasPrefix(address, "git://") || strings.HasPrefix(address, "ssh://") ||
		isWeb(address) && strings.HasSuffix(address, ".git")
}

// host is the server of an address without user, password and port; "" if a variable decides it.
func host(address string) string {
	if _, rest, found := strings.Cut(address, "://"); found {
		address = rest
	}
	if end := strings.IndexAny(address, "/?#"); end >= 0 {
		address = address[:end]
	}
	if at := strings.LastIndexByte(address, '@'); at >= 0 {
		address = address[at+1:]
	}
	if port := strings.LastIndexByte(address, ':'); port >= 0 && !strings.HasSuffix(address, "]") {
		address = address[:port]
	}
	if strings.ContainsAny(address, "$`%{ ") {
		return ""
	}
	return strings.ToLower(address)
}

// isLocal reports whether an address is that of the machine itself, or a file.
func isLocal(address string) bool {
	name := host(address)
	return hasPrefixFold(address, "file:") || name == "localhost" || strings.HasPrefix(name, "127.") || name == "[::1]" || name == "0.0.0.0" ||
		name == "host.docker.internal"
}

// base is the last part of an address or a path, without what asks and marks.
func base(name string) string {
	if _, rest, found := strings.Cut(name, "://"); found {
		name = rest
		if end := strings.IndexAny(name, "?#"); end >= 0 && !strings.Contains(name[:end], "${") {
			name = name[:end]
		}
	}
	name = strings.TrimRight(name, "/")
	if !strings.Contains(name, "/") {
		name = name[strings.LastIndexByte(name, '@')+1:] // user:password@host
	}
	return name[strings.LastIndexByte(name, '/')+1:]
}

// told names a download in a message: what, and from where. Addresses are not shown whole, since
// they may hold a password.
func (f *fetch) told() string {
	name, from := base(f.address), host(f.address)
	shown := base(f.file)
	if shown != "" && !strings.ContainsAny(shown, "$`") && (strings.ContainsAny(name, "$`") || kindOf(name) == data && kindOf(shown) != data) {
		name = shown
	}
	switch {
	case name == "" || len(name) > 80 || strings.EqualFold(name, from) || isSecret(name):
		name = "a file"
	default:
		name = `"` + name + `"`
	}
	if from != "" {
		name += " from " + from
	}
	return name
}

func isSecret(name string) bool {
	_, found := secret.Detect("", name)
	return found
}

// isFixed reports whether an address holds a digest or the full hash of a commit, which names one
// content for good.
func isFixed(address string) bool {
	run := 0
	for i := 0; i <= len(address); i++ {
		if i < len(address) && (address[i] >= '0' && address[i] <= '9' || address[i] >= 'a' && address[i] <= 'f') {
			run++
			continue
		}
		if run == 40 || run == 64 {
			return true
		}
		run = 0
	}
	return false
}

// extension is the ending of a name in lower case, with its dot: ".gz", "" if there is none. The
// digits of a version are none.
func extension(name string) string {
	ending := strings.ToLower(path.Ext(name))
	if len(ending) > 9 || strings.Trim(ending, ".0123456789") == "" || strings.ContainsAny(ending, "$}` ") {
		return ""
	}
	return ending
}

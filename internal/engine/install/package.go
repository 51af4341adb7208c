package install

import (
	"regexp"
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
)

// kind tells what a word behind a verb is.
type kind int

const (
	named kind = iota
	// local is a file, a folder or an address; group a set of packages or of others' choosing.
	local
	group
	// unknown has a variable in its name.
	unknown
)

// pkg is what a call installs or removes.
type pkg struct {
	node *document.Node
	name string
	// version is the constraint as it is written; "" for none.
	version string
	kind    kind
}

// words that are files or addresses and no names
func isLocal(text string) bool {
	return strings.Contains(text, "://") || strings.HasPrefix(text, ".") || strings.HasPrefix(text, "/") || strings.HasPrefix(text, "~/") || strings.HasPrefix(text, "file:")
}

var systemFile = regexp.MustCompile(`\.(deb|rpm|apk)$|\.pkg\.tar(\.\w+)?$`)

// cut makes a package of a word whose version begins at one of some signs.
func cut(w word, signs string) pkg {
	name, version := w.text, ""
	if at := strings.IndexAny(w.text, signs); at >= 0 {
		name, version = w.text[:at], w.text[at:]
	}
	return made(w, name, version)
}

func made(w word, name, version string) pkg {
	p := pkg{node: w.node, name: name, version: version}
	switch {
	case isUnknown(name):
		p.kind = unknown
	case isLocal(w.text):
		p.kind = local
	case strings.HasPrefix(name, "@") || strings.ContainsAny(name, "*?["):
		p.kind = group
	}
	return p
}

func aptPackage(w word) pkg {
	p := cut(w, "=/")
	switch {
	case systemFile.MatchString(w.text) && p.kind == named:
		p.kind = local
	case strings.HasSuffix(w.text, "^") || strings.HasSuffix(w.text, "-"):
		p.kind = group
	}
	p.name, _, _ = strings.Cut(p.name, ":")
	return p
}

func apkPackage(w word) pkg {
	if strings.HasPrefix(w.text, ".") && !strings.Contains(w.text, "/") { // .build-deps, a virtual one
		return pkg{node: w.node, name: w.text, kind: group}
	}
	p := cut(w, "=<>~")
	p.name, _, _ = strings.Cut(p.name, "@")
	if systemFile.MatchString(w.text) && p.kind == named {
		p.kind = local
	}
	return p
}

// rpmVersion is the end of a name that is a version: nginx-1.20.1-1.el8.x86_64.
var rpmVersion = regexp.MustCompile(`-\d[^-]*(-\d[^-]*)?$`)

func rpmPackage(w word) pkg {
	p := cut(w, "=<> ")
	if p.version == "" && p.kind != unknown {
		if at := rpmVersion.FindStringIndex(w.text); at != nil {
			p = made(w, w.text[:at[0]], w.text[at[0]:])
		}
	}
	if systemFile.MatchString(w.text) && p.kind == named || strings.Contains(w.text, " ") {
		p.kind = local
	}
	p.name = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(p.name, ".x86_64"), ".i686"), ".noarch")
	return p
}

func zypperPackage(w word) pkg {
	p := rpmPackage(w)
	if at := strings.IndexByte(p.name, ':'); at > 0 && strings.HasPrefix(p.name, "pattern:") {
		p.kind = group
	}
	return p
}

func pacmanPackage(w word) pkg {
	p := cut(w, "=")
	if systemFile.MatchString(w.text) && p.kind == named {
		p.kind = local
	}
	return p
}

func chocoPackage(w word) pkg {
	p := made(w, w.text, "")
	if strings.HasSuffix(w.text, ".config") || strings.HasSuffix(w.text, ".nupkg") || strings.HasPrefix(w.text, "/") {
		p.kind = local
	}
	return p
}

var pythonFile = regexp.MustCompile(`(\.whl|\.tar\.gz|\.zip|/)$|^git\+|/`)

// pipPackage reads name[extras]<=version; markers, which are part of the version.
func pipPackage(w word) pkg {
	text, _, _ := strings.Cut(w.text, ";")
	at := strings.IndexAny(text, "=<>!~ @")
	name, version := text, ""
	if at >= 0 {
		name, version = text[:at], strings.TrimSpace(text[at:])
	}
	if bracket := strings.IndexByte(name, '['); bracket > 0 {
		name = name[:bracket]
	}
	p := pkg{node: w.node, name: name, version: version}
	switch {
	case isUnknown(name):
		p.kind = unknown
	case isLocal(text) || pythonFile.MatchString(name) || strings.HasPrefix(version, "@") && strings.Contains(version, "/"):
		p.kind = local
	case strings.ContainsAny(name, "*?"):
		p.kind = group
	}
	return p
}

var nodeFile = regexp.MustCompile(`^(git|github|gitlab|bitbucket|file|link|http|https|git\+\w+):|\.tgz$|\.tar\.gz$`)

// npmPackage reads name@version and @scope/name@version.
func npmPackage(w word) pkg {
	name, version := w.text, ""
	if at := strings.LastIndexByte(w.text, '@'); at > 0 {
		name, version = w.text[:at], w.text[at+1:]
	}
	p := pkg{node: w.node, name: name, version: version}
	switch {
	case isUnknown(name):
		p.kind = unknown
	case isLocal(w.text) || nodeFile.MatchString(w.text) || strings.Contains(name, "/") && !strings.HasPrefix(name, "@"):
		p.kind = local
	}
	return p
}

func gemPackage(w word) pkg {
	p := cut(w, ":")
	if strings.HasSuffix(w.text, ".gem") || strings.Contains(w.text, "/") {
		p.kind = local
	}
	return p
}

// goPackage reads path@version. What has no domain before its first slash is part of the program.
func goPackage(w word) pkg {
	name, version, _ := strings.Cut(w.text, "@")
	p := pkg{node: w.node, name: name, version: version}
	domain, _, _ := strings.Cut(name, "/")
	switch {
	case isUnknown(name):
		p.kind = unknown
	case !strings.Contains(domain, ".") || isLocal(name):
		p.kind = local
	}
	return p
}

func cargoPackage(w word) pkg {
	p := cut(w, "@")
	p.version = strings.TrimPrefix(p.version, "@")
	return p
}

func composerPackage(w word) pkg {
	p := cut(w, ":= ")
	p.version = strings.TrimLeft(p.version, ":= ")
	if !strings.Contains(p.name, "/") && p.kind == named { // ext-intl, php
		p.kind = local
	}
	return p
}

func condaPackage(w word) pkg {
	text := w.text
	if at := strings.LastIndex(text, "::"); at >= 0 {
		text = text[at+2:]
	}
	p := cut(word{text, w.node}, "=<>! ")
	if strings.HasSuffix(w.text, ".conda") || strings.HasSuffix(w.text, ".tar.bz2") {
		p.kind = local
	}
	return p
}

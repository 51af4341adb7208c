package walk

import (
	"path"
	"strings"
)

// IsDockerfile reports whether a file is a Dockerfile by its name: Dockerfile, Containerfile, these
// with something before or behind a dot (api.Dockerfile, Dockerfile.prod).
func IsDockerfile(name string) bool {
	base := strings.ToLower(path.Base(name))
	stem, rest, _ := strings.Cut(base, ".")
	switch {
	case stem == "dockerfile" || stem == "containerfile":
		return !isNoDockerfile(rest)
	case strings.HasSuffix(base, ".dockerfile") || strings.HasSuffix(base, ".containerfile"):
		return true
	}
	return strings.HasPrefix(base, "dockerfile-") && !isNoDockerfile(strings.TrimPrefix(path.Ext(base), "."))
}

// isNoDockerfile knows the endings of files that only have to do with Dockerfiles: ignore lists,
// templates, programs and texts.
func isNoDockerfile(ending string) bool {
	switch ending[strings.LastIndexByte(ending, '.')+1:] {
	case "dockerignore", "containerignore", "md", "txt", "txtar", "rst", "html", "sh", "py", "go", "js", "ts", "rb", "java", "cs", "rs", "ps1", "bat", "mk",
		"json", "yaml", "yml", "toml", "xml", "ini", "cfg", "conf", "csv", "svg", "png", "tar", "gz", "tgz", "zip", "log",
		"lock", "sha256", "sig", "orig", "rej", "bak", "swp", "patch", "diff":
		return true
	}
	return isTemplate("." + ending)
}

// isTemplate reports whether a file's ending is that of a template, which is no Dockerfile before
// it is filled in.
func isTemplate(name string) bool {
	switch path.Ext(strings.ToLower(name)) {
	case ".j2", ".jinja", ".jinja2", ".tmpl", ".tpl", ".template", ".in", ".erb", ".m4", ".mustache", ".hbs", ".ejs", ".cue":
		return true
	}
	return false
}

package buildcontext

import (
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Bounds of a guess.
const (
	mostGuessed    = 200    // sources
	mostCandidates = 10_000 // names in a folder that a wildcard is compared with
)

// deploymentFolders hold Dockerfiles whose context is more often a folder above.
var deploymentFolders = []string{
	"docker", ".docker", "dockerfile", "dockerfiles", "build", "package", "packaging", "deploy", "deployment", "container", "containers", "ci", ".ci",
	"infra", "ops", ".devcontainer",
}

// Guess finds the folder that is most likely the context of a Dockerfile, which only the command
// that builds it says: its own folder, or the nearest one above, within files, that holds more of
// the sources of its COPY and ADD. sources are the local ones; those with variables
// do not count. certain is false if no folder has most of them, or if nothing speaks for a folder and the
// Dockerfile lies where Dockerfiles are kept for a folder above, or only a folder above has a .dockerignore.
func Guess(files fs.FS, dockerfile string, sources []string) (folder string, certain bool) {
	own := path.Dir(path.Clean(dockerfile))
	sources = telling(sources)
	if len(sources) == 0 {
		return own, !slices.Contains(deploymentFolders, strings.ToLower(path.Base(own))) && !listedAbove(files, dockerfile, own)
	}
	folder, most := own, 0
	for candidate := own; ; candidate = path.Dir(candidate) {
		count := 0
		for _, source := range sources {
			if exists(files, candidate, source) {
				count++
			}
		}
		if count > most {
			folder, most = candidate, count
		}
		if most == len(sources) || candidate == "." || candidate == "/" {
			return folder, 2*most > len(sources)
		}
	}
}

// listedAbove reports whether a folder above has a list of patterns and the Dockerfile's own has none: then that
// one may be the context, as in a repository of several parts.
func listedAbove(files fs.FS, dockerfile, own string) bool {
	for folder := own; ; folder = path.Dir(folder) {
		if Open(files, folder, dockerfile).Ignore().Found {
			return folder != own
		}
		if folder == "." || folder == "/" {
			return false
		}
	}
}

// telling gives the sources that tell of a folder, each once: not those that are in all of them.
func telling(sources []string) []string {
	var told []string
	for _, source := range sources {
		clean := strings.TrimPrefix(path.Join("/", source), "/")
		if strings.Contains(source, "://") || strings.ContainsAny(clean, "$\x00") || strings.Trim(clean, "*?/") == "" || slices.Contains(told, clean) {
			continue
		}
		if told = append(told, clean); len(told) == mostGuessed {
			break
		}
	}
	return told
}

// exists reports whether a source is in a folder. Of a wildcard only the first element that has
// one is tried.
func exists(files fs.FS, folder, source string) bool {
	literal, pattern := splitWildcards("/" + source)
	name := path.Join(folder, strings.TrimPrefix(literal, "/"))
	if pattern == "" {
		_, err := fs.Stat(files, name)
		return err == nil
	}
	first, _, _ := strings.Cut(pattern, "/")
	info, err := fs.Stat(files, name)
	if err != nil || !info.IsDir() {
		return false
	}
	return anyMatches(files, name, first)
}

func anyMatches(files fs.FS, folder, pattern string) bool {
	file, err := files.Open(folder)
	if err != nil {
		return false
	}
	defer file.Close() // read only
	dir, ok := file.(fs.ReadDirFile)
	if !ok {
		return false
	}
	for seen := 0; seen < mostCandidates; {
		batch, err := dir.ReadDir(256)
		for _, e := range batch {
			if matched, _ := path.Match(pattern, e.Name()); matched {
				return true
			}
		}
		seen += len(batch)
		if err != nil && errors.Is(err, io.EOF) || len(batch) == 0 {
			return false
		}
	}
	return false
}

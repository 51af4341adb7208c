package software

import (
	"io/fs"
	"slices"
	"strings"
)

// format is one kind of file.
type format struct {
	read func(*source)
	// within says in which folders the file must stand; nil if it may stand anywhere.
	within func(folder string) bool
	// declares holds for lock files and manifests, which say what shall be installed. Those that
	// installed packages bring along are not read.
	declares bool
}

// byName are the formats of files that have one name.
var byName = map[string]format{
	"os-release":     {read: readOSRelease, within: oneOf("etc", "usr/lib")},
	"redhat-release": {read: readOldRelease, within: oneOf("etc")},
	"centos-release": {read: readOldRelease, within: oneOf("etc")},

	"status":               {read: readDpkg, within: oneOf("var/lib/dpkg", "usr/lib/sysimage/dpkg")},
	"installed":            {read: readAPK, within: oneOf("lib/apk/db", "usr/lib/apk/db")},
	"rpmdb.sqlite":         {read: readRPM, within: oneOf(rpmFolders...)},
	"rpmdb.sqlite-wal":     {read: readRPMLog, within: oneOf(rpmFolders...)},
	"Packages":             {read: readRPM, within: oneOf(rpmFolders...)},
	"Packages.db":          {read: readRPM, within: oneOf(rpmFolders...)},
	"container-manifest-2": {read: readRPMManifest, within: oneOf("var/lib/rpmmanifest")},

	"package.json":   {read: readNodePackage, within: isNodePackage},
	"METADATA":       {read: readPythonMetadata, within: ends(".dist-info")},
	"PKG-INFO":       {read: readPythonMetadata, within: ends(".egg-info", "EGG-INFO")},
	"installed.json": {read: readComposerInstalled, within: ends("vendor/composer")},

	"package-lock.json":   {read: readNPMLock, declares: true},
	"npm-shrinkwrap.json": {read: readNPMLock, declares: true},
	"yarn.lock":           {read: readYarnLock, declares: true},
	"pnpm-lock.yaml":      {read: readPNPMLock, declares: true},
	"Pipfile.lock":        {read: readPipfileLock, declares: true},
	"poetry.lock":         {read: readPoetryLock, declares: true},
	"uv.lock":             {read: readPoetryLock, declares: true},
	"pdm.lock":            {read: readPoetryLock, declares: true},
	"Cargo.lock":          {read: readCargoLock, declares: true},
	"go.mod":              {read: readGoMod, declares: true},
	"Gemfile.lock":        {read: readGemLock, declares: true},
	"gems.locked":         {read: readGemLock, declares: true},
	"composer.lock":       {read: readComposerLock, declares: true},
	"pom.xml":             {read: readPOM, declares: true},
	"gradle.lockfile":     {read: readGradleLock, declares: true},
	"packages.lock.json":  {read: readNuGetLock, declares: true},
}

// byEnding are the formats of files whose names end alike, looked up by what stands behind the last dot.
var byEnding = map[string]struct {
	format
	named func(base string) bool // nil if the ending is enough
}{
	"jar":      {format: format{read: readArchive}},
	"war":      {format: format{read: readArchive}},
	"ear":      {format: format{read: readArchive}},
	"jpi":      {format: format{read: readArchive}},
	"hpi":      {format: format{read: readArchive}},
	"gemspec":  {format: format{read: readGemspec, within: ends("/specifications", "/specifications/default")}},
	"egg-info": {format: format{read: readPythonMetadata}},
	"json":     {format: format{read: readDotnetDeps}, named: func(base string) bool { return strings.HasSuffix(base, ".deps.json") }},
	"txt":      {format: format{read: readRequirements, declares: true}, named: func(base string) bool { return strings.HasPrefix(base, "requirements") }},
}

var (
	dpkgPart = format{read: readDpkg}
	program  = format{read: readProgram}
)

// smallestProgram in bytes is how small a program of Go cannot be.
const smallestProgram = 64 << 10

// formatOf gives the format of a file by its name, mode and size; ok is false if it is none that is read.
func formatOf(name string, mode fs.FileMode, size int64) (found format, ok bool) {
	folder, base := cutLast(name)
	found, ok = byName[base]
	if !ok {
		if dot := strings.LastIndexByte(base, '.'); dot >= 0 {
			ending, known := byEnding[base[dot+1:]]
			found, ok = ending.format, known && (ending.named == nil || ending.named(base))
		}
	}
	switch {
	case ok && (found.within == nil || found.within(folder)) && !(found.declares && brought(folder)):
		return found, true
	case folder == "var/lib/dpkg/status.d" && !strings.HasSuffix(base, ".md5sums"):
		return dpkgPart, true
	case mode&0o111 != 0 && size >= smallestProgram:
		return program, true
	}
	return format{}, false
}

func oneOf(folders ...string) func(string) bool {
	return func(folder string) bool { return slices.Contains(folders, folder) }
}

func ends(endings ...string) func(string) bool {
	return func(folder string) bool {
		return slices.ContainsFunc(endings, func(ending string) bool { return strings.HasSuffix(folder, ending) })
	}
}

// brought reports whether a folder holds what a package tool has put there.
func brought(folder string) bool {
	for part := range strings.SplitSeq(folder, "/") {
		switch part {
		case "node_modules", "site-packages", "dist-packages", "vendor", "gems", "bower_components":
			return true
		}
	}
	return strings.Contains(folder+"/", "pkg/mod/")
}

package osv

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// deepest is how far below the place advisories are looked for.
const deepest = 16

func isArchive(name string) bool  { return strings.EqualFold(filepath.Ext(name), ".zip") }
func isAdvisory(name string) bool { return strings.EqualFold(filepath.Ext(name), ".json") }

// walk visits the archives and advisories of a folder in the order of their names. Hidden folders,
// links to folders and what is no file are passed over; what cannot be read is told.
func walk(place string, visit func(string, fs.FileInfo) error, unread func(string, error)) error {
	return filepath.WalkDir(place, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			unread(name, err)
			if entry != nil && entry.IsDir() {
				return filepath.SkipDir
			}
			return nil
		case entry.IsDir():
			return enter(place, name, unread)
		case !isArchive(name) && !isAdvisory(name):
			return nil
		}
		info, err := os.Stat(name)
		if err != nil {
			unread(name, err)
			return nil
		}
		if !info.Mode().IsRegular() {
			return nil
		}
		return visit(name, info)
	})
}

func enter(place, name string, unread func(string, error)) error {
	below, err := filepath.Rel(place, name)
	if err != nil || below == "." {
		return err
	}
	if strings.HasPrefix(filepath.Base(name), ".") {
		return filepath.SkipDir
	}
	if strings.Count(below, string(filepath.Separator)) >= deepest {
		unread(name, errors.New("the folder lies too deep"))
		return filepath.SkipDir
	}
	return nil
}

// feed gives the workers what lies at the place.
func (r *reading) feed(place string) {
	info, err := os.Stat(place)
	if err != nil {
		r.faults.add(place, "", "read advisories: "+err.Error())
		return
	}
	loose := r.source(place)
	visit := func(name string, info fs.FileInfo) error {
		if err := r.ctx.Err(); err != nil {
			return filepath.SkipAll
		}
		if !isArchive(name) {
			r.jobs <- job{source: loose, path: name, size: info.Size(), written: info.ModTime().UTC()}
		} else if r.wanted.mayHold(name) {
			r.feedArchive(name, info)
		}
		return nil
	}
	if !info.IsDir() {
		err = visit(place, info)
	} else {
		err = walk(place, visit, func(name string, err error) { r.faults.add(name, "", "read advisories: "+err.Error()) })
	}
	if err != nil && !errors.Is(err, filepath.SkipAll) {
		r.faults.add(place, "", "read advisories: "+err.Error())
	}
}

// mayHold leaves out archives that stand in a folder of an ecosystem, as osv.dev names them, of
// which no package is asked for. Archives with any other name are read.
func (w *wanted) mayHold(name string) bool {
	if !strings.EqualFold(filepath.Base(name), "all.zip") {
		return true
	}
	folder, _, _ := strings.Cut(filepath.Base(filepath.Dir(name)), ":")
	if w.bases[folder] {
		return true
	}
	for _, base := range languages {
		if folder == base {
			return false
		}
	}
	for _, d := range distributions {
		if slices.Contains(d.bases, folder) {
			return false
		}
	}
	return !foldersOfOthers[folder]
}

// foldersOfOthers are ecosystems of osv.dev whose software is not collected.
var foldersOfOthers = map[string]bool{"Android": true, "Bioconductor": true, "Bitnami": true, "CRAN": true,
	"ConanCenter": true, "GHC": true, "GIT": true, "GitHub Actions": true, "Hackage": true, "Hex": true, "Julia": true,
	"Linux": true, "OSS-Fuzz": true, "Pub": true, "SwiftURL": true, "VSCode": true, "opam": true}

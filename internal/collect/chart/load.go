package chart

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"helm.sh/helm/v4/pkg/chart/loader/archive"
	"helm.sh/helm/v4/pkg/ignore"

	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Bounds of what is read of one chart. Helm has the first; the others keep the walk finite.
const (
	mostBytes  = 100 << 20
	mostFiles  = 20_000
	mostFolder = 40 // folders in folders
)

func slashPath(name string) string { return path.Clean(filepath.ToSlash(name)) }

// read gives the files of a chart folder or .tgz; nil after recording why it cannot.
func (c *collector) read(name string) []*archive.BufferedFile {
	info, err := os.Stat(name)
	if err != nil {
		c.fail(inventory.Error{File: c.show, Lost: true, Message: "open chart: " + reason(err) + ": check the path"})
		return nil
	}
	if info.IsDir() {
		return c.readFolder(name)
	}
	if !info.Mode().IsRegular() || info.Size() > mostBytes {
		c.fail(inventory.Error{File: c.show, Lost: true,
			Message: fmt.Sprintf("chart is neither a folder nor an archive of at most %d MiB: name one", mostBytes>>20)})
		return nil
	}
	text, err := os.ReadFile(name)
	if err != nil {
		c.fail(inventory.Error{File: c.show, Lost: true, Message: "read chart: " + reason(err)})
		return nil
	}
	files, err := archive.LoadArchiveFiles(bytes.NewReader(text))
	if err != nil {
		c.fail(inventory.Error{File: c.show, Lost: true,
			Message: fmt.Sprintf("unpack chart: %v: build it again with \"helm package\"", err)})
		return nil
	}
	c.show += "!"
	return files
}

// reason is the cause of a file error without the path, which the error's File says.
func reason(err error) string {
	var place *fs.PathError
	if errors.As(err, &place) {
		return place.Err.Error()
	}
	return err.Error()
}

// readFolder reads what Helm's folder loader reads, but never a file outside the folder.
func (c *collector) readFolder(dir string) []*archive.BufferedFile {
	root, err := os.OpenRoot(dir)
	if err != nil {
		c.fail(inventory.Error{File: c.show, Lost: true, Message: "open chart: " + reason(err)})
		return nil
	}
	defer root.Close()
	f := &folder{collector: c, root: root, rules: ignore.Empty()}
	if file, err := root.Open(ignore.HelmIgnore); err == nil {
		rules, err := ignore.Parse(io.LimitReader(file, 1<<20))
		file.Close()
		if err != nil {
			c.fail(inventory.Error{File: below(c.show, ignore.HelmIgnore), Message: fmt.Sprintf("read ignore rules: %v: mend the pattern", err)})
		} else {
			f.rules = rules
		}
	}
	f.rules.AddDefaults()
	here, err := root.Stat(".")
	if err != nil || !f.walk(".", []fs.FileInfo{here}) {
		return nil
	}
	if len(f.files) == 0 {
		c.fail(inventory.Error{File: c.show, Lost: true, Message: "chart is an empty folder: name one that holds Chart.yaml"})
	}
	return f.files
}

// folder is the walk through a chart's folder. Its root refuses to leave it.
type folder struct {
	*collector
	root  *os.Root
	rules *ignore.Rules
	files []*archive.BufferedFile
	bytes int64
}

func (f *folder) lost(name, message string) {
	f.fail(inventory.Error{File: below(f.show, name), Lost: true, Message: message})
}

// walk reads the folder name; above are the folders around it. It reports false if a bound ends it all.
func (f *folder) walk(name string, above []fs.FileInfo) bool {
	entries, err := fs.ReadDir(f.root.FS(), name)
	if err != nil {
		f.lost(name, "read folder: "+reason(err))
		return true
	}
	for _, entry := range entries {
		child := path.Join(name, entry.Name())
		info, err := f.root.Stat(child) // follows links, inside the root only
		switch {
		case err != nil && entry.Type()&fs.ModeSymlink != 0:
			if !f.ignored(child, entry) {
				f.lost(child, "symbolic link leaves the chart or leads nowhere: put the file itself into the chart")
			}
			continue
		case err != nil:
			f.lost(child, "read file: "+reason(err))
			continue
		case f.rules.Ignore(child, info):
			continue
		case info.IsDir():
			if len(above) >= mostFolder || slices.ContainsFunc(above, func(a fs.FileInfo) bool { return os.SameFile(a, info) }) {
				f.lost(child, "folder holds itself or is nested too deep: remove the symbolic link")
				continue
			}
			if !f.walk(child, append(above, info)) {
				return false
			}
			continue
		}
		if !f.add(child, info) {
			return false
		}
	}
	return true
}

func (f *folder) ignored(name string, entry fs.DirEntry) bool {
	info, err := entry.Info()
	return err == nil && f.rules.Ignore(name, info)
}

var byteOrderMark = []byte{0xEF, 0xBB, 0xBF}

func (f *folder) add(name string, info fs.FileInfo) bool {
	if !info.Mode().IsRegular() {
		f.lost(name, "not a regular file: remove it from the chart or name it in .helmignore")
		return true
	}
	if f.bytes += info.Size(); f.bytes > mostBytes || len(f.files) >= mostFiles {
		f.fail(inventory.Error{File: f.show, Lost: true, Message: fmt.Sprintf(
			"chart has more than %d MiB or %d files: name what is no part of it in .helmignore", mostBytes>>20, mostFiles)})
		return false
	}
	file, err := f.root.Open(name)
	if err != nil {
		f.lost(name, "read file: "+reason(err))
		return true
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, mostBytes))
	if err != nil {
		f.lost(name, "read file: "+reason(err))
		return true
	}
	f.files = append(f.files, &archive.BufferedFile{Name: name, ModTime: info.ModTime(), Data: bytes.TrimPrefix(text, byteOrderMark)})
	return true
}

// ciSets are the value sets of ci/*-values.yaml. They are not among files where .helmignore names
// ci/, as it often does; so a folder is asked itself.
func (c *collector) ciSets(dir string, files []*archive.BufferedFile) []ValueSet {
	if root, err := os.OpenRoot(dir); err == nil {
		defer root.Close()
		found, _ := fs.Glob(root.FS(), "ci/*-values.yaml") // the pattern is well formed
		f := &folder{collector: c, root: root, rules: ignore.Empty()}
		for _, name := range found {
			if info, err := root.Stat(name); err != nil {
				f.lost(name, "symbolic link leaves the chart or leads nowhere: put the file itself into the chart")
			} else {
				f.add(name, info)
			}
		}
		files = f.files
	}
	var sets []ValueSet
	for _, file := range files {
		if matched, _ := path.Match("ci/*-values.yaml", file.Name); matched {
			sets = append(sets, ValueSet{Name: file.Name, read: []valuesFile{{below(c.show, file.Name), file.Data}}})
		}
	}
	return sets
}

// below is the path of a file in a chart as people see it; in the working directory its name will do.
func below(show, name string) string {
	if show == "." {
		return name
	}
	return show + "/" + name
}

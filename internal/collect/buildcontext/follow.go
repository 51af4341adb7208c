package buildcontext

import (
	"io/fs"
	"path"
	"strings"
)

// mostLinks is how many links containerd follows before it takes them for a loop.
const mostLinks = 255

// place tells of paths below a folder what is there; links are not followed.
type place interface {
	lstat(name string) (fs.FileMode, bool)
	readlink(name string) (string, bool)
}

// follow resolves a path with all links in it as if the folder were the root of a file system:
// absolute targets and too many ".." stay in it (containerd's continuity/fs.RootPath). The path
// given back is "." for the folder itself.
func follow(name string, in place) (found string, mode fs.FileMode, ok bool) {
	rest := strings.Split(strings.TrimPrefix(path.Join("/", name), "/"), "/")
	found, mode = ".", fs.ModeDir
	for links := 0; len(rest) > 0; {
		step := rest[0]
		rest = rest[1:]
		switch step {
		case "", ".":
			continue
		case "..":
			found, mode = path.Dir(found), fs.ModeDir
			continue
		}
		next := path.Join(found, step)
		mode, ok = in.lstat(next)
		if !ok || len(rest) > 0 && mode.IsRegular() {
			return "", 0, false
		}
		if mode&fs.ModeSymlink == 0 {
			found = next
			continue
		}
		target, ok := in.readlink(next)
		if links++; !ok || links > mostLinks {
			return "", 0, false
		}
		if path.IsAbs(target) {
			found = "."
		}
		rest = append(strings.Split(path.Clean(target), "/"), rest...)
		mode = fs.ModeDir
	}
	return found, mode, true
}

// onDisk is a folder as it is.
type onDisk struct {
	files  fs.FS
	folder string
}

func (d onDisk) lstat(name string) (fs.FileMode, bool) {
	info, err := fs.Lstat(d.files, path.Join(d.folder, name))
	if err != nil {
		return 0, false
	}
	return info.Mode().Type(), true
}

func (d onDisk) readlink(name string) (string, bool) {
	target, err := fs.ReadLink(d.files, path.Join(d.folder, name))
	return target, err == nil
}

// lstat and readlink make a place of what is sent: a link to what is left out points to nothing.
func (t *tree) lstat(name string) (fs.FileMode, bool) {
	i, found := t.at(name)
	if !found {
		return 0, false
	}
	return t.entries[i].mode, true
}

func (t *tree) readlink(name string) (string, bool) { return onDisk{t.files, t.folder}.readlink(name) }

// resolve finds the entry that a path leads to.
func (t *tree) resolve(name string) (int, bool) {
	found, _, ok := follow(name, t)
	if !ok {
		return 0, false
	}
	return t.at(found)
}

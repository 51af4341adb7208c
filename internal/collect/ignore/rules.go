package ignore

import "strings"

// Rules are the lists that hold in one folder: its own and those of the folders above it.
// Nil rules ignore nothing.
type Rules struct {
	above  *Rules
	folder string // "" or ends in a slash
	list   List
	name   string
}

// With adds the list that stands in a folder under a name such as ".gitignore". The folder
// is relative to the top of the tree, with forward slashes; "" is the top. What a list says
// goes before what lists added earlier say.
func (r *Rules) With(folder, name string, text []byte) *Rules {
	list := Parse(text)
	if len(list) == 0 {
		return r
	}
	if folder != "" {
		folder += "/"
	}
	return &Rules{above: r, folder: folder, list: list, name: name}
}

// Ignored names the list that leaves out a path, as in ".gitignore"; "" if none does. The path
// is relative to the top of the tree. Whether a folder above it is ignored the caller knows.
func (r *Rules) Ignored(path string, isDir bool) string {
	for ; r != nil; r = r.above {
		below, found := strings.CutPrefix(path, r.folder)
		if !found {
			continue
		}
		switch r.list.Match(below, isDir) {
		case Ignored:
			return r.name
		case Kept:
			return ""
		}
	}
	return ""
}

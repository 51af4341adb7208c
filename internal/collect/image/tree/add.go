package tree

import (
	"path"
	"strings"
)

// The bounds of Linux on a path and on one of its parts.
const (
	longestPath = 4096
	longestName = 255
)

// Add puts an entry of a layer at a path, over what is there, and gives its id. The path is taken
// below the root whatever it says ("../../etc" is /etc), and symbolic links of the folders before
// its last part are followed within the tree. target is that of a symbolic link.
func (t *Tree) Add(name string, entry Attributes, target string) (ID, error) {
	folder, base, err := t.parent(name, entry.Layer)
	if err != nil {
		return none, err
	}
	if base == "" {
		if entry.Kind == Dir {
			t.nodes[Root].Attributes = entry
		}
		return Root, nil
	}
	if len(target) > longestPath {
		return none, ErrName
	}
	return t.put(folder, base, entry, target)
}

// Link makes a hard link: another name for the file at the path target.
func (t *Tree) Link(name, target string, layer uint16) (ID, error) {
	old, found := t.Lookup(target)
	if !found || t.nodes[old].Kind == Dir {
		return none, ErrMissing
	}
	folder, base, err := t.parent(name, layer)
	if err != nil {
		return none, err
	}
	if base == "" || t.nodes[old].gone { // the way to the new name may have led over the old one
		return none, ErrMissing
	}
	if existing, there := t.places[place{folder, base}]; there && existing == old {
		return old, nil // a link to itself
	}
	entry := t.nodes[old].Attributes
	shared := t.inodes[old]
	if shared == nil {
		shared = &inode{size: entry.Size, layer: entry.Layer, names: 1}
		t.inodes[old] = shared
		t.nodes[old].Linked = true
	}
	shared.names++ // before put, which may take away the name that the content had
	entry.Layer, entry.Linked = layer, true
	id, err := t.put(folder, base, entry, t.targets[old])
	if err != nil {
		shared.names--
		return none, err
	}
	t.inodes[id] = shared
	return id, nil
}

// parent finds the folder of a path, makes the folders that are not there, and gives the last part.
func (t *Tree) parent(name string, layer uint16) (folder ID, base string, err error) {
	if len(name) > longestPath {
		return none, "", ErrName
	}
	name = path.Clean("/" + name)[1:]
	before, base := path.Split(name)
	if len(base) > longestName {
		return none, "", ErrName
	}
	folder, err = t.walk(Root, before, func(up ID, part string) (ID, error) {
		return t.put(up, part, Attributes{Kind: Dir, mode: 0o755, Layer: layer}, "")
	})
	return folder, base, err
}

// put places an entry in a folder.
func (t *Tree) put(folder ID, base string, entry Attributes, target string) (ID, error) {
	length := int(t.nodes[folder].length) + 1 + len(base)
	if len(base) > longestName || length > longestPath {
		return none, ErrName
	}
	old, found := t.places[place{folder, base}]
	if found && entry.Kind == Dir && t.nodes[old].Kind == Dir {
		t.nodes[old].Attributes = entry
		return old, nil
	}
	if t.text+len(base)+len(target) > t.limits.Text || len(t.nodes) >= t.limits.Entries {
		return none, ErrFull
	}
	if found {
		t.remove(old, entry.Layer, true)
	}
	id := ID(len(t.nodes))
	base = strings.Clone(base)
	t.text += len(base) + len(target)
	first := t.nodes[folder].first
	t.nodes = append(t.nodes, node{name: base, up: folder, first: none, next: first, previous: none,
		length: uint16(length), Attributes: entry})
	if first != none {
		t.nodes[first].previous = id
	}
	t.nodes[folder].first = id
	t.places[place{folder, base}] = id
	if target != "" {
		t.targets[id] = strings.Clone(target)
	}
	return id, nil
}

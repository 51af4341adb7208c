package tree

import (
	"path"
	"slices"
	"strings"
)

// mostLinks is how many symbolic links one path may lead through: Linux follows 40.
const mostLinks = 40

func split(name string) (folders, base string, err error) {
	if len(name) > longestPath {
		return "", "", ErrName
	}
	folders, base = path.Split(path.Clean("/" + name)[1:])
	return folders, base, nil
}

// walk follows the parts of a path that ends with a folder, through symbolic links, from a folder
// on. What is not there is made by make; where that is nil, the folder is none.
func (t *Tree) walk(from ID, name string, make func(up ID, part string) (ID, error)) (ID, error) {
	links := 0
	for name != "" {
		if t.steps++; t.steps > t.limits.Steps {
			return none, ErrFull
		}
		var part string
		part, name, _ = strings.Cut(name, "/")
		switch part {
		case "", ".":
			continue
		case "..":
			if from != Root {
				from = t.nodes[from].up
			}
			continue
		}
		id, found := t.places[place{from, part}]
		if found && t.nodes[id].Kind == Symlink {
			if links++; links > mostLinks {
				return none, ErrLoop
			}
			target := t.targets[id]
			if strings.HasPrefix(target, "/") {
				from = Root
			}
			if name = target + "/" + name; len(name) > 2*longestPath {
				return none, ErrName
			}
			continue
		}
		if !found || t.nodes[id].Kind != Dir {
			if make == nil {
				return none, nil
			}
			var err error
			if id, err = make(from, part); err != nil {
				return none, err
			}
		}
		from = id
	}
	return from, nil
}

// Lookup finds the entry at a path, of which the last part is not followed if it is a link.
func (t *Tree) Lookup(name string) (ID, bool) {
	folder, base, err := t.existing(name)
	if err != nil || folder == none {
		return none, false
	}
	if base == "" {
		return folder, true
	}
	id, found := t.places[place{folder, base}]
	return id, found
}

// Resolve finds what a path leads to through all links; Missing if nothing is there.
func (t *Tree) Resolve(name string) (ID, error) {
	for links := 0; links <= mostLinks; links++ {
		id, found := t.Lookup(name)
		if !found {
			return none, nil
		}
		if t.nodes[id].Kind != Symlink {
			return id, nil
		}
		if target := t.targets[id]; strings.HasPrefix(target, "/") {
			name = target
		} else {
			// Joined to the folder itself: cleaning "link/.." as text would leave the wrong folder.
			name = t.Path(t.nodes[id].up) + "/" + target
		}
		folder, base := cutLast(name)
		up, err := t.walk(Root, folder, nil)
		if err != nil || up == none {
			return none, err
		}
		if base == "" || base == "." || base == ".." {
			return t.walk(up, base, nil)
		}
		name = t.Path(up) + "/" + base
	}
	return none, ErrLoop
}

func cutLast(name string) (folder, base string) {
	name = strings.TrimRight(name, "/")
	at := strings.LastIndexByte(name, '/')
	return name[:at+1], name[at+1:]
}

// Missing is the id of what is not there.
const Missing = none

// Walk tells every entry below the root, folders before what is in them, in the order of names.
// The path is only valid during the call.
func (t *Tree) Walk(tell func(path []byte, base string, id ID)) {
	t.walkFolder(Root, nil, tell)
}

func (t *Tree) walkFolder(id ID, path []byte, tell func([]byte, string, ID)) {
	var children []ID
	for child := t.nodes[id].first; child != none; child = t.nodes[child].next {
		children = append(children, child)
	}
	slices.SortFunc(children, func(a, b ID) int { return strings.Compare(t.nodes[a].name, t.nodes[b].name) })
	for _, child := range children {
		name := t.nodes[child].name
		path := append(append(path, '/'), name...)
		tell(path, name, child)
		if t.nodes[child].Kind == Dir {
			t.walkFolder(child, path, tell)
		}
	}
}

package tree

// Whiteout takes away what lower layers put at a path. What the layer itself put there stays, in
// whatever order its entries stand.
func (t *Tree) Whiteout(name string, layer uint16) error {
	folder, base, err := t.existing(name)
	if err != nil || folder == none {
		return err
	}
	if id, found := t.places[place{folder, base}]; found {
		t.remove(id, layer, false)
	}
	return nil
}

// Opaque takes away what lower layers put into a folder, but not the folder.
func (t *Tree) Opaque(name string, layer uint16) error {
	id, err := t.Resolve(name)
	if err != nil || id == none {
		return err
	}
	t.removeChildren(id, layer, false)
	return nil
}

// existing finds the folder of a path without making any; none if it is not there.
func (t *Tree) existing(name string) (folder ID, base string, err error) {
	folders, base, err := split(name)
	if err != nil {
		return none, "", err
	}
	folder, err = t.walk(Root, folders, nil)
	return folder, base, err
}

func (t *Tree) removeChildren(id ID, layer uint16, all bool) (left bool) {
	for child := t.nodes[id].first; child != none; {
		next := t.nodes[child].next
		if !t.remove(child, layer, all) {
			left = true
		}
		child = next
	}
	return left
}

// remove takes away an entry and what is below it, unless it is of the same layer and all is
// false; it reports whether the entry is gone. Depth is bounded by the length of paths.
func (t *Tree) remove(id ID, layer uint16, all bool) bool {
	left := t.nodes[id].first != none && t.removeChildren(id, layer, all)
	if left || !all && t.nodes[id].Layer == layer {
		return false
	}
	n := &t.nodes[id]
	if n.Kind == File {
		t.forget(id, layer)
	}
	if n.previous != none {
		t.nodes[n.previous].next = n.next
	} else {
		t.nodes[n.up].first = n.next
	}
	if n.next != none {
		t.nodes[n.next].previous = n.previous
	}
	delete(t.places, place{n.up, n.name})
	delete(t.targets, id)
	n.gone = true
	return true
}

// forget tells of content that is lost with its last name.
func (t *Tree) forget(id ID, by uint16) {
	size, layer := t.nodes[id].Size, t.nodes[id].Layer
	if shared := t.inodes[id]; shared != nil {
		delete(t.inodes, id)
		if shared.names--; shared.names > 0 {
			return
		}
		size, layer = shared.size, shared.layer
	}
	if size > 0 {
		t.Lost(t.Path(id), size, layer, by)
	}
}

// SharesContent reports whether another name, for which it was asked before in the same walk, has
// the content of this file, so that its bytes are counted once. seen belongs to the caller.
func (t *Tree) SharesContent(id ID, seen map[any]bool) bool {
	shared := t.inodes[id]
	if shared == nil {
		return false
	}
	before := seen[shared]
	seen[shared] = true
	return before
}

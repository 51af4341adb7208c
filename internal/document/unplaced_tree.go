package document

import "hash/maphash"

// Cut says what of a value is left out. A nil Cut leaves out nothing. The elements of a list are
// cut as the list is.
type Cut struct {
	// Out leaves out the value itself.
	Out bool
	// Only leaves out all keys of a map but Keys.
	Only bool
	// Scalars keeps, beside Only, what is neither map nor list.
	Scalars bool
	// Keys cut what stands below a key.
	Keys map[string]*Cut
}

// of gives the cut for what stands below a key; text begins with it.
func (c *Cut) of(key string, text []byte) (below *Cut, kept bool) {
	if c == nil {
		return nil, true
	}
	below, named := c.Keys[key]
	if !named && c.Only {
		return nil, c.Scalars && len(text) > 0 && text[0] != '{' && text[0] != '['
	}
	return below, below == nil || !below.Out
}

// tree links the values of flat in memory of their own, all of one tree in one piece.
func (r *UnplacedReader) tree() *Node {
	nodes := make([]Node, len(r.flat))
	copy(nodes, r.flat)
	links := make([]*Node, len(nodes)-1)
	used := int32(0)
	for i := range nodes {
		n, s := &nodes[i], r.spans[i]
		if s.children == 0 {
			continue
		}
		n.children = links[used : used : used+s.children]
		used += s.children
		for child := int32(i) + 1; child < s.end; child = r.spans[child].end {
			nodes[child].parent = n
			n.children = append(n.children, &nodes[child])
		}
		if n.Kind == Map {
			n.unique()
			n.finish()
		}
	}
	return &nodes[0]
}

// unique keeps of children with one key the last, where the first stood.
func (n *Node) unique() {
	if len(n.children) < largeMap {
		for i := 1; i < len(n.children); i++ {
			for _, before := range n.children[:i] {
				if before.key == n.children[i].key {
					n.dropTwins()
					return
				}
			}
		}
		return
	}
	n.dropTwins()
}

func (n *Node) dropTwins() {
	at := make(map[string]int, len(n.children))
	kept := n.children[:0]
	for _, child := range n.children {
		if first, twice := at[child.key]; twice {
			kept[first] = child
			continue
		}
		at[child.key] = len(kept)
		kept = append(kept, child)
	}
	n.children = kept
}

// textCache keeps texts that were met lately, so that what repeats is in memory once.
type textCache struct {
	seed  maphash.Seed
	texts []string // by hash; their number is a power of two
}

// longestCached is how long texts may be that are looked for, in bytes: the certificate that
// Kubernetes puts into every namespace is shorter.
const longestCached = 2048

func (c *textCache) text(raw []byte) string {
	if len(raw) > longestCached {
		return string(raw)
	}
	known := &c.texts[maphash.Bytes(c.seed, raw)&uint64(len(c.texts)-1)]
	if *known != string(raw) {
		*known = string(raw)
	}
	return *known
}

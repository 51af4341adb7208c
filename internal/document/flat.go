package document

import (
	"fmt"
	"hash/maphash"
)

// flatTree holds a tree that grows, each value before those in it.
type flatTree struct {
	limits Limits
	flat   []Node
	spans  []span // of flat
	keys   textCache
	texts  textCache
}

// span tells which values of a flat tree stand in one of them.
type span struct {
	children int32
	end      int32 // the first value that is not in it
}

func newFlatTree(limits Limits) flatTree {
	seed := maphash.MakeSeed()
	return flatTree{limits: limits,
		keys: textCache{seed: seed, texts: make([]string, 1<<11)}, texts: textCache{seed: seed, texts: make([]string, 1<<13)}}
}

func (t *flatTree) empty() { t.flat, t.spans = t.flat[:0], t.spans[:0] }

// full refuses a further value where there are as many as there may be.
func (t *flatTree) full() error {
	if len(t.flat) >= t.limits.Nodes {
		return fmt.Errorf("more than %d values", t.limits.Nodes)
	}
	return nil
}

// head adds the values that a shape prescribes.
func (t *flatTree) head(self int, head *Shape) {
	for _, field := range [...]struct{ key, text string }{{"apiVersion", head.APIVersion}, {"kind", head.Kind}} {
		if field.text != "" {
			t.flat = append(t.flat, Node{Kind: String, text: field.text, key: field.key})
			t.spans = append(t.spans, span{end: int32(len(t.flat))})
			t.spans[self].children++
		}
	}
}

// tree links the values of flat in memory of their own, all of one tree in one piece.
func (t *flatTree) tree() *Node {
	nodes := make([]Node, len(t.flat))
	copy(nodes, t.flat)
	links := make([]*Node, len(nodes)-1)
	used := int32(0)
	for i := range nodes {
		n, s := &nodes[i], t.spans[i]
		if s.children == 0 {
			continue
		}
		n.children = links[used : used : used+s.children]
		used += s.children
		for child := int32(i) + 1; child < s.end; child = t.spans[child].end {
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

package ledger

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// Hash is the hash of a leaf, a node or a tree.
type Hash = tlog.Hash

// HashReader reads stored hashes by their index; see [StoredHashes].
type HashReader = tlog.HashReader

// LeafHash is the hash of an entry's line in the tree, as RFC 6962 has it.
func LeafHash(line []byte) tlog.Hash { return tlog.RecordHash(line) }

// StoredHashes gives the hashes to be stored for entry n: those of the leaf and of the subtrees that it completes. They
// follow those stored for the entries before; the first has the index tlog.StoredHashIndex(0, n).
func StoredHashes(n int64, line []byte, r tlog.HashReader) ([]tlog.Hash, error) {
	hashes, err := tlog.StoredHashesForRecordHash(n, LeafHash(line), r)
	if err != nil {
		return nil, fmt.Errorf("hash ledger entry %d: %w", n, err)
	}
	return hashes, nil
}

// Root is the hash of the tree of the first size entries, from their stored hashes.
func Root(size int64, r tlog.HashReader) (tlog.Hash, error) {
	root, err := tlog.TreeHash(size, r)
	if err != nil {
		return tlog.Hash{}, fmt.Errorf("hash ledger of %d entries: %w", size, err)
	}
	return root, nil
}

// frontier adds leaves and knows the root at every size, with one hash for each bit of the size instead of storing all.
type frontier struct {
	size     int64
	subtrees []tlog.Hash // complete subtrees from left to right, the greatest first
}

func (f *frontier) add(leaf tlog.Hash) {
	f.subtrees = append(f.subtrees, leaf)
	for size := f.size; size&1 == 1; size >>= 1 {
		last := len(f.subtrees) - 1
		f.subtrees[last-1] = tlog.NodeHash(f.subtrees[last-1], f.subtrees[last])
		f.subtrees = f.subtrees[:last]
	}
	f.size++
}

func (f *frontier) root() tlog.Hash {
	if f.size == 0 {
		root, _ := tlog.TreeHash(0, nil) // reads nothing
		return root
	}
	last := len(f.subtrees) - 1
	root := f.subtrees[last]
	for i := last - 1; i >= 0; i-- {
		root = tlog.NodeHash(f.subtrees[i], root)
	}
	return root
}

package ledger

import (
	"encoding/hex"
	"fmt"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
)

// The inputs and roots of the reference implementation, google/certificate-transparency, cpp/merkletree/merkle_tree_test.cc.
var ctInputs = []string{"", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"}

var ctRoots = []string{
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
	"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
	"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
	"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
	"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
	"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
	"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
	"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}

// memory keeps stored hashes.
type memory []tlog.Hash

func (m memory) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if index >= int64(len(m)) {
			return nil, fmt.Errorf("hash %d is not stored", index)
		}
		hashes[i] = m[index]
	}
	return hashes, nil
}

func TestRootsOfRFC6962(t *testing.T) {
	var tree frontier
	var stored memory
	for size, want := range ctRoots {
		if root := tree.root(); hex.EncodeToString(root[:]) != want {
			t.Errorf("size %d: root %x, want %s", size, root, want)
		}
		if root := must(Root(int64(size), stored))(t); root != tree.root() {
			t.Errorf("size %d: root from stored hashes %v", size, root)
		}
		if size == len(ctInputs) {
			break
		}
		line := must(hex.DecodeString(ctInputs[size]))(t)
		if index := tlog.StoredHashIndex(0, int64(size)); index != int64(len(stored)) {
			t.Errorf("size %d: the next hash is number %d, not %d", size, index, len(stored))
		}
		stored = append(stored, must(StoredHashes(int64(size), line, stored))(t)...)
		tree.add(LeafHash(line))
	}
}

func TestFrontierAgreesWithTheReferenceAtEverySize(t *testing.T) {
	var tree frontier
	var stored memory
	for n := range int64(1100) {
		line := fmt.Appendf(nil, "line %d", n)
		stored = append(stored, must(StoredHashes(n, line, stored))(t)...)
		tree.add(LeafHash(line))
		if root := must(Root(n+1, stored))(t); root != tree.root() {
			t.Fatalf("size %d: %v, want %v", n+1, tree.root(), root)
		}
	}
	if _, err := Root(2000, stored); err == nil {
		t.Error("a root of hashes that are not there")
	}
	if _, err := StoredHashes(2047, nil, stored); err == nil {
		t.Error("hashes from hashes that are not there")
	}
}

package document

import (
	"fmt"
	"math"
	"testing"
)

// comparePart reads a part with the block reader and, if it does not refuse, with the library
// too; a disagreement fails the test. It gives why the block reader refuses.
func comparePart(t testing.TB, source part, limits Limits, nodes *arena) string {
	t.Helper()
	if tooLarge(source.text, limits) != "" {
		return "limits of a document"
	}
	slow := &arena{count: nodes.count, documents: nodes.documents}
	found, why := readBlock(source, limits, nodes)
	if why != "" {
		if nodes.count != slow.count || nodes.documents != slow.documents {
			t.Fatalf("%q: refused, but counted", source.text)
		}
		return why
	}
	want, problems := readLibrary(source, limits, slow)
	if len(problems) > 0 || len(want) != 1 {
		t.Fatalf("block reader reads %q as one document; the library finds %d, problems %v", source.text, len(want), problems)
	}
	if found.Line != want[0].Line || found.EndLine != want[0].EndLine {
		t.Fatalf("%q: document at %d-%d, want %d-%d", source.text, found.Line, found.EndLine, want[0].Line, want[0].EndLine)
	}
	if diff := nodeDifference(want[0].Root, found.Root); diff != "" {
		t.Fatalf("%q: %s", source.text, diff)
	}
	if nodes.count != slow.count || nodes.documents != slow.documents {
		t.Fatalf("%q: %d values, want %d", source.text, nodes.count, slow.count)
	}
	return ""
}

// compareText compares both readers on every part of a file. It gives how many the block reader read.
func compareText(t testing.TB, text []byte, limits Limits) (read int) {
	t.Helper()
	nodes := &arena{}
	if text, problem := Decode(text); problem == nil {
		for part := range split(text) {
			if comparePart(t, part, limits, nodes) == "" {
				read++
			}
		}
	}
	return read
}

// nodeDifference says where two trees differ in anything that a Node holds; "" if nowhere.
func nodeDifference(want, got *Node) string {
	place := func(n *Node) string {
		return fmt.Sprintf("%s %q %x, key %q, index %d, at %d:%d, key at %d:%d, %d children, look-up of %d", n.Kind, n.text, n.bits,
			n.key, n.index, n.Line, n.Column, n.KeyLine, n.KeyColumn, len(n.children), len(n.lookup))
	}
	sameBits := want.bits == got.bits || math.IsNaN(want.Float64()) && math.IsNaN(got.Float64())
	if want.Kind != got.Kind || want.text != got.text || !sameBits || want.key != got.key || want.index != got.index ||
		want.Line != got.Line || want.Column != got.Column || want.KeyLine != got.KeyLine || want.KeyColumn != got.KeyColumn ||
		len(want.children) != len(got.children) || len(want.lookup) != len(got.lookup) {
		return fmt.Sprintf("value %s differs\nwant %s\n got %s", want.Path(), place(want), place(got))
	}
	for i, child := range want.children {
		if diff := nodeDifference(child, got.children[i]); diff != "" {
			return diff
		}
		if got.children[i].parent != got || got.lookup != nil && got.lookup[child.key] != got.children[i] {
			return fmt.Sprintf("value %s is not linked", child.Path())
		}
	}
	return ""
}

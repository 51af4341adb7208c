package tree

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// op is one entry of a layer in tests: what adds a file, a folder ("d"), a symbolic link ("s"), a
// hard link ("h"), or hides ("w") a path or what is in it ("o").
type op struct {
	layer           uint16
	what, name, arg string
}

func build(t *testing.T, ops ...op) *Tree {
	t.Helper()
	tree := New(DefaultLimits)
	for _, o := range ops {
		var err error
		switch o.what {
		case "f":
			_, err = tree.Add(o.name, Attributes{Kind: File, Layer: o.layer, Size: int64(len(o.arg))}, "")
		case "d":
			_, err = tree.Add(o.name, Attributes{Kind: Dir, Layer: o.layer}, "")
		case "s":
			_, err = tree.Add(o.name, Attributes{Kind: Symlink, Layer: o.layer}, o.arg)
		case "h":
			_, err = tree.Link(o.name, o.arg, o.layer)
		case "w":
			err = tree.Whiteout(o.name, o.layer)
		case "o":
			err = tree.Opaque(o.name, o.layer)
		}
		if err != nil {
			t.Fatalf("%v: %v", o, err)
		}
	}
	return tree
}

func list(tree *Tree) string {
	var all []string
	tree.Walk(func(path []byte, _ string, id ID) {
		text := string(path)
		if text != tree.Path(id) {
			text += " is " + tree.Path(id)
		}
		switch tree.Get(id).Kind {
		case Dir:
			text += "/"
		case Symlink:
			text += ">" + tree.targets[id]
		}
		all = append(all, text)
	})
	return strings.Join(all, " ")
}

func TestLayersLieOverOneAnother(t *testing.T) {
	tests := []struct {
		name string
		ops  []op
		want string
	}{
		{"folders are made", []op{{0, "f", "a/b/c", ""}}, "/a/ /a/b/ /a/b/c"},
		{"names are cleaned", []op{{0, "f", "../../etc/passwd", ""}, {0, "f", "/./x//y", ""}, {0, "d", "./", ""}}, "/etc/ /etc/passwd /x/ /x/y"},
		{"a whiteout hides a file", []op{{0, "f", "a/x", ""}, {0, "f", "a/y", ""}, {1, "w", "a/x", ""}}, "/a/ /a/y"},
		{"a whiteout hides a folder", []op{{0, "f", "a/b/x", ""}, {1, "w", "a", ""}}, ""},
		{"a whiteout leaves its own layer, before it", []op{{0, "f", "a/x", ""}, {1, "f", "a/y", ""}, {1, "w", "a", ""}}, "/a/ /a/y"},
		{"a whiteout leaves its own layer, after it", []op{{0, "f", "a/x", ""}, {1, "w", "a", ""}, {1, "f", "a/y", ""}}, "/a/ /a/y"},
		{"a whiteout of nothing", []op{{0, "f", "a/x", ""}, {1, "w", "b/c", ""}, {1, "o", "b", ""}}, "/a/ /a/x"},
		{"opaque hides what is in a folder", []op{{0, "f", "a/b/x", ""}, {1, "f", "a/b/y", ""}, {1, "o", "a", ""}}, "/a/ /a/b/ /a/b/y"},
		{"a file over a folder", []op{{0, "f", "a/x", ""}, {1, "f", "a", ""}}, "/a"},
		{"a folder over a file", []op{{0, "f", "a", ""}, {1, "f", "a/x", ""}}, "/a/ /a/x"},
		{"a folder again keeps what is in it", []op{{0, "f", "a/x", ""}, {1, "d", "a", ""}}, "/a/ /a/x"},
		{"links of folders are followed", []op{{0, "d", "usr/lib", ""}, {0, "s", "lib", "usr/lib"}, {1, "f", "lib/x", ""}}, "/lib>usr/lib /usr/ /usr/lib/ /usr/lib/x"},
		{"absolute links stay within", []op{{0, "s", "a", "/../../b"}, {0, "f", "a/x", ""}}, "/a>/../../b /b/ /b/x"},
		{"a link is replaced itself", []op{{0, "f", "b", ""}, {0, "s", "a", "b"}, {1, "f", "a", ""}}, "/a /b"},
		{"hard links", []op{{0, "f", "a", "1"}, {0, "h", "b", "a"}, {1, "w", "a", ""}}, "/b"},
		{"a hard link over the folder of its target", []op{{0, "f", "a/b", "1"}, {0, "h", "a", "a/b"}}, "/a"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, list(build(t, test.ops...))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestContentThatIsLost(t *testing.T) {
	tree := New(DefaultLimits)
	var lost []string
	tree.Lost = func(path string, size int64, layer, by uint16) {
		lost = append(lost, fmt.Sprintf("%s %d of %d by %d", path, size, layer, by))
	}
	add := func(name string, layer uint16, size int64) {
		if _, err := tree.Add(name, Attributes{Kind: File, Layer: layer, Size: size}, ""); err != nil {
			t.Fatal(err)
		}
	}
	add("a", 0, 5)
	add("a", 1, 6)
	add("twice", 0, 1)
	add("twice", 0, 2)
	add("linked", 0, 9)
	if _, err := tree.Link("other", "linked", 0); err != nil {
		t.Fatal(err)
	}
	_ = tree.Whiteout("linked", 1)
	add("other", 2, 1)
	want := []string{"/a 5 of 0 by 1", "/twice 1 of 0 by 0", "/other 9 of 0 by 2"}
	if diff := cmp.Diff(want, lost); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestResolve(t *testing.T) {
	tree := build(t, op{0, "f", "usr/lib/os-release", "x"}, op{0, "s", "etc/os-release", "../usr/lib/os-release"},
		op{0, "s", "lib", "usr/lib"}, op{0, "s", "abs", "/lib/os-release"}, op{0, "s", "loop", "loop"}, op{0, "s", "p", "q/x"}, op{0, "s", "q", "p/x"},
		op{0, "s", "up", "usr/.."}, op{0, "s", "gone", "nowhere"})
	for name, want := range map[string]string{"etc/os-release": "/usr/lib/os-release", "/abs": "/usr/lib/os-release", "lib/os-release": "/usr/lib/os-release",
		"up": "/", "gone": "missing", "nothing": "missing", "loop": ErrLoop.Error(), "p": ErrLoop.Error(), "p/y": "missing", "/": "/"} {
		id, err := tree.Resolve(name)
		got := "missing"
		if err != nil {
			got = err.Error()
		} else if id != Missing {
			got = tree.Path(id)
		}
		if got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

func TestTreesAreBounded(t *testing.T) {
	file := Attributes{Kind: File}
	tree := New(Limits{Entries: 3, Text: 1000, Steps: 1000})
	_, _ = tree.Add("a", file, "")
	_, _ = tree.Add("b", file, "")
	if _, err := tree.Add("c", file, ""); !errors.Is(err, ErrFull) {
		t.Errorf("fourth entry: %v", err)
	}
	tree = New(Limits{Entries: 10, Text: 3, Steps: 1000})
	if _, err := tree.Add("long", file, ""); !errors.Is(err, ErrFull) {
		t.Errorf("long name: %v", err)
	}
	tree = New(DefaultLimits)
	if _, err := tree.Add(strings.Repeat("a", 256), file, ""); !errors.Is(err, ErrName) {
		t.Errorf("name of 256: %v", err)
	}
	// Links make paths longer than any name; folders do not get deeper than names.
	long := strings.TrimSuffix(strings.Repeat("d/", 2000), "/")
	if _, err := tree.Add(long, Attributes{Kind: Dir}, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := tree.Add("l", Attributes{Kind: Symlink}, long); err != nil {
		t.Fatal(err)
	}
	if _, err := tree.Add("l/"+strings.Repeat("e/", 200), Attributes{Kind: Dir}, ""); !errors.Is(err, ErrName) {
		t.Errorf("deeper than names: %v", err)
	}
	if _, err := tree.Add("l/x", file, ""); err != nil {
		t.Errorf("below a link: %v", err)
	}
}

func TestLoopsAreErrors(t *testing.T) {
	tree := build(t, op{0, "s", "a", "b"}, op{0, "s", "b", "a"})
	if _, err := tree.Add("a/x", Attributes{Kind: File}, ""); !errors.Is(err, ErrLoop) {
		t.Errorf("got %v", err)
	}
	if _, err := tree.Link("x", "missing", 0); !errors.Is(err, ErrMissing) {
		t.Errorf("got %v", err)
	}
}

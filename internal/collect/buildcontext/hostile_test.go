package buildcontext

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/moby/patternmatcher/ignorefile"
)

// disk gives a folder on disk as the callers open it.
func disk(t testing.TB) (string, *Root) {
	t.Helper()
	folder := t.TempDir()
	root, err := os.OpenRoot(folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return folder, In(root.FS())
}

func write(t testing.TB, parts ...string) {
	t.Helper()
	name := filepath.Join(parts[:len(parts)-1]...)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(parts[len(parts)-1]), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestHostileFolder: loops of links, links that leave, pipes, and names that are no UTF-8.
func TestHostileFolder(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("names and pipes as on Linux")
	}
	outside := t.TempDir()
	write(t, outside, ".dockerignore", "*")
	write(t, outside, "id_rsa", pemKey)
	folder, root := disk(t)
	write(t, folder, "a", "b.key", pemKey)
	write(t, folder, "a", "\xff.key", pemKey)
	write(t, folder, "\xfe", "c", "c")
	for name, target := range map[string]string{"loop": "loop", "up": "..", "self": ".", "id_rsa": outside + "/id_rsa", ".dockerignore": outside + "/.dockerignore"} {
		if err := os.Symlink(target, filepath.Join(folder, name)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"pipe", "a/pipe.key", ".env"} {
		if err := syscall.Mkfifo(filepath.Join(folder, name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	c := root.Open(".", "pipe")
	if c.Ignore().Found {
		t.Error("a list outside of the folder is used")
	}
	want := []string{".dockerignore", ".env", "a/b.key", "a/pipe.key", "a/\xff.key", "id_rsa", "loop", "pipe", "self", "up"}
	if got := paths(c.Sent()); !slices.Equal(got, want) {
		t.Errorf("sent %q", got)
	}
	if got := c.Sent().Sensitive(); got.Total != 1 || got.List[0].Path != "a/b.key" || got.Unlooked != 1 {
		t.Errorf("sensitive %+v", got)
	}
	if got := c.Unread(); len(got) != 1 || got[0].Path != "\xfe" {
		t.Errorf("unread %q", got)
	}
	if got := c.Take([]string{"up/self/up/a/b.key", "loop", "id_rsa"}, nil, false); got.Files != 1 || len(got.Missing) != 2 {
		t.Errorf("took %d files, missing %q", got.Files, got.Missing)
	}
}

func TestDeepFolder(t *testing.T) {
	c := Open(deep{}, ".", "")
	sent := paths(c.Sent())
	if len(sent) != mostDepth || sent[0] != strings.Repeat("d/", mostDepth-1)+"f" || sent[mostDepth-1] != "f" {
		t.Errorf("sent %q", sent)
	}
	if got, want := c.Cut(), "folders deeper than 64 levels are not looked at"; got != want {
		t.Errorf("cut %q, want %q", got, want)
	}
}

// deep is a folder that holds a file f and a folder d of the same kind, without an end.
type deep struct{}

func (deep) Open(name string) (fs.File, error) {
	if strings.Trim(name, "d/.") != "" || strings.Count(name, "/") > 10_000 {
		return nil, fs.ErrNotExist
	}
	return &listed{entries: []fs.DirEntry{made{"f", 0}, made{"d", fs.ModeDir}}}, nil
}

// TestHostileLists: long and costly lists end in bounded work, and say so.
func TestHostileLists(t *testing.T) {
	many := func(pattern string, n int) string {
		var list strings.Builder
		for i := range n {
			fmt.Fprintf(&list, pattern+"\n", i)
		}
		return list.String()
	}
	name := strings.Repeat("a", 250)
	tree := files("x/y", name+"/"+name, ".dockerignore")
	for what, list := range map[string]string{
		"100,000 names":        many("n%d", 100_000) + "x",
		"100,000 wildcards":    many("*n%d", 100_000),
		"exceptions":           "x\n" + many("!x/*/n%d", 100_000),
		"stars":                strings.Repeat("*a", 30_000) + "b",
		"many stars":           strings.Repeat(strings.Repeat("**/*a", 1000)+"\n", 100),
		"question marks":       strings.Repeat("?", 60_000),
		"repetitions":          "a*{1000}{1000}{1000}",
		"classes":              strings.Repeat("[a-zé]", 10_000),
		"NUL":                  "x\x00y\n\x00\n[\x00]\n*\x00",
		"NUL only":             strings.Repeat("\x00", 1<<20),
		"no UTF-8":             "\xff*\n\xff\n[\xfe-\xff]\n\xff**",
		"exclamation marks":    strings.Repeat("!\n", 100_000),
		"one line":             strings.Repeat("x", 17<<20),
		"brackets":             strings.Repeat("[", 60_000),
		"backslashes":          strings.Repeat(`\`, 60_001),
		"dots and slashes":     strings.Repeat("../", 20_000),
		"two stars everywhere": strings.Repeat("**", 30_000),
	} {
		t.Run(what, func(t *testing.T) {
			tree[".dockerignore"].Data = []byte(list)
			c := Open(tree, ".", "")
			if n := c.Sent().Files; n == 0 && c.Cut() == "" && len(c.Ignore().Problems) == 0 && what != "two stars everywhere" {
				t.Error("nothing is sent, and nothing tells why")
			}
			ignores(c, name)
			c.Take([]string{list[:min(len(list), 1<<16)], "**/*"}, strings.Split(list[:min(len(list), 1<<16)], "\n"), true)
		})
	}
}

func TestCutOfALargeContext(t *testing.T) {
	c := Open(wide(mostEntries+5), ".", "")
	if got, want := c.Cut(), "of the context only the first 200000 files and folders are looked at"; got != want || c.Sent().Files != mostEntries {
		t.Errorf("cut %q, %d files", got, c.Sent().Files)
	}
}

// TestCutOfALongList: a list that is too dear for a context ends the walk, and says so.
func TestCutOfALongList(t *testing.T) {
	m := newMatcher([]Pattern{{Text: "x"}}, nil)
	m.each = mostWork / 4
	sent := &tree{files: wide(100), folder: "."}
	sent.walk(m)
	if want := "the list of patterns is too long for this context: only the first 4 files and folders are looked at"; sent.cut != want || len(sent.entries) != 5 {
		t.Errorf("cut %q, %d entries", sent.cut, len(sent.entries))
	}
}

// ignores asks the library whether a path is left out by its name alone.
func ignores(c *Context, name string) bool {
	c.read()
	if c.matcher == nil {
		return false
	}
	out, err := c.matcher.patterns.MatchesOrParentMatches(name)
	return out && err == nil
}

// FuzzIgnore: no list and no names make it panic, patterns are those of the library, and without
// exceptions a file is sent if and only if its name is not ignored.
func FuzzIgnore(f *testing.F) {
	for _, list := range []string{"", "*", "# c\n*.md\n!README.md", "\ufeff.git", "[a", "!", "**/a**\n\\", "a\x00b", "\xff*", "/", "..\n../a", "!/\n[z-a]", "a{2}|b", "*** /"} {
		f.Add(list, "a/b.md", "*.md")
	}
	f.Fuzz(func(t *testing.T, list, name, source string) {
		tree := files("x")
		tree[".dockerignore"] = tree["x"]
		tree[".dockerignore"].Data = []byte(list)
		if validName(name) && !strings.HasPrefix(name, "x/") && !strings.HasPrefix(name, ".dockerignore/") {
			tree[name] = tree["x"]
		}
		c := Open(tree, ".", "")
		c.Take([]string{source}, []string{list, source}, len(name)%2 == 0)
		c.Sent().Sensitive()
		ig := c.Ignore()
		if len(ig.Problems) > 0 {
			return
		}
		texts, err := ignorefile.ReadAll(strings.NewReader(list))
		if err != nil || len(texts) != len(ig.Patterns) {
			t.Fatalf("list %q: %d patterns, want %d, %v", list, len(ig.Patterns), len(texts), err)
		}
		for _, p := range ig.Patterns {
			if p.Negated {
				return
			}
		}
		sent := c.Sent()
		for file := range tree {
			if !sent.Has(file) != ignores(c, file) {
				t.Fatalf("list %q: %q is sent: %v, ignored: %v", list, file, sent.Has(file), ignores(c, file))
			}
		}
	})
}

// validName reports whether a map of files can hold a name.
func validName(name string) bool {
	return filepath.IsLocal(name) && filepath.Clean(name) == name && name != "." && !strings.ContainsAny(name, "\\\x00") && strings.ToValidUTF8(name, "") == name
}

// wide is a folder of n files that stand nowhere.
type wide int

func (w wide) Open(name string) (fs.File, error) {
	if name != "." {
		return nil, fs.ErrNotExist
	}
	folder := &listed{}
	for i := range int(w) {
		folder.entries = append(folder.entries, made{fmt.Sprintf("%06d", i), 0})
	}
	return folder, nil
}

// listed is an open folder that gives what it is made of.
type listed struct {
	fs.File
	entries []fs.DirEntry
}

func (l *listed) Close() error { return nil }

func (l *listed) ReadDir(n int) ([]fs.DirEntry, error) {
	n = min(n, len(l.entries))
	batch := l.entries[:n]
	l.entries = l.entries[n:]
	if n == 0 {
		return nil, io.EOF
	}
	return batch, nil
}

type made struct {
	name string
	mode fs.FileMode
}

func (m made) Name() string             { return m.name }
func (m made) IsDir() bool              { return m.mode.IsDir() }
func (m made) Type() fs.FileMode        { return m.mode }
func (made) Info() (fs.FileInfo, error) { return nil, fs.ErrNotExist }

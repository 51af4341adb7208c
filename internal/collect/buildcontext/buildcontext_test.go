package buildcontext

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// files makes a file system of paths; "path=text" gives a file its text, "path->target" makes a
// link, and any other file holds its own path.
func files(lines ...string) fstest.MapFS {
	made := fstest.MapFS{}
	for _, line := range lines {
		if name, target, isLink := strings.Cut(line, "->"); isLink {
			made[name] = &fstest.MapFile{Data: []byte(target), Mode: fs.ModeSymlink}
			continue
		}
		name, text, given := strings.Cut(line, "=")
		if !given {
			text = name
		}
		made[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return made
}

// paths are the paths of a set below the context's folder, in the order of a walk.
func paths(s Set) []string {
	var all []string
	for i, in := range s.in {
		if in {
			all = append(all, s.tree.entries[i].path)
		}
	}
	return all
}

func TestSent(t *testing.T) {
	tests := []struct {
		name   string
		ignore string
		want   string
	}{
		{"nothing is left out", "", ".dockerignore .git/config Dockerfile a/b/c.go a/x.md x.md"},
		{"a folder and all below", ".git\na", ".dockerignore Dockerfile x.md"},
		{"a pattern holds at the top only", "*.md", ".dockerignore .git/config Dockerfile a/b/c.go a/x.md"},
		{"two stars go down", "**/*.md", ".dockerignore .git/config Dockerfile a/b/c.go"},
		{"a leading and a trailing slash say nothing", "/a/\n/x.md/", ".dockerignore .git/config Dockerfile"},
		{"dots are cleaned", "./a/../x.md\n../a", ".dockerignore .git/config Dockerfile a/b/c.go a/x.md"},
		{"an exception below an excluded folder", "*\n!a/b", "a/b/c.go"},
		{"an exception with wildcards", "a\n!**/*.go", ".dockerignore .git/config Dockerfile a/b/c.go x.md"},
		{"the order counts", "!a\na", ".dockerignore .git/config Dockerfile x.md"},
		{"the list and the Dockerfile may be left out", ".dockerignore\nDockerfile", ".git/config a/b/c.go a/x.md x.md"},
		{"a byte order mark, carriage returns, comments, blanks", "\ufeff.git\r\n# a\r\n\r\n  x.md  \r\n", ".dockerignore Dockerfile a/b/c.go a/x.md"},
		{"a comment begins in the first column", " #c\nx.md", ".dockerignore .git/config Dockerfile a/b/c.go a/x.md"},
		{"an exclamation mark may stand apart", "*\n! /a/b", "a/b/c.go"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := Open(files(".dockerignore="+tt.ignore, "Dockerfile", ".git/config", "a/b/c.go", "a/x.md", "x.md"), ".", "Dockerfile")
			if got := strings.Join(paths(c.Sent()), " "); got != tt.want {
				t.Errorf("sent %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestWhichListCounts(t *testing.T) {
	tests := []struct {
		name               string
		files              []string
		folder, dockerfile string
		want               string
	}{
		{"none", []string{"Dockerfile"}, ".", "Dockerfile", ""},
		{"at the top of the context", []string{".dockerignore"}, ".", "Dockerfile", ".dockerignore"},
		{"of a context further down", []string{".dockerignore", "a/.dockerignore"}, "a", "a/Dockerfile", "a/.dockerignore"},
		{"not beside the Dockerfile", []string{"a/.dockerignore"}, ".", "a/Dockerfile", ""},
		{"the Dockerfile's own wins", []string{".dockerignore", "a/web.Dockerfile.dockerignore"}, ".", "a/web.Dockerfile", "a/web.Dockerfile.dockerignore"},
		{"the Dockerfile's own wins empty", []string{".dockerignore", "Dockerfile.dockerignore="}, ".", "Dockerfile", "Dockerfile.dockerignore"},
		{"of another Dockerfile", []string{"b.Dockerfile.dockerignore"}, ".", "a.Dockerfile", ""},
		{"a folder of that name", []string{".dockerignore/x"}, ".", "Dockerfile", ""},
		{"a link", []string{".dockerignore->/c/list", "c/list"}, ".", "Dockerfile", ".dockerignore"},
		{"a link stays in the context", []string{"a/.dockerignore->../list", "list", "a/list"}, "a", "", "a/.dockerignore"},
		{"a link to nothing", []string{"a/.dockerignore->../list", "list"}, "a", "", ""},
		{"no Dockerfile known", []string{".dockerignore"}, ".", "", ".dockerignore"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ig := Open(files(tt.files...), tt.folder, tt.dockerfile).Ignore()
			if ig.File != tt.want || ig.Found != (tt.want != "") {
				t.Errorf("file %q, found %v; want %q", ig.File, ig.Found, tt.want)
			}
		})
	}
}

func TestIgnorePatterns(t *testing.T) {
	ig := Open(files(".dockerignore=# c\n*.md\n\n!  /README.md/\n[a\n/\n[z-a]\n!\nlast"), ".", "").Ignore()
	want := Ignore{File: ".dockerignore", Found: true,
		Patterns: []Pattern{
			{"*.md", 2, false}, {"README.md", 4, true}, {"[a", 5, false}, {"/", 6, false}, {"[z-a]", 7, false}, {"", 8, true}, {"last", 9, false},
		},
		Problems: []Problem{
			{5, `pattern "[a" is not valid, and a build stops where it is reached: correct it`},
			{7, `pattern "[z-a]" is not valid, and a build stops where it is reached: correct it`},
			{8, `pattern "" is not valid, and a build stops where it is reached: correct it`},
		},
	}
	if diff := cmp.Diff(want, ig); diff != "" {
		t.Error(diff)
	}
}

// TestBrokenPatternsLeaveTheOthers: what is well written is followed all the same.
func TestBrokenPatternsLeaveTheOthers(t *testing.T) {
	c := Open(files(".dockerignore=[a\nx\n"+strings.Repeat("y", 1<<16)+"\nz", "x", "y", "z"), ".", "")
	if got := paths(c.Sent()); !slices.Equal(got, []string{".dockerignore", "y"}) {
		t.Errorf("sent %q", got)
	}
	if got := c.Ignore().Problems; len(got) != 2 || got[0].Line != 3 || got[1].Line != 1 {
		t.Errorf("problems %v", got)
	}
}

// TestExceptionOfOneFolder: what comes back at the top does not come back further down.
func TestExceptionOfOneFolder(t *testing.T) {
	c := Open(files(".dockerignore=.git\n**/.env*\n!.env.example", ".git/config", ".env", "a/.env.local", ".env.example", "a/.env.example", "src"), ".", "")
	if got := strings.Join(paths(c.Sent()), " "); got != ".dockerignore .env.example src" {
		t.Errorf("sent %s", got)
	}
}

func TestSumsOfASet(t *testing.T) {
	sent := Open(files("a=12345", "b/c=12", "b/d/e=1234", "f/g=", "b/l->/a"), ".", "").Sent()
	if sent.Files != 5 || sent.Bytes != 11 {
		t.Errorf("%d files, %d bytes", sent.Files, sent.Bytes)
	}
	for name, want := range map[string]bool{"b": true, "b/d/e": true, ".": true, "x": false, "b/d/": true} {
		if sent.Has(name) != want {
			t.Errorf("Has(%q) is not %v", name, want)
		}
	}
}

// TestSharedWalk: Dockerfiles with the same folder and list share one walk, and others do not.
func TestSharedWalk(t *testing.T) {
	root := In(files(".dockerignore=a", "b.Dockerfile.dockerignore=b", "a", "b", "c/d"))
	one, two, own, below := root.Open(".", "Dockerfile"), root.Open("./", "x/Dockerfile"), root.Open(".", "b.Dockerfile"), root.Open("c", "")
	if one.walked() != two.walked() || one.walked() == own.walked() || one.walked() == below.walked() {
		t.Error("walks are shared wrongly")
	}
	if !own.Sent().Has("a") || own.Sent().Has("b") || one.Sent().Has("a") || !below.Sent().Has("d") {
		t.Error("sent the wrong files")
	}
}

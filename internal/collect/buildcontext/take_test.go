package buildcontext

import (
	"strings"
	"testing"
)

var shop = []string{
	".dockerignore=*.log\nsecret", "Dockerfile", "go.mod", "go.sum", "x.log", "secret/key", "cmd/main.go", "cmd/sub/a.go", "cmd/sub/b.txt",
	"web/index.html", "web/.env", "link->cmd/sub", "out->/../../web", "dangling->secret/key", "loop->loop", "[x]/y", "deep/link->../go.mod",
}

func TestTake(t *testing.T) {
	const all = ".dockerignore Dockerfile [x]/y cmd/main.go cmd/sub/a.go cmd/sub/b.txt dangling deep/link go.mod go.sum link loop out web/.env web/index.html"
	tests := []struct {
		name             string
		sources, exclude string
		parents          bool
		want             string
		whole            bool
		missing, empty   string
	}{
		{name: "the whole context", sources: ".", want: all, whole: true},
		{name: "the whole context, otherwise written", sources: "./ / cmd/..", want: all, whole: true},
		{name: "above the context is its top", sources: "../..", want: all, whole: true},
		{name: "everything at the top, links followed", sources: "[^d-l]*", want: ".dockerignore Dockerfile [x]/y cmd/main.go cmd/sub/a.go cmd/sub/b.txt web/.env web/index.html"},
		{name: "files", sources: "go.mod go.sum", want: "go.mod go.sum"},
		{name: "a folder", sources: "/cmd/", want: "cmd/main.go cmd/sub/a.go cmd/sub/b.txt"},
		{name: "wildcards", sources: "go.* c*/*/*.go", want: "cmd/sub/a.go go.mod go.sum"},
		{name: "one star stays in its folder", sources: "*.go", empty: "*.go"},
		{name: "two stars are one", sources: "**/main.go", want: "cmd/main.go"},
		{name: "what is not sent is not there", sources: "x.log secret go.mod nothing", want: "go.mod", missing: "x.log secret nothing"},
		{name: "below a missing folder", sources: "nothing/*", missing: "nothing/*"},
		{name: "below a file", sources: "go.mod/x go.mod/*", missing: "go.mod/x", empty: "go.mod/*"},
		{name: "a link to a folder is entered", sources: "link", want: "cmd/sub/a.go cmd/sub/b.txt"},
		{name: "a link at the start of a path", sources: "link/a.go link/*.txt", want: "cmd/sub/a.go cmd/sub/b.txt"},
		{name: "a link in a folder stays one", sources: "deep", want: "deep/link"},
		{name: "a link cannot leave", sources: "out", want: "web/.env web/index.html"},
		{name: "links to what is not sent, and loops", sources: "dangling loop", missing: "dangling loop"},
		{name: "brackets are wildcards", sources: "[x]", empty: "[x]"},
		{name: "brackets escaped", sources: `[[]x]`, want: "[x]/y"},
		{name: "a bad pattern", sources: "[a", missing: "[a"},
		{name: "exclude", sources: "cmd", exclude: "**/*.txt main.go", want: "cmd/sub/a.go"},
		{name: "exclude with an exception", sources: "cmd", exclude: "** !sub/a.go", want: "cmd/sub/a.go"},
		{name: "exclude is relative to the source", sources: "cmd", exclude: "cmd/main.go", want: "cmd/main.go cmd/sub/a.go cmd/sub/b.txt"},
		{name: "exclude spares what a source names", sources: "go.* cmd", exclude: "go.* *.go sub", want: "go.mod go.sum"},
		{name: "the whole context but", sources: ".", exclude: ".* web cmd [[]* d* l* o*", want: "Dockerfile go.mod go.sum", whole: true},
		{name: "parents", sources: "cmd/main.go web", parents: true, want: "cmd/main.go web/.env web/index.html"},
		{name: "parents with two stars", sources: "**/*.go", parents: true, want: "cmd/main.go cmd/sub/a.go"},
		{name: "parents from a pivot", sources: "cmd/./sub/*.go ./c*/./main.go", parents: true, want: "cmd/main.go cmd/sub/a.go"},
		{name: "parents do not follow", sources: "link/a.go", parents: true, missing: "link/a.go"},
		{name: "parents of nothing", sources: "nothing no* . cmd/./nothing", parents: true, missing: "nothing . cmd/./nothing", empty: "no*"},
		{name: "parents of all", sources: "**", parents: true, want: all, whole: true},
		{name: "parents of a folder's all", sources: "cmd/./**", parents: true, want: "cmd/main.go cmd/sub/a.go cmd/sub/b.txt"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Open(files(shop...), ".", "Dockerfile").Take(strings.Fields(tt.sources), strings.Fields(tt.exclude), tt.parents)
			if sent := strings.Join(paths(got.Set), " "); sent != tt.want {
				t.Errorf("took %q\nwant %q", sent, tt.want)
			}
			if got.Whole != tt.whole {
				t.Errorf("whole is %v", got.Whole)
			}
			if missing, empty := strings.Join(got.Missing, " "), strings.Join(got.Empty, " "); missing != tt.missing || empty != tt.empty {
				t.Errorf("missing %q, empty %q; want %q, %q", missing, empty, tt.missing, tt.empty)
			}
			if got.Files != len(paths(got.Set)) || len(got.Problems) > 0 || got.Cut != "" {
				t.Errorf("%d files, problems %v, cut %q", got.Files, got.Problems, got.Cut)
			}
		})
	}
}

func TestTakeTellsBadExclude(t *testing.T) {
	got := Open(files(shop...), ".", "").Take([]string{"cmd"}, []string{"*.txt", "[a"}, false)
	if len(got.Problems) != 1 || got.Problems[0].Line != 2 || got.Files != 3 {
		t.Errorf("problems %v, %d files", got.Problems, got.Files)
	}
}

package image

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRepositoryIn(t *testing.T) {
	for name, want := range map[string]string{
		"/app/.git/HEAD": "/app/.git", "/app/.git/objects": "/app/.git", "/.git/objects/ab/cd": "/.git", "/app/.git/config": "", "/app/.git": "",
		"/app/.gitignore": "", "/app/.git/objectsx": "", "/app/x.git/HEAD": "", "/x/.hg/requires": "/x/.hg", "/x/.hg/store/data": "/x/.hg", "/x/.hg/cache": "",
		"/x/.svn/entries": "/x/.svn", "/x/.svn/wc.db": "/x/.svn", "/x/.svn/HEAD": "", "/x/.github/HEAD": "", "": "",
	} {
		if got := repositoryIn(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestRepositories(t *testing.T) {
	first := tarOf(t, file{name: "./app/.git/"}, file{name: "./app/.git/HEAD", text: "ref: refs/heads/main\n"}, file{name: "./app/.git/objects/"}, file{name: ".gitignore", text: "x"},
		file{name: "src/.hg/requires", text: "store\n"}, file{name: "src/.svn/wc.db", text: "SQLite"}, file{name: "b/.git/HEAD", text: "x"}, file{name: "sub/.git", text: "gitdir: ../x"})
	second := tarOf(t, file{name: "src/.wh..hg"}, file{name: "src/.svn/wc.db", text: "SQLite 2"}, file{name: ".wh.b"}, file{name: "b/.git/config", text: "x"})
	i := collectOne(t, archiveOf(t, `{}`, first, second), Options{})
	want := []Repository{{"/app/.git", 0, false}, {"/b/.git", 0, true}, {"/src/.hg", 0, true}, {"/src/.svn", 0, false}}
	if diff := cmp.Diff(want, i.Repositories); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRepositoriesOfImagesThatWereNotReadWhole(t *testing.T) {
	broken := tarOf(t, file{name: "x"})[:300]
	tests := []struct {
		layer []byte
		want  []Repository
	}{
		{tarOf(t, file{name: "a/.git/HEAD", text: "x"}), []Repository{{"/a/.git", 0, false}}},
		{tarOf(t, file{name: "a"}), nil},
	}
	for _, test := range tests {
		images, errs := Collect(context.Background(), archiveOf(t, `{}`, test.layer, broken), Options{})
		if len(images) != 1 || len(errs) == 0 {
			t.Fatalf("%d images, errors %v", len(images), errs)
		}
		if diff := cmp.Diff(test.want, images[0].Repositories); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

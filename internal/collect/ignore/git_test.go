package ignore

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// tree are the paths of every trial; those with a slash at the end are folders.
var tree = []string{
	"a", "b.yaml", "ab", "a b", "a ", "#a", "!a", "a*b", "a[b", "é", "]", "a\\b", "-", "A",
	"d/", "d/a", "d/b.yaml", "d/ab", "d/d/", "d/d/a", "d/d/ab", "d/d/d/", "d/d/d/a", "d/d/d/b.yaml",
	"foo/", "foo/a", "foo/bar/", "foo/bar/a", "foo/bar/b.yaml", "foo/bar/foo/", "foo/bar/foo/ab", "foo/foobar", "foobar/", "foobar/a",
}

// pieces are what the random patterns are put together from.
var pieces = []string{
	"a", "b", "ab", "d", "foo", "bar", "b.yaml", "/", "/", "/", "*", "*", "**", "**/", "/**", "/**/", "?", "[ab]", "[!a]", "[^b]", "[a-c]",
	"[", "]", "[]a]", "[[:alpha:]]", "[[:bogus:]]", "[[:a]", "[a\\]]", "[\\a-c]", "[b-", "!", "\\", "\\!", "\\#", "#", " ", "\\ ", "\t", "é", "-", ".", "***", "A", "\\*", "[*]", "[/]", "\r",
}

func randomList(random *rand.Rand) string {
	var list strings.Builder
	for range 1 + random.IntN(4) {
		if random.IntN(4) == 0 {
			list.WriteString("!")
		}
		for range 1 + random.IntN(5) {
			list.WriteString(pieces[random.IntN(len(pieces))])
		}
		list.WriteString([]string{"\n", "\n", "\r\n", " \n"}[random.IntN(4)])
	}
	return list.String()
}

// knownLists are those that people write, and corners found by chance.
var knownLists = []string{
	"*.yaml\n!b.yaml\n", "/d\n", "d/\n", "d\n!d/a\n", "d/*\n!d/d\n", "**/a\n", "foo/**\n!foo/bar/\n", "foo/**/a\n", "a/\n", "**/foo/ab\n", "/**\n",
	"*\n!*/\n!*.yaml\n", "foo**/a\n", "foo/foo**/a\n", "d/**/d/a\n", "\\#a\n", "\\!a\n", "a\\ \n", "a \n", "a\\*b\n", "[[]\n", "a[[]b\n", "?\n", "??\n", "/\n", "!\n", "", "\xef\xbb\xbfab\n", "d/d/d/**\n", "*/a\n", "foo\\/a\n", "**\\/a\n",
}

// TestIgnoresAsGit holds the package against "git check-ignore" on the same trees.
func TestIgnoresAsGit(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	random := rand.New(rand.NewPCG(7, 11))
	top := t.TempDir()
	var asked []string
	lists := map[string]string{}
	for trial := range 400 {
		folder := fmt.Sprintf("t%d", trial)
		upper, lower := randomList(random), ""
		if trial < len(knownLists) {
			upper = knownLists[trial]
		} else if random.IntN(3) == 0 {
			lower = randomList(random)
		}
		write(t, filepath.Join(top, folder, ".gitignore"), upper)
		lists[folder] = upper
		if lower != "" {
			write(t, filepath.Join(top, folder, "foo", ".gitignore"), lower)
			lists[folder+"/foo"] = lower
		}
		for _, path := range tree {
			full := folder + "/" + path
			if strings.HasSuffix(path, "/") {
				if err := os.MkdirAll(filepath.Join(top, full), 0o755); err != nil {
					t.Fatal(err)
				}
			} else {
				write(t, filepath.Join(top, full), "")
			}
			asked = append(asked, strings.TrimSuffix(full, "/"))
		}
	}
	want := gitIgnored(t, top, asked)
	for _, path := range asked {
		if got := ignoredHere(top, lists, path); got != want[path] {
			folder, _, _ := strings.Cut(path, "/")
			t.Errorf("%q: ignored %t, git says %t; lists %q and %q", path, got, want[path], lists[folder], lists[folder+"/foo"])
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func gitIgnored(t *testing.T, top string, paths []string) map[string]bool {
	t.Helper()
	git := func(input string, args ...string) []byte {
		command := exec.Command("git", args...)
		command.Dir = top
		command.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
		command.Stdin = strings.NewReader(input)
		output, err := command.Output()
		if exit, failed := err.(*exec.ExitError); failed && exit.ExitCode() > 1 {
			t.Fatalf("git %v: %v: %s", args, err, exit.Stderr)
		}
		return output
	}
	git("", "init", "-q")
	ignored := map[string]bool{}
	for _, path := range bytes.Split(git(strings.Join(paths, "\x00"), "check-ignore", "--no-index", "-z", "--stdin"), []byte{0}) {
		ignored[string(path)] = true
	}
	return ignored
}

// ignoredHere walks down to path as a scan does.
func ignoredHere(top string, lists map[string]string, path string) bool {
	var rules *Rules
	steps := strings.Split(path, "/")
	for i := range steps {
		folder := strings.Join(steps[:i], "/")
		if text, found := lists[folder]; found {
			rules = rules.With(folder, ".gitignore", []byte(text))
		}
		now := strings.Join(steps[:i+1], "/")
		isDir := i < len(steps)-1 || slices.Contains(tree, strings.Join(steps[1:], "/")+"/")
		if rules.Ignored(now, isDir) != "" {
			return true
		}
	}
	return false
}

func TestManyStarsCostAProductNotAPower(t *testing.T) {
	list := Parse([]byte(strings.Repeat("*a", 60) + "b\n" + strings.Repeat("**/", 60) + "x/b\n"))
	if got := list.Match(strings.Repeat("a", 400)+strings.Repeat("/a", 200), false); got != Silent {
		t.Errorf("got %d, want silent", got)
	}
}

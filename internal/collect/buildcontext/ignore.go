package buildcontext

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/moby/patternmatcher/ignorefile"
)

// Ignore is the list of patterns of what is not sent.
type Ignore struct {
	// File is the list's path within the files: that of the Dockerfile with .dockerignore added, if
	// it exists, else .dockerignore in the context's folder. It is "" if there is none.
	File     string
	Found    bool
	Patterns []Pattern
	// Problems tell of patterns that are not used; all others are. BuildKit does not build with them,
	// and says so without a line.
	Problems []Problem
}

// Pattern is one line of a list.
type Pattern struct {
	Text    string // cleaned as BuildKit does it, without the exclamation mark
	Line    int    // from 1
	Negated bool   // begins with "!"
}

// Problem is a line of a list that cannot be used; line 0 is the whole file.
type Problem struct {
	Line    int
	Message string
}

// Bounds of a list. BuildKit takes 16 MiB of it, and lines that a bufio.Scanner takes.
const (
	mostIgnoreBytes = 16 << 20
	longestLine     = 64<<10 - 1
	mostProblems    = 50
)

// Ignore gives the list that counts for this Dockerfile.
func (c *Context) Ignore() Ignore {
	c.read()
	return c.ignore
}

// read finds and reads the list once.
func (c *Context) read() {
	c.reading.Do(func() {
		text, problem := c.ignoreText()
		if problem != "" {
			c.ignore.tell(0, problem)
		}
		c.ignore.parse(text)
		c.matcher = newMatcher(c.ignore.Patterns, c.ignore.tell)
	})
}

// ignoreText reads the first of the two files that is there.
func (c *Context) ignoreText() (text []byte, problem string) {
	if c.dockerfile != "" {
		text, found, problem := readIgnore(c.root.files, path.Dir(c.dockerfile), path.Base(c.dockerfile)+".dockerignore")
		if found {
			c.ignore.Found, c.ignore.File = true, c.dockerfile+".dockerignore"
			return text, problem
		}
	}
	text, found, problem := readIgnore(c.root.files, c.folder, ".dockerignore")
	if found {
		c.ignore.Found, c.ignore.File = true, path.Join(c.folder, ".dockerignore")
	}
	return text, problem
}

// readIgnore reads a list; links in it are followed as if the folder were the root.
func readIgnore(files fs.FS, folder, name string) (text []byte, found bool, problem string) {
	name, mode, ok := follow(name, onDisk{files, folder})
	if !ok || !mode.IsRegular() {
		return nil, false, ""
	}
	text, err := readFile(files, path.Join(folder, name), mostIgnoreBytes+1)
	switch {
	case err != nil:
		return nil, true, "read the list: " + reason(err)
	case len(text) > mostIgnoreBytes:
		return nil, true, "the list is larger than 16 MiB, which Docker refuses: shorten it"
	}
	return text, true, ""
}

// readFile reads the beginning of a regular file.
func readFile(files fs.FS, name string, most int64) ([]byte, error) {
	file, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close() // read only
	return io.ReadAll(io.LimitReader(file, most))
}

// parse lets ignorefile read the list, and adds the line to each pattern that it gives.
func (ig *Ignore) parse(text []byte) {
	lines := linesOf(text, ig.tell)
	texts, err := ignorefile.ReadAll(strings.NewReader(strings.Join(lines, "\n")))
	if err != nil {
		ig.tell(0, "read the list: "+err.Error())
	}
	next := 0
	for i, line := range lines {
		if i == 0 {
			line = strings.TrimPrefix(line, "\ufeff")
		}
		if next == len(texts) || strings.HasPrefix(line, "#") || strings.TrimSpace(line) == "" {
			continue
		}
		pattern := Pattern{Text: texts[next], Line: i + 1}
		pattern.Text, pattern.Negated = strings.CutPrefix(pattern.Text, "!")
		ig.Patterns = append(ig.Patterns, pattern)
		next++
	}
}

// linesOf gives the lines as a bufio.Scanner does, those that are too long for it emptied.
// BuildKit sends patterns as JSON, which makes a replacement character of every byte that is
// no UTF-8. No name holds a NUL byte, and \x01 does not disturb the library.
func linesOf(text []byte, tell func(int, string)) []string {
	var lines []string
	for line := range bytes.SplitSeq(text, []byte{'\n'}) {
		if len(line) > longestLine {
			tell(len(lines)+1, "the line is longer than 64 KiB, which Docker refuses: shorten it")
			line = nil
		}
		line = bytes.TrimSuffix(line, []byte{'\r'})
		lines = append(lines, strings.ReplaceAll(wellFormed(string(line)), "\x00", "\x01"))
	}
	return lines
}

// wellFormed replaces every single byte that is no UTF-8, where strings.ToValidUTF8 replaces a run of them at once.
func wellFormed(s string) string {
	if s == strings.ToValidUTF8(s, "") {
		return s
	}
	return string([]rune(s))
}

// tell adds a problem; after 50 the list as a whole is the problem.
func (ig *Ignore) tell(line int, message string) {
	if len(ig.Problems) < mostProblems {
		ig.Problems = append(ig.Problems, Problem{line, message})
	}
}

// reason is an error of the file system without its path.
func reason(err error) string {
	var wrapped *fs.PathError
	switch {
	case errors.Is(err, fs.ErrPermission):
		return "permission denied: grant the right to read it, or list it in .dockerignore"
	case errors.As(err, &wrapped):
		return wrapped.Err.Error()
	}
	return err.Error()
}

package kustomize

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/kubeproof/kubeproof/internal/document"
)

// text is one file that was read, as YAML if it should be.
type text struct {
	bytes     []byte
	documents []document.Document
	problems  []document.Problem
}

// text reads a YAML file below the root once.
func (t *Tree) text(name string) *text {
	if known, seen := t.texts[name]; seen {
		return known
	}
	read := &text{}
	t.texts[name] = read
	content, err := t.bytes(name)
	if err != nil {
		read.problems = []document.Problem{{Lost: true, Message: "read: " + err.Error()}}
		return read
	}
	read.bytes = content
	read.documents, read.problems = document.Read(content, t.options.Limits)
	if decoded, problem := document.Decode(content); problem == nil {
		read.bytes = decoded
	}
	return read
}

// bytes reads a regular file below the root, never more than a file may have.
func (t *Tree) bytes(name string) ([]byte, error) {
	full, err := t.real(name)
	if err != nil {
		return nil, err
	}
	// Without blocking, so that a pipe that has come in the file's place does not hold the run.
	opened, err := os.OpenFile(full, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, withoutPath(err)
	}
	defer opened.Close()
	info, err := opened.Stat()
	if err != nil {
		return nil, withoutPath(err)
	}
	limit := int64(t.options.Limits.FileBytes)
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is not a regular file")
	}
	if info.Size() > limit {
		return nil, fmt.Errorf("file is %d MiB, larger than the limit of %d MiB: split it", info.Size()>>20, limit>>20)
	}
	content, err := io.ReadAll(io.LimitReader(opened, limit+1))
	return content, withoutPath(err)
}

// real gives the real path of a name below the root, and refuses what lies outside.
func (t *Tree) real(name string) (string, error) {
	full := filepath.Join(t.root, filepath.FromSlash(name))
	real, err := filepath.EvalSymlinks(full)
	if err != nil {
		return "", withoutPath(err)
	}
	if !t.within(real) {
		return "", errors.New("it lies outside of the folder that is scanned")
	}
	return real, nil
}

func (t *Tree) within(real string) bool {
	_, ok := t.relative(real)
	return ok
}

// relative gives the path below the root of a real path, with forward slashes.
func (t *Tree) relative(real string) (string, bool) {
	rel, err := filepath.Rel(t.root, real)
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return "", false
	}
	return filepath.ToSlash(rel), true
}

func (t *Tree) isFile(name string) bool {
	real, err := t.real(name)
	if err != nil {
		return false
	}
	info, err := os.Stat(real)
	return err == nil && !info.IsDir()
}

func withoutPath(err error) error {
	var wrapped *fs.PathError
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}

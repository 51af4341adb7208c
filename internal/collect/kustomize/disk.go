package kustomize

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// disk is what kustomize sees of the file system: real folders below the root, and of files
// only those that were looked at. It can write nothing.
type disk struct {
	tree   *Tree
	served map[string][]byte
}

var errReadOnly = errors.New("a build writes nothing")

// ReadFile gives the content that was looked at.
func (d disk) ReadFile(name string) ([]byte, error) {
	real, err := filepath.EvalSymlinks(name)
	if err != nil {
		return nil, err
	}
	rel, ok := d.tree.relative(real)
	if !ok {
		return nil, fmt.Errorf("%s lies outside of the folder that is scanned", filepath.Base(name))
	}
	content, ok := d.served[rel]
	if !ok {
		return nil, &fs.PathError{Op: "read", Path: name, Err: fs.ErrNotExist}
	}
	return content, nil
}

// CleanedAbs splits a path into its real folder and the file in it.
func (d disk) CleanedAbs(name string) (filesys.ConfirmedDir, string, error) {
	real, err := filepath.EvalSymlinks(name)
	if err != nil {
		return "", "", err
	}
	if !d.tree.within(real) {
		return "", "", fmt.Errorf("%s lies outside of the folder that is scanned", filepath.Base(name))
	}
	info, err := os.Stat(real)
	if err != nil {
		return "", "", err
	}
	if info.IsDir() {
		return filesys.ConfirmedDir(real), "", nil
	}
	return filesys.ConfirmedDir(filepath.Dir(real)), filepath.Base(real), nil
}

// IsDir reports whether a path is a folder below the root.
func (d disk) IsDir(name string) bool {
	_, file, err := d.CleanedAbs(name)
	return err == nil && file == ""
}

// Exists reports whether a path is a folder below the root or a file that was looked at.
func (d disk) Exists(name string) bool {
	if d.IsDir(name) {
		return true
	}
	_, err := d.ReadFile(name)
	return err == nil
}

// A build neither lists folders nor opens files for anything but their content.

func (disk) Open(string) (filesys.File, error)    { return nil, errReadOnly }
func (disk) ReadDir(string) ([]string, error)     { return nil, errReadOnly }
func (disk) Glob(string) ([]string, error)        { return nil, nil }
func (disk) Walk(string, filepath.WalkFunc) error { return errReadOnly }
func (disk) Create(string) (filesys.File, error)  { return nil, errReadOnly }
func (disk) Mkdir(string) error                   { return errReadOnly }
func (disk) MkdirAll(string) error                { return errReadOnly }
func (disk) RemoveAll(string) error               { return errReadOnly }
func (disk) WriteFile(string, []byte) error       { return errReadOnly }

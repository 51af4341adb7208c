package control

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"runtime"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

// Load reads every .yaml file below root, strictly: unknown fields, missing texts and wrong
// values are errors with file and line, all of them at once. Controls come in order of id.
// The names of files are shown below the folder shown.
func Load(files fs.FS, root, shown string) ([]*Control, error) {
	var paths []string
	err := fs.WalkDir(files, root, func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && strings.HasSuffix(name, ".yaml") {
			paths = append(paths, name)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read controls in %s: %w", root, err)
	}
	controls, problems := make([]*Control, len(paths)), make([]error, len(paths))
	each(len(paths), func(i int) { controls[i], problems[i] = loadFile(files, paths[i], path.Join(shown, paths[i])) })
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	return controls, sortUnique(controls)
}

// each calls do for 0 to n-1 on all cores.
func each(n int, do func(int)) {
	var group sync.WaitGroup
	workers := min(runtime.GOMAXPROCS(0), n)
	for worker := range workers {
		group.Go(func() {
			for i := worker; i < n; i += workers {
				do(i)
			}
		})
	}
	group.Wait()
}

func loadFile(files fs.FS, name, shown string) (*Control, error) {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, fmt.Errorf("read control: %w", err)
	}
	c, err := Parse(shown, text)
	if err != nil {
		return nil, err
	}
	c.Topic = path.Base(path.Dir(shown))
	return c, nil
}

// Parse reads one control from the text of its file. The name is used in errors, and its last
// part must be the control's id with .yaml.
func Parse(name string, text []byte) (*Control, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	c := &Control{File: name, source: text}
	if err := decoder.Decode(c); err != nil {
		return nil, decodeError(name, err)
	}
	if err := decoder.Decode(new(any)); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: holds more than one document: write one control a file", name)
	}
	return c, c.validate(text)
}

// decodeError puts the file before every line that the YAML library complains about.
func decodeError(name string, err error) error {
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("%s:1: file is empty: begin one with `kubeproof control new ID`", name)
	}
	var wrong *yaml.TypeError
	if !errors.As(err, &wrong) {
		return fmt.Errorf("%s: %w", name, err)
	}
	var all []error
	for _, text := range wrong.Errors {
		line, rest, _ := strings.Cut(strings.TrimPrefix(text, "line "), ": ")
		rest = strings.NewReplacer(" in type control.", " in a ", "not found", "is unknown").Replace(rest)
		all = append(all, fmt.Errorf("%s:%s: %s", name, line, rest))
	}
	return errors.Join(all...)
}

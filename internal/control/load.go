package control

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"runtime"
	"strings"
	"sync"

	"github.com/kubeproof/kubeproof/internal/document"
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
	c := &Control{File: name, source: text}
	switch err := document.DecodeStrict(name, text, c); {
	case errors.Is(err, document.ErrEmpty):
		return nil, fmt.Errorf("%w: begin one with `kubeproof control new ID`", err)
	case err != nil:
		return nil, err
	}
	return c, c.validate(text)
}

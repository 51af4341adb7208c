package control

import (
	"bytes"
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
	return load(files, root, shown, Parse)
}

// LoadRules is Load without the examples, which are the larger part of most files and nothing to a
// scan. Controls whose file goes on behind the examples are read whole.
func LoadRules(files fs.FS, root, shown string) ([]*Control, error) {
	return load(files, root, shown, parseRule)
}

func load(files fs.FS, root, shown string, parse func(string, []byte) (*Control, error)) ([]*Control, error) {
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
	each(len(paths), func(i int) { controls[i], problems[i] = loadFile(files, paths[i], path.Join(shown, paths[i]), parse) })
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

func loadFile(files fs.FS, name, shown string, parse func(string, []byte) (*Control, error)) (*Control, error) {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, fmt.Errorf("read control: %w", err)
	}
	c, err := parse(shown, text)
	if err != nil {
		return nil, err
	}
	c.Topic = path.Base(path.Dir(shown))
	return c, nil
}

// Parse reads one control from the text of its file. The name is used in errors, and its last
// part must be the control's id with .yaml.
func Parse(name string, text []byte) (*Control, error) {
	c, err := decode(name, text, text)
	if err != nil {
		return nil, err
	}
	return c, c.validate(text)
}

// parseRule is Parse without the examples.
func parseRule(name string, text []byte) (*Control, error) {
	rule, cut := beforeExamples(text)
	if !cut {
		return Parse(name, text)
	}
	c, err := decode(name, text, rule)
	if err != nil {
		return nil, err
	}
	return c, c.validateRule(rule)
}

func decode(name string, source, text []byte) (*Control, error) {
	c := &Control{File: name, source: source}
	switch err := document.DecodeStrict(name, text, c); {
	case errors.Is(err, document.ErrEmpty):
		return nil, fmt.Errorf("%w: begin one with `kubeproof control new ID`", err)
	case err != nil:
		return nil, err
	}
	return c, nil
}

// beforeExamples gives what stands before the field examples; false if it is not the last one.
func beforeExamples(text []byte) ([]byte, bool) {
	at := bytes.LastIndex(text, []byte("\nexamples:\n"))
	if at < 0 {
		return nil, false
	}
	for line := range bytes.Lines(text[at+len("\nexamples:\n"):]) {
		if line[0] != ' ' && line[0] != '-' && line[0] != '\n' && line[0] != '#' {
			return nil, false
		}
	}
	return text[:at+1], true
}

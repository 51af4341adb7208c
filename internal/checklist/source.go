package checklist

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"runtime"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"github.com/kubeproof/kubeproof/internal/document"
)

var slug = regexp.MustCompile(`^[a-z0-9]+([.-][a-z0-9]+)*$`)

// source is one file with all that is wrong in it.
type source struct {
	name     string
	text     []byte
	root     *yaml.Node // read only once something is wrong
	problems []error
}

// slugName is the file's name without folder and ending: the id that it must hold.
func (s *source) slugName() string { return strings.TrimSuffix(path.Base(s.name), ".yaml") }

// add notes a problem at the value that the steps lead to: keys of maps and indexes of lists.
func (s *source) add(steps []any, format string, args ...any) {
	s.problems = append(s.problems, fmt.Errorf("%s:%d: %s", s.name, s.line(steps), fmt.Sprintf(format, args...)))
}

// line finds the line of a value; where a step is absent, that of the deepest value before it.
func (s *source) line(steps []any) int {
	if s.root == nil {
		s.root = &yaml.Node{}
		_ = yaml.Unmarshal(s.text, s.root) // it was read before: it cannot fail
	}
	if len(s.root.Content) == 0 {
		return 1
	}
	at, line := s.root.Content[0], s.root.Content[0].Line
	for _, step := range steps {
		if at = child(at, step, &line); at == nil {
			break
		}
	}
	return line
}

// child goes one step down and sets line to where that begins; nil if the step is absent.
func child(at *yaml.Node, step any, line *int) *yaml.Node {
	if index, ok := step.(int); ok {
		if index >= len(at.Content) {
			return nil
		}
		*line = at.Content[index].Line
		return at.Content[index]
	}
	for i := 0; at.Kind == yaml.MappingNode && i+1 < len(at.Content); i += 2 {
		if at.Content[i].Value == step {
			*line = at.Content[i].Line
			return at.Content[i+1]
		}
	}
	return nil
}

// readFolder reads every .yaml file of a folder strictly, on all cores. Files that cannot be
// read have problems; the values of all others are in the same order as the sources.
func readFolder[T any](files fs.FS, folder string) ([]*T, []*source, error) {
	names, err := fs.Glob(files, path.Join(folder, "*.yaml"))
	if err != nil {
		return nil, nil, fmt.Errorf("list %s: %w", folder, err)
	}
	values, sources := make([]*T, len(names)), make([]*source, len(names))
	var group sync.WaitGroup
	workers := min(runtime.GOMAXPROCS(0), len(names))
	for worker := range workers {
		group.Go(func() {
			for i := worker; i < len(names); i += workers {
				values[i], sources[i] = new(T), &source{name: names[i]}
				sources[i].decode(files, values[i])
			}
		})
	}
	group.Wait()
	return values, sources, nil
}

// decode reads the file into value, strictly.
func (s *source) decode(files fs.FS, value any) {
	text, err := fs.ReadFile(files, s.name)
	if err == nil {
		s.text = text
		err = document.DecodeStrict(s.name, text, value)
	}
	if err != nil {
		s.problems = append(s.problems, err)
	}
}

// join gives all problems of the sources as one error; nil if there are none.
func join(sources []*source) error {
	var all []error
	for _, s := range sources {
		all = append(all, s.problems...)
	}
	return errors.Join(all...)
}

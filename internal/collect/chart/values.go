package chart

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/strvals"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// valuesFile is the text of a values file and its path as people see it.
type valuesFile struct {
	show string
	text []byte
}

// values is what a value set gives, before the chart's own defaults.
type values struct {
	given map[string]any
	set   map[string]any // what --set and --set-string give of it
	files []valuesFile   // later ones win
}

func (s ValueSet) name() string {
	if s.Name != "" {
		return s.Name
	}
	var names []string
	for _, file := range s.Files {
		names = append(names, filepath.Base(file))
	}
	names = append(append(names, s.Set...), s.SetString...)
	if len(names) == 0 {
		return "default"
	}
	return strings.Join(names, ", ")
}

// readValues reads the files of a set and applies its --set texts. It reports false if any of it
// cannot be read: rendering with half of the values would judge a chart that nobody installs.
func (c *collector) readValues(set ValueSet) (*values, bool) {
	v := &values{given: map[string]any{}, set: map[string]any{}, files: set.read}
	ok := true
	for _, name := range set.Files {
		file := valuesFile{show: slashPath(name)}
		var err error
		if file.text, err = readBounded(name, c.options.Limits.FileBytes); err != nil {
			c.fail(inventory.Error{File: file.show, Lost: true, Message: "read values: " + reason(err) + ": the chart is not rendered with them"})
			ok = false
			continue
		}
		v.files = append(v.files, file)
	}
	for _, file := range v.files {
		read, err := loader.LoadValues(bytes.NewReader(file.text))
		if err != nil {
			c.badValues(file, err)
			ok = false
			continue
		}
		v.given = loader.MergeMaps(v.given, read)
	}
	for _, text := range set.Set {
		ok = c.applySet(v, text, "--set", strvals.ParseInto) && ok
	}
	for _, text := range set.SetString {
		ok = c.applySet(v, text, "--set-string", strvals.ParseIntoString) && ok
	}
	return v, ok
}

func readBounded(name string, most int) ([]byte, error) {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("not a file")
	case info.Size() > int64(most):
		return nil, fmt.Errorf("larger than %d MiB", most>>20)
	}
	return os.ReadFile(name)
}

// badValues records the place of the mistake where the document reader finds it too.
func (c *collector) badValues(file valuesFile, err error) {
	_, problems := document.Read(file.text, c.options.Limits)
	for _, problem := range problems {
		if problem.Lost {
			c.fail(inventory.Error{File: file.show, Line: problem.Line, Column: problem.Column, Lost: true,
				Message: problem.Message + ": the chart is not rendered with these values"})
			return
		}
	}
	c.fail(inventory.Error{File: file.show, Lost: true, Message: fmt.Sprintf("read values: %v: values are one map of names", err)})
}

func (c *collector) applySet(v *values, text, flag string, parse func(string, map[string]any) error) bool {
	err := parse(text, v.given)
	if err == nil {
		err = parse(text, v.set)
	}
	if err != nil {
		c.fail(inventory.Error{File: c.show, Lost: true,
			Message: fmt.Sprintf("read %s %q: %v: write NAME=VALUE, and a backslash before a comma in a value", flag, text, err)})
		return false
	}
	return true
}

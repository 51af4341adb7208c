package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/kubeproof/kubeproof/catalog"
	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/control"
)

// controlSet is the controls of one run: the built-in ones and the user's.
type controlSet struct {
	all    []*control.Control
	chosen []*control.Control // those to run
	own    map[string]bool    // ids of the user's
}

func builtInControls() ([]*control.Control, error) { return control.Load(catalog.FS, "controls", "") }

func builtInRules() ([]*control.Control, error) { return control.LoadRules(catalog.FS, "controls", "") }

// loadControls reads the controls of a folder that a user named, or of one file.
func loadControls(path string) ([]*control.Control, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("read controls: %w: name a folder or a .yaml file", err)
	}
	folder, name := path, "."
	if !info.IsDir() {
		folder, name = filepath.Dir(path), filepath.Base(path)
	}
	controls, err := control.Load(os.DirFS(folder), name, folder)
	if err == nil && len(controls) == 0 {
		err = fmt.Errorf("read controls: %s holds none: begin one with `kubeproof control new ID --dir %s`", path, folder)
	}
	return controls, err
}

// catalogue gives the built-in controls and those of the user's folder ("" for none), mapped to
// the frameworks. load is builtInControls, or builtInRules where nobody looks at examples.
func catalogue(folder string, load func() ([]*control.Control, error)) (*controlSet, error) {
	builtIn, err := load()
	if err != nil {
		return nil, err
	}
	set := &controlSet{all: builtIn, own: map[string]bool{}}
	if folder == "" {
		return set, set.bindFrameworks()
	}
	own, err := loadControls(folder)
	if err != nil {
		return nil, err
	}
	for _, c := range own {
		set.own[c.ID] = true
	}
	for _, c := range builtIn {
		if set.own[c.ID] {
			return nil, fmt.Errorf("control %s in %s has the id of a built-in one: choose another", c.ID, folder)
		}
	}
	set.all = append(set.all, own...)
	return set, set.bindFrameworks()
}

// bindFrameworks gives every control the identifiers of its topics in each framework.
func (s *controlSet) bindFrameworks() error {
	frameworks, err := checklist.LoadFrameworks(catalog.FS)
	if err != nil {
		return err
	}
	for _, c := range s.all {
		if err := errors.Join(frameworks.Check(c.Topics, c.Maps)...); err != nil {
			return fmt.Errorf("%s: %w", c.File, err)
		}
		c.Maps = frameworks.MapsOf(c.Topics, c.Maps)
	}
	return nil
}

// checkFramework refuses an id that no framework has; "" stands for all of them.
func checkFramework(id string) error {
	if id == "" || id == cisBenchmark {
		return nil
	}
	frameworks, err := checklist.LoadFrameworks(catalog.FS)
	if err != nil {
		return err
	}
	if _, known := frameworks.Framework(id); known {
		return nil
	}
	ids := make([]string, len(frameworks.All))
	for i, framework := range frameworks.All {
		ids[i] = framework.ID
	}
	return fmt.Errorf("framework %q is unknown: use %s", id, strings.Join(ids, ", "))
}

// nearest suggests the ids that share most with what was typed.
func (s *controlSet) nearest(id string) string {
	var like []string
	for _, c := range s.all {
		if strings.Contains(c.ID, id) || strings.Contains(id, c.ID) {
			like = append(like, c.ID)
		}
	}
	if len(like) == 0 {
		return "see `kubeproof control list`"
	}
	return "did you mean " + strings.Join(like[:min(3, len(like))], ", ") + "?"
}

package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/catalog"
	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/collect"
	"github.com/kubeproof/kubeproof/internal/collect/chart"
	"github.com/kubeproof/kubeproof/internal/config"
	"github.com/kubeproof/kubeproof/internal/report"
)

func (in *inputs) progress(streams *Streams, label string) *report.Progress {
	return report.NewProgress(streams.Err, streams.ErrTerminal && !in.noProgress, label, nil)
}

// controlsOfChecklist gives the controls that a checklist's items name; none for no checklist.
func controlsOfChecklist(name string) ([]string, error) {
	if name == "" {
		return nil, nil
	}
	library, err := checklist.Load(catalog.FS)
	if err != nil {
		return nil, err
	}
	list, err := findChecklist(library, name)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, item := range list.Items {
		ids = append(ids, item.Controls...)
	}
	return ids, nil
}

// sets are the value sets for charts: the plain flags make one, each --value-set one more, to
// which the plain flags are added.
func (in *inputs) sets() ([]chart.ValueSet, error) {
	if len(in.valueSets) == 0 {
		if len(in.values)+len(in.set) == 0 {
			return nil, nil
		}
		return []chart.ValueSet{{Files: in.values, Set: in.set}}, nil
	}
	var sets []chart.ValueSet
	for _, text := range in.valueSets {
		name, files, ok := strings.Cut(text, "=")
		if !ok || name == "" || files == "" {
			return nil, fmt.Errorf("value set %q is not NAME=FILE[,FILE]", text)
		}
		all := append(append([]string{}, in.values...), strings.Split(files, ",")...)
		sets = append(sets, chart.ValueSet{Name: name, Files: all, Set: in.set})
	}
	return sets, nil
}

// checkTargets refuses targets that are written wrongly.
func checkTargets(targets []string) error {
	if err := collect.Check(targets); err != nil {
		return err
	}
	if at := slices.Index(targets, "-"); at >= 0 && slices.Contains(targets[at+1:], "-") {
		return errors.New("standard input is named twice: name it once")
	}
	return nil
}

// checkValues refuses values for charts that cannot be read, whether or not a chart is found.
func checkValues(sets []chart.ValueSet) error {
	for _, set := range sets {
		for _, file := range set.Files {
			if info, err := os.Stat(file); err != nil {
				return fmt.Errorf("read values %s: %s", file, reason(err))
			} else if info.IsDir() {
				return fmt.Errorf("read values %s: it is a folder: name a file", file)
			}
		}
		for _, text := range set.Set {
			if key, _, ok := strings.Cut(text, "="); !ok || key == "" {
				return fmt.Errorf("value %q is not KEY=VALUE", text)
			}
		}
	}
	return nil
}

// reason is an error of the file system in few words; the file is named beside it.
func reason(err error) string {
	var wrapped *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "no such file or folder"
	case errors.Is(err, fs.ErrPermission):
		return "permission denied"
	case errors.As(err, &wrapped):
		return wrapped.Err.Error()
	}
	return err.Error()
}

func (in *inputs) collectOptions(streams *Streams, settings *config.Config) (collect.Options, error) {
	sets, err := in.sets()
	if err == nil {
		err = checkValues(sets)
	}
	if err != nil {
		return collect.Options{}, usageError("%v", err)
	}
	if err := in.cluster.check(); err != nil {
		return collect.Options{}, err
	}
	images, err := in.image.options(streams, settings)
	if err != nil {
		return collect.Options{}, err
	}
	return collect.Options{Image: images, BuildTarget: in.image.buildTarget, Namespace: in.namespace, Templates: settings.Templates(), Chart: chart.Options{Sets: sets},
		Cluster: in.cluster.options(streams), All: in.noIgnore, Stdin: streams.In}, nil
}

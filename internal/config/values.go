package config

import (
	"maps"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/control"
)

// Values gives the parameters for the controls that run: those set one by one, and the short
// forms (registries, environments, ownerKeys), which stand for a parameter of that name wherever
// a control has it. Check finds parameters that no control has.
func (c *Config) Values(controls []*control.Control) map[string]map[string]any {
	values := map[string]map[string]any{}
	short := c.shortForms()
	for _, one := range controls {
		set := map[string]any{}
		for name := range one.Parameters {
			if value, given := short[name]; given {
				set[name] = value
			}
		}
		maps.Copy(set, c.Parameters[one.ID])
		if len(set) > 0 {
			values[one.ID] = set
		}
	}
	return values
}

func (c *Config) shortForms() map[string]any {
	short := map[string]any{}
	for name, list := range map[string][]string{
		"registries": c.Registries, "environmentLabels": c.EnvironmentLabels, "ownerKeys": c.OwnerKeys,
	} {
		if list != nil {
			short[name] = anyList(list)
		}
	}
	if c.Environments != nil {
		environments := map[string]any{}
		for name, registries := range c.Environments {
			environments[name] = registries
		}
		short["environments"] = environments
	}
	return short
}

func anyList(list []string) []any {
	all := make([]any, len(list))
	for i, element := range list {
		all[i] = element
	}
	return all
}

// Templates gives the places of pod templates in custom kinds as paths.
func (c *Config) Templates() map[string][]string {
	templates := map[string][]string{}
	for kind, path := range c.PodTemplates {
		templates[kind] = strings.Split(path, ".")
	}
	return templates
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

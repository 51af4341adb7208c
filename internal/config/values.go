package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/control"
)

// Values gives the parameters for the controls that run: those set one by one, and the short
// forms (registries, environments, ownerKeys), which stand for a parameter of that name wherever
// a control has it. A parameter of a control that does not run is an error if no control has
// the id, so that a slip of the pen is found.
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

// CheckIDs finds ids in the configuration that no control or topic has.
func (c *Config) CheckIDs(controls []*control.Control) error {
	known := map[string]bool{}
	for _, one := range controls {
		known[one.ID], known[one.Topic] = true, true
	}
	for _, id := range c.ids() {
		if !known[id] {
			return fmt.Errorf("%s: control %q is unknown: see `kubeproof control list`", c.File, id)
		}
	}
	return nil
}

// ids are all controls and topics that the configuration names, in a steady order.
func (c *Config) ids() []string {
	ids := append(append([]string{}, c.Include...), c.Exclude...)
	for _, rule := range c.Paths {
		ids = append(ids, rule.Exclude...)
	}
	for _, exception := range c.Exceptions {
		ids = append(ids, exception.Control)
	}
	return append(append(ids, sortedKeys(c.Parameters)...), sortedKeys(c.Severities)...)
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

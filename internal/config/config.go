// Package config reads .kubeproof.yaml: parameters, severities, which controls run where,
// registries, environments, owners, pod templates of custom kinds, and exceptions.
// Begin with Load.
package config

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/kubeproof/kubeproof/internal/acceptance"
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/document"
)

// Name is the file that is read from the working directory if no other is named.
const Name = ".kubeproof.yaml"

// Config is what a user sets. The zero value changes nothing.
type Config struct {
	// Parameters sets parameters of controls: control id, parameter, value.
	Parameters map[string]map[string]any `yaml:"parameters"`
	// Severities sets the severity of controls by id.
	Severities map[string]control.Severity `yaml:"severities"`
	// Exclude leaves controls out by id or topic; Include, if set, runs only these.
	Include []string `yaml:"include"`
	Exclude []string `yaml:"exclude"`
	// Paths select controls for parts of the tree.
	Paths []PathRule `yaml:"paths"`
	// Registries are the registries that images may come from (image-registry-allowed).
	Registries []string `yaml:"registries"`
	// Environments give the registries of each environment (image-registry-environment).
	Environments map[string]string `yaml:"environments"`
	// EnvironmentLabels are the namespace labels that name the environment.
	EnvironmentLabels []string `yaml:"environmentLabels"`
	// OwnerKeys are the labels or annotations that name an owner (workload-owner-email and more).
	OwnerKeys []string `yaml:"ownerKeys"`
	// PodTemplates give the place of the pod template in custom kinds, as in spec.template.
	PodTemplates map[string]string `yaml:"podTemplates"`
	Exceptions   []acceptance.Rule `yaml:"exceptions"`
	// FailOn is the severity from which findings make the exit code 1.
	FailOn control.Severity `yaml:"failOn"`

	// File is where the configuration was read; "" if none was.
	File string `yaml:"-"`
}

// PathRule leaves controls out below a path (with *, ? and **).
type PathRule struct {
	Path    string   `yaml:"path"`
	Exclude []string `yaml:"exclude"`
}

// Load reads a configuration file strictly. All errors come at once, each with file and line.
func Load(file string) (*Config, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	return Parse(file, text)
}

// Parse reads a configuration; an empty one changes nothing.
func Parse(file string, text []byte) (*Config, error) {
	c := &Config{File: file}
	if err := document.DecodeStrict(file, text, c); err != nil && !errors.Is(err, document.ErrEmpty) {
		return nil, err
	}
	lines := exceptionLines(text)
	var wrong []error
	for i := range c.Exceptions {
		c.Exceptions[i].File, c.Exceptions[i].Line = file, lines[i]
		if err := c.Exceptions[i].Validate(); err != nil {
			wrong = append(wrong, fmt.Errorf("%s:%d: %w", file, lines[i], err))
		}
	}
	for id, severity := range c.Severities {
		if severity.Rank() < 0 {
			wrong = append(wrong, fmt.Errorf("%s: severity %q of %s is unknown: use info, low, medium, high or critical", file, severity, id))
		}
	}
	if c.FailOn != "" && c.FailOn.Rank() < 0 {
		wrong = append(wrong, fmt.Errorf("%s: failOn %q is unknown: use info, low, medium, high or critical", file, c.FailOn))
	}
	for _, rule := range c.Paths {
		if rule.Path == "" || len(rule.Exclude) == 0 {
			wrong = append(wrong, fmt.Errorf("%s: a rule under paths needs path and exclude", file))
		}
	}
	slices.SortFunc(wrong, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return c, errors.Join(wrong...)
}

// exceptionLines gives the line of each exception in the file.
func exceptionLines(text []byte) []int {
	var root struct {
		Exceptions []yaml.Node `yaml:"exceptions"`
	}
	if yaml.Unmarshal(text, &root) != nil {
		return nil
	}
	lines := make([]int, len(root.Exceptions))
	for i, node := range root.Exceptions {
		lines[i] = node.Line
	}
	return lines
}

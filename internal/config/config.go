// Package config reads .kubeproof.yaml: parameters, severities, which controls run where,
// registries, environments, owners, pod templates of custom kinds, and exceptions.
// Begin with Load.
package config

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"go.yaml.in/yaml/v3"

	"github.com/kubeproof/kubeproof/internal/acceptance"
	"github.com/kubeproof/kubeproof/internal/collect/signature"
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
	// Signatures say who may sign which images, and what their provenance must say.
	Signatures []signature.Rule `yaml:"signatures"`
	// FailOn is the severity from which findings make the exit code 1; "never" for none.
	FailOn control.Severity `yaml:"failOn"`

	// File is where the configuration was read; "" if none was.
	File string `yaml:"-"`

	root *yaml.Node // for places; nil if there is nothing
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
	c.root = tree(text)
	for i := range c.Exceptions {
		c.Exceptions[i].File, c.Exceptions[i].Line = file, c.line("exceptions", strconv.Itoa(i))
	}
	return c, c.validate()
}

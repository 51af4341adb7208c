package control

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

var slug = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// problems gathers what is wrong in one control, each with the line of its field.
type problems struct {
	name string
	text []byte
	all  []error
}

func (p *problems) add(field, format string, args ...any) {
	p.all = append(p.all, fmt.Errorf("%s:%d: %s", p.name, fieldLine(p.text, field), fmt.Sprintf(format, args...)))
}

// validate checks everything that the YAML types cannot say. CEL is checked by the engine.
func (c *Control) validate(text []byte) error {
	p := &problems{name: c.File, text: text}
	c.checkRule(p)
	if len(c.Examples.Good) < 2 || len(c.Examples.Bad) < 2 {
		p.add("examples", "give at least two good and two bad examples: they are the control's tests")
	}
	return errors.Join(p.all...)
}

// validateRule is validate for a control whose examples were not read.
func (c *Control) validateRule(text []byte) error {
	p := &problems{name: c.File, text: text}
	c.checkRule(p)
	return errors.Join(p.all...)
}

func (c *Control) checkRule(p *problems) {
	if !slug.MatchString(c.ID) {
		p.add("id", "id %q is not a slug: use small letters, digits and dashes", c.ID)
	} else if base := path.Base(c.File); base != c.ID+".yaml" {
		p.add("id", "id %q differs from the file's name: name the file %s.yaml", c.ID, c.ID)
	}
	for _, field := range []struct{ name, value string }{{"title", c.Title}, {"why", c.Why}, {"fix", c.Fix}} {
		if strings.TrimSpace(field.value) == "" {
			p.add(field.name, "%s is missing: people need it", field.name)
		}
	}
	if c.Severity.Rank() < 0 {
		p.add("severity", "severity %q is unknown: use info, low, medium, high or critical", c.Severity)
	}
	if c.Risk < 0 || c.Risk > 10 {
		p.add("risk", "risk %d is out of range: use 0 to 10", c.Risk)
	}
	if !slices.Contains([]Team{Apps, Infra, Both}, c.Team) {
		p.add("team", "team %q is unknown: use apps, infra or both", c.Team)
	}
	c.validateCheck(p)
	c.validateParameters(p)
}

func (c *Control) validateCheck(p *problems) {
	scope, known := FindScope(c.Check.Scope)
	switch {
	case !known:
		p.add("check.scope", "scope %q is unknown: see `kubeproof control explain --scopes`", c.Check.Scope)
	case (c.Check.CEL == "") == (c.Check.Go == ""):
		p.add("check", "give either cel or go")
	case c.Check.CEL != "" && c.Check.Message == "":
		p.add("check", "message is missing: write CEL that tells what is wrong")
	case c.Check.CEL != "" && scope.Name == "inventory":
		p.add("check.scope", "scope inventory is for Go checks: choose what the expression judges")
	case c.Check.Go != "" && (c.Check.Message != "" || c.Check.When != ""):
		p.add("check", "message and when belong to cel: a Go check gives both itself")
	case c.Enforce && c.Check.CEL == "":
		p.add("enforce", "only a cel check can be enforced by admission")
	}
	if c.Remedy != nil && c.Remedy.Set == "" {
		p.add("remedy", "set is missing: name the path to edit")
	}
}

func (c *Control) validateParameters(p *problems) {
	for name, parameter := range c.Parameters {
		if _, err := parameter.Set(parameter.Default); err != nil {
			p.add("parameters", "default of parameter %s: %v", name, err)
		}
		if parameter.Description == "" {
			p.add("parameters", "parameter %s has no description: say what it does", name)
		}
	}
}

// Values gives the control's parameters: set, where it has the name, else the default.
func (c *Control) Values(set map[string]any) (Values, error) {
	values := Values{}
	for name, parameter := range c.Parameters {
		value, given := set[name]
		if !given {
			value = parameter.Default
		}
		typed, err := parameter.Set(value)
		if err != nil {
			return nil, fmt.Errorf("parameter %s of %s: %w", name, c.ID, err)
		}
		values[name] = typed
	}
	for name := range set {
		if _, known := c.Parameters[name]; !known {
			return nil, fmt.Errorf("control %s has no parameter %q: see `kubeproof control explain %s`", c.ID, name, c.ID)
		}
	}
	return values, nil
}

func sortUnique(controls []*Control) error {
	slices.SortFunc(controls, func(a, b *Control) int { return strings.Compare(a.ID, b.ID) })
	var twice []error
	for i := 1; i < len(controls); i++ {
		if controls[i].ID == controls[i-1].ID {
			twice = append(twice, fmt.Errorf("%s: id %q is also in %s: ids are unique", controls[i].File, controls[i].ID, controls[i-1].File))
		}
	}
	return errors.Join(twice...)
}

// fieldLine finds the line of a field such as check.scope; 1 if it is absent.
func fieldLine(text []byte, field string) int {
	var root yaml.Node
	if yaml.Unmarshal(text, &root) != nil || len(root.Content) == 0 {
		return 1
	}
	at, line := root.Content[0], 1
	for _, key := range strings.Split(field, ".") {
		for i := 0; i+1 < len(at.Content); i += 2 {
			if at.Content[i].Value == key {
				line, at = at.Content[i].Line, at.Content[i+1]
				break
			}
		}
	}
	return line
}

package config

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/kubeproof/kubeproof/internal/control"
)

// never as failOn lets no finding decide the exit code.
const never = control.Severity("never")

// validate finds what is wrong in the configuration itself, each with its place.
func (c *Config) validate() error {
	var wrong []error
	fail := func(place, format string, args ...any) {
		wrong = append(wrong, fmt.Errorf("%s: "+format, append([]any{place}, args...)...))
	}
	if c.FailOn != "" && c.FailOn != never && c.FailOn.Rank() < 0 {
		fail(c.at("failOn"), "failOn %q is unknown: use info, low, medium, high, critical or never", c.FailOn)
	}
	for _, id := range sortedKeys(c.Severities) {
		if c.Severities[id].Rank() < 0 {
			fail(c.at("severities", id), "severity %q of %s is unknown: use info, low, medium, high or critical", c.Severities[id], id)
		}
	}
	for _, kind := range sortedKeys(c.PodTemplates) {
		if slices.Contains(strings.Split(c.PodTemplates[kind], "."), "") {
			fail(c.at("podTemplates", kind), "pod template of %s is at %q, which is no path: write it as spec.template", kind, c.PodTemplates[kind])
		}
	}
	for i, rule := range c.Paths {
		if rule.Path == "" || len(rule.Exclude) == 0 {
			fail(c.at("paths", strconv.Itoa(i)), "a rule under paths needs path and exclude")
		}
	}
	for i := range c.Exceptions {
		if err := c.Exceptions[i].Validate(); err != nil {
			fail(c.at("exceptions", strconv.Itoa(i)), "%w", err)
		}
	}
	for i := range c.Signatures {
		if err := c.Signatures[i].Validate(); err != nil {
			fail(c.at("signatures", strconv.Itoa(i)), "%w", err)
		}
	}
	return errors.Join(wrong...)
}

// Check finds what does not fit the controls there are: ids and topics that none of them has,
// parameters that are unknown or of a wrong type. All errors come at once, each with its place.
func (c *Config) Check(controls []*control.Control) error {
	byID, topics := map[string]*control.Control{}, map[string]bool{}
	for _, one := range controls {
		byID[one.ID], topics[one.Topic] = one, true
	}
	var wrong []error
	for _, m := range c.mentions() {
		place := c.at(m.path...)
		switch one := byID[m.word]; {
		case one == nil && !topics[m.word]:
			wrong = append(wrong, fmt.Errorf("%s: control %q is unknown: see `kubeproof control list`", place, m.word))
		case one == nil && !m.topic:
			wrong = append(wrong, fmt.Errorf("%s: %q is a topic: name one of its controls, see `kubeproof control list --control %s`", place, m.word, m.word))
		case one != nil && m.path[0] == "parameters":
			if _, err := one.Values(c.Parameters[m.word]); err != nil {
				wrong = append(wrong, fmt.Errorf("%s: %w", place, err))
			}
		}
	}
	return errors.Join(wrong...)
}

// mention is a place where the configuration names a control, or a topic if it may.
type mention struct {
	word  string
	topic bool
	path  []string
}

// mentions are all of them, in the order of their lines.
func (c *Config) mentions() []mention {
	var all []mention
	list := func(words []string, path ...string) {
		for i, word := range words {
			all = append(all, mention{word, true, append(slices.Clone(path), strconv.Itoa(i))})
		}
	}
	list(c.Include, "include")
	list(c.Exclude, "exclude")
	for i, rule := range c.Paths {
		list(rule.Exclude, "paths", strconv.Itoa(i), "exclude")
	}
	for i, exception := range c.Exceptions {
		all = append(all, mention{exception.Control, false, []string{"exceptions", strconv.Itoa(i), "control"}})
	}
	for _, id := range sortedKeys(c.Parameters) {
		all = append(all, mention{id, false, []string{"parameters", id}})
	}
	for _, id := range sortedKeys(c.Severities) {
		all = append(all, mention{id, false, []string{"severities", id}})
	}
	slices.SortStableFunc(all, func(a, b mention) int { return cmp.Compare(c.line(a.path...), c.line(b.path...)) })
	return all
}

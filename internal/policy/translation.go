package policy

import (
	"fmt"
	"strings"

	"github.com/kubeproof/kubeproof/internal/control"
)

// translation is one control on its way to a policy.
type translation struct {
	check  control.Check
	values control.Values
	used   map[string]bool // names that the texts use and that become variables

	rules   []any
	failing string // the expression of the variable failing; "" if there is none
	fine    string
	message string
}

// lists are the containers that a scope judges, as fields of a pod. The API server has
// ephemeral containers only in pods, but an expression reads the same everywhere.
var lists = map[string][]string{
	"containers.all":       {"containers", "initContainers", "ephemeralContainers"},
	"containers.main":      {"containers"},
	"containers.init":      {"initContainers"},
	"containers.ephemeral": {"ephemeralContainers"},
	"containers.lasting":   {"containers", "initContainers"},
	"env":                  {"containers", "initContainers", "ephemeralContainers"},
}

func (t *translation) translate() error {
	scope, known := control.FindScope(t.check.Scope)
	if !known {
		return fmt.Errorf("its scope %q is unknown", t.check.Scope)
	}
	fails, message := t.texts()
	var err error
	switch name := scope.Name; {
	case scope.Kinds() != nil:
		t.whole(fails, message)
		t.rules, err = rulesOf(scope.Kinds())
		return err
	case name == "pod", name == "workload":
		t.whole(fails, message)
	case name == "volumes":
		t.used["pod"] = true
		t.each("variables.pod.?volumes.orValue([])", "volume", fails, message)
	case name == "env":
		t.used["containers"] = true
		t.eachVariable(fails, message)
	case lists[name] != nil:
		t.used["containers"] = true
		t.each("variables.containers", "container", fails, message)
	default:
		return fmt.Errorf("its scope %q compares objects or judges all kinds, which no policy does", name)
	}
	t.rules = podRules(lists[t.check.Scope] != nil)
	return nil
}

// texts gives what is true where the control reports, and the text that it reports.
func (t *translation) texts() (fails, message string) {
	fails = "!(" + t.text(t.check.CEL) + ")"
	if t.check.When != "" {
		fails = "(" + t.text(t.check.When) + ") ? " + fails + " : false"
	}
	return fails, t.text(t.check.Message)
}

func (t *translation) text(cel string) string {
	return renamed(cel, map[string]string{"pod": "variables.pod", "template": "variables.template", "params": "variables.params"}, t.used)
}

func (t *translation) whole(fails, message string) {
	t.failing, t.fine, t.message = fails, "!variables.failing", message
}

func (t *translation) each(list, element, fails, message string) {
	t.failing = fmt.Sprintf("%s.filter(%s,\n%s)", list, element, fails)
	t.fine = "size(variables.failing) == 0"
	if message != "" {
		t.message = fmt.Sprintf("variables.failing.map(%s,\n%s).join('; ')", element, message)
	}
}

func (t *translation) eachVariable(fails, message string) {
	t.fine = fmt.Sprintf("variables.containers.all(container, container.?env.orValue([]).all(env,\n!(%s)))", fails)
	if message != "" {
		t.message = fmt.Sprintf("variables.containers.map(container, container.?env.orValue([]).filter(env,\n%s).map(env,\n%s).join('; ')).filter(m, m != '').join('; ')",
			fails, message)
	}
}

// variables are those that the texts use, each after those that it uses itself.
func (t *translation) variables() []any {
	t.used["pod"] = t.used["pod"] || t.used["containers"]
	t.used["template"] = t.used["template"] || t.used["pod"]
	containers := make([]string, 0, 3)
	for _, list := range lists[t.check.Scope] {
		containers = append(containers, "variables.pod.?"+list+".orValue([])")
	}
	all := []any{}
	for _, v := range []struct{ name, expression string }{
		{"params", literals(t.values)},
		{"template", template},
		{"pod", "variables.template.?spec.orValue({})"},
		{"containers", strings.Join(containers, " + ")},
	} {
		if t.used[v.name] {
			all = append(all, map[string]any{"name": v.name, "expression": v.expression})
		}
	}
	if t.failing != "" {
		all = append(all, map[string]any{"name": "failing", "expression": t.failing})
	}
	return all
}

// Package builtin knows what Kubernetes itself puts into its RBAC objects: the default roles and
// bindings of every minor release from Oldest to Newest, with their rights. Begin with Find.
package builtin

import (
	_ "embed" // for the table
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Oldest and Newest are the minor releases 1.x that are known.
const (
	Oldest = 29
	Newest = 37
)

// Object is a default role or binding.
type Object struct {
	Kind, Namespace, Name string
	When                  []When
	Labels                []Label // those by which other roles collect it
	Aggregates            string  // the label by which it collects the rights of other roles
	Rules                 []Rule
	// A binding gives the role RoleKind RoleName to Subjects.
	RoleKind, RoleName string
	Subjects           []Subject
}

// When tells in which minors something is part of the defaults. Gated is true if only a feature
// gate brings it.
type When struct {
	From, To int
	Gated    bool
}

// In reports whether a minor has it without a feature gate.
func (w When) In(minor int) bool { return !w.Gated && w.From <= minor && minor <= w.To }

// In reports whether a minor has the object without a feature gate.
func (o *Object) In(minor int) bool {
	return slices.ContainsFunc(o.When, func(w When) bool { return w.In(minor) })
}

// Label is a label of an object, with the value "true".
type Label struct {
	When When
	Key  string
}

// Rule is one rule of a default role.
type Rule struct {
	When                                   When
	Verbs, Groups, Resources, Names, Paths []string
}

// Subject is a subject of a default binding.
type Subject struct {
	When                  When
	Kind, Namespace, Name string
}

// Find gives the default object of that kind, namespace and name; nil if there is none.
func Find(kind, namespace, name string) *Object {
	return table().byName[[3]string{kind, namespace, name}]
}

// All lists the default objects by kind, namespace and name.
func All() []*Object { return table().all }

//go:embed defaults.tsv
var defaults string

type objects struct {
	all    []*Object
	byName map[[3]string]*Object
}

var table = sync.OnceValue(func() objects {
	read, err := parse(defaults)
	if err != nil {
		panic("read the table of default roles: " + err.Error()) // a test reads it
	}
	return read
})

func parse(text string) (objects, error) {
	found := objects{byName: map[[3]string]*Object{}}
	var last *Object
	for number, line := range strings.Split(strings.TrimSpace(text), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		columns := append(strings.Split(line, "\t"), "", "", "", "")[:6]
		when, err := parseWhen(columns[1])
		if err != nil {
			return found, fmt.Errorf("line %d: %w", number+1, err)
		}
		if columns[0] == "object" {
			last = found.object(when, columns[2], columns[3], columns[4])
			continue
		}
		if last == nil || !last.add(columns[0], when, columns[2:]) {
			return found, fmt.Errorf("line %d: unexpected %q", number+1, columns[0])
		}
	}
	return found, nil
}

// object begins an object, or goes on with it where it has several lines.
func (o *objects) object(when When, kind, namespace, name string) *Object {
	key := [3]string{kind, namespace, name}
	if o.byName[key] == nil {
		o.byName[key] = &Object{Kind: kind, Namespace: namespace, Name: name}
		o.all = append(o.all, o.byName[key])
	}
	o.byName[key].When = append(o.byName[key].When, when)
	return o.byName[key]
}

func parseWhen(text string) (w When, err error) {
	text, w.Gated = strings.CutSuffix(text, "?")
	if _, err = fmt.Sscanf(text, "%d-%d", &w.From, &w.To); err != nil {
		err = fmt.Errorf("read minors %q: %w", text, err)
	}
	return w, err
}

func (o *Object) add(what string, when When, columns []string) bool {
	list := func(i int) []string {
		if columns[i] == "" && i == 3 {
			return nil
		}
		return strings.Split(columns[i], ",")
	}
	switch what {
	case "label":
		o.Labels = append(o.Labels, Label{when, columns[3]})
	case "aggregates":
		o.Aggregates = columns[3]
	case "right":
		o.Rules = append(o.Rules, Rule{When: when, Verbs: list(0), Groups: list(1), Resources: list(2), Names: list(3)})
	case "path":
		o.Rules = append(o.Rules, Rule{When: when, Verbs: list(0), Paths: list(3)})
	case "role":
		o.RoleKind, o.RoleName = columns[1], columns[3]
	case "subject":
		o.Subjects = append(o.Subjects, Subject{when, columns[1], columns[2], columns[3]})
	default:
		return false
	}
	return true
}

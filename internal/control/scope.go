package control

import "strings"

// Scopes are what a check can be bound to. In CEL, object is always the whole object and
// namespaceObject its Namespace if that was seen; the scope adds the names in Names.
var Scopes = []Scope{
	{"containers.all", []string{"container", "pod", "template"}, "every container of a pod: main, init and ephemeral"},
	{"containers.main", []string{"container", "pod", "template"}, "the main containers of a pod, without sidecars"},
	{"containers.init", []string{"container", "pod", "template"}, "the init containers of a pod"},
	{"containers.ephemeral", []string{"container", "pod", "template"}, "the ephemeral containers of a pod"},
	{"containers.lasting", []string{"container", "pod", "template"}, "main and init containers: all that a pod template can declare"},
	{"pod", []string{"pod", "template"}, "the pod spec of a workload"},
	{"volumes", []string{"volume", "pod", "template"}, "every volume of a pod"},
	{"env", []string{"env", "container", "pod", "template"}, "every environment variable of every container"},
	{"workload", []string{"pod", "template"}, "the workload object as a whole"},
	{"stages", []string{"stage"}, "every stage of a Dockerfile"},
	{"instructions", []string{"instruction", "stage"}, "every instruction of a Dockerfile below a FROM"},
	{"commands", []string{"command", "instruction", "stage"}, "every command that an instruction of a Dockerfile calls"},
	{"objects", nil, "every object, of any kind"},
	{"inventory", nil, "objects compared with each other (Go checks only)"},
}

// ObjectScope begins the scopes that name kinds, as in "object:Service" or "object:Ingress,Gateway".
const ObjectScope = "object:"

// Scope is one kind of thing that checks judge.
type Scope struct {
	Name  string
	Names []string // CEL variables beside object, namespaceObject and params
	About string
}

// FindScope gives the scope of that name; false if there is none.
func FindScope(name string) (Scope, bool) {
	for _, scope := range Scopes {
		if scope.Name == name {
			return scope, true
		}
	}
	if kinds, ok := strings.CutPrefix(name, ObjectScope); ok && kinds != "" {
		return Scope{Name: name, About: "objects of kind " + kinds}, true
	}
	return Scope{}, false
}

// Kinds are the object kinds that an object scope names; nil for other scopes.
func (s Scope) Kinds() []string {
	if kinds, ok := strings.CutPrefix(s.Name, ObjectScope); ok {
		return strings.Split(kinds, ",")
	}
	return nil
}

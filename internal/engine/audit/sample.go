package audit

import (
	"fmt"
	"slices"
	"strings"
)

// Actor is who makes a sample request.
type Actor struct {
	ID, Title string // as in parameters, and as in messages
	User      string
	Groups    []string
}

// Actors are the kinds of caller that sample requests are tried for. Their names are not those
// of real ones: a rule that names somebody is judged by HidesUsers.
var Actors = []Actor{
	{"user", "a user", "sample-user", []string{"system:authenticated"}},
	{"administrator", "an administrator", "sample-administrator", []string{"system:masters", "kubeadm:cluster-admins", "system:authenticated"}},
	{"serviceaccount", "a service account", "system:serviceaccount:sample:sample", []string{"system:serviceaccounts", "system:serviceaccounts:sample", "system:authenticated"}},
	{"node", "a node", "system:node:sample", []string{"system:nodes", "system:authenticated"}},
	{"anonymous", "an anonymous caller", "system:anonymous", []string{"system:unauthenticated"}},
	{"refused", "a caller whose credentials are refused", "", nil},
}

// actorsNamed gives actors by their ids.
func actorsNamed(ids []string) ([]Actor, error) {
	var all []Actor
	for _, id := range ids {
		at := slices.IndexFunc(Actors, func(a Actor) bool { return a.ID == id })
		if at < 0 {
			return nil, fmt.Errorf("parameter actors names %q: use user, administrator, serviceaccount, node, anonymous or refused", id)
		}
		all = append(all, Actors[at])
	}
	return all, nil
}

// Sample is one kind of request without its caller and place.
type Sample struct {
	Verb, Group, Resource, Sub string
}

// Samples reads sample requests, each written "VERB,... RESOURCE[.GROUP][/SUBRESOURCE]", as in
// "create,delete roles.rbac.authorization.k8s.io". What is written otherwise is an error.
func Samples(lines []string) ([]Sample, error) {
	var all []Sample
	for _, line := range lines {
		verbs, target, found := strings.Cut(strings.TrimSpace(line), " ")
		if !found || strings.Contains(target, " ") {
			return nil, fmt.Errorf("sample request %q: write VERB,... RESOURCE.GROUP/SUBRESOURCE, as in: get,list secrets", line)
		}
		target, sub, _ := strings.Cut(target, "/")
		resource, group, _ := strings.Cut(target, ".")
		for _, verb := range strings.Split(verbs, ",") {
			all = append(all, Sample{verb, group, resource, sub})
		}
	}
	return all, nil
}

// String writes a sample as it is written in parameters.
func (s Sample) String() string { return s.Verb + " " + s.Target() }

// Target is what the sample asks for, without the verb.
func (s Sample) Target() string {
	text := s.Resource
	if s.Group != "" {
		text += "." + s.Group
	}
	if s.Sub != "" {
		text += "/" + s.Sub
	}
	return text
}

// Event is the request of an actor at a place. As in the API server, a namespace is in itself.
func (s Sample) Event(actor Actor, at Place) Event {
	if s.isNamespace() {
		at.Namespace = at.Name
	}
	return Event{User: actor.User, Groups: actor.Groups, Verb: s.Verb, Group: s.Group, Resource: s.Resource, Sub: s.Sub,
		Namespace: at.Namespace, Name: at.Name}
}

func (s Sample) isNamespace() bool { return s.Group == "" && s.Resource == "namespaces" }

// Place is where a sample request goes.
type Place struct{ Namespace, Name string }

// The names of what no rule names.
const (
	sampleNamespace = "sample"
	sampleName      = "sample"
)

// mostPlaces bounds the places that are tried for one sample.
const mostPlaces = 64

// Places are those at which a policy may treat a request differently: one that no rule names, and
// the namespaces and names of each rule.
func (p *Policy) Places(s Sample) []Place {
	namespaces, name := s.namespaces(), s.name()
	var all []Place
	for _, namespace := range namespaces {
		all = append(all, Place{namespace, name})
	}
	for i := range p.Rules {
		rule := &p.Rules[i]
		for _, namespace := range append(rule.namespacesFor(namespaces), namespaces...) {
			for _, name := range rule.namesFor(s, name) {
				if place := (Place{namespace, name}); len(all) < mostPlaces && !slices.Contains(all, place) {
					all = append(all, place)
				}
			}
		}
	}
	return all
}

// namespaces are those that the sample can have beside named ones: "" for cluster-scoped objects
// and for what spans all namespaces.
func (s Sample) namespaces() []string {
	scope, known := builtin[s.Group][s.Resource]
	switch {
	case known && scope == cluster:
		return []string{""}
	case !known, s.Verb == "list", s.Verb == "watch":
		return []string{sampleNamespace, ""}
	}
	return []string{sampleNamespace}
}

func (r *Rule) namespacesFor(free []string) []string {
	if !slices.Contains(free, sampleNamespace) {
		return nil // cluster-scoped
	}
	var all []string
	for _, namespace := range r.Namespaces {
		if namespace != "" {
			all = append(all, namespace)
		}
	}
	return all
}

// name is that of the object: what is created or listed has none in its request.
func (s Sample) name() string {
	if s.Sub == "" && (s.Verb == "create" || s.Verb == "list" || s.Verb == "watch" || s.Verb == "deletecollection") {
		return ""
	}
	return sampleName
}

// locks are resources in which components elect their leader: what is written there every few
// seconds may stay out of the log by name.
var locks = []string{"configmaps", "endpoints", "leases"}

func (r *Rule) namesFor(s Sample, name string) []string {
	all := []string{name}
	if name == "" || slices.Contains(locks, s.Resource) {
		return all
	}
	for _, entry := range r.Resources {
		all = append(all, entry.ResourceNames...)
	}
	if s.isNamespace() {
		all = append(all, r.Namespaces...)
	}
	return all
}

// String says where, if that is anywhere special.
func (p Place) String() string {
	text := ""
	if p.Name != "" && p.Name != sampleName {
		text += " " + p.Name
	}
	if p.Namespace != "" && p.Namespace != sampleNamespace {
		text += " in namespace " + p.Namespace
	}
	return text
}

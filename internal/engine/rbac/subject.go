// Package rbac tells who may do what by the RBAC objects of an inventory, exactly as the API
// server's RBAC authorizer decides it. Begin with Of and Model.Can.
package rbac

import (
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
)

// The kinds of subjects that bindings name.
const (
	User           = "User"
	Group          = "Group"
	ServiceAccount = "ServiceAccount"
)

// Subject is who holds rights. Namespace is set for service accounts only.
type Subject struct {
	Kind, Namespace, Name string
}

const accountPrefix = "system:serviceaccount:"

// String names the subject as messages do: "ServiceAccount shop/ci", "User alice", "Group ops".
func (s Subject) String() string {
	if s.Kind == ServiceAccount {
		return s.Kind + " " + s.Namespace + "/" + s.Name
	}
	return s.Kind + " " + s.Name
}

// Username is the name under which the API server knows a user or service account; "" for groups.
func (s Subject) Username() string {
	switch s.Kind {
	case ServiceAccount:
		return accountPrefix + s.Namespace + ":" + s.Name
	case User:
		return s.Name
	}
	return ""
}

// Groups are the groups that the API server gives to the subject by itself; a group is in itself.
func (s Subject) Groups() []string {
	switch {
	case s.Kind == Group:
		return []string{s.Name}
	case s.Kind == ServiceAccount:
		return []string{"system:serviceaccounts", "system:serviceaccounts:" + s.Namespace, "system:authenticated"}
	case s.Name == "system:anonymous":
		return []string{"system:unauthenticated"}
	case strings.HasPrefix(s.Name, accountPrefix):
		if namespace, _, ok := strings.Cut(strings.TrimPrefix(s.Name, accountPrefix), ":"); ok {
			return []string{"system:serviceaccounts", "system:serviceaccounts:" + namespace, "system:authenticated"}
		}
	case strings.HasPrefix(s.Name, "system:node:"):
		return []string{"system:nodes", "system:authenticated"}
	}
	return []string{"system:authenticated"}
}

// Canonical turns a User that is the name of a service account into that service account, so
// that both ways to bind it are one subject.
func (s Subject) Canonical() Subject {
	if s.Kind != User {
		return s
	}
	if rest, ok := strings.CutPrefix(s.Name, accountPrefix); ok {
		if namespace, name, ok := strings.Cut(rest, ":"); ok && namespace != "" && name != "" && !strings.Contains(name, ":") {
			return Subject{ServiceAccount, namespace, name}
		}
	}
	return s
}

// key is the subject as the authorizer compares it: service accounts by their user names.
func (s Subject) key() Subject {
	if s.Kind == ServiceAccount {
		return Subject{Kind: User, Name: s.Username()}
	}
	return s
}

// names are the names under which bindings may mean the subject: its own, those of the groups
// that the API server gives it, and those of further groups.
func (s Subject) names(groups []string) []Subject {
	names := []Subject{s}
	for _, list := range [2][]string{s.Groups(), groups} {
		for _, name := range list {
			if group := (Subject{Kind: Group, Name: name}); group != s {
				names = append(names, group)
			}
		}
	}
	return names
}

// subjectOf reads a subject of a binding. The namespace that a service account leaves out is the
// binding's, as for the authorizer.
func subjectOf(node *document.Node, bindingNamespace string) Subject {
	subject := Subject{Kind: node.Get("kind").Text(), Name: node.Get("name").Text()}
	if subject.Kind == ServiceAccount {
		if subject.Namespace = node.Get("namespace").Text(); subject.Namespace == "" {
			subject.Namespace = bindingNamespace
		}
	}
	return subject.Canonical()
}

// Human reports whether the subject stands for people: a user or group that is not of the cluster
// itself (system:...), of a node, or of a service account. A user from a client certificate, OIDC
// ("oidc:alice", "https://issuer#alice") or a cloud's IAM counts as human, unless its name says
// that it is a machine. Kubernetes does not know users, so this is a guess by the name.
func (s Subject) Human() bool {
	return s.Kind != ServiceAccount && !strings.HasPrefix(s.Name, "system:") && s.Origin().Maker == Own && !machineNamed(s.Name)
}

// machineNamed reports whether one of the words of a name says that it belongs to a program.
func machineNamed(name string) bool {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !('a' <= r && r <= 'z') })
	for _, word := range words {
		switch word {
		case "bot", "robot", "ci", "cd", "cicd", "jenkins", "automation", "pipeline", "gserviceaccount", "svc", "serviceaccount", "kubelet", "apiserver", "controller", "scheduler", "proxy":
			return true
		}
	}
	return false
}

// Everyone reports whether the subject is a group, or the anonymous user, that the API server gives
// to many by itself: rights of it belong to whoever can reach the cluster, log in, or run a pod.
func (s Subject) Everyone() bool {
	switch {
	case s.Kind == Group:
		return s.Name == "system:authenticated" || s.Name == "system:unauthenticated" ||
			s.Name == "system:serviceaccounts" || strings.HasPrefix(s.Name, "system:serviceaccounts:")
	case s.Kind == User:
		return s.Name == "system:anonymous"
	}
	return false
}

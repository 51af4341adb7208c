package ask

import (
	"fmt"
	"strings"

	"github.com/kubeproof/kubeproof/internal/engine/rbac"
)

// Subject is a subject in answers, with what is guessed of it.
type Subject struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name"`
	// Who is person (a user or a group of people), machine, everyone (a group that the API server
	// gives to many) or cluster (Kubernetes' own or the platform's).
	Who string `json:"who"`
}

// Who a subject may be.
const (
	Everyone = "everyone"
	Person   = "person"
	Machine  = "machine"
	Cluster  = "cluster"
)

// Heading introduces the subjects of an answer by who they are.
type Heading struct{ Who, Text string }

// Headings are those of all subjects, in the order of answers.
var Headings = []Heading{
	{Everyone, "Whole groups that the API server makes"},
	{Person, "People"},
	{Machine, "Machines"},
	{Cluster, "Kubernetes and the platform"},
}

func describe(s rbac.Subject) Subject {
	return Subject{Kind: s.Kind, Namespace: s.Namespace, Name: s.Name, Who: whoIs(s)}
}

func whoIs(s rbac.Subject) string {
	switch {
	case s.Everyone():
		return Everyone
	case s.Human():
		return Person
	case s.Origin().Foreign():
		return Cluster
	}
	return Machine
}

// FullName is the name with the namespace, if there is one: "shop/ci".
func (s Subject) FullName() string { return strings.TrimPrefix(s.Namespace+"/"+s.Name, "/") }

// Typed writes the subject as FindSubject reads it: "sa:shop/ci", "user:alice", "group:ops".
func (s Subject) Typed() string {
	return typed(rbac.Subject{Kind: s.Kind, Namespace: s.Namespace, Name: s.Name})
}

func typed(s rbac.Subject) string {
	if s.Kind == rbac.ServiceAccount {
		return "sa:" + s.Namespace + "/" + s.Name
	}
	return strings.ToLower(s.Kind) + ":" + s.Name
}

// FindSubject reads a subject's name: user:alice, group:ops, sa:shop/ci, or a bare one, which must be
// that of exactly one subject of the inventory. The error says what to write instead.
func (s *Seen) FindSubject(text string) (rbac.Subject, error) {
	kind, name, isTyped := strings.Cut(text, ":")
	switch {
	case isTyped && kind == "user" && name != "":
		return rbac.Subject{Kind: rbac.User, Name: name}.Canonical(), nil
	case isTyped && kind == "group" && name != "":
		return rbac.Subject{Kind: rbac.Group, Name: name}, nil
	case isTyped && (kind == "sa" || kind == "serviceaccount"):
		namespace, account, ok := strings.Cut(name, "/")
		if !ok || namespace == "" || account == "" {
			return rbac.Subject{}, fmt.Errorf("service account %q is not sa:NAMESPACE/NAME", text)
		}
		return rbac.Subject{Kind: rbac.ServiceAccount, Namespace: namespace, Name: account}, nil
	}
	var found []rbac.Subject
	for _, who := range s.knownSubjects() {
		if who.Name == text || who.Username() == text || who.Kind == rbac.ServiceAccount && who.Namespace+"/"+who.Name == text {
			found = append(found, who)
		}
	}
	switch len(found) {
	case 0:
		return rbac.Subject{}, fmt.Errorf("subject %q is not in the inventory: write user:NAME, group:NAME or sa:NAMESPACE/NAME", text)
	case 1:
		return found[0], nil
	}
	return rbac.Subject{}, fmt.Errorf("subject %q may be %s: write %s", text, joinSubjects(found, rbac.Subject.String), joinSubjects(found, typed))
}

func joinSubjects(all []rbac.Subject, write func(rbac.Subject) string) string {
	texts := make([]string, len(all))
	for i, s := range all {
		texts[i] = write(s)
	}
	return strings.Join(texts, " or ")
}

// knownSubjects lists the subjects that bindings name, and the service accounts that exist.
func (s *Seen) knownSubjects() []rbac.Subject {
	all := rbac.Of(s.Index).Subjects()
	seen := map[rbac.Subject]bool{}
	for _, who := range all {
		seen[who] = true
	}
	for _, account := range s.Index.Kind("ServiceAccount") {
		if who := (rbac.Subject{Kind: rbac.ServiceAccount, Namespace: account.Namespace, Name: account.Name}); !seen[who] {
			seen[who] = true
			all = append(all, who)
		}
	}
	return all
}

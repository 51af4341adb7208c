package ask

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/engine/rbac"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// SubjectList are the subjects that bindings name.
type SubjectList struct {
	Schema   string          `json:"schema"`
	Subjects []ListedSubject `json:"subjects"`
	LeftOut  int             `json:"leftOut"` // Kubernetes' own and the platform's
	Gaps     []Gap           `json:"incomplete"`
}

// ListedSubject is a subject with what it may do in short.
type ListedSubject struct {
	Subject
	// Cluster is true if rights hold in the whole cluster; Namespaces are those of other rights.
	Cluster    bool     `json:"cluster"`
	Namespaces []string `json:"namespaces"`
	// Admin is cluster or namespace where the subject may do everything there; "" nowhere.
	Admin string `json:"admin,omitempty"`
	// Access is Write, Read, or none.
	Access string `json:"access"`
	Rights int    `json:"rights"`
	// Seen counts the requests in the audit log; nil if there is none.
	Seen *int64 `json:"seen,omitempty"`
}

// Subjects lists who has rights, by who they are and by name; what Kubernetes and the platform bring
// is left out unless all is true.
func (s *Seen) Subjects(all bool) SubjectList {
	every := inventory.Derived(s.Index, "ask.Subjects", listSubjects)
	list := SubjectList{Schema: "kubeproof.dev/rbac-subjects/v1", Subjects: []ListedSubject{}, Gaps: s.GapsOf(RightsKinds...)}
	for _, one := range every {
		if !all && one.Who == Cluster {
			list.LeftOut++
			continue
		}
		list.Subjects = append(list.Subjects, one)
	}
	return list
}

func listSubjects(index *inventory.Index) []ListedSubject {
	model := rbac.Of(index)
	seen := auditUse(index)
	var list []ListedSubject
	for _, who := range model.Subjects() {
		list = append(list, listSubject(model, who, seen))
	}
	rank := func(s ListedSubject) int {
		return slices.IndexFunc(Headings, func(h Heading) bool { return h.Who == s.Who })
	}
	slices.SortStableFunc(list, func(a, b ListedSubject) int {
		return cmp.Or(rank(a)-rank(b), strings.Compare(a.Kind+"\x00"+a.Namespace+"\x00"+a.Name, b.Kind+"\x00"+b.Namespace+"\x00"+b.Name))
	})
	return list
}

func listSubject(model *rbac.Model, who rbac.Subject, seen map[string]int64) ListedSubject {
	s := ListedSubject{Subject: describe(who), Namespaces: []string{}, Access: "none"}
	rights := rbac.RightSet{}
	in := map[string]bool{}
	for _, g := range model.Bound(who) {
		given := g.Rights()
		for _, r := range given {
			rights[r] = true
			if !r.Reads() {
				s.Access = Write
			} else if s.Access == "none" {
				s.Access = Read
			}
		}
		switch {
		case len(given) == 0:
		case g.Namespace == "":
			s.Cluster = true
		case !in[g.Namespace]:
			in[g.Namespace] = true
			s.Namespaces = append(s.Namespaces, g.Namespace)
		}
	}
	slices.Sort(s.Namespaces)
	s.Rights = len(rights)
	everything := rbac.Right{Verb: "*", Group: "*", Resource: "*"}
	if who.Kind == rbac.Group && who.Name == "system:masters" || rights.Covers(everything) {
		s.Admin = "cluster"
	}
	for _, namespace := range s.Namespaces {
		if everything.Namespace = namespace; s.Admin == "" && rights.Covers(everything) {
			s.Admin = "namespace"
		}
	}
	if count := seen[who.Username()]; who.Kind != rbac.Group && seen != nil {
		s.Seen = &count
	}
	return s
}

// auditUse counts the requests of each user in the audit logs of the inventory; nil without any.
func auditUse(index *inventory.Index) map[string]int64 {
	var seen map[string]int64
	for _, fact := range index.Kind(inventory.FactAuditUse) {
		if seen == nil {
			seen = map[string]int64{}
		}
		for _, use := range fact.Root.Get("uses").Children() {
			seen[use.Get("user").Text()] += max(use.Get("count").Int64(), 1)
		}
	}
	return seen
}

// May says in few words what the subject may do, and where.
func (s ListedSubject) May() string {
	where := s.Where()
	if where == "" {
		where = "-"
	}
	switch {
	case s.Admin != "":
		return "everything in the " + s.Admin
	case s.Access == "none":
		return "none that was seen"
	}
	return s.Access + " in " + where
}

// Where says in which scopes the rights hold; "" if there are none.
func (s ListedSubject) Where() string {
	const most = 3
	var parts []string
	if s.Cluster {
		parts = append(parts, "cluster")
	}
	if len(s.Namespaces) > most {
		parts = append(parts, fmt.Sprintf("%d namespaces", len(s.Namespaces)))
	} else {
		parts = append(parts, s.Namespaces...)
	}
	return strings.Join(parts, ", ")
}

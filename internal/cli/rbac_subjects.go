package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubeproof/kubeproof/internal/engine/rbac"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

func newRBACSubjectsCommand(streams *Streams) *cobra.Command {
	o := &gathering{}
	var format string
	var all bool
	command := &cobra.Command{
		Use: "subjects", Short: "List who has rights, for an access review",
		Long: `List the subjects that bindings name: people first, with where their rights hold, whether they administer
it, whether they only read, how many rights they have, and how often an audit log saw them, if the
targets hold one. What Kubernetes and the platform bring is left out unless --all is given.

Exit codes: 0 answered, 2 wrong usage, 3 something could not be read.`,
		Example: "  kubeproof rbac subjects\n  kubeproof rbac subjects --in deploy/ -o json",
		Args:    none,
		RunE: func(command *cobra.Command, _ []string) error {
			if err := checkFormat(format); err != nil {
				return err
			}
			inv, err := o.inventory(command.Context(), streams, rbacKinds...)
			if err != nil {
				return err
			}
			a := listSubjects(inventory.NewIndex(inv.Subjects), all)
			a.Gaps = gapsOf(inv)
			if err := give(streams, format, a); err != nil {
				return err
			}
			return partial(inv, rbacKinds...)
		},
	}
	o.register(command)
	command.Flags().BoolVar(&all, "all", false, "also those of Kubernetes and of the platform")
	command.Flags().StringVarP(&format, "format", "o", "table", "`FORMAT`: table or json")
	return command
}

// subjectList is the answer of rbac subjects.
type subjectList struct {
	Schema   string          `json:"schema"`
	Subjects []listedSubject `json:"subjects"`
	LeftOut  int             `json:"leftOut"` // Kubernetes' own and the platform's
	Gaps     []rbacGap       `json:"incomplete"`
}

type listedSubject struct {
	rbacSubject
	// Cluster is true if rights hold in the whole cluster; Namespaces are those of other rights.
	Cluster    bool     `json:"cluster"`
	Namespaces []string `json:"namespaces"`
	// Admin is cluster or namespace where the subject may do everything there; "" nowhere.
	Admin string `json:"admin,omitempty"`
	// Access is write, read, or none.
	Access string `json:"access"`
	Rights int    `json:"rights"`
	// Seen counts the requests in the audit log; nil if there is none.
	Seen *int64 `json:"seen,omitempty"`
}

func listSubjects(index *inventory.Index, all bool) subjectList {
	model := rbac.Of(index)
	seen := auditUse(index)
	list := subjectList{Schema: "kubeproof.dev/rbac-subjects/v1", Subjects: []listedSubject{}}
	for _, who := range model.Subjects() {
		if !all && whoIs(who) == whoCluster {
			list.LeftOut++
			continue
		}
		list.Subjects = append(list.Subjects, listSubject(model, who, seen))
	}
	rank := func(s listedSubject) int {
		for i, heading := range headings {
			if heading.who == s.Who {
				return i
			}
		}
		return len(headings)
	}
	slices.SortStableFunc(list.Subjects, func(a, b listedSubject) int {
		if a.Who != b.Who {
			return rank(a) - rank(b)
		}
		return strings.Compare(a.Kind+"\x00"+a.Namespace+"\x00"+a.Name, b.Kind+"\x00"+b.Namespace+"\x00"+b.Name)
	})
	return list
}

func listSubject(model *rbac.Model, who rbac.Subject, seen map[string]int64) listedSubject {
	s := listedSubject{rbacSubject: describeSubject(who), Namespaces: []string{}, Access: "none"}
	rights := rbac.RightSet{}
	for _, g := range model.Bound(who) {
		given := g.Rights()
		for _, r := range given {
			rights[r] = true
			if !r.Reads() {
				s.Access = accessWrite
			} else if s.Access == "none" {
				s.Access = accessRead
			}
		}
		switch {
		case len(given) == 0:
		case g.Namespace == "":
			s.Cluster = true
		case !slices.Contains(s.Namespaces, g.Namespace):
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

// write shows the list to people.
func (l subjectList) write(out *lines) error {
	audited := slices.ContainsFunc(l.Subjects, func(s listedSubject) bool { return s.Seen != nil })
	header := []string{"SUBJECT", "WHO", "WHERE", "ADMIN", "ACCESS", "RIGHTS"}
	if audited {
		header = append(header, "REQUESTS")
	}
	out.add(header...)
	people := 0
	for _, s := range l.Subjects {
		row := []string{s.Kind + " " + strings.TrimPrefix(s.Namespace+"/"+s.Name, "/"), s.Who, s.where(), cmp.Or(s.Admin, "-"), s.Access, strconv.Itoa(s.Rights)}
		if s.Seen != nil {
			row = append(row, strconv.FormatInt(*s.Seen, 10))
		}
		out.add(row...)
		if s.Who == whoPerson {
			people++
		}
	}
	out.print("")
	text := fmt.Sprintf("%s, %d of them people", counted(len(l.Subjects), "subject"), people)
	if l.LeftOut > 0 {
		text += fmt.Sprintf("; %d of Kubernetes and the platform left out: see --all", l.LeftOut)
	}
	out.print("%s", text)
	return out.err
}

// where says in which scopes the rights hold.
func (s listedSubject) where() string {
	const most = 3
	var parts []string
	if s.Cluster {
		parts = append(parts, "cluster")
	}
	if len(s.Namespaces) > most {
		parts = append(parts, counted(len(s.Namespaces), "namespace"))
	} else {
		parts = append(parts, s.Namespaces...)
	}
	return cmp.Or(strings.Join(parts, ", "), "-")
}

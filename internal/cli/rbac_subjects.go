package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/kubeproof/kubeproof/internal/ask"
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
			inv, err := o.inventory(command.Context(), streams, ask.RightsKinds...)
			if err != nil {
				return err
			}
			a := subjectList{ask.Of(inv).Subjects(all)}
			if err := give(streams, format, a); err != nil {
				return err
			}
			return partial(inv, ask.RightsKinds...)
		},
	}
	o.register(command)
	command.Flags().BoolVar(&all, "all", false, "also those of Kubernetes and of the platform")
	command.Flags().StringVarP(&format, "format", "o", "table", "`FORMAT`: table or json")
	return command
}

// subjectList is the answer of rbac subjects.
type subjectList struct{ ask.SubjectList }

// write shows the list to people.
func (l subjectList) write(out *lines) error {
	audited := slices.ContainsFunc(l.Subjects, func(s ask.ListedSubject) bool { return s.Seen != nil })
	header := []string{"SUBJECT", "WHO", "WHERE", "ADMIN", "ACCESS", "RIGHTS"}
	if audited {
		header = append(header, "REQUESTS")
	}
	out.add(header...)
	people := 0
	for _, s := range l.Subjects {
		row := []string{s.Kind + " " + s.FullName(), s.Who, cmp.Or(s.Where(), "-"), cmp.Or(s.Admin, "-"), s.Access, strconv.Itoa(s.Rights)}
		if s.Seen != nil {
			row = append(row, strconv.FormatInt(*s.Seen, 10))
		}
		out.add(row...)
		if s.Who == ask.Person {
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

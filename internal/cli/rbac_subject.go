package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubeproof/kubeproof/internal/ask"
)

func newRBACSubjectCommand(streams *Streams) *cobra.Command {
	o := &gathering{}
	var format string
	var groups []string
	command := &cobra.Command{
		Use: "subject NAME", Short: "Tell everything that a subject may do",
		Long: `Tell everything that a user, a group or a service account may do, by which roles and bindings, and
where a service account is used.

NAME is user:alice, group:ops, sa:shop/ci, or a bare name that only one subject has. Kubernetes does
not know who is in a group: name the groups of a user with --group.

Exit codes: 0 answered, 2 wrong usage, 3 something could not be read.`,
		Example: "  kubeproof rbac subject sa:shop/ci\n  kubeproof rbac subject user:alice --group ops --in deploy/",
		Args:    one("a subject", "user:NAME, group:NAME or sa:NAMESPACE/NAME"),
		RunE: func(command *cobra.Command, args []string) error {
			if err := checkFormat(format); err != nil {
				return err
			}
			inv, err := o.inventory(command.Context(), streams, ask.RightsKinds...)
			if err != nil {
				return err
			}
			seen := ask.Of(inv)
			who, err := seen.FindSubject(args[0])
			if err != nil {
				return usageError("%v", err)
			}
			a := subjectAnswer{seen.Subject(who, groups...)}
			if format == "json" {
				err = writeJSON(streams.Out, a)
			} else {
				err = a.write(&lines{out: streams.Out, width: streams.Width})
			}
			if err != nil {
				return usageError("%v", err)
			}
			return partial(inv, ask.RightsKinds...)
		},
	}
	o.register(command)
	command.Flags().StringArrayVar(&groups, "group", nil, "group `NAME` that a user is in; may be repeated")
	command.Flags().StringVarP(&format, "format", "o", "table", "`FORMAT`: table or json")
	return command
}

// subjectAnswer is the answer of rbac subject.
type subjectAnswer struct{ *ask.SubjectAnswer }

// write shows the answer to people: by scope, each binding with its rights.
func (a subjectAnswer) write(out *lines) error {
	out.print("%s %s (%s)", a.Subject.Kind, a.Subject.FullName(), a.Subject.Who)
	if len(a.Groups) > 0 {
		out.print("Groups: %s", strings.Join(a.Groups, ", "))
	}
	for _, use := range a.UsedBy {
		text := "Used by " + use.String()
		if !use.Token {
			text += ", without a token"
		}
		if at := use.Place(); at != "" {
			text += "  " + at
		}
		out.print("%s", text)
	}
	if a.Superuser {
		out.print("It can do everything: members of system:masters need no binding.")
	}
	if len(a.Grants) == 0 {
		out.print("No binding gives it anything.")
	}
	for i, g := range a.Grants {
		if i == 0 || a.Grants[i-1].Namespace != g.Namespace {
			out.print("")
			out.print("In %s", strings.Replace(ask.Scope(g.Namespace), "cluster", "the whole cluster", 1))
		}
		writeGrant(out, g)
	}
	return out.err
}

func writeGrant(out *lines, g ask.Grant) {
	text := fmt.Sprintf("  %s by %s", g.Role, g.Binding)
	if g.Via != "" {
		text += " (as " + g.Via + ")"
	}
	if at := g.Binding.Place(); at != "" {
		text += "  " + at
	}
	out.print("%s", text)
	if g.Nothing != "" {
		out.print("    nothing: %s", g.Nothing)
	}
	out.addRights("    ", g.Rights)
	out.flush()
}

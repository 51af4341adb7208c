package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubeproof/kubeproof/internal/ask"
	"github.com/kubeproof/kubeproof/internal/engine/rbac"
)

func newRBACPathsCommand(streams *Streams) *cobra.Command {
	o := &gathering{}
	var format, to string
	command := &cobra.Command{
		Use: "paths [SUBJECT]", Short: "Tell how subjects could become administrator, step by step",
		Long: `Tell how subjects could become cluster-admin, root on a node, or read every Secret of the cluster: the
shortest way of each, step by step with the binding that gives the step, and what to take away first.
Ways count too that lead through pods, tokens, nodes and controllers. Those of Kubernetes and of the
platform themselves are left out, and those that were given the goal outright are only named.

SUBJECT is user:alice, group:ops, sa:shop/ci, or a bare name that only one subject has.

Exit codes: 0 answered, 2 wrong usage, 3 something could not be read.`,
		Example: "  kubeproof rbac paths\n  kubeproof rbac paths sa:shop/ci --to admin --in deploy/",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usageError("name one subject, or none for all: %q is too much", strings.Join(args[1:], " "))
			}
			return nil
		},
		RunE: func(command *cobra.Command, args []string) error {
			goals, err := ask.ParseGoals(to)
			if err != nil {
				return usageError("%v", err)
			}
			if err := checkFormat(format); err != nil {
				return err
			}
			inv, err := o.inventory(command.Context(), streams, ask.PathKinds...)
			if err != nil {
				return err
			}
			seen := ask.Of(inv)
			subjects, err := subjectsNamed(seen, args)
			if err != nil {
				return err
			}
			if err := give(streams, format, pathsAnswer{seen.Paths(goals, subjects...)}); err != nil {
				return err
			}
			return partial(inv, ask.PathKinds...)
		},
	}
	o.register(command)
	command.Flags().StringVar(&to, "to", "", "only ways to `GOAL`: admin, node or secrets")
	command.Flags().StringVarP(&format, "format", "o", "table", "`FORMAT`: table or json")
	return command
}

// subjectsNamed are the subjects that arguments name.
func subjectsNamed(seen *ask.Seen, names []string) ([]rbac.Subject, error) {
	var all []rbac.Subject
	for _, name := range names {
		who, err := seen.FindSubject(name)
		if err != nil {
			return nil, usageError("%v", err)
		}
		all = append(all, who)
	}
	return all, nil
}

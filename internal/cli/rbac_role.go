package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kubeproof/kubeproof/internal/collect/cluster"
)

//go:generate sh -c "go run ../../cmd/kubeproof rbac role > ../../examples/incluster/role.yaml"

func newRBACRoleCommand(streams *Streams) *cobra.Command {
	var o cluster.RoleOptions
	command := &cobra.Command{
		Use:   "role",
		Short: "Print the ClusterRole that a scan of a cluster needs",
		Long: `Print, as YAML, the ClusterRole with the least rights with which kubeproof reads a whole cluster,
and how to bind it. It only lists; Secrets are left out unless asked for.`,
		Example: "  kubeproof rbac role | kubectl apply -f -",
		Args:    none,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprint(streams.Out, cluster.Role(o))
			return err
		},
	}
	command.Flags().StringVar(&o.Name, "name", "kubeproof", "`NAME` of the role")
	command.Flags().BoolVar(&o.Secrets, "with-secrets", false, "also let it list Secrets, values included")
	return command
}

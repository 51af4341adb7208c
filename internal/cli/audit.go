package cli

import "github.com/spf13/cobra"

func newAuditCommand(streams *Streams) *cobra.Command {
	command := &cobra.Command{Use: "audit", Short: "Explain audit policies",
		Long: `Explain the audit policy that an API server is started with (--audit-policy-file): what it logs, and
which rule decides. What was logged is judged by kubeproof scan cluster: --audit-log FILE.`,
		Example: "  kubeproof audit explain policy.yaml"}
	command.AddCommand(newAuditExplainCommand(streams))
	return command
}

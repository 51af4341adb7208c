package cli

import (
	"github.com/spf13/cobra"
)

func newReviewCommand(streams *Streams) *cobra.Command {
	command := &cobra.Command{
		Use: "review", Short: "Answer what only people know, have it reviewed, and keep a record that proves it",
		Long: `A review works through checklists: questions are answered with evidence, scans fill in and contradict
answers, and somebody else approves them. Every change is an entry of a signed ledger.

  kubeproof review init --name "Anna Berg" --checklist information-security-review
  kubeproof review scan cluster:           what machines see
  kubeproof review answer S4.001           what people know
  kubeproof review attach S4.001 policy.pdf
  kubeproof review submit S4.001           then somebody else: kubeproof review approve S4.001
  kubeproof review status                  where it stands
  kubeproof review report -o bundle=audit.zip
  kubeproof ledger verify audit.zip --key KEY`,
	}
	command.AddCommand(
		newReviewInitCommand(streams),
		newReviewStatusCommand(streams),
		newReviewShowCommand(streams),
		newReviewScanCommand(streams),
		newReviewAnswerCommand(streams),
		newReviewAttachCommand(streams),
		newReviewDetachCommand(streams),
		newReviewEvidenceCommand(streams),
		newReviewSubmitCommand(streams),
		newReviewApproveCommand(streams),
		newReviewRequestChangesCommand(streams),
		newReviewReopenCommand(streams),
		newReviewCommentCommand(streams),
		newReviewAssignCommand(streams),
		newReviewOwnerCommand(streams),
		newReviewExportCommand(streams),
		newReviewImportCommand(streams),
		newReviewReportCommand(streams),
		newReviewAccessCommand(streams),
		newReviewPersonCommand(streams),
		newReviewChangeCommand(streams),
	)
	return command
}

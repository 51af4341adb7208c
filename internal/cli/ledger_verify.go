package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/ledger"
)

func parseSeq(text string) (int64, error) {
	seq, err := strconv.ParseInt(text, 10, 64)
	if err != nil || seq < 0 {
		return 0, usageError("entry %q is no number: see `kubeproof ledger show`", text)
	}
	return seq, nil
}

// verifying are the flags of ledger verify.
type verifying struct {
	desk
	public string
	pins   []string
}

func newLedgerVerifyCommand(streams *Streams) *cobra.Command {
	f := &verifying{}
	command := &cobra.Command{
		Use: "verify [BUNDLE]", Short: "Prove offline that a record is whole: a bundle, or the store",
		Long: `Prove that a record is as it was signed: every entry, text and file of a bundle, the checkpoints and approvals,
and that no entry breaks the rules of reviews, such as an approval by an author. Without a bundle the store is
proved where it lies. Nothing is fetched.

The key is the public one that you were given, by another way than the bundle; an older one does too. Whoever
holds store and private key could write everything anew: a checkpoint that you kept finds that out (--pin).

Exit codes: 0 whole, 1 tampered with, 2 unusable.`,
		Example: "  kubeproof ledger verify audit.zip --key log.vkey --pin checkpoint.txt",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usageError("name one bundle: %q is too much", strings.Join(args[1:], " "))
			}
			return nil
		},
		RunE: func(command *cobra.Command, args []string) error {
			verified, err := f.verify(command.Context(), streams, args)
			if err != nil {
				return asUsage(err)
			}
			return tellVerified(streams, verified, len(f.pins))
		},
	}
	f.registerStore(command.Flags())
	command.Flags().StringVar(&f.public, "key", "", "the public key, as `KEY` or a file that holds it")
	command.Flags().StringArrayVar(&f.pins, "pin", nil, "`FILE` with a checkpoint that was kept, which the ledger must still contain; may be repeated")
	return command
}

func (f *verifying) verify(ctx context.Context, streams *Streams, args []string) (*journal.Verified, error) {
	if f.public == "" {
		return nil, usageError("name the public key with --key: you were given it by another way than the bundle")
	}
	key, err := publicKey(f.public)
	if err != nil {
		return nil, err
	}
	pins := make([]ledger.Pin, len(f.pins))
	for i, file := range f.pins {
		text, err := os.ReadFile(filepath.Clean(file))
		if err != nil {
			return nil, usageError("read pin %s: %s", file, reason(err))
		}
		if pins[i], err = ledger.ParseCheckpoint(text); err != nil {
			return nil, usageError("read pin %s: %v", file, err)
		}
	}
	if len(args) == 0 {
		s, err := f.open(ctx, streams, false)
		if err != nil {
			return nil, err
		}
		defer s.Close()
		return s.Verify(ctx, key, pins...)
	}
	bundle, err := ledger.OpenBundle(args[0])
	if err != nil {
		return nil, err
	}
	defer bundle.Close()
	return journal.VerifyBundle(bundle, key, pins...)
}

// publicKey reads a key from the text itself, or from a file that holds it.
func publicKey(given string) (ledger.Verifier, error) {
	if key, err := ledger.ParseVerifier(given); err == nil {
		return key, nil
	}
	text, err := os.ReadFile(filepath.Clean(given))
	if err != nil {
		return ledger.Verifier{}, usageError("read key %s: %s, and it is no public key itself", given, reason(err))
	}
	key, err := ledger.ParseVerifier(strings.TrimSpace(string(text)))
	if err != nil {
		return key, usageError("read key %s: %v", given, err)
	}
	return key, nil
}

// tellVerified says what was proved, and what was not as it was signed.
func tellVerified(streams *Streams, v *journal.Verified, pins int) error {
	out := streams.Out
	fmt.Fprintf(out, "%s from %s to %s, root %s\n", counted(int(v.Entries), "entry"), v.First.Format("2006-01-02 15:04:05Z"), v.Last.Format("2006-01-02 15:04:05Z"), v.Root)
	fmt.Fprintf(out, "signed by %s; %s, %s, %s, %s, %s (%d erased)\n", v.Signer, counted(v.Checkpoints, "checkpoint"), counted(v.Statements, "signed approval"),
		counted(v.Files, "file"), counted(v.Reports, "report"), counted(v.Contents, "text"), v.Erased)
	for _, warning := range v.Warnings {
		fmt.Fprintln(out, harmless("note: "+warning))
	}
	for _, problem := range v.Problems {
		fmt.Fprintln(out, harmless("problem: "+problem.String()))
	}
	if !v.OK() {
		fmt.Fprintf(out, "TAMPERED WITH: %s\n", counted(len(v.Problems), "problem"))
		return &codeError{code: exitFindings}
	}
	fmt.Fprintln(out, "WHOLE: everything is as it was signed")
	if pins == 0 {
		fmt.Fprintln(out, "without a pin it is not proved that nothing was rolled back or rewritten by the key's holder: keep a checkpoint for the next time")
	}
	return nil
}

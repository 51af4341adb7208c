package cli

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/ledger"
)

func newStoreCommand(streams *Streams) *cobra.Command {
	command := &cobra.Command{Use: "store", Short: "Back up and restore the store of reviews"}
	command.AddCommand(newStoreBackupCommand(streams), newStoreRestoreCommand(streams))
	return command
}

func newStoreBackupCommand(streams *Streams) *cobra.Command {
	d := &desk{}
	command := &cobra.Command{
		Use: "backup FILE", Short: "Write everything to a file: entries, texts and evidence; not the private key", Args: one("a file", "it is written anew"),
		Long: `Write everything to a file, which is a bundle: ` + "`kubeproof ledger verify`" + ` proves it, and store restore reads it,
into SQLite or PostgreSQL. People may go on working meanwhile. The private key is not in it: back it up apart.`,
		RunE: func(command *cobra.Command, args []string) error {
			s, err := d.open(command.Context(), streams, false)
			if err != nil {
				return err
			}
			defer s.Close()
			return writeWhole(args[0], func(out io.Writer) error { return s.Bundle(command.Context(), out, nil) })
		},
	}
	d.registerStore(command.Flags())
	return command
}

// writeWhole writes a private file so that it is whole or not there: what was there stays until then.
func writeWhole(file string, write func(io.Writer) error) error {
	partial := file + ".partial"
	out, err := os.OpenFile(partial, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return usageError("write %s: %s", file, reason(err))
	}
	err = write(out)
	for _, step := range []func() error{out.Sync, out.Close, func() error { return os.Rename(partial, file) }} {
		if err == nil {
			err = step()
		}
	}
	if err != nil {
		_ = out.Close()
		_ = os.Remove(partial)
		return usageError("write %s: %s", file, reason(err))
	}
	return nil
}

func newStoreRestoreCommand(streams *Streams) *cobra.Command {
	d := &desk{}
	public := ""
	command := &cobra.Command{
		Use: "restore FILE", Short: "Fill an empty store from a backup or bundle, after proving it", Args: one("a backup", "see `kubeproof store backup`"),
		Example: "  kubeproof store restore backup.zip --key log.vkey --store postgres://kubeproof@db.example.com/kubeproof",
		RunE: func(command *cobra.Command, args []string) error {
			if public == "" {
				return usageError("name the public key with --key: a backup is proved before it is restored")
			}
			key, err := publicKey(public)
			if err != nil {
				return err
			}
			place, err := d.place(streams)
			if err != nil {
				return err
			}
			bundle, err := ledger.OpenBundle(args[0])
			if err != nil {
				return asUsage(err)
			}
			defer bundle.Close()
			verified, err := journal.Restore(command.Context(), bundle, key, place)
			if verified != nil && !verified.OK() {
				return tellVerified(streams, verified, 0)
			}
			if err != nil {
				return asUsage(err)
			}
			fmt.Fprintf(streams.Err, "restored %s and %s; sign with --ledger-key from now on, or KUBEPROOF_LEDGER_KEY\n",
				counted(int(verified.Entries), "entry"), counted(verified.Files, "file"))
			return nil
		},
	}
	d.registerStore(command.Flags())
	command.Flags().StringVar(&public, "key", "", "the public key, as `KEY` or a file that holds it")
	return command
}

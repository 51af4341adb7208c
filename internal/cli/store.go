package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

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
			if err := writeWhole(args[0], func(out io.Writer) error { return s.Bundle(command.Context(), out, nil) }); err != nil {
				return err
			}
			s.say("backed up to %s; the private key is not in it: keep a copy of that apart", args[0])
			return nil
		},
	}
	d.registerStore(command.Flags())
	return command
}

// writeWhole writes a private file so that it is whole or not there: what was there stays until then.
func writeWhole(file string, write func(io.Writer) error) error {
	if info, err := os.Stat(file); err == nil && info.IsDir() {
		return usageError("write %s: it is a folder: name a file in it", file)
	}
	if info, err := os.Stat(file); err == nil && !info.Mode().IsRegular() {
		return writeThrough(file, write)
	}
	// A new file with a name that nobody knows before: what is planted there, such as a link, is not written to.
	out, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+".*.partial")
	if err != nil {
		return usageError("write %s: %s", file, reason(err))
	}
	partial := out.Name()
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

// writeThrough writes to what is no plain file, such as a pipe or /dev/stdout, and leaves it what it is.
func writeThrough(file string, write func(io.Writer) error) error {
	out, err := os.OpenFile(filepath.Clean(file), os.O_WRONLY, 0)
	if err != nil {
		return usageError("write %s: %s", file, reason(err))
	}
	if err := errors.Join(write(out), out.Close()); err != nil {
		return usageError("write %s: %s", file, reason(err))
	}
	return nil
}

func newStoreRestoreCommand(streams *Streams) *cobra.Command {
	d := &desk{}
	public := ""
	command := &cobra.Command{
		Use: "restore FILE", Short: "Fill an empty store from a backup or bundle, after proving it", Args: one("a backup", "see `kubeproof store backup`"),
		Long: `Fill an empty store from a backup or bundle, after proving it with the public key. With --ledger-key the store
remembers the private key that signs on; without one name it later.`,
		Example: "  kubeproof store restore backup.zip --key log.vkey --store postgres://kubeproof@db.example.com/kubeproof",
		RunE: func(command *cobra.Command, args []string) error {
			if public == "" {
				return usageError("name the public key with --key: a backup is proved before it is restored")
			}
			return d.restore(command.Context(), streams, args[0], public)
		},
	}
	d.registerStore(command.Flags())
	command.Flags().StringVar(&public, "key", "", "the public key, as `KEY` or a file that holds it")
	return command
}

func (d *desk) restore(ctx context.Context, streams *Streams, file, public string) error {
	key, err := publicKey(public)
	if err != nil {
		return err
	}
	private, err := d.readKey(streams, "")
	if err != nil {
		return err
	}
	place, err := d.place(streams)
	if err != nil {
		return err
	}
	bundle, err := ledger.OpenBundle(file)
	if err != nil {
		return asUsage(err)
	}
	defer bundle.Close()
	verified, err := journal.Restore(ctx, bundle, key, place)
	if verified != nil && !verified.OK() {
		return tellVerified(streams, verified, 0)
	}
	if err != nil {
		return asUsage(err)
	}
	fmt.Fprintf(streams.Err, "restored %s and %s\n", counted(int(verified.Entries), "entry"), counted(verified.Files, "file"))
	if private == nil {
		fmt.Fprintln(streams.Err, "sign with --ledger-key from now on, or KUBEPROOF_LEDGER_KEY")
		return nil
	}
	return d.remember(ctx, streams, private)
}

// remember notes in a restored store where the key lies that signs on.
func (d *desk) remember(ctx context.Context, streams *Streams, private *ledger.Key) error {
	s, err := d.open(ctx, streams, false)
	if err != nil {
		return err
	}
	defer s.Close()
	current, err := s.Key(ctx)
	if err != nil {
		return asUsage(err)
	}
	file, err := filepath.Abs(cmp.Or(d.key, streams.Getenv("KUBEPROOF_LEDGER_KEY")))
	if err != nil {
		return usageError("%v", err)
	}
	if current != private.Verifier() {
		return usageError("the key in %s is not the one that signs what was restored: name that with --ledger-key from now on", file)
	}
	return asUsage(s.PutSetting(ctx, keySetting, file))
}

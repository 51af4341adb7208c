package cli

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/ledger"
	"github.com/kubeproof/kubeproof/internal/review"
)

func newLedgerCommand(streams *Streams) *cobra.Command {
	command := &cobra.Command{Use: "ledger", Short: "Verify the record of reviews, show it, and look after its key"}
	command.AddCommand(newLedgerVerifyCommand(streams), newLedgerShowCommand(streams), newLedgerReplayCommand(streams),
		newLedgerCheckpointCommand(streams), newLedgerRotateKeyCommand(streams), newLedgerEraseCommand(streams))
	return command
}

func newLedgerShowCommand(streams *Streams) *cobra.Command {
	d := &desk{}
	var from int64
	format := ""
	command := &cobra.Command{
		Use: "show", Short: "Show the entries of the ledger", Args: none,
		RunE: func(command *cobra.Command, _ []string) error {
			s, err := d.open(command.Context(), streams, false)
			if err != nil {
				return err
			}
			defer s.Close()
			var state *review.State
			if err := s.Read(command.Context(), func(now *review.State) error { state = now; return nil }); err != nil {
				return asUsage(err)
			}
			return asUsage(s.Entries(command.Context(), from, 0, func(entry journal.Shown) error { return showEntry(streams, state, format, entry) }))
		},
	}
	d.registerStore(command.Flags())
	command.Flags().Int64Var(&from, "from", 0, "the first `ENTRY`")
	command.Flags().StringVarP(&format, "format", "o", "table", "`FORMAT`: table or json (a line for each entry)")
	return command
}

func showEntry(streams *Streams, state *review.State, format string, entry journal.Shown) error {
	switch format {
	case "json":
		return json.NewEncoder(streams.Out).Encode(struct {
			ledger.Entry
			Text   json.RawMessage `json:"text,omitempty"`
			Erased bool            `json:"erased,omitempty"`
		}{entry.Entry, entry.Text, entry.Erased})
	case "table":
		text := string(entry.Body)
		if len(entry.Text) > 0 {
			text += " " + string(entry.Text)
		}
		if entry.Erased {
			text += " (its text was erased)"
		}
		if text = harmless(text); streams.OutTerminal {
			text = shorten(text, max(40, streams.Width-68))
		}
		_, err := fmt.Fprintf(streams.Out, "%6d  %s  %-14s %-22s %s\n", entry.Seq, entry.Time.Format("2006-01-02 15:04:05"),
			harmless(state.NameOf(entry.Actor)), entry.Action, text)
		return err
	}
	return usageError("format %q is unknown: use table or json", format)
}

func newLedgerReplayCommand(streams *Streams) *cobra.Command {
	d := &desk{}
	check, mend := false, false
	command := &cobra.Command{
		Use: "replay", Short: "Make the tables anew from the entries, and compare", Args: none,
		Long: `Replay every entry by the rules of reviews and compare what comes out with the tables of the store, which are
only there to be quick. --mend writes the tables anew.

Exit codes: 0 equal, 1 different, 2 unusable.`,
		RunE: func(command *cobra.Command, _ []string) error {
			if !check && !mend {
				return usageError("say what to do: --check compares, --mend also writes the tables anew")
			}
			s, err := d.open(command.Context(), streams, false)
			if err != nil {
				return err
			}
			defer s.Close()
			replayed, err := s.Replay(command.Context(), mend)
			if err != nil {
				return asUsage(err)
			}
			return tellReplayed(streams, replayed, mend)
		},
	}
	d.registerStore(command.Flags())
	command.Flags().BoolVar(&check, "check", false, "compare the tables with what the entries make")
	command.Flags().BoolVar(&mend, "mend", false, "write the tables anew where they differ")
	return command
}

func tellReplayed(streams *Streams, replayed *journal.Replayed, mend bool) error {
	for _, problem := range replayed.Problems {
		fmt.Fprintln(streams.Out, harmless(problem.String()))
	}
	for _, different := range replayed.Different {
		fmt.Fprintln(streams.Out, harmless(different))
	}
	fmt.Fprintf(streams.Out, "%s, %s: %s, %s\n", counted(int(replayed.Entries), "entry"), counted(int(replayed.Records), "record"),
		counted(len(replayed.Different), "difference"), counted(len(replayed.Problems), "broken rule"))
	switch {
	case len(replayed.Problems) > 0:
		return &codeError{code: exitFindings}
	case mend && len(replayed.Different) > 0:
		fmt.Fprintln(streams.Err, "the tables were written anew")
	case len(replayed.Different) > 0:
		return &codeError{code: exitFindings}
	}
	return nil
}

func newLedgerCheckpointCommand(streams *Streams) *cobra.Command {
	d := &desk{}
	key := false
	command := &cobra.Command{
		Use: "checkpoint", Short: "Print the newest signed checkpoint, to be kept elsewhere as a pin", Args: none,
		Long: `Print the newest signed checkpoint. Whoever holds store and key could write the whole ledger anew; somebody who
kept a checkpoint finds that out: kubeproof ledger verify BUNDLE --key KEY --pin CHECKPOINT.`,
		RunE: func(command *cobra.Command, _ []string) error {
			s, err := d.open(command.Context(), streams, false)
			if err != nil {
				return err
			}
			defer s.Close()
			if key {
				public, err := s.Key(command.Context())
				if err == nil {
					fmt.Fprintln(streams.Out, public)
				}
				return asUsage(err)
			}
			note, err := s.Checkpoint(command.Context())
			if err == nil {
				_, err = streams.Out.Write(note)
			}
			return asUsage(err)
		},
	}
	d.registerStore(command.Flags())
	command.Flags().BoolVar(&key, "public-key", false, "print the public key that signs instead")
	return command
}

func newLedgerRotateKeyCommand(streams *Streams) *cobra.Command {
	d := &desk{}
	next, lost := "", false
	command := &cobra.Command{
		Use: "rotate-key", Short: "Let a new key sign from now on", Args: none,
		Long: `Make a new key and let it sign from now on. The change is an entry that both keys sign, so that whoever has the
old public key can still verify. With --lost the old key is not needed: the entry says so, and whoever verifies
with the old public key is told that the chain breaks there; give them the new one by another way.`,
		RunE: func(command *cobra.Command, _ []string) error {
			if next == "" {
				return usageError("name the file for the new key with --new")
			}
			s, err := d.open(command.Context(), streams, !lost)
			if err != nil {
				return err
			}
			defer s.Close()
			if err := s.checkClock(command.Context()); err != nil { // which opening without the key has not asked
				return err
			}
			return rotate(command, s, next, lost)
		},
	}
	d.registerStore(command.Flags())
	command.Flags().StringVar(&next, "new", "", "`FILE` for the new key, which must not be there yet")
	command.Flags().BoolVar(&lost, "lost", false, "the old key is lost")
	return command
}

func rotate(command *cobra.Command, s *session, file string, lost bool) error {
	ctx := command.Context()
	actor, origin := "", ""
	if err := s.Read(ctx, func(state *review.State) (err error) {
		public, err := ledger.ParseVerifier(state.Keys[len(state.Keys)-1])
		if err != nil {
			return err
		}
		origin = public.Origin()
		actor, err = s.who(state)
		return err
	}); err != nil {
		return asUsage(err)
	}
	key, err := ledger.NewKey(origin, rand.Reader)
	if err != nil {
		return err
	}
	if file, err = filepath.Abs(file); err != nil {
		return usageError("%v", err)
	}
	if err := writeNewKey(file, "--new", key); err != nil {
		return err
	}
	change := s.RotateKey
	if lost {
		change = s.ReplaceLostKey
	}
	if err := change(ctx, actor, key); err != nil {
		_ = os.Remove(file) // it never signed anything
		return asUsage(err)
	}
	if err := s.PutSetting(ctx, keySetting, file); err != nil {
		return asUsage(err)
	}
	s.say("the key in %s signs from now on; its public half, for those who verify:", file)
	fmt.Fprintln(s.streams.Out, key.Verifier())
	return nil
}

// writeNewKey writes a key to the file that a flag names.
func writeNewKey(file, flag string, key *ledger.Key) error {
	if _, err := os.Lstat(file); err == nil {
		return usageError("write key %s: the file is there already: name another with %s", file, flag)
	}
	return writeKey(file, key.Encode())
}

func newLedgerEraseCommand(streams *Streams) *cobra.Command {
	d := &desk{}
	reason := ""
	command := &cobra.Command{
		Use: "erase ENTRY...", Short: "Take the texts of entries away for good: personal data, or what should never have been written",
		Long: `Take the texts of entries away for good, with the files that only they name. The entries, their digests and all
signatures stay and still verify. ` + "`kubeproof ledger show`" + ` lists the entries. Bundles and backups that were written
before still hold the texts.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError("name at least one entry by its number: see `kubeproof ledger show`")
			}
			return nil
		},
		RunE: func(command *cobra.Command, args []string) error {
			erase := &review.Erase{ReasonText: review.ReasonText{Reason: reason}}
			for _, arg := range args {
				seq, err := parseSeq(arg)
				if err != nil {
					return err
				}
				erase.Seqs = append(erase.Seqs, seq)
			}
			return d.actAlone(command.Context(), streams, func(s *session, w *journal.Work) error {
				if err := w.Do(erase); err != nil {
					return err
				}
				what := "text of entry"
				if len(args) > 1 {
					what = "texts of entries"
				}
				s.say("erased the %s %s; bundles and backups that were written before still hold what was there", what, strings.Join(args, ", "))
				return nil
			})
		},
	}
	d.registerStore(command.Flags())
	command.Flags().StringVar(&reason, "reason", "", "why, as `TEXT`")
	return command
}

package journal

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/kubeproof/kubeproof/internal/ledger"
	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/store"
)

// Report is a file that goes with a bundle.
type Report struct {
	Name string
	Data []byte
}

// Export notes the digests of reports in the ledger, so that the bundle that is written next proves
// them. The checkpoint is the one that the reports print.
func (j *Journal) Export(ctx context.Context, actor, plan string, printed []byte, reports []Report) error {
	checkpoint, err := ledger.ParseCheckpoint(printed)
	if err != nil {
		return err
	}
	export := &review.ExportReports{Plan: plan, Files: map[string]string{}, Size: checkpoint.Size, Root: checkpoint.Root.String()}
	for _, report := range reports {
		sum := sha256.Sum256(report.Data)
		export.Files[report.Name] = hex.EncodeToString(sum[:])
	}
	return j.Act(ctx, actor, func(w *Work) error { return w.Do(export) })
}

// Bundle writes everything: entries, texts, checkpoints, evidence, and the reports. It is what an
// auditor gets, and what a backup is: Restore reads it.
func (j *Journal) Bundle(ctx context.Context, out io.Writer, reports []Report) error {
	return j.store.View(ctx, func(tx *store.Tx) error {
		state, err := load(tx)
		if err != nil {
			return err
		}
		key, err := ledger.ParseVerifier(state.Keys[len(state.Keys)-1])
		if err != nil {
			return err
		}
		writer, err := ledger.NewBundleWriter(out, key)
		if err != nil {
			return err
		}
		if err := write(writer, source{tx}); err != nil {
			return err
		}
		slices.SortFunc(reports, func(a, b Report) int { return cmp.Compare(a.Name, b.Name) })
		for _, report := range reports {
			if err := writer.Report(report.Name, bytes.NewReader(report.Data)); err != nil {
				return err
			}
		}
		return writer.Close()
	})
}

func write(writer *ledger.BundleWriter, from source) error {
	if err := from.Entries(func(_ int64, line []byte) error { return writer.Entry(line) }); err != nil {
		return err
	}
	if err := from.Contents(writer.Content); err != nil {
		return err
	}
	notes, err := from.Checkpoints()
	if err != nil {
		return err
	}
	for _, note := range thin(notes) {
		if err := writer.Checkpoint(note); err != nil {
			return err
		}
	}
	files, err := from.Files()
	if err != nil {
		return err
	}
	for _, file := range files {
		if err := writeFile(writer, from, file); err != nil {
			return err
		}
	}
	return nil
}

func writeFile(writer *ledger.BundleWriter, from source, file ledger.File) error {
	content, err := from.OpenFile(file.SHA256)
	if err != nil {
		return err
	}
	defer content.Close()
	return writer.File(file.SHA256, file.Size, content)
}

// mostCheckpoints bounds those in a bundle: each costs a signature to verify, and the newest covers all.
const mostCheckpoints = 1000

// thin keeps the newest checkpoint and so many of the others, evenly chosen.
func thin(notes [][]byte) [][]byte {
	if len(notes) <= mostCheckpoints {
		return notes
	}
	kept := make([][]byte, 0, mostCheckpoints)
	for i := range mostCheckpoints {
		kept = append(kept, notes[(i+1)*len(notes)/mostCheckpoints-1])
	}
	return kept
}

// Restore fills an empty store with what a bundle holds, after it was proved with the key. So a
// store moves from SQLite to PostgreSQL and back, too.
func Restore(ctx context.Context, bundle *ledger.Bundle, key ledger.Verifier, place string) (*Verified, error) {
	verified, err := VerifyBundle(bundle, key)
	if err != nil {
		return nil, err
	}
	if !verified.OK() {
		return verified, fmt.Errorf("restore: the bundle is not whole: %s", verified.Problems[0])
	}
	opened, err := store.Open(ctx, place, store.Options{Create: true})
	if err != nil {
		return verified, err
	}
	err = opened.Update(ctx, func(tx *store.Tx) error {
		if size, err := tx.Size(); err != nil {
			return err
		} else if size > 0 {
			return fmt.Errorf("restore: %s holds a ledger already: name an empty place", opened.Place())
		}
		records, err := verified.State.Records()
		if err != nil {
			return err
		}
		return errors.Join(fill(tx, bundle), rewrite(tx, records))
	})
	return verified, errors.Join(err, opened.Close())
}

func fill(tx *store.Tx, bundle *ledger.Bundle) error {
	if err := bundle.Entries(func(seq int64, line []byte) error {
		hashes, err := ledger.StoredHashes(seq, line, tx.HashReader())
		if err != nil {
			return err
		}
		_, err = tx.Append(line, hashes)
		return err
	}); err != nil {
		return err
	}
	if err := bundle.Contents(func(c ledger.Content) error { return tx.PutContent(c.Seq, c.Salt, c.Data) }); err != nil {
		return err
	}
	notes, err := bundle.Checkpoints()
	if err != nil {
		return err
	}
	for _, note := range notes {
		checkpoint, err := ledger.ParseCheckpoint(note)
		if err == nil {
			err = tx.PutCheckpoint(checkpoint.Size, note)
		}
		if err != nil {
			return err
		}
	}
	return fillFiles(tx, bundle)
}

func fillFiles(tx *store.Tx, bundle *ledger.Bundle) error {
	files, err := bundle.Files()
	if err != nil {
		return err
	}
	for _, file := range files {
		content, err := bundle.OpenFile(file.SHA256)
		if err != nil {
			return err
		}
		if err := errors.Join(tx.PutFile(file.SHA256, file.Size, content), content.Close()); err != nil {
			return err
		}
	}
	return nil
}

// ReadSigned gives the state and the signed checkpoint of the same moment. The state is made anew from
// the entries, for reports print the checkpoint beside it: tables that something else changed must
// not pass under that signature.
func (j *Journal) ReadSigned(ctx context.Context, fn func(*review.State, []byte) error) error {
	return j.store.View(ctx, func(tx *store.Tx) error {
		if size, err := tx.Size(); err != nil {
			return err
		} else if size == 0 {
			return ErrNotBegun
		}
		state, err := proven(tx)
		if err != nil {
			return err
		}
		_, note, err := tx.Checkpoint()
		if err != nil {
			return err
		}
		return fn(state, note)
	})
}

// proven replays the entries and demands that the tables say the same.
func proven(tx *store.Tx) (*review.State, error) {
	state, problems, err := replay(source{tx}, nil)
	if err != nil {
		return nil, err
	}
	if len(problems) > 0 {
		return nil, fmt.Errorf("read ledger: %s: see `kubeproof ledger verify`, and restore a backup", problems[0])
	}
	made, err := state.Records()
	if err != nil {
		return nil, err
	}
	different, err := compare(tx, made)
	if err == nil && len(different) > 0 {
		err = fmt.Errorf("read tables: they are not what the ledger says (%s): mend them with `kubeproof ledger replay --mend`, and find out who changed them", different[0])
	}
	return state, err
}

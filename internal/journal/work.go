package journal

import (
	"crypto/rand"
	"fmt"
	"io"
	"time"

	"github.com/kubeproof/kubeproof/internal/ledger"
	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/store"
)

// Work is a change in the making: all of it is written, or nothing.
type Work struct {
	// State is as the actions done so far made it.
	State   *review.State
	journal *Journal
	tx      *store.Tx
	actor   string
	at      time.Time
	done    int
}

// Mark is what the next action will be marked with: statements are signed over it.
func (w *Work) Mark() review.Mark {
	return review.Mark{Seq: w.State.Size, At: w.at, Actor: w.actor}
}

// Do does one action: it is checked by the rules, applied to the state and appended to the ledger.
func (w *Work) Do(action review.Action) error {
	mark := w.Mark()
	if err := w.State.Propose(action, w.journal.options.Catalogue, mark); err != nil {
		return err
	}
	body, err := review.BodyOf(action)
	if err != nil {
		return err
	}
	entry := ledger.Entry{Seq: mark.Seq, Time: mark.At, Actor: mark.Actor, Action: action.Name(), Body: body}
	written, content, err := w.text(action, mark.Seq)
	if err != nil {
		return err
	}
	entry.Content = written.Digest
	if err := w.kept(entry, written.Data); err != nil {
		return err
	}
	// What is applied is what a replay will read from the entry, so that both make the same state.
	read, err := review.Decode(action.Name(), body, written.Data)
	if err != nil {
		return err
	}
	if err := w.State.Do(read, mark, written); err != nil {
		return err
	}
	if err := w.append(entry, content); err != nil {
		return err
	}
	if erase, ok := action.(*review.Erase); ok {
		return w.erase(erase)
	}
	return nil
}

// kept refuses an action that names a file which nobody kept: the ledger would be broken from then on.
func (w *Work) kept(entry ledger.Entry, text []byte) error {
	for _, sha256 := range filesOf(entry, text) {
		file, _, err := w.tx.OpenFile(sha256)
		if err != nil {
			return fmt.Errorf("%s: the file that it names is not kept: hand it in first: %w", entry.Action, err)
		}
		if err := file.Close(); err != nil {
			return err
		}
	}
	return nil
}

// text makes the erasable content of an action; nil if it has none.
func (w *Work) text(action review.Action, seq int64) (review.Written, *ledger.Content, error) {
	data, err := review.TextOf(action)
	if err != nil || data == nil {
		return review.Written{}, nil, err
	}
	content, err := ledger.NewContent(seq, data, rand.Reader)
	return review.Written{Digest: content.Digest(), Data: data}, &content, err
}

func (w *Work) append(entry ledger.Entry, content *ledger.Content) error {
	line, err := entry.Encode()
	if err != nil {
		return err
	}
	hashes, err := ledger.StoredHashes(entry.Seq, line, w.tx.HashReader())
	if err != nil {
		return err
	}
	if _, err := w.tx.Append(line, hashes); err != nil {
		return err
	}
	w.done++
	if content == nil {
		return nil
	}
	return w.tx.PutContent(content.Seq, content.Salt, content.Data)
}

// erase takes texts, and files that only they name, out of the store.
func (w *Work) erase(action *review.Erase) error {
	for _, seq := range action.Seqs {
		if err := w.tx.EraseContent(seq); err != nil {
			return err
		}
	}
	named := w.State.Files()
	return w.dropFiles(func(sha256 string) bool { return !named[sha256] })
}

func (w *Work) dropFiles(unused func(string) bool) error {
	var drop []string
	if err := w.tx.Files(func(sha256 string, _ int64) error {
		if unused(sha256) {
			drop = append(drop, sha256)
		}
		return nil
	}); err != nil {
		return err
	}
	for _, sha256 := range drop {
		if err := w.tx.DeleteFile(sha256); err != nil {
			return err
		}
	}
	return nil
}

// Keep stores a file under the SHA-256 that an action's text names.
func (w *Work) Keep(sha256 string, size int64, content io.Reader) error {
	return w.tx.PutFile(sha256, size, content)
}

// finish writes the changed records and signs the ledger as it now stands.
func (w *Work) finish(key *ledger.Key) error {
	if w.done == 0 {
		return nil
	}
	records, err := w.State.Changed()
	if err != nil {
		return err
	}
	for _, record := range records {
		if record.Data == nil {
			err = w.tx.DeleteRecord(record.Kind, record.ID)
		} else {
			err = w.tx.PutRecord(record.Kind, record.ID, record.Data)
		}
		if err != nil {
			return err
		}
	}
	return w.sign(key)
}

func (w *Work) sign(key *ledger.Key) error {
	root, err := ledger.Root(w.State.Size, w.tx.HashReader())
	if err != nil {
		return err
	}
	note, err := ledger.Checkpoint{Origin: key.Origin(), Size: w.State.Size, Root: root}.Sign(key)
	if err != nil {
		return err
	}
	return w.tx.PutCheckpoint(w.State.Size, note)
}

// Tx is the transaction in which the change is made, for what belongs to it and to no review.
func (w *Work) Tx() *store.Tx { return w.tx }

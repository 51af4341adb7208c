package journal

import (
	"io"

	"github.com/kubeproof/kubeproof/internal/ledger"
	"github.com/kubeproof/kubeproof/internal/store"
)

// source lets a ledger be verified where it lies.
type source struct{ tx *store.Tx }

func (s source) Entries(each func(int64, []byte) error) error { return s.tx.Entries(0, each) }

func (s source) Contents(each func(ledger.Content) error) error {
	return s.tx.Contents(0, func(seq int64, salt, data []byte) error {
		return each(ledger.Content{Seq: seq, Salt: salt, Data: data})
	})
}

func (s source) Checkpoints() (notes [][]byte, err error) {
	err = s.tx.Checkpoints(func(_ int64, note []byte) error {
		notes = append(notes, append([]byte(nil), note...))
		return nil
	})
	return notes, err
}

func (s source) Files() (files []ledger.File, err error) {
	err = s.tx.Files(func(sha256 string, size int64) error {
		files = append(files, ledger.File{SHA256: sha256, Size: size})
		return nil
	})
	return files, err
}

func (s source) OpenFile(sha256 string) (io.ReadCloser, error) {
	file, _, err := s.tx.OpenFile(sha256)
	return file, err
}

package store

import (
	"errors"
	"strings"
	"testing"
)

func TestTheLedgerCannotBeChanged(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *Store) {
		update(t, s, func(tx *Tx) error {
			_, first := add(tx, "first")
			_, second := add(tx, "second")
			return errors.Join(first, second, tx.PutCheckpoint(2, []byte("note")))
		})
		statements := map[string]string{
			`UPDATE entries SET line = line WHERE seq = 0`: "never changed",
			`UPDATE entries SET seq = 7 WHERE seq = 1`:     "never changed",
			`DELETE FROM entries`:                          "never",
			`DELETE FROM entries WHERE seq = 1`:            "never",
			`INSERT INTO entries (seq, hashes, line) SELECT 3, hashes, line FROM entries WHERE seq = 0`:  "one after the other",
			`INSERT INTO entries (seq, hashes, line) SELECT 1, hashes, line FROM entries WHERE seq = 0`:  "one after the other",
			`INSERT INTO entries (seq, hashes, line) SELECT -1, hashes, line FROM entries WHERE seq = 0`: "one after the other",
			`UPDATE checkpoints SET note = note`: "never changed",
			`DELETE FROM checkpoints`:            "never",
			`INSERT INTO checkpoints (number, size, note) SELECT 9, size, note FROM checkpoints`: "one after the other",
			`INSERT INTO checkpoints (number, size, note) SELECT 0, size, note FROM checkpoints`: "one after the other",
		}
		if _, sqlite := s.database.(*sqliteStore); sqlite {
			statements[`INSERT OR REPLACE INTO entries (seq, hashes, line) SELECT 1, hashes, line FROM entries WHERE seq = 0`] = "one after the other"
			statements[`INSERT INTO entries (hashes, line) SELECT hashes, line FROM entries WHERE seq = 0`] = "one after the other"
			statements[`REPLACE INTO checkpoints (number, size, note) SELECT 0, size, note FROM checkpoints`] = "one after the other"
		} else {
			statements[`TRUNCATE entries CASCADE`] = "never changed"
			statements[`TRUNCATE checkpoints`] = "never changed"
		}
		for statement, wanted := range statements {
			if _, err := s.database.pool(true).ExecContext(t.Context(), statement); err == nil || !strings.Contains(err.Error(), wanted) {
				t.Errorf("%s\ngave %v, not %s", statement, err, wanted)
			}
		}
		expectSize(t, s, 2)
	})
}

package store

import (
	"database/sql"
	"fmt"
)

// PutCheckpoint adds a signed checkpoint of the ledger at a size, which is that of the last
// checkpoint at least and the ledger's at most.
func (t *Tx) PutCheckpoint(size int64, note []byte) error {
	const what = "add a checkpoint"
	entries, err := t.Size()
	if err != nil {
		return err
	}
	last, _, err := t.Checkpoint()
	if err != nil {
		return err
	}
	if size < max(last, 0) || size > entries {
		return fmt.Errorf("%s: size %d is not between the last checkpoint's, %d, and the ledger's, %d", what, size, max(last, 0), entries)
	}
	return t.exec(what, `INSERT INTO checkpoints (number, size, note) VALUES ((SELECT COALESCE(MAX(number) + 1, 0) FROM checkpoints), $1, $2)`, size, present(note))
}

// Checkpoint gives the newest checkpoint; its size is -1 if there is none.
func (t *Tx) Checkpoint() (size int64, note []byte, err error) {
	found, err := t.row("read the newest checkpoint", `SELECT size, note FROM checkpoints ORDER BY number DESC LIMIT 1`, nil, &size, &note)
	if err != nil || !found {
		return -1, nil, err
	}
	return size, note, nil
}

// Checkpoints calls a function for every checkpoint, the oldest first.
func (t *Tx) Checkpoints(fn func(size int64, note []byte) error) error {
	type checkpoint struct {
		number, size int64
		note         []byte
	}
	return walk[checkpoint]{
		what:  "read the checkpoints",
		query: `SELECT number, size, note FROM checkpoints WHERE number > $1 ORDER BY number LIMIT $2`,
		after: func(last *checkpoint) []any {
			if last == nil {
				return []any{-1}
			}
			return []any{last.number}
		},
		scan: func(rows *sql.Rows, c *checkpoint) (int, error) {
			err := rows.Scan(&c.number, &c.size, &c.note)
			return len(c.note), err
		},
		each: func(c checkpoint) error { return fn(c.size, c.note) },
	}.run(t)
}

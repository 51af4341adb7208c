package store

import (
	"database/sql"
	"fmt"
	"math"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"
)

// Size gives the number of entries of the ledger.
func (t *Tx) Size() (int64, error) {
	if t.size >= 0 {
		return t.size, nil
	}
	var size int64
	if _, err := t.row("count the entries", `SELECT COALESCE(MAX(seq) + 1, 0) FROM entries`, nil, &size); err != nil {
		return 0, err
	}
	// There is one writer, so an Update need not ask twice; a View sees one state anyway.
	t.size = size
	return size, nil
}

// Append adds an entry: its line, which may hold any bytes, and the hashes that it adds to the
// stored ones of the tree, those from tlog.StoredHashIndex(0, seq) on, as tlog.StoredHashes gives
// them. It gives the entry's number; the first is 0.
func (t *Tx) Append(line []byte, hashes []tlog.Hash) (seq int64, err error) {
	const what = "append an entry"
	if err := t.writable(what); err != nil {
		return 0, err
	}
	if seq, err = t.Size(); err != nil {
		return 0, err
	}
	if levels := levelsOf(seq); len(hashes) != levels {
		return 0, fmt.Errorf("%s: entry %d adds %d hashes to the tree, not %d", what, seq, levels, len(hashes))
	}
	joined := make([]byte, 0, len(hashes)*tlog.HashSize)
	for _, hash := range hashes {
		joined = append(joined, hash[:]...)
	}
	if err := t.exec(what, `INSERT INTO entries (seq, hashes, line) VALUES ($1, $2, $3)`, seq, joined, present(line)); err != nil {
		return 0, err
	}
	t.size = seq + 1
	t.remember(seq, hashes)
	return seq, nil
}

// levelsOf is the number of hashes that an entry adds to the stored ones of the tree.
func levelsOf(seq int64) int { return 1 + bits.TrailingZeros64(uint64(seq+1)) }

// remember keeps the hashes of this transaction's entries, which the next ones build upon, so that
// many appends do not ask the database for what was just written.
func (t *Tx) remember(seq int64, hashes []tlog.Hash) {
	const enough = 1 << 14
	if t.fresh == nil || len(t.fresh) > enough {
		t.fresh = map[int64]tlog.Hash{}
	}
	first := tlog.StoredHashIndex(0, seq)
	for i, hash := range hashes {
		t.fresh[first+int64(i)] = hash
	}
}

// Entries calls a function for every entry from a number on, in order.
func (t *Tx) Entries(from int64, fn func(seq int64, line []byte) error) error {
	return t.EntriesBetween(from, math.MaxInt64, fn)
}

// EntriesBetween calls a function for every entry from a number on that comes before another, in order.
func (t *Tx) EntriesBetween(from, before int64, fn func(seq int64, line []byte) error) error {
	type entry struct {
		seq  int64
		line []byte
	}
	return walk[entry]{
		what:  "read the entries",
		query: `SELECT seq, line FROM entries WHERE seq >= $1 AND seq < $2 ORDER BY seq LIMIT $3`,
		after: func(last *entry) []any {
			if last == nil {
				return []any{from, before}
			}
			return []any{last.seq + 1, before}
		},
		scan: func(rows *sql.Rows, e *entry) (int, error) {
			err := rows.Scan(&e.seq, &e.line)
			return len(e.line), err
		},
		each: func(e entry) error { return fn(e.seq, e.line) },
	}.run(t)
}

// HashReader reads the stored hashes of the tree. It is valid as long as the transaction.
func (t *Tx) HashReader() tlog.HashReader { return tlog.HashReaderFunc(t.readHashes) }

func (t *Tx) readHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		hash, fresh := t.fresh[index]
		if !fresh {
			var err error
			if hash, err = t.readHash(index); err != nil {
				return nil, err
			}
		}
		hashes[i] = hash
	}
	return hashes, nil
}

// readHash reads one stored hash: it stands at its level in the entry that completed it.
func (t *Tx) readHash(index int64) (hash tlog.Hash, err error) {
	what := fmt.Sprintf("read the hash %d of the tree", index)
	if index < 0 {
		return hash, fmt.Errorf("%s: there is none", what)
	}
	level, n := tlog.SplitStoredHashIndex(index)
	seq := (n+1)<<level - 1
	var bytes []byte
	found, err := t.row(what, `SELECT substr(hashes, $1, 32) FROM entries WHERE seq = $2`, []any{level*tlog.HashSize + 1, seq}, &bytes)
	switch {
	case err != nil:
		return hash, err
	case !found:
		return hash, fmt.Errorf("%s: entry %d is not there", what, seq)
	case len(bytes) != tlog.HashSize:
		return hash, fmt.Errorf("%s: %w", what, explained(ErrDamaged, fmt.Sprintf("entry %d lacks it: restore a backup", seq), nil))
	}
	return tlog.Hash(bytes), nil
}

// present makes bytes that the databases tell from NULL.
func present(bytes []byte) []byte {
	if bytes == nil {
		return []byte{}
	}
	return bytes
}

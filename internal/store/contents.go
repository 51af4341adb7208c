package store

import (
	"database/sql"
	"math"
)

// PutContent keeps what an entry only holds the salted digest of. The entry must be there, and
// without a content.
func (t *Tx) PutContent(seq int64, salt, data []byte) error {
	return t.exec("keep the content of an entry", `INSERT INTO contents (seq, salt, data) VALUES ($1, $2, $3)`, seq, present(salt), present(data))
}

// Contents calls a function for every content from an entry's number on, in order.
func (t *Tx) Contents(from int64, fn func(seq int64, salt, data []byte) error) error {
	return t.ContentsBetween(from, math.MaxInt64, fn)
}

// ContentsBetween calls a function for every content from an entry's number on that comes before another
// entry's, in order.
func (t *Tx) ContentsBetween(from, before int64, fn func(seq int64, salt, data []byte) error) error {
	type content struct {
		seq        int64
		salt, data []byte
	}
	return walk[content]{
		what:  "read the contents of the entries",
		query: `SELECT seq, salt, data FROM contents WHERE seq >= $1 AND seq < $2 ORDER BY seq LIMIT $3`,
		after: func(last *content) []any {
			if last == nil {
				return []any{from, before}
			}
			return []any{last.seq + 1, before}
		},
		scan: func(rows *sql.Rows, c *content) (int, error) {
			err := rows.Scan(&c.seq, &c.salt, &c.data)
			return len(c.data), err
		},
		each: func(c content) error { return fn(c.seq, c.salt, c.data) },
	}.run(t)
}

// EraseContent removes a content and its salt; that there is none is fine. In SQLite the bytes are
// overwritten once the Update is done; PostgreSQL keeps them until VACUUM and in its own log.
func (t *Tx) EraseContent(seq int64) error {
	t.erased = true
	return t.exec("erase the content of an entry", `DELETE FROM contents WHERE seq = $1`, seq)
}

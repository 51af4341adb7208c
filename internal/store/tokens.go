package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Token is a key to the API.
type Token struct {
	// ID is by which people speak of it, not the secret; Name is what they call it.
	ID, Person, Name string
	// Hash is that of the secret, which is not kept.
	Hash []byte
	// Scopes are what it may be used for.
	Scopes []string
	// Used is when it was last used, give or take a minute; Expires is zero if it never does.
	Created, Expires, Used time.Time
}

const tokenColumns = `id, person, name, hash, scopes, created, expires, used`

// PutToken keeps a new token. One with the same id or hash gives ErrTaken.
func (t *Tx) PutToken(k Token) error {
	const what = "put a token"
	scopes, err := json.Marshal(k.Scopes)
	if err := errors.Join(err, checkNames(what, k.ID, k.Person), checkText(what, k.Name), checkText(what, string(scopes))); err != nil {
		return err
	}
	if len(k.Hash) == 0 {
		return fmt.Errorf("%s: it has no hash", what)
	}
	if err := t.writable(what); err != nil {
		return err
	}
	var there string
	taken, err := t.row(what, `SELECT id FROM api_tokens WHERE id = $1 OR hash = $2`, []any{k.ID, k.Hash}, &there)
	switch {
	case err != nil:
		return err
	case taken:
		return fmt.Errorf("%s: %w", what, explained(ErrTaken, "there is such a token already, "+there, nil))
	}
	return t.exec(what, `INSERT INTO api_tokens (`+tokenColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		k.ID, k.Person, k.Name, k.Hash, string(scopes), micros(k.Created), micros(k.Expires), micros(k.Used))
}

// TokenByHash gives the token with a hash, expired or not; nil if there is none.
func (t *Tx) TokenByHash(hash []byte) (*Token, error) {
	var found *Token
	err := t.rows("find a token", `SELECT `+tokenColumns+` FROM api_tokens WHERE hash = $1`, []any{present(hash)}, func(rows *sql.Rows) (bool, error) {
		found = &Token{}
		return false, found.scan(rows)
	})
	return found, err
}

// TokensOf calls a function for every token of a person, the oldest first.
func (t *Tx) TokensOf(person string, fn func(Token) error) error {
	const what = "read the tokens of a person"
	if err := checkNames(what, person); err != nil {
		return err
	}
	return walk[Token]{
		what: what,
		query: `SELECT ` + tokenColumns + ` FROM api_tokens WHERE person = $1 AND (created, id) > ($2, $3)
			ORDER BY created, id LIMIT $4`,
		after: func(last *Token) []any {
			if last == nil {
				return []any{person, -1 << 62, ""}
			}
			return []any{person, micros(last.Created), last.ID}
		},
		scan: func(rows *sql.Rows, k *Token) (int, error) { return 0, k.scan(rows) },
		each: fn,
	}.run(t)
}

func (k *Token) scan(rows *sql.Rows) error {
	var scopes string
	var created, expires, used int64
	if err := rows.Scan(&k.ID, &k.Person, &k.Name, &k.Hash, &scopes, &created, &expires, &used); err != nil {
		return err
	}
	k.Created, k.Expires, k.Used = moment(created), moment(expires), moment(used)
	return json.Unmarshal([]byte(scopes), &k.Scopes)
}

// DeleteToken revokes a token; that there is none is fine.
func (t *Tx) DeleteToken(id string) error {
	const what = "delete a token"
	if err := checkNames(what, id); err != nil {
		return err
	}
	return t.exec(what, `DELETE FROM api_tokens WHERE id = $1`, id)
}

// NoteTokenUse notes that a token is used, at most once a minute. It is a transaction of its own;
// after a crash of the machine the newest uses may be forgotten.
func (s *Store) NoteTokenUse(ctx context.Context, id string, now time.Time) error {
	const what = "note the use of a token"
	if err := checkNames(what, id); err != nil {
		return err
	}
	var due bool
	err := s.database.pool(false).QueryRowContext(ctx, `SELECT used <= $2 FROM api_tokens WHERE id = $1`, id, now.Add(-time.Minute).UnixMicro()).Scan(&due)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s: %w", what, s.database.explain(err))
	}
	if !due {
		return nil
	}
	return s.brief(ctx, false, func(t *Tx) error {
		return t.exec(what, `UPDATE api_tokens SET used = $2 WHERE id = $1 AND used < $2`, id, now.UnixMicro())
	})
}

package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// maxSession is how much a session may hold: it is read with every request.
const maxSession = 64 << 10

// FindSession gives the data of the session with a token, unless it has expired. FindSession,
// CommitSession and DeleteSession have the shape that github.com/alexedwards/scs wants. Each is a
// transaction of its own.
func (s *Store) FindSession(ctx context.Context, token string) (data []byte, found bool, err error) {
	err = s.database.pool(false).QueryRowContext(ctx, `SELECT data FROM sessions WHERE token = $1 AND expires > $2`,
		digestOfToken(token), time.Now().UnixMicro()).Scan(&data)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("find a session: %w", s.database.explain(err))
	}
	return data, true, nil
}

// CommitSession keeps a session until it expires; whose it is stays as it was. After a crash of
// the machine the newest changes of sessions may be gone.
func (s *Store) CommitSession(ctx context.Context, token string, data []byte, expiry time.Time) error {
	return s.commitSession(ctx, token, nil, data, expiry)
}

// CommitSessionOf keeps a session as CommitSession does and notes whose it is.
func (s *Store) CommitSessionOf(ctx context.Context, token, person string, data []byte, expiry time.Time) error {
	return s.commitSession(ctx, token, &person, data, expiry)
}

func (s *Store) commitSession(ctx context.Context, token string, person *string, data []byte, expiry time.Time) error {
	const what = "keep a session"
	if len(data) > maxSession {
		return fmt.Errorf("%s: it holds %d bytes, %d are the most", what, len(data), maxSession)
	}
	whose := ""
	if person != nil {
		whose = *person
	}
	if err := checkText(what, whose); err != nil {
		return err
	}
	return s.brief(ctx, false, func(t *Tx) error {
		return t.exec(what, `INSERT INTO sessions (token, person, expires, data) VALUES ($1, $2, $3, $4) ON CONFLICT (token) DO UPDATE
			SET person = CASE WHEN $5 THEN excluded.person ELSE sessions.person END, expires = excluded.expires, data = excluded.data`,
			digestOfToken(token), whose, micros(expiry), present(data), person != nil)
	})
}

// DeleteSession ends a session, durably; that there is none is fine.
func (s *Store) DeleteSession(ctx context.Context, token string) error {
	return s.brief(ctx, true, func(t *Tx) error {
		return t.exec("delete a session", `DELETE FROM sessions WHERE token = $1`, digestOfToken(token))
	})
}

// DeleteSessionsOf ends all sessions of a person, durably.
func (s *Store) DeleteSessionsOf(ctx context.Context, person string) error {
	const what = "delete the sessions of a person"
	if err := checkNames(what, person); err != nil {
		return err
	}
	return s.brief(ctx, true, func(t *Tx) error {
		return t.exec(what, `DELETE FROM sessions WHERE person = $1`, person)
	})
}

// mostSessions is how many sessions of a person are given.
const mostSessions = 200

// SessionsOf calls a function with the data of the sessions of a person that have not expired, those that
// last longest first: 200 at most.
func (s *Store) SessionsOf(ctx context.Context, person string, fn func(data []byte) error) error {
	const what = "read the sessions of a person"
	if err := checkNames(what, person); err != nil {
		return err
	}
	return s.View(ctx, func(t *Tx) error {
		return t.rows(what, `SELECT data FROM sessions WHERE person = $1 AND expires > $2 ORDER BY expires DESC, token LIMIT $3`,
			[]any{person, time.Now().UnixMicro(), mostSessions}, func(rows *sql.Rows) (bool, error) {
				var data []byte
				if err := rows.Scan(&data); err != nil {
					return false, err
				}
				return true, fn(data)
			})
	})
}

// DeleteExpired removes sessions, remembered answers and links that have expired, and some of the uploads. Nobody finds
// them any more; this makes room, and is to be called from time to time.
func (s *Store) DeleteExpired(ctx context.Context, now time.Time) error {
	return s.brief(ctx, false, func(t *Tx) error {
		return errors.Join(t.exec("delete expired sessions", `DELETE FROM sessions WHERE expires <= $1`, now.UnixMicro()),
			t.exec("delete expired answers", `DELETE FROM answered WHERE expires <= $1`, now.UnixMicro()),
			t.deleteUploads(now),
			t.exec("delete expired links", `DELETE FROM links WHERE expires <= $1`, now.UnixMicro()))
	})
}

// digestOfToken is what is kept of a token. Tokens are random and long: they need no salt.
func digestOfToken(token string) []byte {
	digest := sha256.Sum256([]byte(token))
	return digest[:]
}

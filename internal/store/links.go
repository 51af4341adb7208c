package store

import (
	"errors"
	"time"
)

// PutLink keeps a one-time link of a person by the digest of what stands in it; older links of the
// person no longer count.
func (t *Tx) PutLink(digest, person string, expires time.Time) error {
	const what = "keep a link"
	if err := checkNames(what, digest, person); err != nil {
		return err
	}
	return errors.Join(t.exec(what, `DELETE FROM links WHERE person = $1 OR digest = $2`, person, digest),
		t.exec(what, `INSERT INTO links (digest, person, expires) VALUES ($1, $2, $3)`, digest, person, micros(expires)))
}

// Link gives the person of a link that has not expired at a time, "" if there is none.
func (t *Tx) Link(digest string, now time.Time) (person string, err error) {
	const what = "find a link"
	if err := checkNames(what, digest); err != nil {
		return "", err
	}
	_, err = t.row(what, `SELECT person FROM links WHERE digest = $1 AND expires > $2`, []any{digest, micros(now)}, &person)
	return person, err
}

// TakeLink is Link, and the link is used up: of two who come at once only one gets the person.
func (t *Tx) TakeLink(digest string, now time.Time) (person string, err error) {
	if err := t.writable("use a link"); err != nil {
		return "", err
	}
	if person, err = t.Link(digest, now); err != nil || person == "" {
		return "", err
	}
	return person, t.exec("use a link", `DELETE FROM links WHERE digest = $1`, digest)
}

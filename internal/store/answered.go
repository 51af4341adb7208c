package store

import (
	"errors"
	"fmt"
	"time"
)

// maxResponse is how long an answer may be that is remembered.
const maxResponse = 1 << 20

// Remember keeps what was answered to a request with an idempotency key, in the Update that did
// what the request asked for. The request is told by what tells it from others, such as its hash.
// A key that is there already, and has not expired, gives ErrTaken.
func (t *Tx) Remember(key, request string, response []byte, expires time.Time) error {
	const what = "remember an answer"
	if err := errors.Join(checkNames(what, key), checkText(what, request)); err != nil {
		return err
	}
	if len(response) > maxResponse {
		return fmt.Errorf("%s: it has %d bytes, %d are the most", what, len(response), maxResponse)
	}
	if err := t.writable(what); err != nil {
		return err
	}
	_, _, found, err := t.Recall(key)
	switch {
	case err != nil:
		return err
	case found:
		return fmt.Errorf("%s: %w", what, explained(ErrTaken, "the idempotency key was used already", nil))
	}
	return t.exec(what, `INSERT INTO answered (key, request, response, expires) VALUES ($1, $2, $3, $4)
		ON CONFLICT (key) DO UPDATE SET request = excluded.request, response = excluded.response, expires = excluded.expires`,
		key, request, present(response), micros(expires))
}

// Recall gives what was answered to the request with an idempotency key, unless that has expired.
// Whether the request is the same as now is the caller's to see.
func (t *Tx) Recall(key string) (request string, response []byte, found bool, err error) {
	const what = "recall an answer"
	if err := checkNames(what, key); err != nil {
		return "", nil, false, err
	}
	found, err = t.row(what, `SELECT request, response FROM answered WHERE key = $1 AND expires > $2`,
		[]any{key, time.Now().UnixMicro()}, &request, &response)
	return request, response, found, err
}

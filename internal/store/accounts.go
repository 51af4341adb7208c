package store

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Account is how a person signs in. Names and roles of people are not here but in the ledger.
type Account struct {
	// Person is the person's id, by which an account is known.
	Person string
	// Login is the name for signing in with a password, kept folded so that case makes no
	// difference; no two accounts have the same, unless it is empty.
	Login string
	// Hash is the encoded argon2id hash of the password, or empty.
	Hash string
	// Subject is "ISSUER SUBJECT" of OpenID Connect, no two accounts have the same, or empty.
	Subject string
	// Failures counts the wrong passwords since the last right one.
	Failures int
	// LockedUntil is when passwords are looked at again.
	LockedUntil time.Time
	// Created and Changed are the caller's times.
	Created, Changed time.Time
}

const accountColumns = `person, login, hash, subject, failures, locked_until, created, changed`

// PutAccount makes a person's account or replaces it. Where the login or the subject is that of
// another person's account it gives ErrTaken.
func (t *Tx) PutAccount(a Account) error {
	const what = "put an account"
	a.Login = FoldLogin(a.Login)
	if err := errors.Join(checkNames(what, a.Person), checkText(what, a.Login), checkText(what, a.Hash), checkText(what, a.Subject)); err != nil {
		return err
	}
	if err := t.writable(what); err != nil {
		return err
	}
	if err := errors.Join(t.refuseTaken(what, "login", a.Person, a.Login), t.refuseTaken(what, "subject", a.Person, a.Subject)); err != nil {
		return err
	}
	return t.exec(what, `INSERT INTO accounts (`+accountColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (person) DO UPDATE SET login = excluded.login, hash = excluded.hash, subject = excluded.subject, failures = excluded.failures,
		locked_until = excluded.locked_until, created = excluded.created, changed = excluded.changed`,
		a.Person, a.Login, a.Hash, a.Subject, a.Failures, micros(a.LockedUntil), micros(a.Created), micros(a.Changed))
}

// refuseTaken sees to it that only one account has a login or a subject. There is one writer.
func (t *Tx) refuseTaken(what, column, person, value string) error {
	other, err := t.account(what, column, value)
	if err == nil && other != nil && other.Person != person {
		return fmt.Errorf("%s: %w", what, explained(ErrTaken, "another account has the "+column+" "+value, nil))
	}
	return err
}

// FoldLogin gives the form of a login in which accounts are compared.
func FoldLogin(login string) string {
	// Some signs have several small forms but one capital, and the other way round.
	return strings.ToLower(strings.ToUpper(strings.TrimSpace(login)))
}

// Account gives a person's account, nil if there is none.
func (t *Tx) Account(person string) (*Account, error) {
	return t.account("read an account", "person", person)
}

// AccountByLogin gives the account with a login, however it is written, nil if there is none.
func (t *Tx) AccountByLogin(login string) (*Account, error) {
	return t.account("read an account", "login", FoldLogin(login))
}

// AccountBySubject gives the account with a subject of OpenID Connect, nil if there is none.
func (t *Tx) AccountBySubject(subject string) (*Account, error) {
	return t.account("read an account", "subject", subject)
}

func (t *Tx) account(what, column, value string) (*Account, error) {
	if value == "" || checkText(what, value) != nil {
		return nil, nil // no account has such a value
	}
	query := map[string]string{
		"person":  `SELECT ` + accountColumns + ` FROM accounts WHERE person = $1`,
		"login":   `SELECT ` + accountColumns + ` FROM accounts WHERE login = $1 AND login <> ''`,
		"subject": `SELECT ` + accountColumns + ` FROM accounts WHERE subject = $1 AND subject <> ''`,
	}[column]
	var found *Account
	err := t.rows(what, query, []any{value}, func(rows *sql.Rows) (bool, error) {
		found = &Account{}
		return false, found.scan(rows)
	})
	return found, err
}

func (a *Account) scan(rows *sql.Rows) error {
	var locked, created, changed int64
	err := rows.Scan(&a.Person, &a.Login, &a.Hash, &a.Subject, &a.Failures, &locked, &created, &changed)
	a.LockedUntil, a.Created, a.Changed = moment(locked), moment(created), moment(changed)
	return err
}

// DeleteAccount removes a person's account with the person's sessions and tokens; that there is
// none is fine.
func (t *Tx) DeleteAccount(person string) error {
	const what = "delete an account"
	if err := checkNames(what, person); err != nil {
		return err
	}
	return errors.Join(t.exec(what, `DELETE FROM sessions WHERE person = $1`, person),
		t.exec(what, `DELETE FROM api_tokens WHERE person = $1`, person),
		t.exec(what, `DELETE FROM accounts WHERE person = $1`, person))
}

// Accounts calls a function for every account, ordered by the bytes of the person's id.
func (t *Tx) Accounts(fn func(Account) error) error {
	return walk[Account]{
		what:  "read the accounts",
		query: `SELECT ` + accountColumns + ` FROM accounts WHERE person > $1 ORDER BY person LIMIT $2`,
		after: func(last *Account) []any {
			if last == nil {
				return []any{""}
			}
			return []any{last.Person}
		},
		scan: func(rows *sql.Rows, a *Account) (int, error) { return len(a.Hash), a.scan(rows) },
		each: fn,
	}.run(t)
}

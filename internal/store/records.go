package store

import (
	"database/sql"
	"fmt"
	"strings"
	"unicode/utf8"
)

// PutRecord inserts a record or replaces the one of the same kind and id.
func (t *Tx) PutRecord(kind, id string, data []byte) error {
	const what = "put a record"
	if err := checkNames(what, kind, id); err != nil {
		return err
	}
	return t.exec(what, `INSERT INTO records (kind, id, data) VALUES ($1, $2, $3) ON CONFLICT (kind, id) DO UPDATE SET data = excluded.data`, kind, id, present(data))
}

// DeleteRecord removes a record; that there is none is fine.
func (t *Tx) DeleteRecord(kind, id string) error {
	const what = "delete a record"
	if err := checkNames(what, kind, id); err != nil {
		return err
	}
	return t.exec(what, `DELETE FROM records WHERE kind = $1 AND id = $2`, kind, id)
}

// DeleteRecords removes all records, before they are made anew from the entries.
func (t *Tx) DeleteRecords() error {
	return t.exec("delete all records", `DELETE FROM records`)
}

// Records calls a function for every record, ordered by the bytes of kind and id.
func (t *Tx) Records(fn func(kind, id string, data []byte) error) error {
	type record struct {
		kind, id string
		data     []byte
	}
	return walk[record]{
		what:  "read the records",
		query: `SELECT kind, id, data FROM records WHERE (kind, id) > ($1, $2) ORDER BY kind, id LIMIT $3`,
		after: func(last *record) []any {
			if last == nil {
				return []any{"", ""}
			}
			return []any{last.kind, last.id}
		},
		scan: func(rows *sql.Rows, r *record) (int, error) {
			err := rows.Scan(&r.kind, &r.id, &r.data)
			return len(r.data), err
		},
		each: func(r record) error { return fn(r.kind, r.id, r.data) },
	}.run(t)
}

// Setting gives the value of a setting; it is empty if there is none.
func (t *Tx) Setting(name string) (value string, err error) {
	_, err = t.row("read the setting "+name, `SELECT value FROM settings WHERE name = $1`, []any{name}, &value)
	return value, err
}

// PutSetting sets a setting.
func (t *Tx) PutSetting(name, value string) error {
	what := fmt.Sprintf("put the setting %q", name)
	if err := checkNames(what, name); err != nil {
		return err
	}
	if err := checkText(what, value); err != nil {
		return err
	}
	return t.exec(what, `INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
}

// checkNames refuses names that only one of the databases could keep.
func checkNames(what string, names ...string) error {
	for _, name := range names {
		if name == "" {
			return fmt.Errorf("%s: a name is empty", what)
		}
		if err := checkText(what, name); err != nil {
			return err
		}
	}
	return nil
}

func checkText(what, text string) error {
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return fmt.Errorf("%s: %q is not text: write UTF-8 without NUL", what, text)
	}
	return nil
}

package store

import (
	"database/sql"
	"errors"
	"time"
)

// SavedView is the query of a page that somebody looks at again.
type SavedView struct {
	ID, Person string
	// Name is what people call it; Page and Query are where it leads.
	Name, Page, Query string
	// Shared views are seen by everybody.
	Shared  bool
	Created time.Time
}

// PutSavedView keeps a view; one of the same id is replaced.
func (t *Tx) PutSavedView(v SavedView) error {
	const what = "keep a view"
	if err := errors.Join(checkNames(what, v.ID, v.Person, v.Page), checkText(what, v.Name), checkText(what, v.Query)); err != nil {
		return err
	}
	shared := 0
	if v.Shared {
		shared = 1
	}
	return t.exec(what, `INSERT INTO saved_views (id, person, name, page, query, shared, created) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (id) DO UPDATE SET person = excluded.person, name = excluded.name, page = excluded.page, query = excluded.query, shared = excluded.shared`,
		v.ID, v.Person, v.Name, v.Page, v.Query, shared, micros(v.Created))
}

// mostViews is how many views of a page are given.
const mostViews = 200

// SavedViews gives the views of a page that a person sees, own and shared, by name: 200 at most.
func (t *Tx) SavedViews(person, page string) (views []SavedView, err error) {
	const what = "read the views"
	if err := checkNames(what, person, page); err != nil {
		return nil, err
	}
	err = t.rows(what, `SELECT id, person, name, page, query, shared, created FROM saved_views WHERE page = $1 AND (shared = 1 OR person = $2) ORDER BY name, id LIMIT $3`,
		[]any{page, person, mostViews}, func(rows *sql.Rows) (bool, error) {
			var v SavedView
			var shared, created int64
			err := rows.Scan(&v.ID, &v.Person, &v.Name, &v.Page, &v.Query, &shared, &created)
			v.Shared, v.Created = shared != 0, moment(created)
			views = append(views, v)
			return true, err
		})
	return views, err
}

// DeleteSavedView removes a view of a person; that there is none is fine.
func (t *Tx) DeleteSavedView(id, person string) error {
	const what = "delete a view"
	if err := checkNames(what, id, person); err != nil {
		return err
	}
	return t.exec(what, `DELETE FROM saved_views WHERE id = $1 AND person = $2`, id, person)
}

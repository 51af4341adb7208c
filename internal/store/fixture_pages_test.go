package store

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
)

// fillPages writes something of each kind that schema 3 has.
func fillPages(t *testing.T, s *Store) {
	t.Helper()
	later := time.Date(2126, 1, 1, 0, 0, 0, 0, time.UTC)
	update(t, s, func(tx *Tx) error {
		var scan string
		err := tx.Scans(ScanFilter{Limit: 1}, func(r ScanRow) error { scan = r.ID; return nil })
		return errors.Join(err, tx.PutInventory(scan, digestOf([]byte("packed")), 6, strings.NewReader("packed")), tx.PutLink("digest", "anna", later),
			tx.PutSavedView(SavedView{ID: "v", Person: "anna", Name: "Ä", Page: "findings", Query: "a=b", Shared: true, Created: noon}),
			tx.BeginUpload(Upload{ID: "u", Person: "anna", SHA256: digestOf([]byte("parts")), Size: 5, Created: noon, Expires: later}, UploadLimits{1, 1, 5, 5}),
			appended(tx, "u", "anna", 0, "par"), appended(tx, "u", "anna", 3, "ts"))
	})
}

// pagesContentOf writes down all that of a store.
func pagesContentOf(t *testing.T, s *Store) string {
	t.Helper()
	var b strings.Builder
	view(t, s, func(tx *Tx) error {
		link, err := tx.Link("digest", noon)
		views, unread := tx.SavedViews("bert", "findings")
		fmt.Fprintf(&b, "link %s\nviews %+v\n", link, views)
		upload, about, unopened := tx.OpenUpload("u", "anna", noon)
		if unopened != nil {
			return unopened
		}
		parts, torn := io.ReadAll(upload)
		fmt.Fprintf(&b, "upload %+v %q\n", about, parts)
		return errors.Join(err, unread, torn, tx.Scans(ScanFilter{}, func(r ScanRow) error {
			inventory, size, err := tx.OpenInventory(r.ID)
			if err != nil {
				fmt.Fprintf(&b, "inventory of %s: %v\n", r.ID, err)
				return nil
			}
			text, err := io.ReadAll(inventory)
			fmt.Fprintf(&b, "inventory of %s: %d %q\n", r.ID, size, text)
			return err
		}))
	})
	return b.String()
}

// appended appends a part and gives only the error.
func appended(tx *Tx, id, person string, offset int64, part string) error {
	_, err := tx.AppendUpload(id, person, offset, []byte(part), noon)
	return err
}

package store

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// names are those of the views that a person sees on a page.
func names(t *testing.T, s *Store, person, page string) string {
	t.Helper()
	var all []string
	view(t, s, func(tx *Tx) error {
		views, err := tx.SavedViews(person, page)
		for _, one := range views {
			all = append(all, one.Name+"?"+one.Query)
		}
		return err
	})
	return strings.Join(all, " ")
}

// TestSavedViews: everybody sees the own and the shared ones, and removes the own only.
func TestSavedViews(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *Store) {
		update(t, s, func(tx *Tx) error {
			return errors.Join(
				tx.PutSavedView(SavedView{ID: "1", Person: "anna", Name: "b", Page: "findings", Query: "x=1", Created: noon}),
				tx.PutSavedView(SavedView{ID: "2", Person: "anna", Name: "a", Page: "findings", Query: "", Shared: true, Created: noon}),
				tx.PutSavedView(SavedView{ID: "3", Person: "bert", Name: "c", Page: "findings", Query: "'; --", Created: noon}),
				tx.PutSavedView(SavedView{ID: "4", Person: "anna", Name: "d", Page: "scans", Query: "y=1", Created: noon}))
		})
		for who, want := range map[string]string{"anna": "a? b?x=1", "bert": "a? c?'; --", "carl": "a?"} {
			if got := names(t, s, who, "findings"); got != want {
				t.Errorf("%s sees %q, want %q", who, got, want)
			}
		}
		update(t, s, func(tx *Tx) error {
			return errors.Join(tx.DeleteSavedView("2", "bert"), tx.DeleteSavedView("1", "anna"), tx.DeleteSavedView("none", "anna"),
				tx.PutSavedView(SavedView{ID: "2", Person: "anna", Name: "z", Page: "findings", Query: "z", Created: noon}))
		})
		if got := names(t, s, "anna", "findings") + "|" + names(t, s, "bert", "findings"); got != "z?z|c?'; --" {
			t.Errorf("then they see %q", got)
		}
	})
}

func TestSavedViewsAreBounded(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *Store) {
		update(t, s, func(tx *Tx) error {
			for i := range mostViews + 5 {
				if err := tx.PutSavedView(SavedView{ID: fmt.Sprint(i), Person: "anna", Name: fmt.Sprintf("%03d", i), Page: "p", Created: noon}); err != nil {
					return err
				}
			}
			return nil
		})
		if n := len(strings.Fields(names(t, s, "anna", "p"))); n != mostViews {
			t.Errorf("%d views are given", n)
		}
		for _, bad := range []SavedView{{Person: "a", Page: "p"}, {ID: "x", Page: "p"}, {ID: "x", Person: "a"}, {ID: "x", Person: "a", Page: "p", Name: "\xff"}, {ID: "x", Person: "a", Page: "p", Query: "\x00"}} {
			if err := s.Update(t.Context(), func(tx *Tx) error { return tx.PutSavedView(bad) }); err == nil {
				t.Errorf("%+v is taken", bad)
			}
		}
	})
}

package store

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"
)

// inventoryText reads the inventory of a scan whole.
func inventoryText(t *testing.T, s *Store, scan string) (text string, err error) {
	t.Helper()
	err = s.View(t.Context(), func(tx *Tx) error {
		r, size, err := tx.OpenInventory(scan)
		if err != nil {
			return err
		}
		defer r.Close()
		read, err := io.ReadAll(r)
		if text = string(read); int64(len(read)) != size {
			t.Errorf("%d bytes, told were %d", len(read), size)
		}
		return err
	})
	return text, err
}

func putInventory(s *Store, t *testing.T, scan, text string) error {
	t.Helper()
	return s.Update(t.Context(), func(tx *Tx) error {
		return tx.PutInventory(scan, digestOf([]byte(text)), int64(len(text)), strings.NewReader(text))
	})
}

// TestInventories are kept once, whole or not at all, and go with their scan.
func TestInventories(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *Store) {
		for day := range 3 {
			mustMerge(t, s, scanOf("s", day), ranAll, false, row("a", "one", "low"))
		}
		first, newest := scanOf("s", 0).ID, scanOf("s", 2).ID
		large := strings.Repeat("0123456789abcdef", 3*partSize/16) + "!"
		if err := errors.Join(putInventory(s, t, first, large), putInventory(s, t, newest, "small")); err != nil {
			t.Fatal(err)
		}
		if got, err := inventoryText(t, s, first); got != large || err != nil {
			t.Errorf("%d bytes, %v", len(got), err)
		}
		if err := putInventory(s, t, newest, "another"); err != nil {
			t.Error(err)
		}
		if got, err := inventoryText(t, s, newest); got != "small" || err != nil {
			t.Errorf("%q, %v", got, err)
		}
		if _, err := inventoryText(t, s, scanOf("s", 1).ID); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("a scan without inventory: %v", err)
		}
		update(t, s, func(tx *Tx) error {
			gone, err := tx.DeleteScansBefore("", noon.Add(Day))
			if gone.Scans != 1 {
				t.Errorf("%+v", gone)
			}
			return err
		})
		if n := rowsIn(t, s, "inventory_parts"); n != 1 {
			t.Errorf("%d parts stay", n)
		}
		if got, err := inventoryText(t, s, newest); got != "small" || err != nil {
			t.Errorf("%q, %v", got, err)
		}
	})
}

// TestOldInventoriesGo, but for the newest of each source.
func TestOldInventoriesGo(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *Store) {
		for day := range 4 {
			mustMerge(t, s, scanOf("s", day), ranAll, false, row("a", "one", "low"))
			mustMerge(t, s, scanOf("t", day), ranAll, false, row("a", "one", "low"))
			if day < 3 {
				if err := errors.Join(putInventory(s, t, scanOf("s", day).ID, "s"), putInventory(s, t, scanOf("t", day).ID, "t")); err != nil {
					t.Fatal(err)
				}
			}
		}
		deleted := func(day int) (n int) {
			update(t, s, func(tx *Tx) (err error) {
				n, err = tx.DeleteInventoriesBefore(noon.AddDate(0, 0, day))
				return err
			})
			return n
		}
		for _, step := range [][2]int{{0, 0}, {1, 2}, {1, 0}, {100, 2}, {100, 0}} {
			if got := deleted(step[0]); got != step[1] {
				t.Errorf("before day %d: %d, want %d", step[0], got, step[1])
			}
		}
		if got, err := inventoryText(t, s, scanOf("s", 2).ID); got != "s" || err != nil {
			t.Errorf("the newest: %q, %v", got, err)
		}
	})
}

func TestInventoriesRefuseNonsense(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *Store) {
		mustMerge(t, s, scanOf("s", 0), ranAll, false, row("a", "one", "low"))
		id, good := scanOf("s", 0).ID, digestOf([]byte("text"))
		torn := errors.New("torn")
		for name, bad := range map[string]func(*Tx) error{
			"no scan":    func(tx *Tx) error { return tx.PutInventory("none", good, 4, strings.NewReader("text")) },
			"no name":    func(tx *Tx) error { return tx.PutInventory("", good, 4, strings.NewReader("text")) },
			"no digest":  func(tx *Tx) error { return tx.PutInventory(id, "abc", 4, strings.NewReader("text")) },
			"other text": func(tx *Tx) error { return tx.PutInventory(id, good, 4, strings.NewReader("TEXT")) },
			"too short":  func(tx *Tx) error { return tx.PutInventory(id, good, 5, strings.NewReader("text")) },
			"too long":   func(tx *Tx) error { return tx.PutInventory(id, good, 4, bytes.NewReader(make([]byte, 2*partSize))) },
			"torn": func(tx *Tx) error {
				return tx.PutInventory(id, good, 4, io.MultiReader(strings.NewReader("te"), tornReader{torn}))
			},
		} {
			err := s.Update(t.Context(), func(tx *Tx) error { _ = bad(tx); return nil })
			kept := rowsIn(t, s, "inventories") + rowsIn(t, s, "inventory_parts")
			if kept != 0 {
				t.Errorf("%s: %d rows are kept, %v", name, kept, err)
			}
			if err := s.Update(t.Context(), bad); err == nil {
				t.Errorf("%s is taken", name)
			}
		}
		view(t, s, func(tx *Tx) error {
			if err := tx.PutInventory(id, good, 4, strings.NewReader("text")); !errors.Is(err, ErrReadOnly) {
				t.Errorf("a view keeps an inventory: %v", err)
			}
			return nil
		})
	})
}

type tornReader struct{ err error }

func (r tornReader) Read([]byte) (int, error) { return 0, r.err }

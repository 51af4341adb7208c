package store

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"time"
)

var roomy = UploadLimits{10, 20, 1 << 30, 1 << 30}

func begun(id, person, text string) Upload {
	return Upload{ID: id, Person: person, SHA256: digestOf([]byte(text)), Size: int64(len(text)), Created: noon, Expires: noon.Add(24 * time.Hour)}
}

// uploadText reads an upload whole.
func uploadText(tx *Tx, id, person string) (string, error) {
	r, _, err := tx.OpenUpload(id, person, noon)
	if err != nil {
		return "", err
	}
	defer r.Close()
	text, err := io.ReadAll(r)
	return string(text), err
}

// TestUploadsArriveInParts, each as often as it is sent, and in no other order.
func TestUploadsArriveInParts(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *Store) {
		const text = "one two three"
		update(t, s, func(tx *Tx) error { return tx.BeginUpload(begun("u", "anna", text), roomy) })
		for _, step := range []struct {
			offset   int64
			part     string
			received int64
			err      error
		}{
			{4, "two ", 0, ErrOffset},
			{0, "one ", 4, nil},
			{0, "one ", 4, nil},
			{0, "on", 4, ErrOffset},
			{0, "ONE ", 4, ErrOffset},
			{2, "e ", 4, ErrOffset},
			{-1, "x", 4, ErrOffset},
			{1 << 40, "x", 4, ErrOffset},
			{4, "two ", 8, nil},
			{8, "three and more", 8, ErrDigest},
			{8, "three", 13, nil},
			{4, "two ", 13, nil},
			{13, "x", 13, ErrDigest},
		} {
			err := s.Update(t.Context(), func(tx *Tx) error {
				u, err := tx.AppendUpload("u", "anna", step.offset, []byte(step.part), noon)
				if u == nil || u.Received != step.received {
					t.Errorf("%d %q: %+v", step.offset, step.part, u)
				}
				return err
			})
			if !errors.Is(err, step.err) {
				t.Errorf("%d %q: %v", step.offset, step.part, err)
			}
			if step.received < int64(len(text)) {
				view(t, s, func(tx *Tx) error {
					_, err := uploadText(tx, "u", "anna")
					want(t, err, ErrIncomplete, fmt.Sprintf("go on at %d", step.received))
					return nil
				})
			}
		}
		view(t, s, func(tx *Tx) error {
			got, err := uploadText(tx, "u", "anna")
			if got != text {
				t.Errorf("%q, %v", got, err)
			}
			return err
		})
	})
}

// TestUploadsOfOthersAreNotThere, nor what has expired or was deleted.
func TestUploadsOfOthersAreNotThere(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *Store) {
		update(t, s, func(tx *Tx) error {
			return errors.Join(tx.BeginUpload(begun("u", "anna", "text"), roomy), appended(tx, "u", "anna", 0, "text"))
		})
		gone := func(tx *Tx, id, person string, now time.Time) {
			t.Helper()
			found, err := tx.Upload(id, person, now)
			_, _, unopened := tx.OpenUpload(id, person, now)
			if found != nil || err != nil || !errors.Is(unopened, fs.ErrNotExist) {
				t.Errorf("%s of %s: %+v, %v, %v", id, person, found, err, unopened)
			}
		}
		update(t, s, func(tx *Tx) error {
			gone(tx, "u", "bert", noon)
			gone(tx, "U", "anna", noon)
			gone(tx, "u", "anna", noon.Add(24*time.Hour))
			if err := appended(tx, "u", "bert", 4, "more"); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("bert appends: %v", err)
			}
			return tx.DeleteUpload("u", "bert")
		})
		update(t, s, func(tx *Tx) error {
			if text, err := uploadText(tx, "u", "anna"); text != "text" || err != nil {
				t.Errorf("%q, %v", text, err)
			}
			return tx.DeleteUpload("u", "anna")
		})
		view(t, s, func(tx *Tx) error { gone(tx, "u", "anna", noon); return nil })
		if n := rowsIn(t, s, "upload_parts"); n != 0 {
			t.Errorf("%d parts stay", n)
		}
	})
}

func rowsIn(t *testing.T, s *Store, table string) (n int) {
	t.Helper()
	if err := s.database.pool(false).QueryRow(`SELECT COUNT(*) FROM ` + table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestUploadsAreBounded by person and in all, and expired ones make room at once.
func TestUploadsAreBounded(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *Store) {
		most := UploadLimits{OfPerson: 2, InAll: 3, BytesOfPerson: 20, BytesInAll: 30}
		begin := func(u Upload) error {
			return s.Update(t.Context(), func(tx *Tx) error { return tx.BeginUpload(u, most) })
		}
		text := strings.Repeat("x", 10)
		for _, u := range []Upload{begun("a1", "anna", text), begun("a2", "anna", text)} {
			if err := begin(u); err != nil {
				t.Fatal(err)
			}
		}
		want(t, begin(begun("a3", "anna", "x")), ErrCrowded, "2 uploads of anna")
		want(t, begin(begun("b1", "bert", text+text+"x")), ErrCrowded, "0 uploads of bert")
		want(t, begin(begun("b1", "bert", text+"x")), ErrCrowded, "2 uploads with 20 bytes")
		if err := begin(begun("b1", "bert", text)); err != nil {
			t.Error(err)
		}
		want(t, begin(begun("c1", "carl", "x")), ErrCrowded, "3 uploads")
		huge := begun("c1", "carl", "x")
		huge.Size = 1<<63 - 1
		want(t, begin(huge), ErrCrowded, "carl")
		late := begun("c1", "carl", text)
		late.Created, late.Expires = noon.Add(25*time.Hour), noon.Add(49*time.Hour)
		if err := begin(late); err != nil {
			t.Error(err)
		}
		if err := s.DeleteExpired(t.Context(), noon.Add(24*time.Hour)); err != nil {
			t.Fatal(err)
		}
		if n := rowsIn(t, s, "uploads"); n != 1 {
			t.Errorf("%d uploads stay", n)
		}
	})
}

// TestUploadsRefuseNonsense and keep nothing of it.
func TestUploadsRefuseNonsense(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *Store) {
		for name, change := range map[string]func(*Upload){
			"no id":     func(u *Upload) { u.ID = "" },
			"no person": func(u *Upload) { u.Person = "" },
			"not text":  func(u *Upload) { u.ID = "\xff" },
			"no digest": func(u *Upload) { u.SHA256 = strings.Repeat("G", 64) },
			"capitals":  func(u *Upload) { u.SHA256 = strings.ToUpper(u.SHA256) },
			"empty":     func(u *Upload) { u.Size = 0 },
			"negative":  func(u *Upload) { u.Size = -5 },
		} {
			u := begun("u", "anna", "text")
			change(&u)
			if err := s.Update(t.Context(), func(tx *Tx) error { return tx.BeginUpload(u, roomy) }); err == nil {
				t.Errorf("%s is taken", name)
			}
		}
		lie := begun("u", "anna", "text")
		lie.SHA256 = digestOf([]byte("other"))
		update(t, s, func(tx *Tx) error {
			return errors.Join(tx.BeginUpload(lie, roomy), appended(tx, "u", "anna", 0, "text"))
		})
		if err := s.Update(t.Context(), func(tx *Tx) error { return appended(tx, "u", "anna", 4, "") }); err == nil {
			t.Error("an empty part is taken")
		}
		view(t, s, func(tx *Tx) error {
			text, err := uploadText(tx, "u", "anna")
			want(t, err, ErrDigest, "hand it in anew")
			if errors.Is(err, ErrDamaged) {
				t.Errorf("%q: the store is blamed: %v", text, err)
			}
			return nil
		})
		if err := s.View(t.Context(), func(tx *Tx) error { return tx.BeginUpload(begun("v", "anna", "x"), roomy) }); !errors.Is(err, ErrReadOnly) {
			t.Errorf("a view begins an upload: %v", err)
		}
	})
}

// TestUploadsAtOnce: many send the same parts, and every part is here once.
func TestUploadsAtOnce(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *Store) {
		text := strings.Repeat("0123456789", 10)
		update(t, s, func(tx *Tx) error { return tx.BeginUpload(begun("u", "anna", text), roomy) })
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				for at := 0; at < len(text); {
					err := s.Update(t.Context(), func(tx *Tx) error {
						u, err := tx.AppendUpload("u", "anna", int64(at), []byte(text[at:at+10]), noon)
						if u != nil {
							at = int(u.Received)
						}
						if errors.Is(err, ErrOffset) {
							return nil
						}
						return err
					})
					if err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		all.Wait()
		view(t, s, func(tx *Tx) error {
			got, err := uploadText(tx, "u", "anna")
			if got != text {
				t.Errorf("%q", got)
			}
			return err
		})
	})
}

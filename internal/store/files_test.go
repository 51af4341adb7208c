package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

func digestOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

func putFile(content []byte) func(*Tx) error {
	return func(tx *Tx) error {
		return tx.PutFile(digestOf(content), int64(len(content)), bytes.NewReader(content))
	}
}

func TestFiles(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *Store) {
		for _, size := range []int{0, 1, partSize - 1, partSize, partSize + 1, 3*partSize + 7} {
			content := bytes.Repeat([]byte{byte(size), 1, 0xff}, size/3+1)[:size]
			update(t, s, putFile(content))
			update(t, s, putFile(content)) // again
			view(t, s, func(tx *Tx) error {
				r, n, err := tx.OpenFile(digestOf(content))
				if err != nil || n != int64(size) {
					return fmt.Errorf("%d bytes: opened %d: %w", size, n, err)
				}
				if got, err := io.ReadAll(iotest.HalfReader(r)); !bytes.Equal(got, content) || err != nil {
					t.Errorf("%d bytes: got %d, %v", size, len(got), err)
				}
				return errors.Join(iotest.TestReader(reopened(tx, content), content), r.Close())
			})
		}
		update(t, s, func(tx *Tx) error {
			return errors.Join(tx.DeleteFile(digestOf(nil)), tx.DeleteFile(digestOf(nil)))
		})
		view(t, s, func(tx *Tx) error {
			if _, _, err := tx.OpenFile(digestOf(nil)); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("a deleted file: %v", err)
			}
			count, total := 0, int64(0)
			err := tx.Files(func(_ string, size int64) error { count, total = count+1, total+size; return nil })
			if count != 5 || total != 6*partSize+8 {
				t.Errorf("%d files of %d bytes", count, total)
			}
			return err
		})
	})
}

func reopened(tx *Tx, content []byte) io.Reader {
	r, _, err := tx.OpenFile(digestOf(content))
	if err != nil {
		return iotest.ErrReader(err)
	}
	return r
}

func TestABadFileLeavesNothing(t *testing.T) {
	content := bytes.Repeat([]byte("x"), partSize+10)
	broken := errors.New("the line is cut")
	good := digestOf(content)
	whole := func(content []byte) func() io.Reader {
		return func() io.Reader { return bytes.NewReader(content) }
	}
	for name, bad := range map[string]struct {
		digest string
		size   int64
		from   func() io.Reader
		wanted string
	}{
		"another digest": {digestOf([]byte("y")), partSize + 10, whole(content), "keep the file " + digestOf([]byte("y")) + ": its digest is " + good},
		"too short":      {good, partSize + 11, whole(content), "keep the file " + good + ": it has 1048586 bytes, not 1048587"},
		"too long":       {good, partSize + 9, whole(content), "keep the file " + good + ": it is longer than 1048585 bytes"},
		"endless":        {good, partSize, func() io.Reader { return endless{} }, "keep the file " + good + ": it is longer than 1048576 bytes"},
		"cut": {good, partSize + 10, func() io.Reader {
			return io.MultiReader(bytes.NewReader(content[:partSize+1]), iotest.ErrReader(broken))
		}, "keep the file " + good + ": the line is cut"},
		"no digest":  {"ABC", 0, whole(nil), "keep the file ABC: this is not a SHA-256 in lower case hexadecimal"},
		"upper case": {strings.ToUpper(good), 0, whole(nil), "this is not a SHA-256"},
	} {
		t.Run(name, func(t *testing.T) {
			forEachStore(t, func(t *testing.T, s *Store) {
				update(t, s, func(tx *Tx) error {
					if err := tx.PutFile(bad.digest, bad.size, bad.from()); err == nil || !strings.Contains(err.Error(), bad.wanted) {
						t.Errorf("got %v\nnot %s", err, bad.wanted)
					}
					return tx.PutRecord("the", "rest", nil)
				})
				var parts int
				if err := s.database.pool(false).QueryRow(`SELECT (SELECT COUNT(*) FROM file_parts) + (SELECT COUNT(*) FROM files)`).Scan(&parts); err != nil || parts != 0 {
					t.Errorf("%d parts of it stayed, %v", parts, err)
				}
				if diff := cmp.Diff([]string{"the/rest "}, records(t, s)); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

type endless struct{}

func (endless) Read(into []byte) (int, error) { return len(into), nil }

func TestADamagedFileIsFound(t *testing.T) {
	for name, damage := range map[string]string{
		"changed":  `UPDATE file_parts SET data = (SELECT data FROM file_parts WHERE part = 0) WHERE part = 1`,
		"missing":  `DELETE FROM file_parts WHERE part = 2`,
		"in order": `UPDATE file_parts SET part = 9 WHERE part = 1`,
	} {
		t.Run(name, func(t *testing.T) {
			forEachStore(t, func(t *testing.T, s *Store) {
				content := append(bytes.Repeat([]byte("a"), partSize), bytes.Repeat([]byte("b"), partSize+5)...)
				update(t, s, putFile(content))
				if _, err := s.database.pool(true).Exec(damage); err != nil {
					t.Fatal(err)
				}
				view(t, s, func(tx *Tx) error {
					_, err := io.ReadAll(reopened(tx, content))
					want(t, err, ErrDamaged, "read the file "+digestOf(content))
					return nil
				})
			})
		})
	}
}

// TestFilesStream holds the memory that a big file takes against its size.
func TestFilesStream(t *testing.T) {
	const size = 64 << 20
	forEachStore(t, func(t *testing.T, s *Store) {
		noise := func() io.Reader { return io.LimitReader(rand.NewChaCha8([32]byte{1}), size) }
		hash := sha256.New()
		if _, err := io.Copy(hash, noise()); err != nil {
			t.Fatal(err)
		}
		digest := hex.EncodeToString(hash.Sum(nil))
		runtime.GC()
		before := resident(t)
		watched := &highest{t: t}
		update(t, s, func(tx *Tx) error { return tx.PutFile(digest, size, io.TeeReader(noise(), watched)) })
		view(t, s, func(tx *Tx) error {
			r, _, err := tx.OpenFile(digest)
			if err != nil {
				return err
			}
			_, err = io.Copy(watched, r)
			return err
		})
		grown := watched.bytes - before
		t.Logf("%d MiB more in memory", grown>>20)
		if grown > size/2 {
			t.Errorf("%d MiB more were in memory for a file of %d", grown>>20, size>>20)
		}
	})
}

// highest notes the most memory of the process while it is written to.
type highest struct {
	t           *testing.T
	bytes, seen int64
}

func (h *highest) Write(p []byte) (int, error) {
	h.seen += int64(len(p))
	if h.seen > 1<<20 {
		h.bytes, h.seen = max(h.bytes, resident(h.t)), 0
	}
	return len(p), nil
}

// resident is the memory of the process, SQLite's too, which Go does not count.
func resident(t *testing.T) int64 {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Skip("the memory of a process is read from /proc")
	}
	var total, pages int64
	if _, err := fmt.Sscan(string(text), &total, &pages); err != nil {
		t.Fatal(err)
	}
	return pages * int64(os.Getpagesize())
}

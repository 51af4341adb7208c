package store

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// partSize is how much of a file is in memory and in one row.
const partSize = 1 << 20

// PutFile keeps a file under its SHA-256 in lower case hexadecimal. It reads the file to its end
// and refuses one of another digest or size, without keeping any of it. A file that is there
// already is not read.
func (t *Tx) PutFile(sha256 string, size int64, r io.Reader) error {
	what := "keep the file " + sha256
	if err := t.writable(what); err != nil {
		return err
	}
	if err := checkDigest(what, sha256); err != nil {
		return err
	}
	if _, there, err := t.fileSize(what, sha256); there || err != nil {
		return err
	}
	if err := t.exec(what, `INSERT INTO files (sha256, size) VALUES ($1, $2)`, sha256, size); err != nil {
		return err
	}
	err := t.putParts(what, `INSERT INTO file_parts (sha256, part, data) VALUES ($1, $2, $3)`, sha256, sha256, size, r)
	if err != nil && t.failed == nil {
		// The function may go on after a bad file; what was kept of it must not stay.
		return errors.Join(err, t.DeleteFile(sha256))
	}
	return err
}

// putParts writes what a reader gives, in parts of what key names, and checks that it is whole.
func (t *Tx) putParts(what, insert string, key any, digest string, size int64, r io.Reader) error {
	hash := sha256.New()
	buffer := make([]byte, partSize)
	total := int64(0)
	for part := 0; ; part++ {
		n, err := io.ReadFull(r, buffer)
		total += int64(n)
		last := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		switch {
		case err != nil && !last:
			return fmt.Errorf("%s: %w", what, err)
		case total > size:
			return fmt.Errorf("%s: it is longer than %d bytes", what, size)
		}
		if n > 0 {
			hash.Write(buffer[:n])
			if err := t.exec(what, insert, key, part, buffer[:n]); err != nil {
				return err
			}
		}
		if last {
			break
		}
	}
	if total != size {
		return fmt.Errorf("%s: it has %d bytes, not %d", what, total, size)
	}
	if is := hex.EncodeToString(hash.Sum(nil)); is != digest {
		return fmt.Errorf("%s: its digest is %s", what, is)
	}
	return nil
}

// OpenFile opens a kept file and gives its size; fs.ErrNotExist is wrapped if there is none. It is
// read part by part and only while the transaction lasts. At the end its digest is checked: a file
// that is not as it was kept gives ErrDamaged instead of io.EOF.
func (t *Tx) OpenFile(sha256Digest string) (io.ReadCloser, int64, error) {
	what := "open the file " + sha256Digest
	size, there, err := t.fileSize(what, sha256Digest)
	if err != nil {
		return nil, 0, err
	}
	if !there {
		return nil, 0, fmt.Errorf("%s: %w", what, fs.ErrNotExist)
	}
	return &file{tx: t, parts: `SELECT data FROM file_parts WHERE sha256 = $1 AND part = $2`, key: sha256Digest, digest: sha256Digest, size: size, hash: sha256.New()}, size, nil
}

func (t *Tx) fileSize(what, digest string) (size int64, there bool, err error) {
	there, err = t.row(what, `SELECT size FROM files WHERE sha256 = $1`, []any{digest}, &size)
	return size, there, err
}

// DeleteFile removes a file; that there is none is fine. See EraseContent about its bytes.
func (t *Tx) DeleteFile(sha256 string) error {
	t.erased = true
	return t.exec("delete the file "+sha256, `DELETE FROM files WHERE sha256 = $1`, sha256)
}

// Files calls a function for every kept file, ordered by digest.
func (t *Tx) Files(fn func(sha256 string, size int64) error) error {
	type kept struct {
		digest string
		size   int64
	}
	return walk[kept]{
		what:  "list the files",
		query: `SELECT sha256, size FROM files WHERE sha256 > $1 ORDER BY sha256 LIMIT $2`,
		after: func(last *kept) []any {
			if last == nil {
				return []any{""}
			}
			return []any{last.digest}
		},
		scan: func(rows *sql.Rows, k *kept) (int, error) { return 0, rows.Scan(&k.digest, &k.size) },
		each: func(k kept) error { return fn(k.digest, k.size) },
	}.run(t)
}

func checkDigest(what, digest string) error {
	bytes, err := hex.DecodeString(digest)
	if err != nil || len(bytes) != sha256.Size || hex.EncodeToString(bytes) != digest {
		return fmt.Errorf("%s: this is not a SHA-256 in lower case hexadecimal", what)
	}
	return nil
}

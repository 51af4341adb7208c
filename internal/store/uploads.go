package store

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"
)

// What can be wrong with an upload.
var (
	// ErrOffset: a part does not begin where the last one ended. The Upload that comes with it says where.
	ErrOffset = errors.New("the part is not the next one")
	// ErrCrowded: so much is under way already that no more is taken.
	ErrCrowded = errors.New("too much is under way")
	// ErrIncomplete: parts of an upload are missing.
	ErrIncomplete = errors.New("the upload is not complete")
	// ErrDigest: what arrived is not what was announced.
	ErrDigest = errors.New("the upload is not what was announced")
)

// Upload is something that arrives in parts.
type Upload struct {
	ID, Person string
	// SHA256 and Size are those of the whole, as they were announced; Received is how many bytes are here.
	SHA256           string
	Size, Received   int64
	Created, Expires time.Time
}

// UploadLimits bound what is under way at once, by number and by announced bytes.
type UploadLimits struct {
	OfPerson, InAll           int
	BytesOfPerson, BytesInAll int64
}

const uploadColumns = `id, person, sha256, size, received, created, expires`

// BeginUpload makes room for something that arrives in parts. What is under way at its creation
// counts against the limits: ErrCrowded if there is too much.
func (t *Tx) BeginUpload(u Upload, most UploadLimits) error {
	const what = "begin an upload"
	if err := errors.Join(checkNames(what, u.ID, u.Person), checkDigest(what, u.SHA256)); err != nil {
		return err
	}
	if u.Size < 1 {
		return fmt.Errorf("%s: it has %d bytes: announce one at least", what, u.Size)
	}
	if err := t.writable(what); err != nil {
		return err
	}
	var all, own int
	var allBytes, ownBytes int64
	if _, err := t.row(what, `SELECT COUNT(*), CAST(COALESCE(SUM(size), 0) AS BIGINT), COUNT(CASE WHEN person = $1 THEN 1 END),
		CAST(COALESCE(SUM(CASE WHEN person = $1 THEN size END), 0) AS BIGINT) FROM uploads WHERE expires > $2`, []any{u.Person, micros(u.Created)}, &all, &allBytes, &own, &ownBytes); err != nil {
		return err
	}
	switch {
	case own >= most.OfPerson || u.Size > most.BytesOfPerson-ownBytes:
		return fmt.Errorf("%s: %w", what, explained(ErrCrowded, fmt.Sprintf("%d uploads of %s with %d bytes are under way: end or delete one", own, u.Person, ownBytes), nil))
	case all >= most.InAll || u.Size > most.BytesInAll-allBytes:
		return fmt.Errorf("%s: %w", what, explained(ErrCrowded, fmt.Sprintf("%d uploads with %d bytes are under way: try again later", all, allBytes), nil))
	}
	return t.exec(what, `INSERT INTO uploads (`+uploadColumns+`) VALUES ($1, $2, $3, $4, 0, $5, $6)`, u.ID, u.Person, u.SHA256, u.Size, micros(u.Created), micros(u.Expires))
}

// Upload gives an upload of a person that has not expired; nil if there is none.
func (t *Tx) Upload(id, person string, now time.Time) (found *Upload, err error) {
	const what = "find an upload"
	if err := checkNames(what, id, person); err != nil {
		return nil, err
	}
	err = t.rows(what, `SELECT `+uploadColumns+` FROM uploads WHERE id = $1 AND person = $2 AND expires > $3`, []any{id, person, micros(now)}, func(rows *sql.Rows) (bool, error) {
		u := &Upload{}
		var created, expires int64
		err := rows.Scan(&u.ID, &u.Person, &u.SHA256, &u.Size, &u.Received, &created, &expires)
		u.Created, u.Expires = moment(created), moment(expires)
		found = u
		return false, err
	})
	return found, err
}

// uploadOf is Upload, with fs.ErrNotExist wrapped if there is none.
func (t *Tx) uploadOf(what, id, person string, now time.Time) (*Upload, error) {
	u, err := t.Upload(id, person, now)
	if err == nil && u == nil {
		err = fmt.Errorf("%s: %w", what, fs.ErrNotExist)
	}
	return u, err
}

// AppendUpload adds a part that begins at an offset, and gives the upload as it then is. The same part
// again changes nothing. One that is not the next gives ErrOffset with the upload as it is.
func (t *Tx) AppendUpload(id, person string, offset int64, part []byte, now time.Time) (*Upload, error) {
	what := "take a part of the upload " + id
	if err := t.writable(what); err != nil {
		return nil, err
	}
	u, err := t.uploadOf(what, id, person, now)
	if err != nil {
		return nil, err
	}
	switch {
	case len(part) == 0:
		return u, fmt.Errorf("%s: it is empty", what)
	case offset != u.Received:
		return u, t.takenPart(what, u, offset, part)
	case int64(len(part)) > u.Size-u.Received:
		return u, fmt.Errorf("%s: %w: %d bytes are left to come, this part has %d", what, ErrDigest, u.Size-u.Received, len(part))
	}
	if err := t.exec(what, `INSERT INTO upload_parts (upload, start, data) VALUES ($1, $2, $3)`, id, offset, part); err != nil {
		return nil, err
	}
	u.Received += int64(len(part))
	return u, t.exec(what, `UPDATE uploads SET received = $2 WHERE id = $1`, id, u.Received)
}

// takenPart gives nil if the very part is here.
func (t *Tx) takenPart(what string, u *Upload, offset int64, part []byte) error {
	var data []byte
	here, err := t.row(what, `SELECT data FROM upload_parts WHERE upload = $1 AND start = $2`, []any{u.ID, offset}, &data)
	if err != nil || here && bytes.Equal(data, part) {
		return err
	}
	return fmt.Errorf("%s: %w: it begins at %d, go on at %d", what, ErrOffset, offset, u.Received)
}

// OpenUpload opens an upload that is complete, and gives it. It is read as a file is, see OpenFile; one
// that is not what was announced gives ErrDigest at its end. fs.ErrNotExist is wrapped if there is none.
func (t *Tx) OpenUpload(id, person string, now time.Time) (io.ReadCloser, *Upload, error) {
	what := "open the upload " + id
	u, err := t.uploadOf(what, id, person, now)
	if err != nil {
		return nil, nil, err
	}
	if u.Received != u.Size {
		return nil, u, fmt.Errorf("%s: %w: %d of %d bytes are here, go on at %d", what, ErrIncomplete, u.Received, u.Size, u.Received)
	}
	return &file{tx: t, parts: `SELECT data FROM upload_parts WHERE upload = $1 AND start = $2`, key: id, byOffset: true, digest: u.SHA256, size: u.Size, hash: sha256.New(),
		wrong: explained(ErrDigest, "the SHA-256 of what arrived is another: hand it in anew", nil)}, u, nil
}

// DeleteUpload removes an upload of a person; that there is none is fine.
func (t *Tx) DeleteUpload(id, person string) error {
	const what = "delete an upload"
	if err := checkNames(what, id, person); err != nil {
		return err
	}
	return t.exec(what, `DELETE FROM uploads WHERE id = $1 AND person = $2`, id, person)
}

// deleteUploads removes some that have expired: others wait while much is removed.
func (t *Tx) deleteUploads(now time.Time) error {
	return t.exec("delete expired uploads", `DELETE FROM uploads WHERE id IN (SELECT id FROM uploads WHERE expires <= $1 ORDER BY expires LIMIT 4)`, micros(now))
}

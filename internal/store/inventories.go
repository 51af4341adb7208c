package store

import (
	"crypto/sha256"
	"database/sql"
	"fmt"
	"io"
	"io/fs"
	"time"
)

// PutInventory keeps what a scan saw, as it was handed in. It reads to the end and refuses what has
// another digest or size; of a scan that has an inventory already nothing is read.
func (t *Tx) PutInventory(scan, sha256 string, size int64, r io.Reader) error {
	what := "keep the inventory of the scan " + scan
	if err := t.writable(what); err != nil {
		return err
	}
	if err := checkDigest(what, sha256); err != nil {
		return err
	}
	number, there, err := t.inventoryOf(what, scan, nil, nil)
	switch {
	case err != nil || there:
		return err
	case number == 0:
		return fmt.Errorf("%s: %w", what, fs.ErrNotExist)
	}
	if err := t.exec(what, `INSERT INTO inventories (scan, sha256, size) VALUES ($1, $2, $3)`, number, sha256, size); err != nil {
		return err
	}
	err = t.putParts(what, `INSERT INTO inventory_parts (scan, part, data) VALUES ($1, $2, $3)`, number, sha256, size, r)
	if err != nil && t.failed == nil {
		t.failed = err // a half of it must not stay
	}
	return err
}

// inventoryOf gives the number of a scan, 0 if there is none, and whether it has an inventory.
func (t *Tx) inventoryOf(what, scan string, digest *string, size *int64) (number int64, there bool, err error) {
	if err := checkNames(what, scan); err != nil {
		return 0, false, err
	}
	err = t.rows(what, `SELECT c.number, i.sha256, i.size FROM scans c LEFT JOIN inventories i ON i.scan = c.number WHERE c.id = $1`, []any{scan}, func(rows *sql.Rows) (bool, error) {
		var sum sql.NullString
		var length sql.NullInt64
		err := rows.Scan(&number, &sum, &length)
		there = sum.Valid
		if digest != nil {
			*digest, *size = sum.String, length.Int64
		}
		return false, err
	})
	return number, there, err
}

// OpenInventory opens what a scan saw and gives its size; fs.ErrNotExist is wrapped if there is no
// such scan, or nothing was kept of it. It is read as a file is: see OpenFile.
func (t *Tx) OpenInventory(scan string) (io.ReadCloser, int64, error) {
	what := "open the inventory of the scan " + scan
	var digest string
	var size int64
	number, there, err := t.inventoryOf(what, scan, &digest, &size)
	if err == nil && !there {
		err = fmt.Errorf("%s: %w", what, fs.ErrNotExist)
	}
	if err != nil {
		return nil, 0, err
	}
	return &file{tx: t, parts: `SELECT data FROM inventory_parts WHERE scan = $1 AND part = $2`, key: number, digest: digest, size: size, hash: sha256.New()}, size, nil
}

// DeleteInventoriesBefore removes what scans before a time saw, but for the newest inventory of each
// source; of at most a hundred scans, so that others need not wait: call it until it gives 0.
func (t *Tx) DeleteInventoriesBefore(at time.Time) (deleted int, err error) {
	const what = "delete old inventories"
	numbers, err := column1[int64](t, what, `SELECT i.scan FROM inventories i JOIN scans c ON c.number = i.scan WHERE c.made < $1
		AND EXISTS (SELECT 1 FROM inventories j JOIN scans d ON d.number = j.scan WHERE d.source = c.source AND (d.made, d.number) > (c.made, c.number)) LIMIT 100`, []any{micros(at)})
	if err != nil {
		return 0, err
	}
	for _, number := range numbers {
		if err := t.exec(what, `DELETE FROM inventories WHERE scan = $1`, number); err != nil {
			return 0, err
		}
	}
	return len(numbers), nil
}

package rpmdb

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// TestSQLite compares with what testdata/generate.py had the real SQLite write: long rows on
// overflow pages, trees of several storeys, freed pages, the smallest and the largest pages.
func TestSQLite(t *testing.T) {
	for _, test := range []struct {
		file          string
		rows, largest int
	}{
		{"page512.sqlite.gz", 400, 3000},
		{"page4096.sqlite.gz", 300, 9000},
		{"page65536.sqlite.gz", 20, 200000},
	} {
		t.Run(test.file, func(t *testing.T) {
			rows, faults := blobs(unpacked(t, test.file))
			if len(faults) > 0 {
				t.Fatal(faults)
			}
			for i := 1; i <= test.rows; i++ {
				if i%7 == 0 {
					continue
				}
				want := make([]byte, 1+i*i*37%test.largest)
				for j := range want {
					want[j] = byte((i + j) % 251)
				}
				if len(rows) == 0 || !bytes.Equal(rows[0], want) {
					t.Fatalf("row %d is not what was written", i)
				}
				rows = rows[1:]
			}
			if len(rows) > 0 {
				t.Errorf("%d rows too many", len(rows))
			}
		})
	}
}

// blobs gives the blobs of the table Packages.
func blobs(text []byte) (rows [][]byte, faults []error) {
	d := &database{at: bytes.NewReader(text), size: int64(len(text)), limits: DefaultLimits}
	s := &sqlite{database: d, pageSize: int(binary.BigEndian.Uint16(text[16:]))}
	if s.pageSize == 1 {
		s.pageSize = 1 << 16
	}
	s.usable = s.pageSize
	s.visited = marksFor(d.size/int64(s.pageSize) + 1)
	s.walk(s.findTable("Packages"), 0, func(payload []byte, _ uint32) bool {
		rows = append(rows, bytes.Clone(blobOf(payload)))
		return true
	})
	return rows, d.faults
}

// TestSQLiteDamaged turns bytes of the pages' headers and pointers round: there may be faults, but
// never a panic, and never more rows than the file has room for.
func TestSQLiteDamaged(t *testing.T) {
	text := unpacked(t, "page512.sqlite.gz")
	for at := 100; at < len(text); at += 509 {
		text[at] ^= 0xff
		if rows, _ := blobs(text); len(rows) > len(text) {
			t.Errorf("byte %d turned round: %d rows", at, len(rows))
		}
		text[at] ^= 0xff
	}
	for cut := 512; cut < len(text); cut += 20_000 {
		if _, faults := Read(bytes.NewReader(text[:cut]), int64(cut), DefaultLimits); len(faults) == 0 {
			t.Errorf("cut at %d: no fault", cut)
		}
	}
}

// TestSQLiteLoop leads pages to each other.
func TestSQLiteLoop(t *testing.T) {
	text := make([]byte, 3*512)
	copy(text, sqliteMagic)
	text[16], text[17] = 2, 0
	for page := range 3 {
		top := text[page*512:]
		if page == 0 {
			top = top[100:]
		}
		top[0] = pageInner
		binary.BigEndian.PutUint32(top[8:], uint32((page+1)%3+1))
	}
	_, faults := Read(bytes.NewReader(text), int64(len(text)), DefaultLimits)
	if len(faults) != 2 || faults[0].Error() != "page 1: it is used twice: what it leads to was not read" {
		t.Errorf("faults %v", faults)
	}
}

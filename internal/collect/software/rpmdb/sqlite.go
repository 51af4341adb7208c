package rpmdb

import (
	"encoding/binary"
	"fmt"
)

// sqliteMagic begins every SQLite database (https://www.sqlite.org/fileformat.html).
const sqliteMagic = "SQLite format 3\x00"

// sqlite is a SQLite database. Pages count from 1.
type sqlite struct {
	*database
	pageSize int
	usable   int // bytes of a page without what extensions reserve
	visited  marks
}

// readSQLite reads the table Packages: a number and a header in each row.
func (d *database) readSQLite() {
	var start [100]byte
	if err := d.read(start[:], 0); err != nil {
		d.fail("read: %w", err)
		return
	}
	s := &sqlite{database: d, pageSize: int(binary.BigEndian.Uint16(start[16:]))}
	if s.pageSize == 1 {
		s.pageSize = 1 << 16
	}
	s.usable = s.pageSize - int(start[20])
	if s.pageSize < 512 || s.pageSize&(s.pageSize-1) != 0 || s.usable < 480 {
		d.fail("its pages cannot have %d bytes, %d of them usable: the file is damaged", s.pageSize, s.usable)
		return
	}
	s.visited = marksFor(d.size/int64(s.pageSize) + 1)
	root := s.findTable("Packages")
	if root == 0 {
		d.fail("has no table Packages: it is no database of rpm, or it was never filled")
		return
	}
	s.walk(root, 0, func(payload []byte, page uint32) bool {
		header := blobOf(payload)
		if header == nil {
			d.fail("page %d: a row of the table Packages holds no header", page)
		} else {
			d.add(header, fmt.Sprintf("page %d", page))
		}
		return !d.stopped
	})
}

// findTable gives the page at which a table begins; 0 if there is none. The schema is a table
// itself, which begins at page 1: type, name, name of the table, page, text.
func (s *sqlite) findTable(name string) uint32 {
	var root uint32
	s.walk(1, 0, func(payload []byte, _ uint32) bool {
		row := columnsOf(payload, 4)
		if len(row) == 4 && string(row[0].bytes) == "table" && string(row[1].bytes) == name {
			root = uint32(row[3].number())
		}
		return root == 0
	})
	return root
}

// column is a value of a row: its serial type and its bytes.
type column struct {
	kind  uint64
	bytes []byte
}

// number is that of a column that holds an integer; else 0.
func (c column) number() int64 {
	if c.kind == 9 {
		return 1
	}
	if c.kind > 6 {
		return 0
	}
	var n int64
	for i, b := range c.bytes {
		if i == 0 {
			n = int64(int8(b))
		} else {
			n = n<<8 | int64(b)
		}
	}
	return n
}

func (c column) isBlob() bool { return c.kind >= 12 && c.kind%2 == 0 }

// sizeOf is how many bytes a value of a serial type has.
func sizeOf(kind uint64) uint64 {
	switch {
	case kind >= 12:
		return (kind - 12) / 2
	case kind >= 8:
		return 0
	}
	return [...]uint64{0, 1, 2, 3, 4, 6, 8, 8}[kind]
}

// columnsOf gives the first columns of a row, at most so many; fewer if the row breaks off.
func columnsOf(payload []byte, most int) []column {
	length, n := varint(payload)
	if n == 0 || length < uint64(n) || length > uint64(len(payload)) {
		return nil
	}
	kinds, values := payload[n:length], payload[length:]
	var row []column
	for len(kinds) > 0 && len(row) < most {
		kind, n := varint(kinds)
		size := sizeOf(kind)
		if n == 0 || size > uint64(len(values)) {
			return row
		}
		row = append(row, column{kind, values[:size]})
		kinds, values = kinds[n:], values[size:]
	}
	return row
}

// blobOf gives the first blob of a row; nil if it has none.
func blobOf(payload []byte) []byte {
	for _, c := range columnsOf(payload, 8) {
		if c.isBlob() {
			return c.bytes
		}
	}
	return nil
}

// varint reads SQLite's number of variable length, and how many bytes it took; 0 if it breaks off.
func varint(from []byte) (value uint64, n int) {
	for i, b := range from {
		if i == 8 {
			return value<<8 | uint64(b), 9
		}
		value = value<<7 | uint64(b&0x7f)
		if b < 0x80 {
			return value, i + 1
		}
	}
	return 0, 0
}

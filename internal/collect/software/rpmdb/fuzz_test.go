package rpmdb

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// header builds the header of a package from texts by tag.
func header(texts map[uint32]string) []byte {
	var index, data []byte
	for tag, text := range texts {
		for _, n := range []uint32{tag, typeString, uint32(len(data)), 1} {
			index = binary.BigEndian.AppendUint32(index, n)
		}
		data = append(append(data, text...), 0)
	}
	all := binary.BigEndian.AppendUint32(nil, uint32(len(texts)))
	all = binary.BigEndian.AppendUint32(all, uint32(len(data)))
	return append(append(all, index...), data...)
}

// ndb builds a database of one package in the form of ndb.
func ndb(header []byte) []byte {
	all := make([]byte, ndbPage)
	copy(all, ndbMagic)
	all[12] = 1
	for at := firstSlots; at < ndbPage; at += slotSize {
		copy(all[at:], slotMagic)
	}
	binary.LittleEndian.PutUint32(all[firstSlots+4:], 7)
	binary.LittleEndian.PutUint32(all[firstSlots+8:], ndbPage/ndbBlock)
	blob := append([]byte(blobMagic), 7, 0, 0, 0, 0, 0, 0, 0)
	blob = binary.LittleEndian.AppendUint32(blob, uint32(len(header)))
	return append(append(all, blob...), header...)
}

// hashed builds a hash of Berkeley DB whose one value lies on an overflow page.
func hashed(header []byte, set binary.ByteOrder) []byte {
	const size = 1024
	all := make([]byte, 3*size)
	set.PutUint32(all[12:], hashMagic)
	set.PutUint32(all[20:], size)
	set.PutUint32(all[32:], 2)
	page := all[size : 2*size]
	page[25] = pageHash
	set.PutUint16(page[20:], 2)
	set.PutUint16(page[26:], size-5)
	set.PutUint16(page[28:], size-5-12)
	item := page[size-17:]
	item[0] = itemOverflow
	set.PutUint32(item[4:], 2)
	set.PutUint32(item[8:], uint32(len(header)))
	long := all[2*size:]
	long[25] = pageOverflow
	set.PutUint16(long[22:], uint16(len(header)))
	copy(long[hashPageHeader:], header)
	return all
}

func TestBuilt(t *testing.T) {
	one := header(map[uint32]string{tagName: "a", tagVersion: "1", tagRelease: "2", tagArch: "s390x"})
	for name, text := range map[string][]byte{
		"ndb":        ndb(one),
		"hash":       hashed(one, binary.LittleEndian),
		"hash s390x": hashed(one, binary.BigEndian),
	} {
		packages, faults := Read(bytes.NewReader(text), int64(len(text)), DefaultLimits)
		if len(packages) != 1 || line(packages[0]) != "a||1|2|s390x||" || len(faults) > 0 {
			t.Errorf("%s: packages %v, faults %v", name, packages, faults)
		}
	}
}

// TestHashLoop leads an overflow page to itself.
func TestHashLoop(t *testing.T) {
	text := hashed(bytes.Repeat([]byte("x"), 900), binary.LittleEndian)
	binary.LittleEndian.PutUint32(text[2*1024+16:], 2)
	binary.LittleEndian.PutUint32(text[2*1024-9:], 2000) // the length of the item
	_, faults := Read(bytes.NewReader(text), int64(len(text)), DefaultLimits)
	if len(faults) != 1 || faults[0].Error() != "page 1, item 1: it goes on at page 2, which is not there or used twice: it was not read" {
		t.Errorf("faults %v", faults)
	}
}

func FuzzRead(f *testing.F) {
	one := header(map[uint32]string{tagName: "a", tagVersion: "1"})
	f.Add(ndb(one))
	f.Add(hashed(one, binary.LittleEndian))
	f.Add(unpacked(f, "page512.sqlite.gz")[:8192])
	limits := DefaultLimits
	limits.Header = 1 << 20
	f.Fuzz(func(t *testing.T, text []byte) {
		packages, _ := Read(bytes.NewReader(text), int64(len(text)), limits)
		for _, p := range packages {
			if p.Name == "" || p.Version == "" || len(p.Name) > longestValue {
				t.Errorf("bad package %+v", p)
			}
		}
	})
}

func FuzzHeader(f *testing.F) {
	f.Add(header(map[uint32]string{tagName: "a", tagVersion: "1", tagLicense: "MIT"}))
	f.Fuzz(func(t *testing.T, text []byte) {
		if _, err := parseHeader(text); err != nil && len(err.Error()) > 1000 {
			t.Error("long error")
		}
	})
}

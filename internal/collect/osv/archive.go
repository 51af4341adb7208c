package osv

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"time"
)

// archive is a zip file of which the directory is read entry by entry: archive/zip holds all of it,
// which for databases of several 100,000 entries is more than everything else needs.
// Layout: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, sections 4.3 and 4.4.
type archive struct {
	file      io.ReaderAt
	base      int64  // what stands before the archive in its file
	directory int64  // where the directory begins in the file
	length    int64  // of the directory
	count     uint64 // entries, as the end of the archive tells
}

// entry is one file of an archive; its sizes and place are what the directory claims.
type entry struct {
	name             string
	method, flags    uint16
	crc              uint32
	packed, unpacked uint64
	offset           int64 // of its header, from the beginning of the file
	written          time.Time
}

const (
	endSize, end64Size, locatorSize, headerSize, localSize = 22, 56, 20, 46, 30
)

var errNoArchive = errors.New("no zip archive, or one that ends early: download it again")

func openArchive(file io.ReaderAt, size int64) (*archive, error) {
	tail := make([]byte, min(size, endSize+math.MaxUint16))
	if n, err := file.ReadAt(tail, size-int64(len(tail))); n < len(tail) {
		return nil, fmt.Errorf("read the end of the archive: %w", err)
	}
	at := -1
	for end := len(tail); at < 0; {
		i := bytes.LastIndex(tail[:end], []byte("PK\x05\x06"))
		if i < 0 {
			return nil, errNoArchive
		}
		if i+endSize <= len(tail) && i+endSize+int(binary.LittleEndian.Uint16(tail[i+20:])) <= len(tail) {
			at = i
		}
		end = i
	}
	end := tail[at:]
	a := &archive{file: file, count: uint64(binary.LittleEndian.Uint16(end[10:]))}
	length, offset := uint64(binary.LittleEndian.Uint32(end[12:])), uint64(binary.LittleEndian.Uint32(end[16:]))
	ends := size - int64(len(tail)) + int64(at)
	if a.count == math.MaxUint16 || length == math.MaxUint32 || offset == math.MaxUint32 {
		ends = a.large(ends, &length, &offset)
	}
	if length > uint64(ends) || offset > uint64(ends)-length {
		return nil, errNoArchive
	}
	a.length, a.directory = int64(length), ends-int64(length)
	a.base = a.directory - int64(offset)
	return a, nil
}

// large reads the end of an archive with more than 65,535 entries or 4 GiB, if there is one, and
// gives the place where its directory ends.
func (a *archive) large(ends int64, length, offset *uint64) int64 {
	var locator [locatorSize]byte
	if ends < locatorSize || !a.readAt(locator[:], ends-locatorSize) || string(locator[:4]) != "PK\x06\x07" {
		return ends
	}
	at := binary.LittleEndian.Uint64(locator[8:])
	var end [end64Size]byte
	if at > uint64(ends) || !a.readAt(end[:], int64(at)) || string(end[:4]) != "PK\x06\x06" {
		return ends
	}
	a.count = binary.LittleEndian.Uint64(end[32:])
	*length, *offset = binary.LittleEndian.Uint64(end[40:]), binary.LittleEndian.Uint64(end[48:])
	return int64(at)
}

func (a *archive) readAt(p []byte, at int64) bool {
	n, _ := a.file.ReadAt(p, at)
	return n == len(p)
}

// each gives the entries in the order of the directory until visit says false.
func (a *archive) each(visit func(*entry) bool) error {
	r := bufio.NewReaderSize(io.NewSectionReader(a.file, a.directory, a.length), 128<<10)
	var header [headerSize]byte
	var rest []byte
	for number := uint64(0); number < a.count; number++ {
		if _, err := io.ReadFull(r, header[:]); err != nil || string(header[:4]) != "PK\x01\x02" {
			return fmt.Errorf("its directory is broken at entry %d of %d: what follows was not read: download it again", number+1, a.count)
		}
		name, extra, comment := binary.LittleEndian.Uint16(header[28:]), binary.LittleEndian.Uint16(header[30:]), binary.LittleEndian.Uint16(header[32:])
		if need := int(name) + int(extra); cap(rest) < need {
			rest = make([]byte, need)
		}
		rest = rest[:int(name)+int(extra)]
		if _, err := io.ReadFull(r, rest); err != nil {
			return errNoArchive
		}
		if _, err := r.Discard(int(comment)); err != nil {
			return errNoArchive
		}
		e := entryOf(header[:], rest[name:])
		e.name, e.offset = string(rest[:name]), e.offset+a.base
		if !visit(&e) {
			return nil
		}
	}
	return nil
}

func entryOf(header, extra []byte) entry {
	e := entry{
		flags: binary.LittleEndian.Uint16(header[8:]), method: binary.LittleEndian.Uint16(header[10:]),
		crc:    binary.LittleEndian.Uint32(header[16:]),
		packed: uint64(binary.LittleEndian.Uint32(header[20:])), unpacked: uint64(binary.LittleEndian.Uint32(header[24:])),
		offset:  int64(binary.LittleEndian.Uint32(header[42:])),
		written: dosTime(binary.LittleEndian.Uint16(header[14:]), binary.LittleEndian.Uint16(header[12:])),
	}
	for len(extra) >= 4 {
		kind, size := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
		if extra = extra[4:]; size > len(extra) {
			break
		}
		if kind == 1 {
			e.enlarge(extra[:size])
		}
		extra = extra[size:]
	}
	return e
}

// enlarge takes sizes and place from the field for large files, which holds those that did not fit.
func (e *entry) enlarge(field []byte) {
	next := func(value uint64) uint64 {
		if value == math.MaxUint32 && len(field) >= 8 {
			value, field = binary.LittleEndian.Uint64(field), field[8:]
		}
		return value
	}
	e.unpacked = next(e.unpacked)
	e.packed = next(e.packed)
	e.offset = int64(min(next(uint64(e.offset)), math.MaxInt64>>1))
}

// dosTime is the time of an entry; zips know no zone, so it is taken for UTC. Zero before 1981, which
// is what makers of reproducible archives write.
func dosTime(date, clock uint16) time.Time {
	if date>>9 == 0 {
		return time.Time{}
	}
	return time.Date(int(date>>9)+1980, time.Month(date>>5&15), int(date&31), int(clock>>11), int(clock>>5&63), int(clock&31)*2, 0, time.UTC)
}

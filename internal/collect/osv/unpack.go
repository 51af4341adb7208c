package osv

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
)

// The methods of packing that are read.
const stored, deflated = 0, 8

// keepBuffer is the largest buffer that is kept for the next advisory, in bytes.
const keepBuffer = 4 << 20

// unpacker reads entries of archives into buffers that it uses again.
type unpacker struct {
	packed, text []byte
	source       bytes.Reader
	inflater     io.ReadCloser
}

// load reads what the entries of a job span.
func (u *unpacker) load(j *job) (span []byte, from int64) {
	from = j.entries[0].offset
	size := min(j.to, j.archive.directory) - from
	u.packed = sized(u.packed, size)
	n, _ := j.archive.file.ReadAt(u.packed, from)
	return u.packed[:n], from
}

func sized(buffer []byte, size int64) []byte {
	if int64(cap(buffer)) < size || cap(buffer) > keepBuffer && size <= keepBuffer {
		return make([]byte, size, max(size, batchBytes))
	}
	return buffer[:size]
}

var errBroken = errors.New("broken in the archive: download it again")

// text unpacks one entry and checks it; the bytes hold until the next call.
func (u *unpacker) unpack(a *archive, e *entry, span []byte, from int64) ([]byte, error) {
	packed, err := locate(a, e, span, e.offset-from)
	if err != nil {
		return nil, err
	}
	if e.method == stored {
		if uint64(len(packed)) != e.unpacked || crc32.ChecksumIEEE(packed) != e.crc {
			return nil, errBroken
		}
		return packed, nil
	}
	u.source.Reset(packed)
	if u.inflater == nil {
		u.inflater = flate.NewReader(&u.source)
	} else if err := u.inflater.(flate.Resetter).Reset(&u.source, nil); err != nil {
		return nil, err
	}
	u.text = sized(u.text, int64(e.unpacked))
	if _, err := io.ReadFull(u.inflater, u.text); err != nil {
		return nil, errBroken
	}
	var more [1]byte
	if n, err := u.inflater.Read(more[:]); n > 0 || !errors.Is(err, io.EOF) || crc32.ChecksumIEEE(u.text) != e.crc {
		return nil, errBroken
	}
	return u.text, nil
}

// locate finds the packed bytes of an entry behind its own header, of which only the length is used:
// names and sizes are those of the directory.
func locate(a *archive, e *entry, span []byte, at int64) ([]byte, error) {
	if at < 0 || at+localSize > int64(len(span)) || string(span[at:at+4]) != "PK\x03\x04" {
		return nil, errBroken
	}
	begin := at + localSize + int64(binary.LittleEndian.Uint16(span[at+26:])) + int64(binary.LittleEndian.Uint16(span[at+28:]))
	if end := begin + int64(e.packed); end <= int64(len(span)) {
		return span[begin:end], nil
	}
	packed := make([]byte, e.packed)
	if !a.readAt(packed, e.offset-at+begin) {
		return nil, errBroken
	}
	return packed, nil
}

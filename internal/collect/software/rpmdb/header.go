package rpmdb

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
)

// The tags and types of a header that are read; rpm's rpmtag.h lists them.
const (
	tagName      = 1000
	tagVersion   = 1001
	tagRelease   = 1002
	tagEpoch     = 1003
	tagLicense   = 1014
	tagArch      = 1022
	tagSourceRPM = 1044

	typeInt32  = 4
	typeString = 6
	typeI18N   = 9 // translated strings, of which the first is the original
)

// entrySize is that of an entry in the index of a header: tag, type, offset and count, of 4 bytes each.
const entrySize = 16

// parseHeader reads the header of a package as databases keep it: the number of entries, the
// number of bytes of data, the entries, the data; all big endian.
func parseHeader(header []byte) (Package, error) {
	var p Package
	if len(header) < 8 {
		return p, errors.New("its header is shorter than 8 bytes")
	}
	entries, length := uint64(binary.BigEndian.Uint32(header)), uint64(binary.BigEndian.Uint32(header[4:]))
	if 8+entries*entrySize+length > uint64(len(header)) {
		return p, fmt.Errorf("its header should have %d entries and %d bytes of data, and has %d bytes in all", entries, length, len(header))
	}
	index, data := header[8:8+entries*entrySize], header[8+entries*entrySize:][:length]
	for ; len(index) > 0; index = index[entrySize:] {
		tag, kind := binary.BigEndian.Uint32(index), binary.BigEndian.Uint32(index[4:])
		to := p.field(tag)
		if to == nil {
			continue
		}
		offset := binary.BigEndian.Uint32(index[8:])
		if uint64(offset) >= length {
			return p, fmt.Errorf("the value of its tag %d lies outside of the header", tag)
		}
		value, err := parseValue(kind, data[offset:])
		if err != nil {
			return p, fmt.Errorf("its tag %d: %w", tag, err)
		}
		*to = value
	}
	return p, nil
}

// field is where the value of a tag goes; nil if it is not needed.
func (p *Package) field(tag uint32) *string {
	switch tag {
	case tagName:
		return &p.Name
	case tagVersion:
		return &p.Version
	case tagRelease:
		return &p.Release
	case tagEpoch:
		return &p.Epoch
	case tagLicense:
		return &p.License
	case tagArch:
		return &p.Arch
	case tagSourceRPM:
		return &p.SourceRPM
	}
	return nil
}

// longestValue in bytes bounds the fields that are kept; licences are the longest.
const longestValue = 4096

func parseValue(kind uint32, data []byte) (string, error) {
	switch kind {
	case typeString, typeI18N:
		end := bytes.IndexByte(data[:min(len(data), longestValue+1)], 0)
		if end < 0 {
			return "", fmt.Errorf("its text does not end within %d bytes", longestValue)
		}
		return string(data[:end]), nil
	case typeInt32:
		if len(data) < 4 {
			return "", errors.New("its number is cut off")
		}
		return strconv.FormatUint(uint64(binary.BigEndian.Uint32(data)), 10), nil
	}
	return "", fmt.Errorf("it has type %d where a text or a number is expected", kind)
}

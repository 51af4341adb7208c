package software

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"
)

// elfMark begins every ELF file.
const elfMark = 0x7f454c46

// span is a part of a file, from a byte to the one behind it.
type span struct{ from, to int64 }

// dataOf gives the parts of a program that hold data and no code, by the list of segments that
// stands in the first bytes of an ELF file: Go writes into data, and code is the larger part. Where
// there is no such list it is the whole file.
func dataOf(start []byte) []span {
	whole := []span{{0, math.MaxInt64}}
	if binary.BigEndian.Uint32(start) != elfMark || len(start) < 64 {
		return whole
	}
	var order binary.ByteOrder = binary.LittleEndian
	if start[5] == 2 {
		order = binary.BigEndian
	}
	var table, size, count int
	switch start[4] {
	case 1: // of 32 bits
		table, size, count = int(order.Uint32(start[28:])), int(order.Uint16(start[42:])), int(order.Uint16(start[44:]))
	case 2:
		table, size, count = int(min(order.Uint64(start[32:]), goPage)), int(order.Uint16(start[54:])), int(order.Uint16(start[56:]))
	default:
		return whole
	}
	if count == 0 || size < 32 || table+size*count > len(start) {
		return whole
	}
	var parts []span
	for entry := range slices.Chunk(start[table:table+size*count], size) {
		if part, ok := dataSegment(entry, order, start[4] == 2); ok {
			parts = append(parts, part)
		}
	}
	slices.SortFunc(parts, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	return parts
}

// dataSegment reads an entry of the list; ok is false if it is not loaded, or holds code.
func dataSegment(entry []byte, order binary.ByteOrder, wide bool) (part span, ok bool) {
	const load, executable = 1, 1
	if order.Uint32(entry) != load {
		return part, false
	}
	flags, from, length := uint32(0), uint64(0), uint64(0)
	if wide {
		if len(entry) < 56 {
			return part, false
		}
		flags, from, length = order.Uint32(entry[4:]), order.Uint64(entry[8:]), order.Uint64(entry[32:])
	} else {
		flags, from, length = order.Uint32(entry[24:]), uint64(order.Uint32(entry[4:])), uint64(order.Uint32(entry[16:]))
	}
	if flags&executable != 0 || from > math.MaxInt64/2 || length > math.MaxInt64/2 {
		return part, false
	}
	return span{int64(from), int64(from + length)}, true
}

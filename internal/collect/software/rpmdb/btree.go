package rpmdb

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// The pages of a table's tree, and how deep it may be: 20 steps lead to more pages than there are.
const (
	pageInner   = 5
	pageLeaf    = 13
	deepestTree = 20
)

// walk gives every row of a table to a function, in the order of their numbers, until that says
// false. What cannot be read is a fault; the other pages are read.
func (s *sqlite) walk(number uint32, depth int, row func(payload []byte, page uint32) bool) (further bool) {
	if s.stopped {
		return false
	}
	page, err := s.page(number)
	if err == nil && depth > deepestTree {
		err = errors.New("the tree is too deep")
	}
	if err != nil {
		s.fail("page %d: %w: what it leads to was not read", number, err)
		return true
	}
	top := page
	if number == 1 {
		top = page[100:] // behind the header of the database
	}
	cells := int(binary.BigEndian.Uint16(top[3:]))
	switch top[0] {
	case pageInner:
		return s.walkInner(page, top, number, cells, depth, row)
	case pageLeaf:
		return s.walkLeaf(page, top[8:], number, cells, row)
	}
	s.fail("page %d: is no page of a table (type %d): what it leads to was not read", number, top[0])
	return true
}

func (s *sqlite) walkInner(page, top []byte, number uint32, cells, depth int, row func([]byte, uint32) bool) bool {
	for i := range cells {
		cell, err := cellAt(page, top[12:], i)
		if err != nil || len(cell) < 4 {
			s.fail("page %d: it breaks off: what the rest of it leads to was not read", number)
			break
		}
		if !s.walk(binary.BigEndian.Uint32(cell), depth+1, row) {
			return false
		}
	}
	return s.walk(binary.BigEndian.Uint32(top[8:]), depth+1, row)
}

func (s *sqlite) walkLeaf(page, pointers []byte, number uint32, cells int, row func([]byte, uint32) bool) bool {
	for i := range cells {
		cell, err := cellAt(page, pointers, i)
		if err != nil {
			s.fail("page %d: %w: the rest of it was not read", number, err)
			return true
		}
		payload, err := s.payload(cell)
		if err != nil {
			s.fail("page %d: row %d: %w: it was not read", number, i+1, err)
			continue
		}
		if !row(payload, number) {
			return false
		}
	}
	return true
}

// page reads one page, if it was not read before.
func (s *sqlite) page(number uint32) ([]byte, error) {
	if number == 0 || !s.visited.visit(number) {
		if number == 1 { // the schema, which is read once more if Packages claims to begin there
			return nil, errors.New("it is used twice")
		}
		return nil, errors.New("it lies outside of the file, or is used twice")
	}
	page := make([]byte, s.pageSize)
	return page, s.read(page, int64(number-1)*int64(s.pageSize))
}

// cellAt gives a page from its i-th cell on.
func cellAt(page, pointers []byte, i int) ([]byte, error) {
	if len(pointers) < 2*i+2 {
		return nil, errors.New("its list of cells breaks off")
	}
	offset := int(binary.BigEndian.Uint16(pointers[2*i:]))
	if offset >= len(page) {
		return nil, errors.New("a cell lies outside of it")
	}
	return page[offset:], nil
}

// payload gives the row that a cell of a leaf holds: its length, its number, its bytes, and the
// page on which it goes on if it is too long for this one.
func (s *sqlite) payload(cell []byte) ([]byte, error) {
	length, n := varint(cell)
	_, m := varint(cell[n:])
	if n == 0 || m == 0 {
		return nil, errors.New("it breaks off")
	}
	if length > uint64(s.limits.Header) || length > uint64(s.size) {
		return nil, fmt.Errorf("it says that it has %d bytes, more than are read", length)
	}
	cell = cell[n+m:]
	here := s.here(int(length))
	if here == int(length) {
		if here > len(cell) {
			return nil, errors.New("it breaks off")
		}
		return cell[:here], nil
	}
	if here+4 > len(cell) {
		return nil, errors.New("it breaks off")
	}
	return s.overflow(cell[:here], int(length), binary.BigEndian.Uint32(cell[here:]))
}

// here is how many bytes of a row stand in the leaf itself: section 1.6 of the file format.
func (s *sqlite) here(length int) int {
	most, least := s.usable-35, (s.usable-12)*32/255-23
	if length <= most {
		return length
	}
	if n := least + (length-least)%(s.usable-4); n <= most {
		return n
	}
	return least
}

// overflow gathers a row from the pages on which it goes on, each with the number of the next in front.
func (s *sqlite) overflow(begin []byte, length int, next uint32) ([]byte, error) {
	all := append([]byte(nil), begin...)
	for len(all) < length {
		page, err := s.page(next)
		if err != nil {
			return nil, fmt.Errorf("page %d, on which it goes on: %w", next, err)
		}
		next = binary.BigEndian.Uint32(page)
		all = append(all, page[4:min(s.usable, 4+length-len(all))]...)
	}
	return all, nil
}

package rpmdb

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// hashMagic stands at byte 12 of a hash of Berkeley DB, in the byte order of the machine that wrote it.
// The forms are those of dbinc/db_page.h of Berkeley DB 5.3.
const (
	hashMagic      = 0x061561
	hashPageHeader = 26

	pageHashUnsorted = 2 // as releases before 4.6 wrote them
	pageOverflow     = 7
	pageHash         = 13

	itemHere     = 1 // an item whose bytes follow
	itemOverflow = 3 // an item of which the page and the length are told
)

// hash is a hash of Berkeley DB. Pages count from 0; the first describes the hash.
type hash struct {
	*database
	order    binary.ByteOrder
	pageSize int
	visited  marks // pages of long items
}

// readHash reads every page of the hash, in which keys and values take turns; the values are headers.
func (d *database) readHash(order binary.ByteOrder) {
	var start [72]byte
	if err := d.read(start[:], 0); err != nil {
		d.fail("read: %w", err)
		return
	}
	h := &hash{database: d, order: order, pageSize: int(order.Uint32(start[20:]))}
	if h.pageSize < 512 || h.pageSize > 1<<16 || h.pageSize&(h.pageSize-1) != 0 {
		d.fail("its pages cannot have %d bytes: the file is damaged", h.pageSize)
		return
	}
	if start[24] != 0 {
		d.fail("is encrypted")
		return
	}
	last := int64(order.Uint32(start[32:]))
	pages := d.size / int64(h.pageSize)
	if last >= pages {
		d.fail("should have %d pages and has %d: it breaks off", last+1, pages)
	}
	h.visited = marksFor(pages)
	page := make([]byte, h.pageSize)
	for number := int64(1); number <= min(last, pages-1) && !d.stopped; number++ {
		if err := d.read(page, number*int64(h.pageSize)); err != nil {
			d.fail("page %d: %w", number, err)
			return
		}
		if page[25] == pageHash || page[25] == pageHashUnsorted {
			h.readPage(page, number)
		}
	}
}

// readPage reads the values of a page. Offsets of the items stand in front, the items at the
// end, the first last.
func (h *hash) readPage(page []byte, number int64) {
	items := int(h.order.Uint16(page[20:]))
	if hashPageHeader+2*items > len(page) {
		h.fail("page %d: says that it has %d items, more than fit: it was not read", number, items)
		return
	}
	before := len(page)
	for i := range items {
		offset := int(h.order.Uint16(page[hashPageHeader+2*i:]))
		if offset >= before || offset < hashPageHeader+2*items {
			h.fail("page %d: item %d lies outside of it: the rest of it was not read", number, i)
			return
		}
		item := page[offset:before]
		before = offset
		if i%2 == 0 {
			continue
		}
		where := fmt.Sprintf("page %d, item %d", number, i)
		header, err := h.value(item)
		if err != nil {
			h.fail("%s: %w: it was not read", where, err)
		} else if header != nil {
			h.add(header, where)
		}
	}
}

// value gives the header that an item holds; nil for the counter of packages, which has 4 bytes.
func (h *hash) value(item []byte) ([]byte, error) {
	switch item[0] {
	case itemHere:
		if len(item) <= 5 {
			return nil, nil
		}
		return item[1:], nil
	case itemOverflow:
		if len(item) < 12 {
			return nil, errors.New("it breaks off")
		}
		return h.overflow(h.order.Uint32(item[4:]), h.order.Uint32(item[8:]))
	}
	return nil, fmt.Errorf("it is of an unknown kind (%d)", item[0])
}

// overflow gathers a long item from its pages.
func (h *hash) overflow(next, length uint32) ([]byte, error) {
	if int64(length) > h.limits.Header || int64(length) > h.size {
		return nil, fmt.Errorf("it says that it has %d bytes, more than are read", length)
	}
	all := make([]byte, 0, length)
	page := make([]byte, h.pageSize)
	for len(all) < int(length) {
		if next == 0 || !h.visited.visit(next) {
			return nil, fmt.Errorf("it goes on at page %d, which is not there or used twice", next)
		}
		if err := h.read(page, int64(next)*int64(h.pageSize)); err != nil {
			return nil, err
		}
		used := int(h.order.Uint16(page[22:]))
		if page[25] != pageOverflow || used > h.pageSize-hashPageHeader || used == 0 {
			return nil, fmt.Errorf("it goes on at page %d, which is of another kind", next)
		}
		next = h.order.Uint32(page[16:])
		all = append(all, page[hashPageHeader:hashPageHeader+min(used, int(length)-len(all))]...)
	}
	return all, nil
}

package rpmdb

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// ndbMagic begins rpm's own database; the forms are those of lib/backend/ndb/rpmpkg.c of rpm.
const (
	ndbMagic    = "RpmP"
	slotMagic   = "Slot"
	blobMagic   = "BlbS"
	ndbPage     = 4096
	ndbBlock    = 16
	slotSize    = 16
	firstSlots  = 32 // bytes that the header takes of the first page
	blobHeader  = 16
	mostSlotted = 1 << 16 // pages of slots: 16 million packages
)

// readNDB reads the slots, each of which names a package's number and where its blob lies.
func (d *database) readNDB() {
	var start [firstSlots]byte
	if err := d.read(start[:], 0); err != nil {
		d.fail("read: %w", err)
		return
	}
	if version := binary.LittleEndian.Uint32(start[4:]); version != 0 {
		d.fail("is of version %d, and only 0 is known", version)
		return
	}
	pages := int64(binary.LittleEndian.Uint32(start[12:]))
	if pages == 0 || pages > mostSlotted || pages*ndbPage > d.size {
		d.fail("should begin with %d pages of slots and is %d bytes long: it breaks off", pages, d.size)
		pages = min(max(pages, 1), mostSlotted, d.size/ndbPage)
	}
	left := d.size // bytes of blobs: if they do not overlap, they are fewer than those of the file
	slots := make([]byte, ndbPage)
	for page := int64(0); page < pages && !d.stopped; page++ {
		if err := d.read(slots, page*ndbPage); err != nil {
			d.fail("slots of page %d: %w", page, err)
			return
		}
		first := 0
		if page == 0 {
			first = firstSlots
		}
		for slot := range slices.Chunk(slots[first:], slotSize) {
			left -= d.readSlot(slot, left)
		}
	}
}

// readSlot reads the package of one slot, and gives how many bytes it took.
func (d *database) readSlot(slot []byte, left int64) int64 {
	number, block := binary.LittleEndian.Uint32(slot[4:]), binary.LittleEndian.Uint32(slot[8:])
	if d.stopped {
		return 0
	}
	if string(slot[:4]) != slotMagic {
		d.fail("a slot of packages is damaged: it was not read")
		return 0
	}
	if number == 0 || block == 0 {
		return 0 // free
	}
	where := fmt.Sprintf("package %d", number)
	var head [blobHeader]byte
	if err := d.read(head[:], int64(block)*ndbBlock); err != nil {
		d.fail("%s: %w", where, err)
		return 0
	}
	length := int64(binary.LittleEndian.Uint32(head[12:]))
	switch {
	case string(head[:4]) != blobMagic || binary.LittleEndian.Uint32(head[4:]) != number:
		d.fail("%s: its slot leads to no package of that number: it was not read", where)
		return 0
	case length > d.limits.Header || length > left:
		d.fail("%s: says that it has %d bytes, more than are read", where, length)
		return 0
	}
	header := make([]byte, length)
	if err := d.read(header, int64(block)*ndbBlock+blobHeader); err != nil {
		d.fail("%s: %w", where, err)
		return length
	}
	d.add(header, where)
	return length
}

// Package rpmdb reads the packages of an RPM database in any of the three forms in which
// distributions keep it: SQLite (rpmdb.sqlite: Fedora, RHEL 9 and later), ndb (Packages.db: SUSE) and the
// hash of Berkeley DB (Packages: RHEL 8 and earlier). It reads, never writes, needs no lock, and takes
// nothing that stands in the file for granted: every page and every byte is visited once at most.
// Begin with Read.
package rpmdb

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Package is one installed package.
type Package struct {
	Name, Version, Release, Arch string
	Epoch                        string // "" where there is none
	SourceRPM                    string // the file name of the source package
	License                      string
}

// Limits bound what a database may cost.
type Limits struct {
	Packages int   // that are kept
	Header   int64 // bytes of one package's header
	Faults   int   // after which reading ends
}

// DefaultLimits suit the largest distributions; a header of 32 MiB names about half a million files.
var DefaultLimits = Limits{Packages: 100_000, Header: 32 << 20, Faults: 20}

// Read gives the packages in the order of the database, and what of it could not be read; the
// rest was. The key of the distributor (gpg-pubkey) is no package and left out.
func Read(db io.ReaderAt, size int64, limits Limits) ([]Package, []error) {
	d := &database{at: db, size: size, limits: limits}
	var start [16]byte
	if err := d.read(start[:], 0); err != nil {
		d.fail("read: %w", err)
		return nil, d.faults
	}
	switch {
	case string(start[:]) == sqliteMagic:
		d.readSQLite()
	case string(start[:4]) == ndbMagic:
		d.readNDB()
	case binary.LittleEndian.Uint32(start[12:]) == hashMagic:
		d.readHash(binary.LittleEndian)
	case binary.BigEndian.Uint32(start[12:]) == hashMagic:
		d.readHash(binary.BigEndian)
	default:
		d.fail("is no database that rpm writes: neither SQLite nor ndb nor a hash of Berkeley DB")
	}
	return d.packages, d.faults
}

// database is one database while it is read.
type database struct {
	at       io.ReaderAt
	size     int64
	limits   Limits
	packages []Package
	faults   []error
	stopped  bool
}

// fail records a fault; too many stop the reading.
func (d *database) fail(format string, args ...any) {
	if d.stopped {
		return
	}
	d.faults = append(d.faults, fmt.Errorf(format, args...))
	if len(d.faults) >= d.limits.Faults {
		d.stopped = true
		d.faults = append(d.faults, errors.New("there are too many faults: the rest was not read"))
	}
}

// read fills a buffer from a place in the file.
func (d *database) read(into []byte, from int64) error {
	if from < 0 || from > d.size || int64(len(into)) > d.size-from {
		return fmt.Errorf("it ends before byte %d", from+int64(len(into)))
	}
	n, err := d.at.ReadAt(into, from)
	if n == len(into) {
		return nil
	}
	return err
}

// add keeps the package that a header describes.
func (d *database) add(header []byte, where string) {
	p, err := parseHeader(header)
	switch {
	case d.stopped:
	case err != nil:
		d.fail("%s: %w", where, err)
	case p.Name == "gpg-pubkey":
	case p.Name == "" || p.Version == "":
		d.fail("%s: the package has no name or no version", where)
	case len(d.packages) >= d.limits.Packages:
		d.fail("there are more than %d packages: the rest was not read", d.limits.Packages)
		d.stopped = true
	default:
		d.packages = append(d.packages, p)
	}
}

// marks remembers which pages were visited.
type marks []uint64

func marksFor(pages int64) marks { return make(marks, pages/64+1) }

// visit marks a page; false if it was visited before, or is not one of the file's.
func (m marks) visit(page uint32) bool {
	word, bit := int(page/64), uint64(1)<<(page%64)
	if word >= len(m) || m[word]&bit != 0 {
		return false
	}
	m[word] |= bit
	return true
}

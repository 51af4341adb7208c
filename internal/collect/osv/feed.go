package osv

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"
)

// reading is what the workers of one matching share.
type reading struct {
	ctx     context.Context
	limits  Limits
	wanted  *wanted
	faults  *faults
	jobs    chan job
	sources []string // files and folders that advisories came from, in the order of reading
}

// job is one advisory that stands alone, or some entries of an archive that lie side by side.
type job struct {
	source  int // index into sources
	path    string
	size    int64
	written time.Time // of the file

	archive *archive
	entries []entry
	to      int64 // the end of the last entry, as far as the directory tells
	done    *sync.WaitGroup
}

// At most so many bytes and entries are read together.
const (
	batchBytes   = 1 << 20
	batchEntries = 256
	// slack is what the header of an entry may hold beside its name, mostly a time stamp.
	slack = 64
)

func (r *reading) source(name string) int {
	r.sources = append(r.sources, name)
	return len(r.sources) - 1
}

// feedArchive hands out the entries of one archive and waits until they are read.
func (r *reading) feedArchive(name string, info fs.FileInfo) {
	file, err := os.Open(name)
	if err != nil {
		r.faults.add(name, "", "read advisories: "+err.Error())
		return
	}
	defer file.Close()
	a, err := openArchive(file, info.Size())
	if err != nil {
		r.faults.add(name, "", "read advisories: "+err.Error())
		return
	}
	var done sync.WaitGroup
	f := &feeder{reading: r, file: name, size: uint64(info.Size()), next: job{source: r.source(name), archive: a, done: &done, written: info.ModTime().UTC()}}
	if err := a.each(f.take); err != nil {
		r.faults.add(name, "", "read advisories: "+err.Error())
	}
	f.flush()
	if f.others > 0 {
		r.faults.add(name, "", fmt.Sprintf("%d entries are no .json files and were not read", f.others))
	}
	done.Wait()
}

// feeder makes jobs of entries that follow each other.
type feeder struct {
	*reading
	file             string
	size             uint64
	next             job
	packed, unpacked uint64 // so far
	others           int
}

// take adds an entry to the next job; false ends the reading.
func (f *feeder) take(e *entry) bool {
	if f.ctx.Err() != nil {
		return false
	}
	if !isAdvisory(e.name) {
		if e.name == "" || e.name[len(e.name)-1] != '/' {
			f.others++
		}
		return true
	}
	if problem := f.refuse(e); problem != "" {
		f.faults.add(f.file, e.name, problem)
		return true
	}
	// What is packed lies side by side, so it cannot be more than the file, and text does not shrink to a hundredth.
	f.packed, f.unpacked = f.packed+e.packed, f.unpacked+e.unpacked
	if f.packed > f.size || f.unpacked > uint64(f.limits.Unpacked)+100*f.size {
		f.faults.add(f.file, "", "entries of the archive overlap or unpack to far more than advisories do: from "+fmt.Sprintf("%.200q", e.name)+" on it was not read")
		return false
	}
	end := e.offset + localSize + int64(len(e.name)) + slack + int64(e.packed)
	if n := len(f.next.entries); n > 0 && (n >= batchEntries || e.offset < f.next.entries[n-1].offset || end-f.next.entries[0].offset > batchBytes) {
		f.flush()
	}
	if f.next.entries == nil {
		f.next.entries = make([]entry, 0, batchEntries)
	}
	f.next.entries, f.next.to = append(f.next.entries, *e), end
	return true
}

func (f *feeder) refuse(e *entry) string {
	switch {
	case e.unpacked > uint64(f.limits.Advisory) || e.packed > uint64(f.limits.Advisory)+1024:
		return fmt.Sprintf("larger than %d bytes: it was not read", f.limits.Advisory)
	case e.flags&1 != 0:
		return "encrypted: it was not read"
	case e.method != stored && e.method != deflated:
		return fmt.Sprintf("packed by method %d, not deflate: it was not read", e.method)
	case e.offset > f.next.archive.directory || int64(e.packed) > f.next.archive.directory-e.offset:
		return "it lies outside of the archive: it was not read"
	}
	return ""
}

func (f *feeder) flush() {
	if len(f.next.entries) > 0 {
		f.next.done.Add(1)
		f.jobs <- f.next
		f.next.entries = nil
	}
}

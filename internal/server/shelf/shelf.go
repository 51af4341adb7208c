// Package shelf keeps the inventories that scans handed in at hand for those who ask about a cluster:
// unpacked, indexed, and with what answers need worked out once. It holds a few, bounded by their
// bytes, and lets go of what nobody asks about. Begin with New and Shelf.Find.
package shelf

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"sync"
	"time"

	"github.com/kubeproof/kubeproof/internal/ask"
	"github.com/kubeproof/kubeproof/internal/store"
)

// Source is where scans and their inventories lie: a journal.Journal.
type Source interface {
	NewestScans(ctx context.Context) ([]store.ScanRow, error)
	Scan(ctx context.Context, id string) (*store.ScanRow, error)
	Scans(ctx context.Context, f store.ScanFilter) ([]store.ScanRow, error)
	OpenInventory(ctx context.Context, scan string, use func(io.Reader, int64) error) error
}

// Limits bound what a shelf holds and reads. Zero values are the defaults.
type Limits struct {
	// Kept is how many bytes of objects, unpacked, are kept at hand; the memory that they take is
	// about six times as much.
	Kept int64
	// Packed and Unpacked bound one inventory, in bytes.
	Packed, Unpacked int64
	// Reading is how long it may take to read one, Idle how long one stays that nobody asks about.
	Reading, Idle time.Duration
}

// The default limits.
var defaults = Limits{Kept: 96 << 20, Packed: 64 << 20, Unpacked: 192 << 20, Reading: 2 * time.Minute, Idle: 20 * time.Minute}

func (l Limits) orDefaults() Limits {
	for _, one := range []struct{ at, otherwise *int64 }{{&l.Kept, &defaults.Kept}, {&l.Packed, &defaults.Packed}, {&l.Unpacked, &defaults.Unpacked},
		{(*int64)(&l.Reading), (*int64)(&defaults.Reading)}, {(*int64)(&l.Idle), (*int64)(&defaults.Idle)}} {
		if *one.at == 0 {
			*one.at = *one.otherwise
		}
	}
	return l
}

// Shelf gives inventories. It is safe for concurrent use.
type Shelf struct {
	from   Source
	limits Limits
	// reading lets one inventory be read at a time: each takes memory beside what it leaves.
	reading chan struct{}

	mutex   sync.Mutex
	entries map[string]*entry // by scan
	uses    int64             // grows with each use
}

// entry is one inventory, or why there is none.
type entry struct {
	scan, source string
	newest       bool // it was the newest of its source when it was read
	ready        chan struct{}
	seen         *ask.Seen
	err          error
	bytes        int64
	used         int64
	forget       *time.Timer
}

// New makes an empty shelf.
func New(from Source, limits Limits) *Shelf {
	return &Shelf{from: from, limits: limits.orDefaults(), reading: make(chan struct{}, 1), entries: map[string]*entry{}}
}

// Cluster is a source of scans: what is asked about.
type Cluster struct {
	// Source names it: REVIEW/ENVIRONMENT/LABEL.
	Source string
	// Newest is its newest scan.
	Newest store.ScanRow
}

// Parts are the review, the environment and the label of a source.
func Parts(source string) (review, environment, label string) {
	review, rest, _ := strings.Cut(source, "/")
	environment, label, _ = strings.Cut(rest, "/")
	return review, environment, label
}

// Name is the label with the environment, as people read it.
func (c Cluster) Name() string {
	_, environment, label := Parts(c.Source)
	return label + " (" + environment + ")"
}

// Clusters lists the sources that were scanned, by name.
func (s *Shelf) Clusters(ctx context.Context) ([]Cluster, error) {
	scans, err := s.from.NewestScans(ctx)
	var all []Cluster
	for _, scan := range scans {
		all = append(all, Cluster{scan.Source, scan})
	}
	return all, err
}

// What keeps an answer from being given; both wrap fs.ErrNotExist.
var (
	// ErrUnknown: there is no such cluster, or it has no such scan.
	ErrUnknown = fmt.Errorf("no such cluster was scanned, or it has no such scan: %w", fs.ErrNotExist)
	// ErrNone: the scan was recorded without what it saw.
	ErrNone = fmt.Errorf("the scan was handed in without its inventory, or that was removed because of its age: %w", fs.ErrNotExist)
)

// BrokenError is what is wrong with an inventory that was handed in.
type BrokenError struct {
	Reason string
	// Large is true if it is only more than is read here.
	Large bool
}

// Error says what is wrong and what to do.
func (e *BrokenError) Error() string {
	if e.Large {
		return "read inventory: " + e.Reason + ": ask it with `kubeproof rbac` and `kubeproof network`, by --in inventory:FILE"
	}
	return "read inventory: " + e.Reason + ": hand the scan in again"
}

// Found is an inventory with the scan that it belongs to.
type Found struct {
	*ask.Seen
	Scan store.ScanRow
	// Newest is true if no later scan of the cluster was recorded.
	Newest bool
}

// Find gives what the newest scan of a cluster saw, or that of the scan with an id if it is not "". The
// error is ErrUnknown, ErrNone, a *BrokenError, or that of the store; with all but ErrUnknown the scan
// is given.
func (s *Shelf) Find(ctx context.Context, source, scan string) (Found, error) {
	row, newest, err := s.rowOf(ctx, source, scan)
	if err != nil {
		return Found{}, err
	}
	seen, err := s.open(ctx, row, newest)
	return Found{seen, row, newest}, err
}

// Ask is Find without what pages show beside: see api.Clusters.
func (s *Shelf) Ask(ctx context.Context, source, scan string) (*ask.Seen, store.ScanRow, error) {
	found, err := s.Find(ctx, source, scan)
	return found.Seen, found.Scan, err
}

func (s *Shelf) rowOf(ctx context.Context, source, scan string) (row store.ScanRow, newest bool, err error) {
	clusters, err := s.Clusters(ctx)
	if err != nil {
		return row, false, err
	}
	for _, one := range clusters {
		if one.Source != source {
			continue
		}
		if scan == "" || scan == one.Newest.ID {
			return one.Newest, true, nil
		}
		found, err := s.from.Scan(ctx, scan)
		if err == nil && (found == nil || found.Source != source) {
			err = ErrUnknown
		}
		if err != nil {
			return row, false, err
		}
		return *found, false, nil
	}
	return row, false, ErrUnknown
}

// Before gives the newest scans of the same cluster that were made before a scan, at most so many.
func (s *Shelf) Before(ctx context.Context, scan store.ScanRow, most int) ([]store.ScanRow, error) {
	return s.from.Scans(ctx, store.ScanFilter{Sources: []string{scan.Source}, Before: scan.Made, Limit: most})
}

// open gives an inventory: one reads it, and all who ask meanwhile wait for that.
func (s *Shelf) open(ctx context.Context, scan store.ScanRow, newest bool) (*ask.Seen, error) {
	one, first := s.entry(scan, newest)
	if first {
		go s.fill(context.WithoutCancel(ctx), one)
	}
	select {
	case <-one.ready:
		return one.seen, one.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// entry finds or makes the entry of a scan. With a newer scan of a source what was the newest goes.
func (s *Shelf) entry(scan store.ScanRow, newest bool) (one *entry, first bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.uses++
	if one = s.entries[scan.ID]; one != nil {
		one.used, one.newest = s.uses, newest
		one.forget.Reset(s.limits.Idle)
		return one, false
	}
	if newest {
		for _, other := range s.entries {
			if other.source == scan.Source && other.newest {
				s.drop(other)
			}
		}
	}
	one = &entry{scan: scan.ID, source: scan.Source, newest: newest, ready: make(chan struct{}), used: s.uses}
	one.forget = time.AfterFunc(s.limits.Idle, func() {
		s.mutex.Lock()
		defer s.mutex.Unlock()
		s.drop(one)
	})
	s.entries[scan.ID] = one
	return one, true
}

// drop lets go of an entry; who holds it keeps it. The mutex is held.
func (s *Shelf) drop(one *entry) {
	one.forget.Stop()
	if s.entries[one.scan] == one {
		delete(s.entries, one.scan)
	}
}

// fill reads the inventory of an entry, and makes room for it. What the store could not give is not
// kept: it may answer the next time.
func (s *Shelf) fill(ctx context.Context, one *entry) {
	s.reading <- struct{}{}
	defer func() { <-s.reading }()
	seen, bytes, err := s.read(ctx, one.scan)
	s.mutex.Lock()
	defer s.mutex.Unlock()
	one.seen, one.bytes, one.err = seen, bytes, err
	var broken *BrokenError
	if err != nil && !errors.Is(err, ErrNone) && !errors.As(err, &broken) {
		s.drop(one)
	}
	s.makeRoom(one)
	close(one.ready)
}

// makeRoom lets go of what was asked about longest ago until the rest fits; the newest stays.
func (s *Shelf) makeRoom(newest *entry) {
	for {
		total, oldest := int64(0), (*entry)(nil)
		for _, one := range s.entries {
			total += one.bytes
			if one != newest && one.bytes > 0 && (oldest == nil || one.used < oldest.used) {
				oldest = one
			}
		}
		if oldest == nil || total <= s.limits.Kept {
			return
		}
		s.drop(oldest)
	}
}

func (s *Shelf) read(ctx context.Context, scan string) (*ask.Seen, int64, error) {
	packed, err := s.packed(ctx, scan)
	if err != nil {
		return nil, 0, err
	}
	return unpack(packed, s.limits)
}

// packed takes the whole inventory from the store, so that the store does not wait until it is read.
func (s *Shelf) packed(ctx context.Context, scan string) (packed []byte, err error) {
	err = s.from.OpenInventory(ctx, scan, func(r io.Reader, size int64) error {
		if size > s.limits.Packed {
			return &BrokenError{fmt.Sprintf("it has %d MiB packed, and %d are the most that are read here", size>>20, s.limits.Packed>>20), true}
		}
		packed, err = io.ReadAll(io.LimitReader(r, s.limits.Packed))
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		err = ErrNone
	}
	return packed, err
}

package shelf

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kubeproof/kubeproof/internal/store"
)

// scans are kept inventories, by scan; they count how often each was opened.
type scans struct {
	mutex  sync.Mutex
	rows   []store.ScanRow // the newest of each source last
	packed map[string][]byte
	opened map[string]int
	wait   chan struct{}
	err    error
}

func (s *scans) NewestScans(context.Context) ([]store.ScanRow, error) {
	newest := map[string]store.ScanRow{}
	for _, row := range s.rows {
		newest[row.Source] = row
	}
	var all []store.ScanRow
	for _, row := range newest {
		all = append(all, row)
	}
	return all, s.err
}

func (s *scans) Scan(_ context.Context, id string) (*store.ScanRow, error) {
	for _, row := range s.rows {
		if row.ID == id {
			return &row, nil
		}
	}
	return nil, nil
}

func (s *scans) Scans(_ context.Context, f store.ScanFilter) (all []store.ScanRow, err error) {
	for i := len(s.rows) - 1; i >= 0 && len(all) < f.Limit; i-- {
		if row := s.rows[i]; row.Source == f.Sources[0] && row.Made.Before(f.Before) {
			all = append(all, row)
		}
	}
	return all, nil
}

func (s *scans) OpenInventory(_ context.Context, scan string, use func(io.Reader, int64) error) error {
	s.mutex.Lock()
	s.opened[scan]++
	s.mutex.Unlock()
	if s.wait != nil {
		<-s.wait
	}
	packed, known := s.packed[scan]
	if s.err != nil {
		return s.err
	}
	if !known {
		return fmt.Errorf("open: %w", fs.ErrNotExist)
	}
	return use(bytes.NewReader(packed), int64(len(packed)))
}

func (s *scans) add(source, id string, packed []byte) {
	s.rows = append(s.rows, store.ScanRow{ID: id, Source: source, Made: time.Date(2026, 6, 1, 12, len(s.rows), 0, 0, time.UTC)})
	if packed != nil {
		s.packed[id] = packed
	}
}

func newScans() *scans { return &scans{packed: map[string][]byte{}, opened: map[string]int{}} }

const prod = "main/production/prod"

func TestFind(t *testing.T) {
	from := newScans()
	from.add(prod, "one", madeInventory(t, 200))
	from.add("main/test/empty", "none", nil)
	s := New(from, Limits{})
	found, err := s.Find(t.Context(), prod, "")
	if err != nil || !found.Newest || len(found.Inventory.Subjects) != 200 || found.Scan.ID != "one" {
		t.Fatalf("found %d subjects of %s: %v", len(found.Inventory.Subjects), found.Scan.ID, err)
	}
	for _, pod := range found.Index.Kind("Pod") {
		if pod.Owner == nil || pod.Owner.Kind != "Deployment" {
			t.Fatalf("the owner of pod %s is %v, as if nothing had made it", pod.Name, pod.Owner)
		}
	}
	if _, err := s.Find(t.Context(), "main/production/other", ""); !errors.Is(err, ErrUnknown) {
		t.Errorf("an unknown cluster: %v", err)
	}
	if _, err := s.Find(t.Context(), prod, "none"); !errors.Is(err, ErrUnknown) {
		t.Errorf("a scan of another cluster: %v", err)
	}
	if found, err := s.Find(t.Context(), "main/test/empty", ""); !errors.Is(err, ErrNone) || found.Scan.ID != "none" {
		t.Errorf("no inventory: %v", err)
	}
}

func TestOneReadsForAll(t *testing.T) {
	from := newScans()
	from.wait = make(chan struct{})
	from.add(prod, "one", madeInventory(t, 200))
	s := New(from, Limits{})
	ctx, leave := context.WithCancel(t.Context())
	var group sync.WaitGroup
	group.Go(func() {
		if _, err := s.Find(ctx, prod, ""); !errors.Is(err, context.Canceled) {
			t.Errorf("who left was told %v", err)
		}
	})
	for range 20 {
		group.Go(func() {
			if found, err := s.Find(t.Context(), prod, ""); err != nil || found.Seen == nil {
				t.Errorf("who waited was told %v", err)
			}
		})
	}
	leave()
	close(from.wait)
	group.Wait()
	if from.opened["one"] != 1 {
		t.Errorf("it was read %d times", from.opened["one"])
	}
}

func TestNewerScanReplaces(t *testing.T) {
	from := newScans()
	from.add(prod, "one", madeInventory(t, 200))
	s := New(from, Limits{})
	for _, step := range []struct {
		add, ask string
		subjects int
		held     []string
	}{{"", "", 200, []string{"one"}}, {"two", "", 300, []string{"two"}}, {"", "one", 200, []string{"one", "two"}}, {"three", "", 300, []string{"one", "three"}}} {
		if step.add != "" {
			from.add(prod, step.add, madeInventory(t, 300))
		}
		found, err := s.Find(t.Context(), prod, step.ask)
		if err != nil || len(found.Inventory.Subjects) != step.subjects {
			t.Fatalf("%+v: %d subjects: %v", step, len(found.Inventory.Subjects), err)
		}
		for _, id := range step.held {
			if s.entries[id] == nil || len(s.entries) != len(step.held) {
				t.Errorf("after %+v there are %d", step, len(s.entries))
			}
		}
	}
	before, err := s.Before(t.Context(), from.rows[2], 5)
	if err != nil || len(before) != 2 || before[0].ID != "two" {
		t.Errorf("before the third: %v, %v", before, err)
	}
}

func TestRoomIsBounded(t *testing.T) {
	from := newScans()
	packed := madeInventory(t, 300)
	for i := range 5 {
		from.add(fmt.Sprintf("main/production/c%d", i), fmt.Sprint(i), packed)
	}
	_, size, err := unpack(packed, defaults)
	if err != nil {
		t.Fatal(err)
	}
	s := New(from, Limits{Kept: 2*size + 10})
	for _, i := range []int{0, 1, 0, 2, 0, 3} {
		if _, err := s.Find(t.Context(), fmt.Sprintf("main/production/c%d", i), ""); err != nil {
			t.Fatal(err)
		}
	}
	if len(s.entries) != 2 || s.entries["0"] == nil || s.entries["3"] == nil {
		t.Errorf("%d are held, and not the two that were asked about last", len(s.entries))
	}
	if from.opened["0"] != 1 {
		t.Errorf("what was asked about all the time was read %d times", from.opened["0"])
	}
	s = New(from, Limits{Idle: time.Millisecond})
	if _, err := s.Find(t.Context(), "main/production/c0", ""); err != nil {
		t.Fatal(err)
	}
	for range 100 {
		s.mutex.Lock()
		held := len(s.entries)
		s.mutex.Unlock()
		if held == 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("what nobody asks about stays")
}

func gzipped(text io.Reader) []byte {
	var out bytes.Buffer
	packed := gzip.NewWriter(&out)
	_, _ = io.Copy(packed, text)
	packed.Close()
	return out.Bytes()
}

const head = `{"schema":"kubeproof.dev/inventory/v1","targets":[],"subjects":%d}` + "\n"

// TestBroken hands in what is no inventory: each says what is wrong, and is read once.
func TestBroken(t *testing.T) {
	good := madeInventory(t, 200)
	limits := Limits{Packed: 1 << 20, Unpacked: 4 << 20}
	for name, one := range map[string]struct {
		packed []byte
		want   string
	}{
		"empty":        {[]byte{}, "it is not packed with gzip"},
		"plain":        {[]byte("{}"), "it is not packed with gzip"},
		"nothing in":   {gzipped(strings.NewReader("")), "it is empty"},
		"no inventory": {gzipped(strings.NewReader("{}\n")), "it is no saved inventory"},
		"other format": {gzipped(strings.NewReader(`{"schema":"kubeproof.dev/inventory/v9"}`)), `its format is "kubeproof.dev/inventory/v9"`},
		"cut header":   {good[:11], "read saved inventory"},
		"bomb":         {gzipped(io.MultiReader(strings.NewReader(fmt.Sprintf(head, 1)), io.LimitReader(zeros{}, 500<<20))), "it has more than 4 MiB unpacked"},
		"values":       {gzipped(strings.NewReader(fmt.Sprintf(head, 1) + `{"kind":"Pod","object":{"a":[` + strings.Repeat("1,", 1<<20) + "1]}}")), "it has more than 262144 values"},
		"lines":        {gzipped(strings.NewReader(fmt.Sprintf(head, 1) + strings.Repeat("{}\n", 1<<17))), "it has more than 262144 values"},
		"huge":         {bytes.Repeat([]byte{1}, 2<<20), "it has 2 MiB packed"},
	} {
		t.Run(name, func(t *testing.T) {
			from := newScans()
			from.add(prod, "one", one.packed)
			s := New(from, limits)
			for range 2 {
				_, err := s.Find(t.Context(), prod, "")
				var broken *BrokenError
				if !errors.As(err, &broken) || !strings.Contains(err.Error(), one.want) || strings.HasSuffix(err.Error(), "hand the scan in again") == broken.Large {
					t.Errorf("told %v, want %q", err, one.want)
				}
			}
			if from.opened["one"] != 1 {
				t.Errorf("read %d times", from.opened["one"])
			}
		})
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// TestCutOff: what could be read is given, and that the rest was lost is told.
func TestCutOff(t *testing.T) {
	good := madeInventory(t, 500)
	from := newScans()
	from.add(prod, "one", good[:len(good)/2])
	found, err := New(from, Limits{}).Find(t.Context(), prod, "")
	if err != nil || len(found.Inventory.Subjects) == 0 || len(found.Inventory.Subjects) == 500 || len(found.Errors) == 0 || !found.Errors[0].Lost {
		t.Errorf("%d subjects, %v, %v", len(found.Inventory.Subjects), found.Errors, err)
	}
}

// TestStoreAway: a fault of the store is not kept.
func TestStoreAway(t *testing.T) {
	from := newScans()
	from.add(prod, "one", madeInventory(t, 200))
	s := New(from, Limits{})
	row := from.rows[0]
	from.err = store.ErrBusy
	if _, err := s.open(t.Context(), row, true); !errors.Is(err, store.ErrBusy) {
		t.Errorf("told %v", err)
	}
	from.err = nil
	if _, err := s.Find(t.Context(), prod, ""); err != nil {
		t.Errorf("told %v once the store was back", err)
	}
}

// TestValuesAreBounded: the shortest values that the bounds let in take no more memory than they should.
func TestValuesAreBounded(t *testing.T) {
	limits := Limits{Unpacked: 20 << 20}.orDefaults()
	text := fmt.Sprintf(head, 4)
	for range 4 {
		text += `{"kind":"Pod","object":{"a":[` + strings.Repeat("1,", 1<<18-100) + "1]}}\n"
	}
	packed := gzipped(strings.NewReader(text))
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	seen, _, err := unpack(packed, limits)
	runtime.GC()
	runtime.ReadMemStats(&after)
	if err != nil || len(seen.Index.Kind("Pod")) != 4 {
		t.Fatal(err, seen)
	}
	if kept := int64(after.HeapAlloc) - int64(before.HeapAlloc); kept > 20*limits.Unpacked {
		t.Errorf("%d MiB are kept of %d MiB", kept>>20, limits.Unpacked>>20)
	} else {
		t.Logf("%d MiB are kept of %d values", kept>>20, 1<<20)
	}
	runtime.KeepAlive(seen)
}

package store

import (
	"bytes"
	"math/rand/v2"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kubeproof/kubeproof/test/postgres"
)

// endless is more entries than a child appends before it is killed.
const tooMany = "1000000"

// TestKilledWriter kills a process that writes, at any moment, again and again in one store: what it
// was told is kept must be there, and nothing of what it was not.
func TestKilledWriter(t *testing.T) {
	rounds := map[string]int{"sqlite": 20, "postgres": 8}
	forEachDatabase(t, func(t *testing.T, place string) {
		total := 0
		for range rounds[t.Name()[strings.LastIndex(t.Name(), "/")+1:]] {
			told := killWriter(t, place, func(kill func()) { kill() })
			s := mustOpen(t, place, Options{})
			expectTold(t, s, told)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			total += len(told)
		}
		t.Logf("%d entries acknowledged", total)
	})
}

// TestKilledServer kills PostgreSQL itself under a writer.
func TestKilledServer(t *testing.T) {
	server := postgres.Start(t)
	place := server.Database(t)
	for range 3 {
		told := killWriter(t, place, func(kill func()) {
			server.Kill()
			time.Sleep(50 * time.Millisecond) // the writer meets the failure
			kill()
		})
		if err := server.Restart(); err != nil {
			t.Fatal(err)
		}
		s := mustOpen(t, place, Options{})
		expectTold(t, s, told)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// killWriter lets a process write for a random while, has it killed and gives what it was told.
func killWriter(t *testing.T, place string, how func(kill func())) []int64 {
	t.Helper()
	return killChild(t, "append", place, int64(30+rand.N(400)), how)
}

// killChild does so with a process in a role, after about so many lines.
func killChild(t *testing.T, role, place string, enough int64, how func(kill func())) []int64 {
	t.Helper()
	command := child(t, role, place, tooMany)
	printed := &counted{}
	command.Stdout = printed
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(20 * time.Second); printed.lines.Load() < enough && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(rand.N(5 * time.Millisecond)) // any moment of a write
	how(func() { _ = command.Process.Signal(os.Kill) })
	_ = command.Wait()
	told := acknowledged(t, printed.text.Bytes())
	if len(told) == 0 {
		t.Fatalf("nothing was written: %s", command.Stderr)
	}
	return told
}

// TestKilledMerge kills a process that takes in scans: a scan that was acknowledged is there, and the
// findings are those of the newest scan, whole.
func TestKilledMerge(t *testing.T) {
	rounds := map[string]int{"sqlite": 12, "postgres": 6}
	forEachDatabase(t, func(t *testing.T, place string) {
		for range rounds[t.Name()[strings.LastIndex(t.Name(), "/")+1:]] {
			told := killChild(t, "merge", place, int64(1+rand.N(10)), func(kill func()) { time.Sleep(rand.N(20 * time.Millisecond)); kill() })
			s := mustOpen(t, place, Options{})
			newest := expectSliding(t, s)
			if last := told[len(told)-1]; newest < last || newest > last+1 {
				t.Errorf("scan %d was acknowledged, %d is the newest", last, newest)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func expectTold(t *testing.T, s *Store, told []int64) {
	t.Helper()
	size := expectWhole(t, s)
	// The entry that was being written may be there as well, though nobody was told.
	if last := told[len(told)-1]; size < last+1 || size > last+2 {
		t.Errorf("entry %d was acknowledged, %d are there", last, size)
	}
}

// counted keeps what a child prints and counts its lines.
type counted struct {
	text  bytes.Buffer
	lines atomic.Int64
}

func (c *counted) Write(p []byte) (int, error) {
	c.lines.Add(int64(bytes.Count(p, []byte("\n"))))
	return c.text.Write(p)
}

package report

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestProgress(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	var b bytes.Buffer
	p := NewProgress(&b, true, "judging", clock)
	p.Set(1, 1000)
	if b.Len() > 0 {
		t.Errorf("drew at once: %q", b.String())
	}
	for i := range 1000 { // one second
		now = now.Add(time.Millisecond)
		p.Set(i+1, 1000)
	}
	p.Clear()
	p.Set(1000, 1000)
	got := b.String()
	if n := strings.Count(got, "judging"); n != 8 {
		t.Errorf("drew %d times in a second, want 8: after 300 ms and then every 100 ms", n)
	}
	if want := "\r\x1b[Kjudging [############............] 500/1,000  50%"; !strings.Contains(got, want) {
		t.Errorf("%q is missing in %q", want, got)
	}
	if !strings.HasSuffix(got, "%\r\x1b[K") {
		t.Errorf("the line is not cleared: %q", got)
	}
}

func TestProgressSilent(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	clock := func() time.Time { now = now.Add(time.Second); return now }
	var b bytes.Buffer
	p := NewProgress(&b, false, "judging", clock)
	p.Set(1, 2)
	p.Clear()
	short := NewProgress(&b, true, "judging", func() time.Time { return now })
	short.Set(1, 2)
	short.Clear()
	var none *Progress
	none.Set(1, 2)
	none.Clear()
	if b.Len() > 0 {
		t.Errorf("drew %q", b.String())
	}
}

func TestProgressWithoutTotal(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	clock := func() time.Time { now = now.Add(time.Second); return now }
	var b bytes.Buffer
	NewProgress(&b, true, "reading\x1b[2J", clock).Set(1234, 0)
	if want := "\r\x1b[Kreading\\x1b[2J 1,234"; b.String() != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
}

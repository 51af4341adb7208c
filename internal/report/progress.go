package report

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// A bar is drawn at most every drawEvery, and not before drawAfter: short runs show none.
const (
	drawAfter = 300 * time.Millisecond
	drawEvery = 100 * time.Millisecond
	barWidth  = 24
)

// Progress draws a bar on one line of a terminal, never into a report: give it standard error.
// Several goroutines may use it at once.
type Progress struct {
	w     io.Writer
	label string
	now   func() time.Time

	mutex   sync.Mutex
	started time.Time
	drawn   time.Time // zero while nothing stands on the line
	cleared bool
}

// NewProgress makes a bar with a label such as "judging". It draws nothing unless terminal says
// that w is one. now is the clock; nil means time.Now.
func NewProgress(w io.Writer, terminal bool, label string, now func() time.Time) *Progress {
	if now == nil {
		now = time.Now
	}
	if !terminal {
		w = nil
	}
	return &Progress{w: w, label: safe(label), now: now, started: now()}
}

// Set shows how much is done. A total of 0 shows the number alone. After Clear it does nothing.
func (p *Progress) Set(done, total int) {
	if p == nil || p.w == nil {
		return
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	now := p.now()
	if p.cleared || now.Sub(p.started) < drawAfter || !p.drawn.IsZero() && now.Sub(p.drawn) < drawEvery {
		return
	}
	p.drawn = now
	// A terminal that cannot be written to is no reason to end a run.
	fmt.Fprintf(p.w, "\r\x1b[K%s", p.text(done, total))
}

func (p *Progress) text(done, total int) string {
	if total <= 0 {
		return fmt.Sprintf("%s %s", p.label, number(done))
	}
	done = min(max(done, 0), total)
	full := barWidth * done / total
	return fmt.Sprintf("%s [%s%s] %s/%s %3d%%", p.label, strings.Repeat("#", full), strings.Repeat(".", barWidth-full),
		number(done), number(total), 100*done/total)
}

// Clear removes the bar from the line and ends it.
func (p *Progress) Clear() {
	if p == nil || p.w == nil {
		return
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.cleared = true
	if !p.drawn.IsZero() {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.drawn = time.Time{}
	}
}

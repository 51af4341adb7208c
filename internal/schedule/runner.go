package schedule

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// Work is what a schedule needs of the rest of the program.
type Work interface {
	// Scan scans what the entry names and records it. The error says in words why it was not.
	Scan(ctx context.Context, e *Entry) error
	// Newest gives when the newest scan of each source was made.
	Newest(ctx context.Context) (map[string]time.Time, error)
	// Lead reports whether this server is the one that scans, now and for the next minutes: of several
	// servers on one store just one is.
	Lead(ctx context.Context) (bool, error)
}

// Runner scans by a schedule. It is safe for concurrent use.
type Runner struct {
	file *File
	work Work
	now  func() time.Time
	log  *slog.Logger
	wake chan struct{}

	mutex  sync.Mutex
	states []state
	leads  bool
}

// state is what is known of an entry.
type state struct {
	next, last time.Time // next is zero until it was found out
	asked      bool      // somebody wants it now
	running    bool
	failures   int // in a row
	wrong      string
}

// New makes a runner of a schedule that was read. Now is the clock; log takes a line for each scan.
func New(file *File, work Work, now func() time.Time, log *slog.Logger) *Runner {
	return &Runner{file: file, work: work, now: now, log: log, wake: make(chan struct{}, 1), states: make([]state, len(file.Clusters))}
}

// Bounds of waiting between two looks at what is due.
const (
	longestSleep = 30 * time.Second
	shortSleep   = time.Second
)

// Run scans what is due until the context ends; it comes back once the scan that runs then has stopped.
func (r *Runner) Run(ctx context.Context) {
	for ctx.Err() == nil {
		sleep := longestSleep
		if r.Step(ctx) {
			sleep = shortSleep // there may be more
		}
		timer := time.NewTimer(sleep)
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-r.wake:
		}
		timer.Stop()
	}
}

// Step makes the scan that is due for the longest time, if there is one, and reports whether it did.
func (r *Runner) Step(ctx context.Context) bool {
	leads, err := r.work.Lead(ctx)
	if err != nil {
		if ctx.Err() == nil {
			r.log.Warn("schedule waits for the store", "error", err)
		}
		return false
	}
	newest, err := r.work.Newest(ctx)
	if err != nil {
		if ctx.Err() == nil {
			r.log.Warn("schedule waits for the store", "error", err)
		}
		return false
	}
	at := r.choose(leads, newest)
	if at < 0 {
		return false
	}
	r.scan(ctx, at)
	return true
}

// choose brings up to date when entries are due, and takes the one that is due for the longest time;
// below 0 if none is. What somebody asked for comes first.
func (r *Runner) choose(leads bool, newest map[string]time.Time) int {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	now, chosen := r.now(), -1
	r.leads = leads
	for i := range r.states {
		one, entry := &r.states[i], &r.file.Clusters[i]
		made := newest[entry.Source()]
		if made.After(one.last) { // recorded by another server, or before this one began
			one.next, one.failures, one.wrong = entry.slotAfter(made), 0, ""
		}
		if one.next.IsZero() && made.IsZero() {
			one.next = now // it was never scanned
		}
		if !one.asked && one.next.After(now) {
			continue
		}
		if chosen < 0 || r.before(i, chosen) {
			chosen = i
		}
	}
	if !leads || chosen < 0 {
		return -1
	}
	r.states[chosen].running, r.states[chosen].asked = true, false
	return chosen
}

// before reports whether an entry's turn comes before another's.
func (r *Runner) before(a, b int) bool {
	if r.states[a].asked != r.states[b].asked {
		return r.states[a].asked
	}
	return r.states[a].next.Before(r.states[b].next)
}

// scan makes one scan within its time, and notes what came of it.
func (r *Runner) scan(ctx context.Context, at int) {
	entry := &r.file.Clusters[at]
	began := r.now()
	r.log.Info("scan begins", "name", entry.Name, "target", entry.TargetName())
	limited, cancel := context.WithTimeout(ctx, time.Duration(entry.Timeout))
	kept := r.keepLeading(limited)
	err := safely(func() error { return r.work.Scan(limited, entry) })
	if err != nil && ctx.Err() == nil && errors.Is(limited.Err(), context.DeadlineExceeded) {
		err = fmt.Errorf("it took longer than its timeout of %s, and was stopped", time.Duration(entry.Timeout))
	}
	cancel()
	<-kept
	r.mutex.Lock()
	defer r.mutex.Unlock()
	one := &r.states[at]
	one.running, one.last = false, r.now()
	if err != nil && ctx.Err() != nil { // the server stops: that is nobody's failure
		r.log.Info("scan stopped", "name", entry.Name)
		return
	}
	if err != nil {
		one.failures++
		one.wrong, one.next = err.Error(), entry.retryAfter(one.last, one.failures)
		r.log.Warn("scan failed", "name", entry.Name, "error", err, "again", one.next)
		return
	}
	one.failures, one.wrong, one.next = 0, "", entry.slotAfter(began)
	if !one.next.After(one.last) { // it took longer than its period: what was missed is not made up for
		one.next = entry.slotAfter(one.last)
	}
	r.log.Info("scan recorded", "name", entry.Name, "took", one.last.Sub(began), "next", one.next)
}

// keepLeading says again and again that this server scans, until the context ends; then it closes what it
// gave.
func (r *Runner) keepLeading(ctx context.Context) <-chan struct{} {
	done := make(chan struct{})
	go func() {
		defer close(done)
		every := time.NewTicker(sayAgain)
		defer every.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-every.C:
				if _, err := r.work.Lead(ctx); err != nil && ctx.Err() == nil {
					r.log.Warn("schedule cannot say that it scans", "error", err)
				}
			}
		}
	}()
	return done
}

// safely keeps one cluster that breaks the program from stopping the scans of all.
func safely(scan func() error) (err error) {
	defer func() {
		if wrong := recover(); wrong != nil {
			err = fmt.Errorf("scanning broke down: %v: please report this", wrong)
		}
	}()
	return scan()
}

// Status is how an entry stands.
type Status struct {
	*Entry
	// Next is when it is due; Last when this runner last ended it, zero if it never did.
	Next, Last time.Time
	Running    bool
	// Wrong says what was wrong the last time; "" if it was recorded.
	Wrong string
	// Elsewhere says that another server scans.
	Elsewhere bool
}

// Status tells how all entries stand, in the order of the file.
func (r *Runner) Status() []Status {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	all := make([]Status, len(r.states))
	for i, one := range r.states {
		next := one.next
		if one.asked {
			next = r.now()
		}
		all[i] = Status{Entry: &r.file.Clusters[i], Next: next, Last: one.last, Running: one.running, Wrong: one.wrong, Elsewhere: !r.leads && !one.running}
	}
	return all
}

// RunNow has an entry scanned as soon as the scan that runs has ended. The error says why it is not.
func (r *Runner) RunNow(name string) error {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	for i := range r.states {
		if r.file.Clusters[i].Name != name {
			continue
		}
		switch {
		case r.states[i].running:
			return fmt.Errorf("scan %s: it runs already: wait for what comes of it", name)
		case !r.leads:
			return fmt.Errorf("scan %s: another server on this store makes the scans: ask there", name)
		}
		r.states[i].asked = true
		select {
		case r.wake <- struct{}{}:
		default:
		}
		return nil
	}
	return fmt.Errorf("scan %s: no cluster of this name is in the schedule", name)
}

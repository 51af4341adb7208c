package collect

import "sync"

// tally counts what is done of all jobs. A job that finds out how much it has to do adds to it.
type tally struct {
	mutex       sync.Mutex
	done, total int
	tell        func(done, total int)
}

// add counts what was done and what came to be done.
func (t *tally) add(done, total int) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.done += done
	t.total += total
	if t.tell != nil {
		t.tell(t.done, t.total)
	}
}

// steps gives a function for a job that tells how many of how many steps it has done.
func (t *tally) steps() func(done, total int) {
	wasDone, wasTotal := 0, 0
	return func(done, total int) {
		t.add(done-wasDone, total-wasTotal)
		wasDone, wasTotal = done, total
	}
}

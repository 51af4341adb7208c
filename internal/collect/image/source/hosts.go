package source

import (
	"errors"
	"sync"
)

// Hosts remembers the registries that did not answer, so that the many images of one are not waited for
// each. The zero value knows none; it is for several goroutines at once.
type Hosts struct {
	mu     sync.Mutex
	silent map[string]bool
}

// ask gives the error of a host that was silent before.
func (h *Hosts) ask(host string) error {
	if h == nil {
		return nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.silent[host] {
		return errSilent
	}
	return nil
}

// heard remembers what became of asking a host.
func (h *Hosts) heard(host string, err error) {
	if h == nil || !errors.Is(err, errSilent) {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.silent == nil {
		h.silent = map[string]bool{}
	}
	h.silent[host] = true
}

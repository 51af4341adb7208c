package server

import (
	"fmt"
	"sync"
	"testing"
)

// TestTogether has people read and write at the same time: nothing breaks, and nothing is lost.
func TestTogether(t *testing.T) {
	h := newHouse(t)
	var wait sync.WaitGroup
	const words = 8
	for i, who := range []string{"carl", "rob", "dana"} {
		b := h.as(who)
		wait.Go(func() {
			for n := range words {
				if got := b.post("/items/S4.039/comment", "key", "backups", "text", fmt.Sprintf("word %d of %d", n, i)); got.status != 303 {
					t.Errorf("comment: %d %s", got.status, told(got.text))
				}
			}
		})
	}
	for _, path := range []string{"/", "/items/S4.039", "/ledger", "/frameworks/iso-27001", "/exports/json"} {
		b := h.as("vera")
		wait.Go(func() {
			for range words {
				if got := b.get(path); got.status != 200 {
					t.Errorf("%s: %d %s", path, got.status, told(got.text))
				}
			}
		})
	}
	wait.Wait()
	if n := len(h.state().Comments["main/backups"]); n != 3*words {
		t.Errorf("%d comments of %d", n, 3*words)
	}
}

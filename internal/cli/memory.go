package cli

import (
	"math"
	"runtime/debug"
	"runtime/metrics"
	"slices"
	"strings"

	"github.com/kubeproof/kubeproof/internal/inventory"
)

// A scan allocates much and keeps most of it to its end, so collecting garbage rarely costs
// little memory and saves a fifth of the processor time. From largeText bytes of input on memory
// is dearer than time. Near softLimit bytes garbage is collected more often, so that a live
// cluster of ten thousand pods stays below 600 MiB; what itself takes most of that is not held to
// it, or collecting would never end. GOGC and GOMEMLIMIT in the environment decide otherwise.
const (
	relaxedCollection = 400
	usualCollection   = 100
	largeText         = 64 << 20
	softLimit         = 544 << 20
	largeInventory    = softLimit * 3 / 4
)

func (s *Streams) relaxCollection() {
	if s.Getenv("GOGC") != "" {
		return
	}
	debug.SetGCPercent(relaxedCollection)
	if s.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(softLimit)
	}
}

// streamCollection goes back to the usual pace if nothing but images is read: of them hardly anything
// is kept, and the garbage of gigabytes costs more memory than the time is worth.
func (s *Streams) streamCollection(targets []string) {
	isOther := func(target string) bool { return !strings.HasPrefix(target, "image:") }
	if s.Getenv("GOGC") == "" && len(targets) > 0 && !slices.ContainsFunc(targets, isOther) {
		debug.SetGCPercent(usualCollection)
	}
}

// settleCollection goes back to the usual pace if the inventory is large.
func (s *Streams) settleCollection(inv *inventory.Inventory) {
	if s.Getenv("GOGC") != "" {
		return
	}
	total, seen := 0, map[*inventory.Source]bool{}
	for _, subject := range inv.Subjects {
		if !seen[subject.Source] {
			seen[subject.Source] = true
			total += len(subject.Source.Text)
		}
	}
	if total > largeText {
		debug.SetGCPercent(usualCollection)
	}
	if len(inv.Subjects) > largeCount && s.Getenv("GOMEMLIMIT") == "" && liveHeap() > largeInventory {
		debug.SetGCPercent(usualCollection)
		debug.SetMemoryLimit(math.MaxInt64)
	}
}

// largeCount is how many subjects an inventory has for which it is worth to look at the heap.
const largeCount = 10_000

// liveHeap is how many bytes the last collection found in use.
func liveHeap() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	if sample[0].Value.Kind() != metrics.KindUint64 {
		return 0
	}
	return sample[0].Value.Uint64()
}

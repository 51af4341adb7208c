package cli

import (
	"runtime/debug"

	"github.com/kubeproof/kubeproof/internal/inventory"
)

// A scan allocates much and keeps most of it to its end, so collecting garbage rarely costs
// little memory and saves a fifth of the processor time. From largeText bytes of input on memory
// is dearer than time. GOGC in the environment decides otherwise.
const (
	relaxedCollection = 400
	usualCollection   = 100
	largeText         = 64 << 20
)

func (s *Streams) relaxCollection() {
	if s.Getenv("GOGC") == "" {
		debug.SetGCPercent(relaxedCollection)
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
}

package osv

import (
	"cmp"
	"fmt"
	"slices"
	"sync"

	"github.com/kubeproof/kubeproof/internal/inventory"
)

// faults keeps the first errors by file, entry and message, whichever worker met them first, so that
// the same are told each time.
type faults struct {
	mutex sync.Mutex
	most  int
	first []fault
	count int
}

type fault struct{ file, entry, message string }

func newFaults(most int) *faults { return &faults{most: most} }

func (f *faults) add(file, entry, message string) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.count++
	one := fault{file, entry, message}
	at, _ := slices.BinarySearchFunc(f.first, one, func(a, b fault) int {
		return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.entry, b.entry), cmp.Compare(a.message, b.message))
	})
	if at < f.most {
		f.first = slices.Insert(f.first, at, one)
		f.first = f.first[:min(len(f.first), f.most)]
	}
}

func (f *faults) list() []inventory.Error {
	var all []inventory.Error
	for _, one := range f.first {
		message := one.message
		if one.entry != "" {
			message = fmt.Sprintf("%.200q: %s", one.entry, message)
		}
		all = append(all, inventory.Error{File: one.file, Message: message, Lost: true})
	}
	if more := f.count - len(f.first); more > 0 {
		all = append(all, inventory.Error{File: all[0].File, Message: fmt.Sprintf("%d more advisories could not be read or judged", more), Lost: true})
	}
	return all
}

package collect

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/kubeproof/kubeproof/internal/collect/saved"
	"github.com/kubeproof/kubeproof/internal/collect/walk"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// planSaved reads a saved inventory.
func (r *run) planSaved(target int, name, place string) {
	show := filepath.ToSlash(place)
	r.add(target, name, show, func() []part {
		text, closed, err := openPacked(place)
		if err != nil {
			return failed(show, err.Error())
		}
		defer closed()
		inv, err := saved.Read(text, r.options.Limits)
		if err != nil {
			return failed(show, err.Error())
		}
		for i := range inv.Errors {
			if inv.Errors[i].Target == "" {
				inv.Errors[i].File = show
			}
		}
		return []part{{show: show, subjects: inv.Subjects, errors: inv.Errors, gaps: inv.Gaps, saved: inv.Targets}}
	})
}

// openPacked opens a file that may be packed by gzip.
func openPacked(place string) (text io.Reader, closed func(), err error) {
	info, err := os.Stat(place)
	if err != nil {
		return nil, nil, fmt.Errorf("open: %s", walk.Reason(err))
	}
	if !info.Mode().IsRegular() {
		return nil, nil, errors.New("it is no file: name one")
	}
	file, err := os.Open(place)
	if err != nil {
		return nil, nil, fmt.Errorf("open: %s", walk.Reason(err))
	}
	closed = func() { _ = file.Close() }
	buffered := bufio.NewReaderSize(file, 64<<10)
	if magic, err := buffered.Peek(2); err != nil || magic[0] != 0x1f || magic[1] != 0x8b {
		return buffered, closed, nil // an empty file is told by who reads it
	}
	unzipped, err := gzip.NewReader(buffered)
	if err != nil {
		closed()
		return nil, nil, fmt.Errorf("read: %w", err)
	}
	return unzipped, closed, nil
}

// unpacked puts the targets that saved inventories came from in the place of their files.
func (r *run) unpacked(targets []inventory.Target) []inventory.Target {
	instead := map[int][]inventory.Target{}
	for _, j := range r.jobs {
		for _, p := range j.parts {
			if p.saved != nil {
				instead[j.target] = p.saved
			}
		}
	}
	var all []inventory.Target
	for i, target := range targets {
		if from, ok := instead[i]; ok {
			all = append(all, from...)
		} else {
			all = append(all, target)
		}
	}
	return all
}

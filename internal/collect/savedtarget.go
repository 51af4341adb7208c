package collect

import (
	"bufio"
	"compress/gzip"
	"context"
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
	r.addPacked(target, name, place, func(show string, text io.Reader) []part {
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

// addPacked lets a job read a file that may be packed by gzip, until the run is stopped.
func (r *run) addPacked(target int, name, place string, read func(show string, text io.Reader) []part) {
	show := filepath.ToSlash(place)
	r.add(target, name, show, func() []part {
		text, closed, err := openPacked(place)
		if err != nil {
			return failed(show, err.Error())
		}
		defer closed()
		return read(show, stoppable{r.ctx, text})
	})
}

// stoppable reads until its context is done.
type stoppable struct {
	ctx  context.Context
	from io.Reader
}

func (s stoppable) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.from.Read(p)
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

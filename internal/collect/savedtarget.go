package collect

import (
	"bufio"
	"compress/gzip"
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
		file, err := os.Open(place)
		if err != nil {
			return failed(show, "open: "+walk.Reason(err))
		}
		defer file.Close()
		text, err := unzipped(file)
		if err != nil {
			return failed(show, "read: "+err.Error())
		}
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

// unzipped reads a file that may be packed by gzip.
func unzipped(file io.Reader) (io.Reader, error) {
	buffered := bufio.NewReaderSize(file, 64<<10)
	if magic, err := buffered.Peek(2); err != nil || magic[0] != 0x1f || magic[1] != 0x8b {
		return buffered, nil // an empty file is told by who reads it
	}
	return gzip.NewReader(buffered)
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

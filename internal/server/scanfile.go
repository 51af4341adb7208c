package server

import (
	"errors"
	"io"
	"io/fs"
	"net/http"

	"github.com/kubeproof/kubeproof/internal/store"
)

// errLooked ends the reading of something of which only was asked whether it is there.
var errLooked = errors.New("it is there")

// there reports whether something can be opened.
func there(err error) (bool, error) {
	switch {
	case err == nil, errors.Is(err, errLooked):
		return true, nil
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	}
	return false, err
}

// keeps reports whether the report of a scan can be had: it may have been erased.
func (v *visit) keeps(scan *store.ScanRow) (bool, error) {
	if scan.SHA256 == "" {
		return false, nil
	}
	return there(v.s.Journal.OpenFile(v.Context(), scan.SHA256, func(io.Reader, int64) error { return errLooked }))
}

func (v *visit) keepsInventory(id string) (bool, error) {
	return there(v.s.Journal.OpenInventory(v.Context(), id, func(io.Reader, int64) error { return errLooked }))
}

// copyTo lets what is kept be downloaded.
func copyTo(out io.Writer) func(io.Reader, int64) error {
	return func(in io.Reader, _ int64) error {
		_, err := io.Copy(out, in)
		return err
	}
}

// gone tells that something is not kept any more.
func gone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return problem(http.StatusNotFound, "It is not kept any more", "The scan is known, but this was never handed in with it, or was taken away since. What was found stands among the findings.")
	}
	return err
}

// scanReport gives the report of a scan as it was handed in.
func (v *visit) scanReport() error {
	scan, err := v.findScan()
	if err != nil {
		return err
	}
	if scan.SHA256 == "" {
		return gone(fs.ErrNotExist)
	}
	label, _ := placeOfScan(scan.Source)
	return gone(v.download("scan-"+label+"-"+scan.Made.UTC().Format("20060102-1504")+".json", "application/json", func(out io.Writer) error {
		return v.s.Journal.OpenFile(v.Context(), scan.SHA256, copyTo(out))
	}))
}

// scanInventory gives what a scan saw, packed.
func (v *visit) scanInventory() error {
	scan, err := v.findScan()
	if err != nil {
		return err
	}
	label, _ := placeOfScan(scan.Source)
	return gone(v.download("inventory-"+label+"-"+scan.Made.UTC().Format("20060102-1504")+".json.gz", "application/gzip", func(out io.Writer) error {
		return v.s.Journal.OpenInventory(v.Context(), scan.ID, copyTo(out))
	}))
}

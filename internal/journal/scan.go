package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"time"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/store"
)

// ScanReport is a scan as it is handed in: what it saw, and the JSON report that is kept.
type ScanReport struct {
	Plan, Environment, Label string
	Made                     time.Time
	// Assessment is the report; its findings are not looked at where ReportFrom gives them.
	Assessment *assessment.Assessment
	// JSON is the report as it is kept; ReportFrom is from where it is read if it is too large for memory.
	JSON       []byte
	ReportFrom *Handed
	Names      []string // what was scanned, in words; the first stands for all
	Version    string   // of the program that scanned; "" if it is not known
	// Inventory is what was seen, as package collect/saved writes it, packed with gzip; InventoryFrom is
	// from where it is read if it is too large for memory. Neither is there if it was not handed in.
	Inventory     []byte
	InventoryFrom *Handed
}

// Handed is something large that was handed in. It is read as often as it is needed, in the
// transaction that keeps it.
type Handed struct {
	// SHA256 and Size are those of what Open gives.
	SHA256 string
	Size   int64
	Open   func(*store.Tx) (io.ReadCloser, error)
}

// handed is what lies in memory.
func handed(data []byte) *Handed {
	sum := sha256.Sum256(data)
	return &Handed{hex.EncodeToString(sum[:]), int64(len(data)), func(*store.Tx) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }}
}

// read lets a function read it in a transaction.
func (h *Handed) read(tx *store.Tx, fn func(io.Reader) error) error {
	r, err := h.Open(tx)
	if err != nil {
		return err
	}
	return errors.Join(fn(r), r.Close())
}

// errNothingSeen is a scan that proves nothing.
var errNothingSeen = errors.New("record scan: nothing was seen, so nothing can be recorded: scan something that holds objects")

// RecordScan lets a scan count in a review and keeps its report. It gives the report's SHA-256, and
// whether the same report of the same time is the newest of its label already: then nothing is changed.
// An equal report of a later time counts anew, since it shows that all is as it was.
func (w *Work) RecordScan(r ScanReport) (digest string, known bool, err error) {
	report := r.ReportFrom
	if report == nil {
		report = handed(r.JSON)
	}
	r.Made = r.Made.UTC().Truncate(time.Microsecond)
	last := w.State.Scans[r.Plan+"/"+r.Environment+"/"+r.Label]
	if last != nil && last.Made.Equal(r.Made) && w.State.ScannedOf(last).SHA256 == report.SHA256 {
		return report.SHA256, true, nil
	}
	if r.Assessment.Summary.Subjects == 0 {
		return report.SHA256, false, errNothingSeen
	}
	if err := report.read(w.tx, func(text io.Reader) error { return w.Keep(report.SHA256, report.Size, text) }); err != nil {
		return report.SHA256, false, err
	}
	if err := w.Do(&review.RecordScan{Plan: r.Plan, Environment: r.Environment, Label: r.Label, Made: r.Made,
		Seen: review.SeenOf(r.Assessment), ScanText: review.ScanText{Name: r.Names[0], Targets: r.Names, SHA256: report.SHA256, Version: r.Version}}); err != nil {
		return report.SHA256, false, err
	}
	return report.SHA256, false, w.mergeFindings(r, report.SHA256)
}

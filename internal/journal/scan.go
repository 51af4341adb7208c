package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/review"
)

// ScanReport is a scan as it is handed in: what it saw, and the JSON report that is kept.
type ScanReport struct {
	Plan, Environment, Label string
	Made                     time.Time
	Assessment               *assessment.Assessment
	JSON                     []byte
	Names                    []string // what was scanned, in words; the first stands for all
	Version                  string   // of the program that scanned; "" if it is not known
	// Inventory is what was seen, as package collect/saved writes it, packed with gzip; nil if it was not
	// handed in.
	Inventory []byte
}

// errNothingSeen is a scan that proves nothing.
var errNothingSeen = errors.New("record scan: nothing was seen, so nothing can be recorded: scan something that holds objects")

// RecordScan lets a scan count in a review and keeps its report. It gives the report's SHA-256, and
// whether the same report of the same time is the newest of its label already: then nothing is changed.
// An equal report of a later time counts anew, since it shows that all is as it was.
func (w *Work) RecordScan(r ScanReport) (digest string, known bool, err error) {
	sum := sha256.Sum256(r.JSON)
	digest = hex.EncodeToString(sum[:])
	r.Made = r.Made.UTC().Truncate(time.Microsecond)
	last := w.State.Scans[r.Plan+"/"+r.Environment+"/"+r.Label]
	if last != nil && last.Made.Equal(r.Made) && w.State.ScannedOf(last).SHA256 == digest {
		return digest, true, nil
	}
	if r.Assessment.Summary.Subjects == 0 {
		return digest, false, errNothingSeen
	}
	if err := w.Keep(digest, int64(len(r.JSON)), bytes.NewReader(r.JSON)); err != nil {
		return digest, false, err
	}
	if err := w.Do(&review.RecordScan{Plan: r.Plan, Environment: r.Environment, Label: r.Label, Made: r.Made,
		Seen: review.SeenOf(r.Assessment), ScanText: review.ScanText{Name: r.Names[0], Targets: r.Names, SHA256: digest, Version: r.Version}}); err != nil {
		return digest, false, err
	}
	return digest, false, w.mergeFindings(r, digest)
}

package server

import (
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"time"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/collect/saved"
	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/report"
	"github.com/kubeproof/kubeproof/internal/store"
)

// How large what is handed in by the page may be, in bytes.
const (
	scanForm         = int64(128 << 20) // the whole form, packed or not
	largestScan      = int64(512 << 20) // a report, unpacked
	largestInventory = int64(4 << 30)   // what a scan saw, unpacked
	mostShown        = int64(64 << 20)  // a report of which the place of a mistake is looked for
)

// handInForm is the form by which a scan is handed in; it is shown to those who may.
type handInForm struct {
	May          bool
	Environments []string
	Labels       []string // that are known
	Now          string
}

// dateAndTime is how browsers send a time without a zone; it is taken for UTC.
const dateAndTime = "2006-01-02T15:04"

func (v *visit) handInForm() handInForm {
	form := handInForm{May: v.has(answers.roles...), Now: v.s.Now().UTC().Format(dateAndTime), Environments: v.state.Plans[v.plan].Environments}
	for _, one := range v.state.ScansOf(v.plan) {
		label, _ := placeOfScan(one.ID)
		form.Labels = append(form.Labels, label)
	}
	return form
}

// handIn records the report of a scan that was made elsewhere.
func (v *visit) handIn() error {
	err := v.form()
	if v.MultipartForm != nil {
		defer v.MultipartForm.RemoveAll() //nolint:errcheck // what cannot be removed is the system's to clean
	}
	var told *failure
	if errors.As(err, &told) && told.status == http.StatusRequestEntityTooLarge {
		return problem(told.status, "That is too much for a form", "A form takes 128 MiB. Pack the report with gzip, or hand it in with `kubeproof scan --upload`, which sends it in parts.")
	}
	if err != nil {
		return err
	}
	if v.plan == "" {
		return errNoPlan
	}
	select {
	case v.s.uploads <- struct{}{}:
		defer func() { <-v.s.uploads }()
	case <-v.Context().Done():
		return v.Context().Err()
	}
	handed, err := v.readHandedIn()
	if err != nil {
		return v.tell("/scans", sentence(err.Error()), true)
	}
	return v.record(handed)
}

// record lets the scan count, and goes to the page that says what it changed.
func (v *visit) record(r journal.ScanReport) error {
	known := false
	refused, err := v.try(func(w *journal.Work) (err error) {
		_, known, err = w.RecordScan(r)
		return err
	})
	switch {
	case err != nil:
		return err
	case refused != nil:
		return v.tell("/scans", sentence(refused.Error()), true)
	case known:
		return v.tell("/scans", "This very report was recorded before: nothing was changed.", false)
	}
	source := r.Plan + "/" + r.Environment + "/" + r.Label
	newest, err := v.s.Journal.Scans(v.Context(), store.ScanFilter{Sources: []string{source}, Limit: 1, Heads: true})
	if err != nil {
		return err
	}
	if len(newest) == 0 {
		return v.tell("/scans", "Recorded. A newer scan of the same name is known, so findings stay as they are.", false)
	}
	n := newest[0].Result
	return v.tell("/scans/"+newest[0].ID, fmt.Sprintf("Recorded: %d new, %d still there, %d came back, %d fixed.", n.New, n.Still, n.Regressed, n.Fixed), false)
}

// readHandedIn reads the form. The error is for people.
func (v *visit) readHandedIn() (journal.ScanReport, error) {
	r := journal.ScanReport{Plan: v.plan, Environment: v.PostForm.Get("environment"), Label: strings.TrimSpace(v.PostForm.Get("label"))}
	made, err := time.Parse(dateAndTime, strings.TrimSuffix(v.PostForm.Get("made"), "Z"))
	if err != nil {
		return r, errors.New("say when the scan was made, as 2026-11-30T14:00 in UTC")
	}
	r.Made = made
	file := v.part("file")
	if file == nil {
		return r, errors.New("choose the report of a scan: make one with `kubeproof scan -o json=FILE`")
	}
	if r.Assessment, r.ReportFrom, err = readScan(file); err != nil {
		return r, fmt.Errorf("read %s: %w: make a report with `kubeproof scan -o json=FILE`", fileName(file.Filename), err)
	}
	r.Names = report.LookedAt(r.Assessment)
	if seen := v.part("inventory"); seen != nil {
		if r.InventoryFrom, err = readSeen(seen); err != nil {
			return r, fmt.Errorf("read %s: %w: make it with `kubeproof scan --save-inventory FILE.gz`, or leave it out", fileName(seen.Filename), err)
		}
	}
	return r, nil
}

// part is a file of the form; nil if none was chosen.
func (v *visit) part(name string) *multipart.FileHeader {
	if v.MultipartForm == nil || len(v.MultipartForm.File[name]) == 0 || v.MultipartForm.File[name][0].Filename == "" {
		return nil
	}
	return v.MultipartForm.File[name][0]
}

// opened is a file of a form, unpacked if it is packed, up to a limit.
type opened struct {
	io.Reader
	io.Closer
	packed bool
	left   int64
}

var errTooLarge = errors.New("it is too large, unpacked: scan in parts, as by namespace, each with a label of its own")

// Read reads what was packed.
func (o *opened) Read(into []byte) (int, error) {
	n, err := o.Reader.Read(into)
	if o.left -= int64(n); o.left < 0 {
		return 0, errTooLarge
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.New("it was cut off")
	}
	return n, err
}

func openPart(header *multipart.FileHeader, most int64) (*opened, error) {
	file, err := header.Open()
	if err != nil {
		return nil, err
	}
	buffered := bufio.NewReader(file)
	one := &opened{Reader: buffered, Closer: file, left: most}
	if magic, _ := buffered.Peek(2); string(magic) == "\x1f\x8b" { // what is shorter is not packed
		one.packed = true
		if one.Reader, err = gzip.NewReader(buffered); err != nil {
			return nil, errors.Join(fmt.Errorf("unpack it: %w", err), file.Close())
		}
	}
	return one, nil
}

// readScan reads a report once, without holding its findings: it gives what is in it, and from where
// it is read again.
func readScan(header *multipart.FileHeader) (*assessment.Assessment, *journal.Handed, error) {
	text, err := openPart(header, largestScan)
	if err != nil {
		return nil, nil, err
	}
	defer text.Close()
	sum, size := sha256.New(), &metered{}
	a, err := assessment.ReadEach(io.TeeReader(text, io.MultiWriter(sum, size)), func(*assessment.Finding) error { return nil })
	if errors.Is(err, errTooLarge) {
		return nil, nil, errTooLarge
	}
	if err != nil {
		return nil, nil, placed(header, err)
	}
	return a, &journal.Handed{SHA256: hex.EncodeToString(sum.Sum(nil)), Size: size.n, Open: func(*store.Tx) (io.ReadCloser, error) { return openPart(header, largestScan) }}, nil
}

// metered counts what is written to it.
type metered struct{ n int64 }

// Write counts.
func (c *metered) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return len(p), nil
}

// placed says in which line a report breaks off or is no JSON, where it is small enough to look for that.
func placed(header *multipart.FileHeader, wrong error) error {
	text, err := openPart(header, mostShown)
	if err != nil {
		return wrong
	}
	defer text.Close()
	whole, err := io.ReadAll(text)
	var broken *json.SyntaxError
	if err != nil || !errors.As(json.Unmarshal(whole, &json.RawMessage{}), &broken) {
		return wrong
	}
	if len(whole) == 0 {
		return errors.New("it is empty")
	}
	before := string(whole[:min(max(int(broken.Offset), 0), len(whole))])
	line := strings.Count(before, "\n") + 1
	return fmt.Errorf("line %d, column %d: it is no JSON: %w", line, len(before)-strings.LastIndex(before, "\n")-1, broken)
}

// readSeen reads what a scan saw to its end: it must be packed, and begin as what --save-inventory writes.
func readSeen(header *multipart.FileHeader) (*journal.Handed, error) {
	text, err := openPart(header, largestInventory)
	if err != nil {
		return nil, err
	}
	defer text.Close()
	if !text.packed {
		return nil, errors.New("it is not packed with gzip")
	}
	buffered := bufio.NewReader(text)
	if err := saved.ReadHeader(buffered); err != nil {
		return nil, err
	}
	if _, err := io.Copy(io.Discard, buffered); err != nil {
		return nil, err
	}
	file, err := header.Open()
	if err != nil {
		return nil, err
	}
	defer file.Close()
	sum := sha256.New()
	size, err := io.Copy(sum, file)
	return &journal.Handed{SHA256: hex.EncodeToString(sum.Sum(nil)), Size: size, Open: func(*store.Tx) (io.ReadCloser, error) { return header.Open() }}, err
}

package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"time"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/report"
	"github.com/kubeproof/kubeproof/internal/server/intake"
	"github.com/kubeproof/kubeproof/internal/store"
)

// How large what is handed in by the page may be, in bytes.
const (
	scanForm         = int64(128 << 20) // the whole form, packed or not
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
	if r.Assessment, r.ReportFrom, err = v.readScan(file); err != nil {
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

// partOf opens a file of a form, as often as it is read.
func partOf(header *multipart.FileHeader) intake.Opener {
	return func(*store.Tx) (io.ReadCloser, error) { return header.Open() }
}

// readScan reads a report once: see intake.Report. Where it is no JSON the error says in which line.
func (v *visit) readScan(header *multipart.FileHeader) (*assessment.Assessment, *journal.Handed, error) {
	report, handed, err := intake.Report(v.Context(), nil, partOf(header))
	var wrong intake.WrongReport
	if errors.As(err, &wrong) && !errors.Is(err, intake.ErrTooLarge) {
		err = placed(partOf(header), wrong)
	}
	return report, handed, err
}

// placed says in which line a report breaks off or is no JSON, where it is small enough to look for that.
func placed(open intake.Opener, wrong error) error {
	text, err := intake.Unpacked(open, mostShown)(nil)
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

// readSeen looks at what a scan saw: see intake.Inventory.
func readSeen(header *multipart.FileHeader) (*journal.Handed, error) {
	packed, err := header.Open()
	if err != nil {
		return nil, err
	}
	defer packed.Close()
	sum, size, err := intake.Inventory(packed, largestInventory)
	return &journal.Handed{SHA256: sum, Size: size, Open: partOf(header)}, err
}

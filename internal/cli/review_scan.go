package cli

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/report"
	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/store"
)

// scanning are the flags of review scan.
type scanning struct {
	inputs
	desk
	report, made, environment, label, drop, reason string
}

func newReviewScanCommand(streams *Streams) *cobra.Command {
	f := &scanning{}
	command := &cobra.Command{
		Use: "scan TARGET...", Short: "Scan, and let what is seen count in the review",
		Long: `Scan targets, as ` + "`kubeproof scan`" + ` does, and record what was seen: it decides the items that machines judge, fills
answers in, and contradicts those that say otherwise. The JSON report is kept with its digest. The newest scan of
each environment and label counts; --drop takes one out.

Exit codes: 0 recorded, whatever was found; 2 wrong usage; 3 recorded, but something could not be assessed.`,
		Example: "  kubeproof review scan cluster: --environment production\n  kubeproof review scan deploy/ --label manifests\n" +
			"  kubeproof review scan --report scan.json --made 2026-11-30",
		Args: func(_ *cobra.Command, args []string) error {
			ways := 0
			for _, one := range []bool{len(args) > 0, f.report != "", f.drop != ""} {
				if one {
					ways++
				}
			}
			if ways != 1 {
				return usageError("name either targets, --report or --drop")
			}
			return nil
		},
		RunE: func(command *cobra.Command, args []string) error { return f.run(command.Context(), streams, args) },
	}
	flags := command.Flags()
	f.inputs.register(flags)
	f.desk.register(flags)
	flags.StringVar(&f.report, "report", "", "JSON report `FILE` of an earlier kubeproof scan, instead of targets")
	flags.StringVar(&f.made, "made", "", "when the report was made, as a `DAY` or time (default the file's)")
	flags.StringVar(&f.environment, "environment", "", "the `ENVIRONMENT` that was scanned (default the review's first)")
	flags.StringVar(&f.label, "label", "", "a `NAME` that tells scans of one environment apart (default from the targets)")
	flags.StringVar(&f.drop, "drop", "", "the scan that no longer counts, as `ENVIRONMENT/LABEL`")
	flags.StringVar(&f.reason, "reason", "", "why it no longer counts")
	return command
}

func (f *scanning) run(ctx context.Context, streams *Streams, targets []string) error {
	if f.drop != "" {
		return f.act(ctx, streams, func(s *session, w *journal.Work, plan string) error {
			if err := w.Do(&review.DropScan{ID: plan + "/" + f.drop, ReasonText: review.ReasonText{Reason: f.reason}}); err != nil {
				return err
			}
			s.say("scan %s no longer counts", f.drop)
			return nil
		})
	}
	r, err := f.scanned(ctx, streams, targets)
	if err != nil {
		return err
	}
	if err := f.act(ctx, streams, func(s *session, w *journal.Work, plan string) error { return f.record(s, w, plan, r) }); err != nil {
		return err
	}
	if incomplete(r.Assessment) {
		tellLost(streams, r.Assessment)
		return &codeError{code: exitPartial}
	}
	return nil
}

// scanned gives what was seen, its report as it is kept, and when it was made.
func (f *scanning) scanned(ctx context.Context, streams *Streams, targets []string) (journal.ScanReport, error) {
	if f.report != "" {
		return f.readReport()
	}
	now, err := clock(streams)
	if err != nil {
		return journal.ScanReport{}, err
	}
	f.keepInventory = true
	a, _, err := f.assess(ctx, streams, targets)
	if err != nil {
		return journal.ScanReport{}, err
	}
	var text bytes.Buffer
	made := report.New(a, nil, report.Options{Version: version()})
	made.Images = f.images
	err = writeInto(&text, made)
	return journal.ScanReport{Assessment: a, JSON: text.Bytes(), Inventory: f.inventory, Made: now().UTC()}, err
}

func writeInto(text *bytes.Buffer, made *report.Report) error {
	return report.Write("json", text, made)
}

// largestReport bounds a report that is read, in bytes.
const largestReport = 512 << 20

// readReport reads the report that --report names, without holding its findings: they are read again
// when it is recorded.
func (f *scanning) readReport() (r journal.ScanReport, err error) {
	wrong := func(format string, args ...any) error {
		return usageError("read report %s: %s", f.report, fmt.Sprintf(format, args...))
	}
	open, size, made, err := findReport(filepath.Clean(f.report))
	if err != nil {
		return r, wrong("%s: make one with `kubeproof scan -o json=FILE`", reason(err))
	}
	if size > largestReport {
		return r, wrong("it is larger than %d MiB: scan in parts", largestReport>>20)
	}
	text, err := open()
	if err != nil {
		return r, wrong("%s", reason(err))
	}
	defer text.Close()
	sum := sha256.New()
	if r.Assessment, err = assessment.ReadEach(io.TeeReader(text, sum), func(*assessment.Finding) error { return nil }); err != nil {
		return r, wrong("%v: make one with `kubeproof scan -o json=FILE`", err)
	}
	if f.made != "" {
		if made, err = moment(f.made); err != nil {
			return r, wrong("%v", err)
		}
	}
	r.ReportFrom = &journal.Handed{SHA256: hex.EncodeToString(sum.Sum(nil)), Size: size, Open: func(*store.Tx) (io.ReadCloser, error) { return open() }}
	r.Made = made.UTC()
	return r, nil
}

// findReport gives what opens a report, as often as it is needed, its size, and when it was made. A pipe
// gives what it has once, so that it is kept in memory.
func findReport(path string) (open func() (io.ReadCloser, error), size int64, made time.Time, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, 0, made, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, 0, made, err
	}
	if info.Mode().IsRegular() {
		return func() (io.ReadCloser, error) { return os.Open(path) }, info.Size(), info.ModTime(), nil
	}
	text, err := io.ReadAll(io.LimitReader(file, largestReport+1))
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }, int64(len(text)), info.ModTime(), err
}

// moment reads a day or a time.
func moment(text string) (time.Time, error) {
	for _, form := range []string{review.Day, time.RFC3339} {
		if at, err := time.Parse(form, text); err == nil {
			return at, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is neither a day nor a time: write 2026-11-30 or 2026-11-30T14:00:00Z", text)
}

// record notes what the scan saw, and keeps its report.
func (f *scanning) record(s *session, w *journal.Work, plan string, r journal.ScanReport) error {
	names := report.LookedAt(r.Assessment)
	r.Plan, r.Environment, r.Label = plan, cmp.Or(f.environment, w.State.Plans[plan].Environments[0]), cmp.Or(f.label, labelOf(names[0]))
	r.Names, r.Version = names, version()
	_, known, err := w.RecordScan(r)
	if err != nil {
		return err
	}
	if known {
		s.say("%s for %s is recorded already, with this very report", r.Label, r.Environment)
		return nil
	}
	view, err := s.view(w.State, plan)
	if err != nil {
		return err
	}
	contradicted := view.Score.States[review.ItemContradicted]
	s.say("recorded %s for %s: %d of %s satisfied, %d contradicted", r.Label, r.Environment, view.Score.Satisfied,
		counted(view.Score.Applicable, "item"), contradicted)
	return nil
}

var unlabelled = regexp.MustCompile(`[^a-z0-9]+`)

// longestLabel bounds a label that is made of a name.
const longestLabel = 40

// labelOf makes a label of the name of what was scanned. It stands in the signed body: of a path from
// the root, which may tell who scanned, only the end does. What is cut off is told apart by its digest, so
// that one scan does not take the place of another.
func labelOf(name string) string {
	told := name
	if filepath.IsAbs(name) {
		told = filepath.Base(name)
	}
	label := strings.Trim(unlabelled.ReplaceAllString(strings.ToLower(told), "-"), "-")
	if told != name || len(label) > longestLabel {
		sum := sha256.Sum256([]byte(name))
		label = strings.Trim(label[:min(len(label), longestLabel-9)], "-") + "-" + hex.EncodeToString(sum[:4])
	}
	return cmp.Or(strings.Trim(label, "-"), "main")
}

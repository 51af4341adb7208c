package server

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/kubeproof/kubeproof/internal/server/handout"

	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/report/escape"
	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/store"
)

// For a file of findings so many are read at once, and so many looked at.
const (
	findingsInPart = 1000
	lookedAtInPart = 50_000
)

// csvHead names the columns.
var csvHead = []string{"id", "state", "severity", "outcome", "risk", "control", "title", "message", "kind", "namespace", "name", "container", "environment", "cluster", "file", "line", "team",
	"first seen", "last seen", "fixed", "came back", "due", "late"}

// findingsFile is all findings that a filter leaves, as CSV. They are read and written part by part, so
// that a million of them need no memory and hold nothing of the store between two parts.
func (v *visit) findingsFile() error {
	if v.plan == "" {
		return errNoPlan
	}
	select {
	case v.s.reports <- struct{}{}:
		defer func() { <-v.s.reports }()
	case <-v.Context().Done():
		return v.Context().Err()
	}
	f := readFindingFilter(v.URL.Query())
	filter := v.wanted(f)
	filter.Within = lookedAtInPart
	page, err := v.s.Journal.Findings(v.Context(), filter, f.Order(), "", findingsInPart)
	if err != nil {
		return filterError(err)
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", handout.Disposition("findings.csv"))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'")
	v.w.WriteHeader(http.StatusOK)
	if v.Method == http.MethodHead {
		return nil
	}
	if err := v.writeParts(filter, f.Order(), page); err != nil {
		v.s.Log.Error("write findings", "error", err)
		panic(http.ErrAbortHandler) // so that what was cut does not pass for the whole
	}
	return nil
}

func (v *visit) writeParts(filter store.FindingFilter, order string, page store.FindingPage) error {
	buffered := bufio.NewWriterSize(v.w, 64<<10)
	out, terms, patience := csv.NewWriter(buffered), v.state.Plans[v.plan].Terms(), http.NewResponseController(v.w)
	err := out.Write(csvHead)
	for {
		for i := range page.Findings {
			err = errors.Join(err, out.Write(csvRow(&page.Findings[i], terms, filter.Now)))
		}
		out.Flush()
		if err = errors.Join(err, out.Error(), buffered.Flush()); err != nil || page.Next == "" {
			return err
		}
		_ = patience.SetWriteDeadline(time.Now().Add(slowestPart)) // where it cannot be set the one of the server holds
		if page, err = v.s.Journal.Findings(v.Context(), filter, order, page.Next, findingsInPart); err != nil {
			return fmt.Errorf("read findings: %w", err)
		}
	}
}

// slowestPart is how long the writing of a part may take.
const slowestPart = time.Minute

// csvRow is a finding in columns. Nothing in it is a formula to a spreadsheet.
func csvRow(f *store.StoredFinding, terms review.Terms, now time.Time) []string {
	day := func(t time.Time) string { return moment(t, time.RFC3339) }
	cluster, environment := placeOfScan(f.Source)
	late, due := "", time.Time{}
	if f.State == store.StateOpen {
		if due = terms.Due(control.Severity(f.Severity), openSince(f)); !due.IsZero() {
			late = map[bool]string{true: "yes", false: "no"}[now.After(due)]
		}
	}
	line := ""
	if f.Line > 0 {
		line = strconv.Itoa(f.Line)
	}
	row := []string{strconv.FormatInt(f.ID, 10), string(f.State), f.Severity, f.Outcome, strconv.Itoa(f.Risk), f.Control, f.Title, f.Message, f.Kind, f.Namespace, f.Name, f.Container, environment, cluster, f.File, line, f.Team,
		day(f.FirstSeen), day(f.LastSeen), day(f.FixedAt), strconv.Itoa(f.Regressed), day(due), late}
	for i, cell := range row {
		row[i] = escape.Cell(cell)
	}
	return row
}

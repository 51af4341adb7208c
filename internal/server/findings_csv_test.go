package server

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/kubeproof/kubeproof/internal/assessment"
)

// TestFindingsFile holds all that fit, part after part, and nothing that a spreadsheet would run.
func TestFindingsFile(t *testing.T) {
	h := newHouse(t)
	var all []*assessment.Finding
	for i := range 2*findingsInPart + 7 {
		all = append(all, found("pod-host-network", "high", "shop", fmt.Sprintf("web-%04d", i)))
	}
	bad := found("container-privileged", "critical", "=cmd|'/C calc'!A0", "-1+1")
	bad.Message = "@SUM(1,2)\u202e"
	h.foundAll(t, "one", append(all, bad)...)
	vera := h.as("vera")
	got := vera.get("/findings.csv?severity=high")
	if got.status != http.StatusOK || got.header.Get("Content-Type") != "text/csv; charset=utf-8" || !strings.Contains(got.header.Get("Content-Disposition"), "findings.csv") {
		t.Fatalf("%d %v", got.status, got.header)
	}
	rows, err := csv.NewReader(strings.NewReader(got.text)).ReadAll()
	if err != nil || len(rows) != len(all)+1 || rows[0][0] != "id" || len(rows[1]) != len(csvHead) {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	seen := map[string]bool{}
	for _, row := range rows[1:] {
		seen[row[10]] = true
	}
	if len(seen) != len(all) {
		t.Errorf("%d different findings", len(seen))
	}
	rows, err = csv.NewReader(strings.NewReader(vera.get("/findings.csv?severity=critical").text)).ReadAll()
	if err != nil || len(rows) != 2 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for column, want := range map[int]string{7: `'@SUM(1,2)\u202e`, 9: "'=cmd|'/C calc'!A0", 10: "'-1+1", 12: "production", 13: "one", 21: "2026-06-08T12:00:00Z", 22: "no"} {
		if rows[1][column] != want {
			t.Errorf("%s is %q, want %q", rows[0][column], rows[1][column], want)
		}
	}
	if got := vera.get("/findings.csv?q=nowhere&plan="); got.status != http.StatusOK || strings.Count(got.text, "\n") != 1 {
		t.Errorf("nothing gives %d %q", got.status, got.text)
	}
}

package server

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/kubeproof/kubeproof/internal/review"
)

// section is a part of a page by its id.
func section(page, id string) string {
	_, rest, _ := strings.Cut(page, `<section id="`+id+`">`)
	part, _, _ := strings.Cut(rest, "</section>")
	return part
}

// TestAudit: an auditor begins there, and sees how items stood and stand, and what was done between.
func TestAudit(t *testing.T) {
	h := newHouse(t)
	carl := h.as("carl")
	carl.done("/items/S4.039/answer", "key", "backups", "revision", "0", "value", "no", "then", "submit")
	h.do("carl", &review.RequestException{ID: "x-1", Plan: "main", Item: "S4.039", Expires: "2026-08-01", ExceptionText: review.ExceptionText{Reason: "why"}})
	h.pass(30 * time.Hour) // the next day
	carl = h.as("carl")
	carl.done("/items/S4.039/answer", "key", "backups", "revision", "1", "value", "yes", "then", "submit")
	carl.done("/items/S4.039/evidence", "key", "backups", "note", "seen")
	h.as("dana").done("/exceptions/x-1/approve", "revision", "1", "reason", "seen")
	h.do("anna", &review.SetRoles{ID: "rob", Roles: []review.Role{review.Viewer}})
	h.scanned("cluster", map[string]review.ScanControl{"rbac-impersonate": fails(1)})
	h.pass(time.Minute)

	uma := h.browser()
	if got := uma.post("/login", "login", "uma", "password", password); got.header.Get("Location") != "/audit" {
		t.Errorf("an auditor begins at %q", got.header.Get("Location"))
	}
	page := uma.get("/audit?since=2026-06-02").text
	for id, want := range map[string][]string{
		"items": {`href="/items/S4.039"`}, "risks": {`x-1`, "requested", "approved"}, "decisions": {"approved the exception", "Dana"}, "answers": {"answered", "Carl"}, "evidence": {"handed in evidence"},
		"scans": {"recorded a scan"}, "people": {"set the roles of", "Rob"}, "signins": {"signed in", "Uma"},
	} {
		for _, one := range want {
			if !strings.Contains(section(page, id), one) {
				t.Errorf("%s does not hold %q: %s", id, one, section(page, id))
			}
		}
	}
	if strings.Contains(section(page, "exceptions"), "asked for an exception") {
		t.Error("what came before is shown")
	}
	all := uma.get("/audit?since=2026-05-01").text
	if !strings.Contains(all, "The review had not begun then") || !strings.Contains(section(all, "exceptions"), "asked for an exception") || !strings.Contains(section(all, "items"), "was not there") {
		t.Error("since before the beginning not everything is new")
	}
	if later := uma.get("/audit?since=2027-01-01").text; !strings.Contains(later, "Every item stands as it stood") || !strings.Contains(later, "0 entries of the ledger") {
		t.Error("since a day that has not come something changed")
	}
	h.do("anna", &review.CreatePlan{ID: "other", Checklists: []string{"requirements"}, Environments: []string{"test"}, Settings: review.DefaultSettings})
	h.do("carl", &review.RequestException{ID: "x-9", Plan: "other", Item: "S0.001", Expires: "2026-08-01", ExceptionText: review.ExceptionText{Reason: "why"}})
	h.do("carl", &review.WithdrawException{ID: "x-9", ReasonText: review.ReasonText{Reason: "why"}})
	if page := uma.get("/audit?since=2026-06-02").text; strings.Contains(page, "x-9") || strings.Contains(page, "<code>other</code>") || !strings.Contains(page, "The beginning of the review") {
		t.Error("what was done in another review is shown, or the beginning of this one cannot be chosen")
	}
	if got := uma.get("/audit?since=soon"); got.status != http.StatusBadRequest {
		t.Errorf("since soon: %d", got.status)
	}
	if page := uma.get("/audit").text; !strings.Contains(page, "Nobody proved it since") {
		t.Error("somebody proved the ledger")
	}
	uma.post("/ledger/verify")
	if page := uma.get("/audit").text; !strings.Contains(page, "Whole, with") {
		t.Error("the proof is not shown")
	}
	if got := uma.post("/exports/bundle"); got.status != http.StatusOK || !strings.HasPrefix(got.text, "PK") {
		t.Errorf("the bundle: %d", got.status)
	}
	if page := uma.get("/audit").text; !strings.Contains(page, "the last export of reports: 0 entries") && !strings.Contains(page, "the last export of reports: 1 entry") {
		t.Error("it does not begin with the last export")
	}
	before := h.state().Size
	for _, path := range []string{"/items/S4.039/comment", "/items/S4.039/approve", "/exceptions", "/people", "/access/confirm"} {
		if got := uma.post(path, "key", "backups", "text", "x", "reason", "x"); got.status != http.StatusForbidden {
			t.Errorf("POST %s by an auditor: %d", path, got.status)
		}
	}
	if h.state().Size != before {
		t.Error("an auditor wrote")
	}
}

// TestAuditIsKept: the same moment is worked out once.
func TestAuditIsKept(t *testing.T) {
	h := newHouse(t)
	h.pass(48 * time.Hour)
	uma := h.as("uma")
	for range 3 {
		uma.get("/audit?since=2026-06-02")
	}
	if n := len(h.s.pasts.all); n != 1 {
		t.Errorf("%d pasts were made", n)
	}
	for _, day := range []string{"2026-06-02", "2026-06-03", "2026-06-02T01:00:00Z", "2026-06-02T02:00:00Z", "2026-06-02T03:00:00Z"} {
		uma.get("/audit?since=" + day)
	}
	if n := len(h.s.pasts.all); n != mostPasts {
		t.Errorf("%d pasts are kept", n)
	}
}

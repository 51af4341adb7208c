package server

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/inventory"
	"github.com/kubeproof/kubeproof/internal/journal"
)

// foundOn records a scan with findings on the names, each with a hostile message.
func (h *house) foundOn(t *testing.T, names ...string) {
	t.Helper()
	a := &assessment.Assessment{Schema: assessment.Schema, Targets: []inventory.Target{{Name: "cluster:prod"}},
		Controls: []assessment.ControlResult{{ID: "container-privileged", Outcomes: assessment.Counts{Fail: len(names), Pass: 1}}}}
	a.Summary.Subjects, a.Summary.Kinds = 3, map[string]int{"Pod": 3}
	for _, name := range names {
		a.Findings = append(a.Findings, &assessment.Finding{Control: "container-privileged", Title: "Privileged", Outcome: assessment.Fail, Severity: "critical", Risk: 10, Team: "apps",
			Message: name + " is <script>alert(1)</script>", Fingerprint: "print-" + name, Subject: assessment.Subject{Kind: "Pod", Namespace: "shop", Name: name}, Fix: "set `privileged: false`",
			Evidence: &assessment.Evidence{Lines: []assessment.Line{{Number: 3, Text: "privileged: true <b>", Guilty: true}}}})
	}
	text, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	err = h.j.Act(t.Context(), "carl", func(w *journal.Work) error {
		_, _, err := w.RecordScan(journal.ScanReport{Plan: "main", Environment: "production", Label: "findings", Made: w.Mark().At, Assessment: a, JSON: text, Names: []string{"prod"}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestFindings: what scans found over time is listed, counted, and shown with what became of it.
func TestFindings(t *testing.T) {
	h := newHouse(t)
	h.foundOn(t, "web", "db", hostileAt("pod"))
	vera := h.as("vera")
	page := vera.get("/findings")
	for _, want := range []string{"web is &lt;script&gt;", "Pod shop/db", `<a href="/findings?severity=critical">critical</a> 3`} {
		if !strings.Contains(page.text, want) {
			t.Errorf("the list lacks %s: %s", want, page.text)
		}
	}
	checkHarmless(t, "/findings", page.text)
	h.pass(24 * time.Hour)
	h.foundOn(t, "web")
	h.pass(24 * time.Hour)
	h.foundOn(t, "web", "db")
	vera = h.as("vera") // the session of two days ago is over
	open := vera.get("/findings?q=db&order=subject")
	if !strings.Contains(open.text, "came back 1 time<") || strings.Contains(open.text, "Pod shop/web") {
		t.Errorf("what came back is shown as %s", open.text)
	}
	link := regexp.MustCompile(`/findings/\d+`).FindString(open.text)
	one := vera.get(link)
	for _, want := range []string{"found", "fixed", "returned", "privileged: true &lt;b&gt;", "How to mend it"} {
		if !strings.Contains(one.text, want) {
			t.Errorf("the finding lacks %s: %s", want, one.text)
		}
	}
	checkHarmless(t, link, one.text)
	if fixed := vera.get("/findings?state=fixed"); !strings.Contains(fixed.text, "2026-06-01") || strings.Contains(fixed.text, "Pod shop/db") {
		t.Errorf("what is fixed is shown as %s", fixed.text)
	}
	for path, want := range map[string]int{"/findings/0": 404, "/findings/x": 404, "/findings?after=forged": 400, "/findings?state=none&severity=none&order=none": 200,
		"/findings?control=" + url.QueryEscape(hostileAt("c")) + "&namespace=x&q=" + url.QueryEscape(hostileAt("q")): http.StatusOK} {
		got := vera.get(path)
		if got.status != want {
			t.Errorf("%s gives %d, want %d", path, got.status, want)
		}
		checkHarmless(t, path, got.text)
	}
}

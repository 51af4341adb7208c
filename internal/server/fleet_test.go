package server

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/inventory"
	"github.com/kubeproof/kubeproof/internal/journal"
	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/store"
)

// report is a scan of a cluster with outcomes of controls; as many findings as fail or are unknown.
func (h *house) report(t *testing.T, label, about string, outcomes map[string]assessment.Counts, gaps ...inventory.Gap) {
	t.Helper()
	a := &assessment.Assessment{Schema: assessment.Schema, Targets: []inventory.Target{{Kind: "cluster", Name: "cluster:" + label, About: about}}, Gaps: gaps}
	a.Summary.Subjects, a.Summary.Judged, a.Summary.Kinds = 30, 20, map[string]int{"Pod": 12, "Node": 3}
	for id, n := range outcomes {
		known := h.s.Controls[id]
		a.Controls = append(a.Controls, assessment.ControlResult{ID: id, Title: known.Title, Severity: known.Severity, Outcomes: n})
		for i := range n.Fail + n.Unknown {
			f := found(id, string(known.Severity), "shop", fmt.Sprintf("web-%d", i))
			if i >= n.Fail {
				f.Outcome = assessment.Unknown
			}
			a.Findings = append(a.Findings, f)
		}
	}
	slices.SortFunc(a.Controls, func(a, b assessment.ControlResult) int { return strings.Compare(a.ID, b.ID) })
	text, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	err = h.j.Act(t.Context(), "carl", func(w *journal.Work) error {
		_, _, err := w.RecordScan(journal.ScanReport{Plan: "main", Environment: "production", Label: label, Made: w.Mark().At, Assessment: a, JSON: text, Names: []string{label}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// twoClusters are eu, which was scanned twice, and us, which is old and could not be read as a whole.
func twoClusters(t *testing.T, h *house) {
	t.Helper()
	h.report(t, "us", "us, Kubernetes v1.30.4, 3 nodes", map[string]assessment.Counts{"container-privileged": {Pass: 5}, "rbac-impersonate": {Unknown: 2}}, inventory.Gap{Kind: "Secret", Reason: "no right to list secrets"})
	h.pass(20 * 24 * time.Hour)
	h.report(t, "eu", "eu, Kubernetes v1.36.1, 3 nodes", map[string]assessment.Counts{"container-privileged": {Fail: 3, Pass: 1}, "rbac-impersonate": {Fail: 1}, "pod-host-network": {Pass: 4}})
	h.pass(20 * 24 * time.Hour)
	h.report(t, "eu", "eu, Kubernetes v1.36.1, 3 nodes", map[string]assessment.Counts{"container-privileged": {Fail: 1, Pass: 3}, "rbac-impersonate": {Fail: 2}, "pod-host-network": {Pass: 4}})
	h.pass(time.Hour)
}

// expectOn demands texts of a page, and that others are not there: those that begin with a "!".
func (b *browser) expectOn(t *testing.T, path string, wanted ...string) string {
	t.Helper()
	got := b.get(path)
	if got.status != 200 {
		t.Fatalf("%s: %d %s", path, got.status, told(got.text))
	}
	for _, one := range wanted {
		if text, not := strings.CutPrefix(one, "!"); strings.Contains(got.text, text) == not {
			t.Errorf("%s: %q is there: %v", path, text, not)
		}
	}
	checkHarmless(t, path, got.text)
	checkMarkup(t, path, got.text)
	return got.text
}

func TestClusterPages(t *testing.T) {
	h := newHouse(t)
	twoClusters(t, h)
	vera := h.as("vera")
	vera.expectOn(t, "/clusters", "2 clusters", "Kubernetes v1.30.4: no more fixes since 2025-07-15", "Kubernetes v1.36.1: gets fixes until 2027-06-28", "stale: too old to count", "1 place not read", "20 of 30 objects judged", `critical 3</a>`)
	vera.expectOn(t, "/clusters?review=none&page=99", "2 clusters")
	vera.expectOn(t, "/clusters/view?cluster=main/production/eu", "Everything that was asked for could be read", "1 fail", "= as before", "with the newest", `href="/rbac?cluster=main%2Fproduction%2Feu"`, `href="/network?cluster=main%2Fproduction%2Feu"`, "!stale: too old", "2 fixed</span>", "1 new</span>", `source=main%2Fproduction%2Feu`)
	vera.expectOn(t, "/clusters/view?cluster=main/production/us&days=365", "Secret: no right to list secrets", "kubeproof rbac role", "stale: too old to count", "2 unknown")
	for path, status := range map[string]int{"/clusters/view": 404, "/clusters/view?cluster=main/production/none": 404, "/clusters/view?cluster=" + url.QueryEscape("\x00\xff"): 404,
		"/clusters/view?cluster=main/production/eu&before=x&days=-1": 200, "/clusters/view?cluster=main/production/eu&before=2020-01-01T00:00:00Z": 200} {
		if got := vera.get(path); got.status != status {
			t.Errorf("%s: %d, want %d", path, got.status, status)
		}
	}
	h.s.Schedule = &plannedScans{all: []Planned{{Name: "eu", Review: "main", Environment: "production", When: "every 24h " + hostileAt("when"), Next: h.now().Add(time.Hour), Wrong: hostileAt("wrong")}, {Name: "other"}}}
	vera.expectOn(t, "/clusters", "next scan <time", "every 24h when&#34;", "the last one went wrong: wrong&#34;")
	vera.expectOn(t, "/clusters/view?cluster=main/production/eu", "next scan <time")
	vera.expectOn(t, "/clusters/view?cluster=main/production/us", "!next scan")
	h.s.Schedule = nil
	h.do("carl", &review.DropScan{ID: "main/production/us", ReasonText: review.ReasonText{Reason: "gone"}})
	vera.expectOn(t, "/clusters", "dropped: the review does not count it")
}

func TestOverviewOfClusters(t *testing.T) {
	h := newHouse(t)
	vera := h.as("vera")
	vera.expectOn(t, "/", "No scan of a cluster was handed in", "!The fixes that help most")
	twoClusters(t, h)
	vera = h.as("vera")
	text := vera.expectOn(t, "/?days=30", "All 2 clusters", "1 scan is too old to count", "The fixes that help most", `<b>1/1</b> <span class="w">unknown</span>`, "What the newest scans changed", "1 place could not be read", `/compare?a=`, "open findings: ")
	first, second := strings.Index(text, `href="/controls/rbac-impersonate"`), strings.Index(text, `href="/controls/container-privileged"`)
	if first < 0 || second < 0 || first > second {
		t.Errorf("two findings of rbac-impersonate weigh more than one of container-privileged: %d, %d", first, second)
	}
	if !strings.Contains(text, "2 not known") {
		t.Error("it is not said that something of rbac-impersonate is not known")
	}
	// Another scan is on the page at once.
	h.report(t, "eu", "eu, Kubernetes v1.36.1, 3 nodes", map[string]assessment.Counts{"container-privileged": {Pass: 4}, "rbac-impersonate": {Pass: 2}, "pod-host-network": {Pass: 4}})
	vera.expectOn(t, "/", "3 fixed</span>", "<b>100.0</b>", "Nothing that scans see fails")
}

func TestCompare(t *testing.T) {
	h := newHouse(t)
	twoClusters(t, h)
	vera := h.as("vera")
	heads, err := h.j.Scans(t.Context(), store.ScanFilter{Sources: []string{"main/production/eu"}, Heads: true})
	if err != nil || len(heads) != 2 {
		t.Fatal(err, heads)
	}
	newer, older := heads[0].ID, heads[1].ID
	both := "/compare?a=" + older + "&b=" + newer
	vera.expectOn(t, "/compare", "Choose two clusters", `<option value="main/production/eu">eu, production</option>`)
	vera.expectOn(t, both, "▲ better", "▼ worse", "2 fewer fail", "1 more fail", "new 1", "fixed 2", "came back 0", "rbac-impersonate fails on web-1", "20 days later", "!older scan stands first", "!seen differently</span> 1")
	vera.expectOn(t, both+"&show=fixed", "container-privileged fails on web-2", "!rbac-impersonate fails on web-1")
	vera.expectOn(t, both+"&show=returned", "None.")
	vera.expectOn(t, "/compare?a="+newer+"&b="+older, "The older scan stands first", "2 fewer fail")
	// us could not be read as a whole: that nothing fails there is not better.
	text := vera.expectOn(t, "/compare?a=main/production/eu&b=main/production/us", "The second scan could not read 1 place that the first could", "seen differently", "only in the first", "no right to list secrets", "!Findings between the two dates")
	if strings.Contains(text, `▲ better</span> 1`) {
		t.Error("what was not seen is better")
	}
	vera.expectOn(t, "/compare?a=main/production/us&b=main/production/eu", "1 place by the first scan, 0 places by the second")
	vera.expectOn(t, "/compare?a="+older+"&b="+older, "Both are the same scan")
	for path, status := range map[string]int{"/compare?a=none&b=none": 200, "/compare?a=" + url.QueryEscape("\x00") + "&b=" + url.QueryEscape("\xff"): 200, "/compare?a=" + strings.Repeat("x", 5000): 200, both + "&show=fixed&after=x": 400,
		both + "&show=x&after=": 200} {
		if got := vera.get(path); got.status != status {
			t.Errorf("%.100s: %d, want %d: %s", path, got.status, status, told(got.text))
		}
	}
}

func TestReviews(t *testing.T) {
	h := newHouse(t)
	h.do("anna", &review.CreatePlan{ID: "other", Checklists: []string{"requirements"}, Environments: []string{"staging"}, Settings: review.DefaultSettings, PlanText: review.PlanText{Title: "The other", Scope: "mail"}})
	vera := h.as("vera")
	vera.expectOn(t, "/reviews", `href="/?plan=other"`, "The other", "mail", "<time>2026-06-01</time>", "staging", "never", "shown now")
	if got := vera.post("/exports/bundle"); got.status != 200 {
		t.Fatal(got.status)
	}
	vera.expectOn(t, "/reviews?page=7", "<time>2026-06-01 12:00 UTC</time>")
}

// TestHostileClusters: what clusters say of themselves is text, wherever it stands.
func TestHostileClusters(t *testing.T) {
	h := newHouse(t)
	summary, err := json.Marshal(journal.ScanSummary{Targets: []inventory.Target{{Kind: hostileAt("target-kind"), Name: "cluster:" + hostileAt("target"), About: hostileAt("about") + ", Kubernetes v1.36.0, 3 nodes"}}, Subjects: 3, Judged: 2,
		Kinds: map[string]int{hostileAt("kind"): 3}, Controls: map[string]assessment.Counts{hostileAt("control"): {Fail: 2}, "container-privileged": {Fail: 1}}, Lost: 2, Missing: []string{hostileAt("missing")}})
	if err != nil {
		t.Fatal(err)
	}
	source := "main/" + hostileAt("environment") + "/" + hostileAt("label")
	for i := range 2 {
		row := store.ScanRow{ID: fmt.Sprint("scan-", i), Source: source, Environment: "production", Made: h.now().Add(time.Duration(i) * time.Hour), Received: h.now().Add(time.Hour), Version: hostileAt("version"), Summary: summary, Score: 40 + float64(i)}
		err := h.j.Store().Update(t.Context(), func(tx *store.Tx) error {
			_, err := tx.MergeScan(row, func(string) bool { return true }, false, func(yield func(store.FindingRow, error) bool) {
				yield(store.FindingRow{Fingerprint: fmt.Sprint(i), Control: hostileAt("control"), Title: hostileAt("title"), Severity: "high", Namespace: hostileAt("namespace"), Kind: hostileAt("subject-kind"), Name: hostileAt("name"), Message: hostileAt("message"), Outcome: "fail", Risk: 9}, nil)
			})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	vera := h.as("vera")
	q := url.QueryEscape
	shown := map[string]bool{}
	for _, path := range []string{"/", "/clusters", "/clusters/view?cluster=" + q(source), "/clusters/view?cluster=" + q(source) + "&days=" + q(hostileAt("days")) + "&before=" + q(hostileAt("before")), "/compare?a=scan-0&b=scan-1", "/compare?a=scan-0&b=scan-1&show=fixed",
		"/compare?a=" + q(source) + "&b=" + q(hostileAt("b")), "/compare?a=" + q(hostileAt("a")) + "&b=&show=" + q(hostileAt("show")), "/reviews?page=" + q(hostileAt("page"))} {
		text := vera.expectOn(t, path)
		for _, place := range []string{"target-kind", "target", "about", "kind", "control", "missing", "environment", "label", "version", "namespace", "subject-kind", "name", "message"} {
			shown[place] = shown[place] || strings.Contains(text, place+"&#34;&#39;&gt;")
		}
	}
	for place, yes := range shown {
		if !yes {
			t.Errorf("%s was shown on no page, so that nothing was tried", place)
		}
	}
}

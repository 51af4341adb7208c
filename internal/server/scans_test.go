package server

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/control"
	"github.com/kubeproof/kubeproof/internal/inventory"
	"github.com/kubeproof/kubeproof/internal/review"
	"github.com/kubeproof/kubeproof/internal/store"
)

// reportOf is the JSON of a scan in which containers of pods are privileged.
func reportOf(t testing.TB, pods ...string) []byte {
	t.Helper()
	a := assessment.Assessment{Schema: assessment.Schema, Targets: []inventory.Target{{Kind: "cluster", Name: "cluster:prod", Documents: 7, About: "prod, 7 nodes"}},
		Controls: []assessment.ControlResult{{ID: "container-privileged", Title: "Containers must not run privileged", Severity: control.Critical, Outcomes: assessment.Counts{Pass: 5, Fail: len(pods)}}},
		Summary:  assessment.Summary{Subjects: 7, Judged: 7, Controls: 1, Severity: map[control.Severity]int{control.Critical: len(pods)}}}
	for _, name := range pods {
		a.Findings = append(a.Findings, &assessment.Finding{Control: "container-privileged", Title: "Containers must not run privileged", Outcome: assessment.Fail, Severity: control.Critical, Risk: 10,
			Message: "container is privileged", Fingerprint: name, Subject: assessment.Subject{Kind: "Pod", Namespace: "shop", Name: name}})
	}
	text, err := json.MarshalIndent(a, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func zipped(t testing.TB, text []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	_, err := zip.Write(text)
	if err := errors.Join(err, zip.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// handIn sends the form of the page; files are by the names of their fields.
func (b *browser) handIn(files map[string][]byte, pairs ...string) reply {
	b.h.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := 0; i+1 < len(pairs); i += 2 {
		_ = form.WriteField(pairs[i], pairs[i+1])
	}
	for field, data := range files {
		part, err := form.CreateFormFile(field, field+".json")
		if err == nil {
			_, err = part.Write(data)
		}
		if err != nil {
			b.h.t.Fatal(err)
		}
	}
	form.Close()
	return b.ask("POST", "/scans", form.FormDataContentType(), body.String())
}

func (h *house) madeNow() string { return h.now().UTC().Format(dateAndTime) }

// TestHandIn: a report is handed in by the page, packed or not, and each page tells what it changed.
func TestHandIn(t *testing.T) {
	h := newHouse(t)
	carl, vera := h.as("carl"), h.as("vera")
	if text := carl.get("/scans").text; !strings.Contains(text, "None yet") || !strings.Contains(text, `id="hand-in"`) {
		t.Errorf("an empty list: %s", text)
	}
	first := carl.handIn(map[string][]byte{"file": reportOf(t, "web", "db")}, "environment", "production", "label", "prod", "made", h.madeNow())
	page := carl.get(first.header.Get("Location")).text
	for _, want := range []string{"Recorded: 2 new, 0 still there, 0 came back, 0 fixed.", "Scan of prod", "prod, 7 nodes", "2 critical", "container-privileged", "recorded", "by Carl", "Report (JSON)"} {
		if !strings.Contains(page, want) {
			t.Errorf("the first scan does not say %q: %s", want, page)
		}
	}
	if strings.Contains(page, "What was seen (gzip)") {
		t.Error("an inventory is offered that was not handed in")
	}
	h.pass(time.Minute)
	seen := zipped(t, []byte(`{"schema":"kubeproof.dev/inventory/v1","targets":[],"subjects":0}`+"\n"))
	second := carl.handIn(map[string][]byte{"file": zipped(t, reportOf(t, "web", "new")), "inventory": seen}, "environment", "production", "label", "prod", "made", h.madeNow())
	to := second.header.Get("Location")
	if page := carl.get(to).text; !strings.Contains(page, "Recorded: 1 new, 1 still there, 0 came back, 1 fixed.") || !strings.Contains(page, "The one before") {
		t.Errorf("the second scan: %s", page)
	}
	if got := vera.get(to + "/report"); got.status != 200 || !bytes.Equal([]byte(got.text), reportOf(t, "web", "new")) || !strings.Contains(got.header.Get("Content-Disposition"), "scan-prod-20260601-1201.json") {
		t.Errorf("the report: %d %v", got.status, got.header)
	}
	if got := vera.get(to + "/inventory"); got.status != 200 || got.text != string(seen) {
		t.Errorf("the inventory: %d, %d bytes", got.status, len(got.text))
	}
	if got := vera.get(first.header.Get("Location") + "/inventory"); got.status != 404 || !strings.Contains(got.text, "not kept any more") {
		t.Errorf("an inventory that was not handed in: %d", got.status)
	}
	list := vera.get("/scans").text
	if strings.Count(list, `<a href="/scans/2`) != 2 || strings.Contains(list, `id="hand-in"`) || !strings.Contains(list, "1 fixed") {
		t.Errorf("the list for a viewer: %s", list)
	}
	again := carl.handIn(map[string][]byte{"file": reportOf(t, "web", "new")}, "environment", "production", "label", "prod", "made", h.madeNow())
	if page := carl.get(again.header.Get("Location")).text; !strings.Contains(page, "nothing was changed") {
		t.Errorf("the same report again: %s", told(page))
	}
}

func TestHandInRefuses(t *testing.T) {
	h := newHouse(t)
	carl := h.as("carl")
	good := reportOf(t, "web")
	before := h.state().Size
	for name, one := range map[string]struct {
		files                    map[string][]byte
		environment, label, made string
		want                     string
	}{
		"no file":               {nil, "production", "prod", h.madeNow(), "Choose the report of a scan"},
		"an empty file":         {map[string][]byte{"file": {}}, "production", "prod", h.madeNow(), "it is empty"},
		"another format":        {map[string][]byte{"file": []byte(`{"schema":"kubeproof.dev/scan/v9"}`)}, "production", "prod", h.madeNow(), "kubeproof.dev/scan/v9"},
		"broken":                {map[string][]byte{"file": []byte("{\n \"schema\": \"kubeproof.dev/scan/v1\",\n \"targets\": oops}\n")}, "production", "prod", h.madeNow(), "line 3, column 13: it is no JSON"},
		"cut off":               {map[string][]byte{"file": good[:len(good)-20]}, "production", "prod", h.madeNow(), "it is no JSON: unexpected end"},
		"packed and cut off":    {map[string][]byte{"file": zipped(t, good)[:100]}, "production", "prod", h.madeNow(), "cut off"},
		"not packed well":       {map[string][]byte{"file": []byte("\x1f\x8bnothing of that")}, "production", "prod", h.madeNow(), "unpack it"},
		"nothing was seen":      {map[string][]byte{"file": []byte(`{"schema":"kubeproof.dev/scan/v1"}`)}, "production", "prod", h.madeNow(), "nothing was seen"},
		"another environment":   {map[string][]byte{"file": good}, "moon", "prod", h.madeNow(), "environment &#34;moon&#34; is unknown"},
		"a bad name":            {map[string][]byte{"file": good}, "production", "Pröd!", h.madeNow(), "is not usable"},
		"no time":               {map[string][]byte{"file": good}, "production", "prod", "yesterday", "say when the scan was made"},
		"a time to come":        {map[string][]byte{"file": good}, "production", "prod", "2030-01-01T00:00", "has not come"},
		"an inventory unpacked": {map[string][]byte{"file": good, "inventory": []byte("{}")}, "production", "prod", h.madeNow(), "not packed with gzip"},
		"no inventory":          {map[string][]byte{"file": good, "inventory": zipped(t, []byte("{}\n"))}, "production", "prod", h.madeNow(), "it is no saved inventory"},
	} {
		got := carl.handIn(one.files, "environment", one.environment, "label", one.label, "made", one.made)
		page := carl.get(got.header.Get("Location")).text
		if got.status != http.StatusSeeOther || !strings.Contains(strings.ToLower(told(page)), strings.ToLower(one.want)) || !strings.Contains(page, `class="flash wrong"`) {
			t.Errorf("%s: %d %s, want %q", name, got.status, told(page), one.want)
		}
	}
	if after := h.state().Size; after != before {
		t.Errorf("%d entries were written", after-before)
	}
}

func TestHandInIsBounded(t *testing.T) {
	saved := append([]route(nil), routes...)
	t.Cleanup(func() { routes = saved })
	routes = append([]route(nil), saved...)
	for i := range routes {
		if routes[i].most == scanForm {
			routes[i].most = 10_000
		}
	}
	h := newHouse(t)
	got := h.as("carl").handIn(map[string][]byte{"file": bytes.Repeat([]byte(" "), 20_000)}, "environment", "production", "label", "prod", "made", h.madeNow())
	if got.status != http.StatusRequestEntityTooLarge || !strings.Contains(got.text, "kubeproof scan --upload") {
		t.Errorf("a form that is too large: %d %s", got.status, told(got.text))
	}
}

// TestScansOfReviews: a review shows its own scans, page by page, and no other's.
func TestScansOfReviews(t *testing.T) {
	h := newHouse(t)
	h.do("anna", &review.CreatePlan{ID: "other", Checklists: []string{"requirements"}, Environments: []string{"production"}, Settings: review.DefaultSettings})
	carl := h.as("carl")
	for i := range scansOnPage + 3 {
		h.pass(time.Minute)
		label := fmt.Sprintf("c%d", i%2)
		if got := carl.handIn(map[string][]byte{"file": reportOf(t, fmt.Sprint(i))}, "environment", "production", "label", label, "made", h.madeNow()); !strings.Contains(got.header.Get("Location"), "/scans/2") {
			t.Fatalf("scan %d: %s", i, got.header.Get("Location"))
		}
	}
	first := carl.get("/scans").text
	next := between(first, `<a class="button" href="/scans?`, `"`)
	if strings.Count(first, "data-row") != scansOnPage || next == "" {
		t.Fatalf("%d rows, next %q", strings.Count(first, "data-row"), next)
	}
	if second := carl.get("/scans?" + strings.ReplaceAll(next, "&amp;", "&")).text; strings.Count(second, "data-row") != 3 || !strings.Contains(second, "The newest") {
		t.Errorf("the second page has %d rows", strings.Count(second, "data-row"))
	}
	if one := carl.get("/scans?source=main/production/c1").text; strings.Count(one, "data-row") != (scansOnPage+3)/2 {
		t.Errorf("one cluster has %d rows", strings.Count(one, "data-row"))
	}
	for _, source := range []string{"main/production/nothing", "'; DROP", strings.Repeat("x", 9000)} {
		if got := carl.get("/scans?source=" + url.QueryEscape(source)); got.status != 404 {
			t.Errorf("%.20s: %d", source, got.status)
		}
	}
	id := between(first, `<a href="/scans/2`, `"`)
	if got := carl.get("/scans/2" + id); got.status != 200 {
		t.Errorf("the scan in its review: %d", got.status)
	}
	carl.get("/?plan=other")
	for _, path := range []string{"", "/report", "/inventory"} {
		if got := carl.get("/scans/2" + id + path); got.status != 404 {
			t.Errorf("%s of another review: %d", path, got.status)
		}
	}
	if text := carl.get("/scans").text; strings.Contains(text, "data-row") {
		t.Errorf("the other review shows scans: %s", text)
	}
}

func between(text, before, after string) string {
	_, rest, found := strings.Cut(text, before)
	if !found {
		return ""
	}
	rest, _, _ = strings.Cut(rest, after)
	return rest
}

func TestPagesOfScansDoNotPartOneTime(t *testing.T) {
	at := func(minutes ...int) (rows []store.ScanRow) {
		for _, m := range minutes {
			rows = append(rows, store.ScanRow{Made: time.Unix(int64(60*m), 0)})
		}
		return rows
	}
	for _, one := range []struct {
		rows []store.ScanRow
		want int
	}{{at(), 0}, {at(3, 2), 2}, {at(4, 3, 2, 1), 3}, {at(4, 3, 2, 2), 2}, {at(4, 2, 2, 2), 1}} {
		if got := cutBetween(one.rows, 3); got != one.want {
			t.Errorf("%d rows: cut at %d, want %d", len(one.rows), got, one.want)
		}
	}
}

// plannedScans is a schedule that only remembers.
type plannedScans struct {
	all []Planned
	ran []string
}

func (p *plannedScans) Planned() []Planned { return p.all }

func (p *plannedScans) RunNow(name string) error {
	if name == "busy" {
		return errors.New("it runs already")
	}
	p.ran = append(p.ran, name)
	return nil
}

func TestScanNow(t *testing.T) {
	h := newHouse(t)
	carl, vera := h.as("carl"), h.as("vera")
	if got := carl.post("/scans/now", "name", "prod"); got.status != 404 {
		t.Errorf("without a schedule: %d", got.status)
	}
	plan := &plannedScans{all: []Planned{
		{Name: "prod", Review: "main", Environment: "production", When: "every 24h", Next: h.now().Add(time.Hour), Last: h.now().Add(-time.Hour), Wrong: "the cluster did not answer"},
		{Name: "busy", Review: "main", Environment: "production", When: "every 24h", Running: true}, {Name: "away", Review: "main", Environment: "production", When: "every 24h", Elsewhere: true},
		{Name: "secret", Review: "elsewhere", Environment: "production", When: "every 24h"}}}
	h.s.Schedule = plan
	page := carl.get("/scans").text
	for _, want := range []string{"the cluster did not answer", "2026-06-01 13:00 UTC", "runs now", "by another server", "Scan prod now"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if text := vera.get("/scans").text; strings.Contains(page, "secret") || strings.Contains(text, "Scan prod now") {
		t.Error("another review's scan, or a button that is not a viewer's, is shown")
	}
	for name, want := range map[string]int{"secret": 404, "": 404, strings.Repeat("x", 9000): 404} {
		if got := carl.post("/scans/now", "name", name); got.status != want {
			t.Errorf("%.20q: %d, want %d", name, got.status, want)
		}
	}
	if text := carl.done("/scans/now", "name", "prod"); !strings.Contains(text, "begins as soon as its turn comes") {
		t.Errorf("nothing is told: %s", told(text))
	}
	carl.post("/scans/now", "name", "busy")
	if len(plan.ran) != 1 || plan.ran[0] != "prod" {
		t.Errorf("ran %v", plan.ran)
	}
	if text := carl.get("/scans").text; !strings.Contains(text, "It runs already") {
		t.Errorf("nothing is told: %s", told(text))
	}
}

// TestHostileScans: what a cluster, a report or an error says is shown and not obeyed.
func TestHostileScans(t *testing.T) {
	h := newHouse(t)
	a := &assessment.Assessment{}
	if err := json.Unmarshal(reportOf(t, "web"), a); err != nil {
		t.Fatal(err)
	}
	a.Targets[0].Name, a.Targets[0].About = hostileAt("target"), hostileAt("about")
	a.Gaps = []inventory.Gap{{Kind: hostileAt("kind"), Reason: hostileAt("reason")}}
	a.Controls = append(a.Controls, assessment.ControlResult{ID: "control-that-nobody-knows", Severity: "odd", Outcomes: assessment.Counts{Error: 1}})
	text, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	carl := h.as("carl")
	got := carl.handIn(map[string][]byte{"file": text}, "environment", "production", "label", "prod", "made", h.madeNow())
	h.s.Schedule = &plannedScans{all: []Planned{{Name: hostileAt("planned"), Review: "main", Environment: "production", When: hostileAt("when"), Wrong: hostileAt("wrong"), Last: h.now()}}}
	shown := ""
	for _, path := range []string{"/scans", got.header.Get("Location"), "/scans?source=" + url.QueryEscape(hostileAt("source"))} {
		page := carl.get(path).text
		checkHarmless(t, path, page)
		shown += page
	}
	for _, place := range []string{"target", "about", "kind", "reason", "planned", "when", "wrong"} {
		if !strings.Contains(shown, place+"&#34;&#39;&gt;") {
			t.Errorf("%s was shown on no page", place)
		}
	}
	refused := carl.handIn(map[string][]byte{"file": []byte(`{"schema":"` + strings.ReplaceAll(hostileAt("schema"), `"`, `\"`) + `"}`)}, "environment", hostileAt("environment"), "label", hostileAt("label"), "made", h.madeNow())
	checkHarmless(t, "flash", carl.get(refused.header.Get("Location")).text)
}

package server

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/kubeproof/kubeproof/internal/checklist"
	"github.com/kubeproof/kubeproof/internal/review"
)

// importing hands a sheet in.
func (b *browser) importing(name string, data []byte) reply {
	b.h.t.Helper()
	return b.upload("/exports/import", name, data)
}

// hiddenValue is what a form of a page holds.
func hiddenValue(page, name string) string {
	return between(page, `<input type="hidden" name="`+name+`" value="`, `"`)
}

func questionOf(t *testing.T, id string) *checklist.Question {
	t.Helper()
	library, _ := catalogue(t)
	question, known := library.Question(id)
	if !known {
		t.Fatalf("there is no question %s", id)
	}
	return question
}

func sheetOf(rows ...string) []byte {
	return []byte("Question,Answer,Comment,Due\n" + strings.Join(rows, "\n") + "\n")
}

// TestImport: a sheet is shown first, and its changes are made together; others than were looked at are not.
func TestImport(t *testing.T) {
	h := newHouse(t)
	carl, dana := h.as("carl"), h.as("dana")
	before := h.state().Size
	page := carl.importing("answers.csv", sheetOf("backups,yes,tried last week,", "nothing-of-that,yes,,", "alert-resolution,,,2026-09-01")).text
	for _, want := range []string{"this is what would change", "<code>backups</code>", "tried last week", "nothing-of-that", "What does not fit", "leave out what does not fit"} {
		if !strings.Contains(page, want) {
			t.Fatalf("the page does not say %q: %s", want, page)
		}
	}
	if h.state().Size != before {
		t.Fatal("something was changed before anybody said so")
	}
	token, seen := hiddenValue(page, "token"), hiddenValue(page, "seen")
	if got := carl.post("/exports/import/apply", "token", token, "seen", seen); !strings.Contains(told(carl.get(got.header.Get("Location")).text), "1 problem") {
		t.Error("what does not fit was left out though nobody said so")
	}
	other := h.as("rob")
	if got := other.post("/exports/import/apply", "token", token, "seen", seen, "skip", "yes"); got.status != 409 {
		t.Errorf("somebody else's sheet: %d", got.status)
	}
	h.do("carl", &review.SetAnswer{Plan: "main", Key: "backups", Values: []string{"no"}, Catalogue: questionOf(t, "backups").Digest()})
	again := carl.post("/exports/import/apply", "token", token, "seen", seen, "skip", "yes").text
	if !strings.Contains(again, "Answers were changed since you looked") || len(h.state().Answers["main/backups"].Reply.Values) != 1 || h.state().Answers["main/backups"].Reply.Values[0] != "no" {
		t.Fatalf("an answer that was changed meanwhile: %s", told(again))
	}
	next := carl.done("/exports/import/apply", "token", token, "seen", hiddenValue(again, "seen"), "skip", "yes", "submit", "yes")
	if !strings.Contains(next, "changes made.") {
		t.Errorf("told: %s", told(next))
	}
	answer := h.state().Answers["main/backups"]
	if answer.Reply.Values[0] != "yes" || answer.Stage != review.InReview || h.state().Answers["main/alert-resolution"].Due != "2026-09-01" {
		t.Errorf("read in: %+v", answer)
	}
	if got := carl.post("/exports/import/apply", "token", token, "seen", seen); got.status != 409 {
		t.Errorf("the same sheet twice: %d", got.status)
	}
	if text := dana.get("/exports").text; strings.Contains(text, `id="import"`) {
		t.Error("a reviewer is offered to read sheets in")
	}
}

// quoted is hostile text as CSV writes it.
func quoted(place string) string {
	return `"` + strings.ReplaceAll(hostileAt(place), `"`, `""`) + `"`
}

func TestImportRefuses(t *testing.T) {
	h := newHouse(t)
	carl := h.as("carl")
	for name, one := range map[string]struct {
		file string
		data []byte
		want string
	}{
		"nothing":       {"", nil, "Choose a sheet"},
		"empty":         {"answers.csv", nil, "answers.csv"},
		"another type":  {"answers.pdf", []byte("%PDF-1.4"), "answers.pdf"},
		"not a book":    {"answers.xlsx", []byte("PK\x03\x04 broken"), "answers.xlsx"},
		"broken YAML":   {"answers.yaml", []byte("{"), "answers.yaml"},
		"other columns": {"answers.csv", []byte("a,b\n1,2\n"), "answers.csv"},
	} {
		got := carl.importing(one.file, one.data)
		text := got.text
		if to := got.header.Get("Location"); to != "" {
			text = carl.get(to).text
		}
		if got.status >= 500 || !strings.Contains(text, one.want) {
			t.Errorf("%s: %d %s, want %q", name, got.status, told(text), one.want)
		}
	}
	page := carl.importing("<img src=x onerror=probe()>.csv", sheetOf("backups,yes,"+quoted("sheet")+",", quoted("key")+",yes,,")).text
	checkHarmless(t, "a sheet", page)
	if !strings.Contains(page, `key\&#34;&#39;&gt;`) || !strings.Contains(page, `sheet\&#34;&#39;&gt;`) {
		t.Errorf("the hostile rows were not shown: %s", page)
	}
}

func TestImportsAreBounded(t *testing.T) {
	i, now := newImports(), time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	first := i.keep(&imported{person: "p0", plan: "main", at: now})
	for n := range mostImports + 5 {
		i.keep(&imported{person: fmt.Sprint("q", n), plan: "main", at: now.Add(time.Duration(n+1) * time.Second)})
	}
	if len(i.all) > mostImports || i.find(first, "p0", "main", now) != nil {
		t.Errorf("%d are kept", len(i.all))
	}
	mine := i.keep(&imported{person: "me", plan: "main", at: now.Add(time.Minute)})
	other := i.keep(&imported{person: "me", plan: "main", at: now.Add(time.Minute)})
	switch {
	case i.find(mine, "me", "main", now) != nil:
		t.Error("two of one person are kept")
	case i.find(other, "me", "main", now.Add(time.Minute)) == nil, i.find(other, "me", "other", now) != nil, i.find(other, "you", "main", now) != nil, i.find(other, "me", "main", now.Add(time.Hour)) != nil:
		t.Error("it is found by others, elsewhere, or too late")
	}
}

// TestNewReview: an administrator begins a review and changes it; what the rules refuse is told.
func TestNewReview(t *testing.T) {
	h := newHouse(t)
	anna := h.as("anna")
	days := []string{"scan-fresh", "14", "warn", "7", "access-every", "60", "longest", "90"}
	form := anna.get("/reviews/new").text
	if !strings.Contains(form, `value="requirements" checked`) || !strings.Contains(form, `name="longest"`) {
		t.Errorf("the form: %s", form)
	}
	page := anna.done("/reviews", append([]string{"id", "payments", "title", "Payments & more", "scope", "what pays", "checklist", "requirements", "environments", "production, staging"}, days...)...)
	plan := h.state().Plans["payments"]
	if plan == nil || plan.ScanFresh != 14 || len(plan.Environments) != 2 || !strings.Contains(page, "Payments &amp; more") {
		t.Fatalf("%+v: %s", plan, told(page))
	}
	if text := anna.get("/reviews/settings").text; !strings.Contains(text, `value="production, staging"`) || !strings.Contains(text, `value="60"`) || strings.Contains(text, `value="container-security" checked`) {
		t.Errorf("the settings: %s", text)
	}
	terms := review.Terms{Critical: 1, High: 2, Medium: 3}
	settings := plan.Settings
	settings.Mend = &terms
	h.do("anna", &review.ChangePlan{ID: "payments", Checklists: plan.Checklists, Environments: plan.Environments, Settings: settings})
	anna.done("/reviews/settings", append([]string{"id", "payments", "title", "New", "checklist", "requirements", "checklist", "container-security", "environments", "production"}, days...)...)
	if plan := h.state().Plans["payments"]; len(plan.Checklists) != 2 || len(plan.Environments) != 1 || plan.Mend == nil || *plan.Mend != terms {
		t.Errorf("changed: %+v", plan)
	}
	before := h.state().Size
	for name, one := range map[string]struct {
		path string
		form []string
		want string
	}{
		"the same name":     {"/reviews", append([]string{"id", "payments", "checklist", "requirements", "environments", "production"}, days...), "exists already"},
		"no name":           {"/reviews", append([]string{"checklist", "requirements", "environments", "production"}, days...), "is not usable"},
		"no checklist":      {"/reviews", append([]string{"id", "x", "environments", "production"}, days...), "at least one checklist"},
		"unknown checklist": {"/reviews", append([]string{"id", "x", "checklist", "nothing-of-that", "environments", "production"}, days...), "is unknown"},
		"no environment":    {"/reviews", append([]string{"id", "x", "checklist", "requirements", "environments", " , "}, days...), "at least one environment"},
		"no number":         {"/reviews", []string{"id", "x", "checklist", "requirements", "environments", "production", "warn", "soon"}, "no number of days"},
		"too long":          {"/reviews", []string{"id", "x", "checklist", "requirements", "environments", "production", "scan-fresh", "99999", "warn", "1", "access-every", "1", "longest", "1"}, "out of range"},
		"another review":    {"/reviews/settings", append([]string{"id", "main", "checklist", "requirements", "environments", "production"}, days...), "another review"},
		"a scope too long":  {"/reviews", append([]string{"id", "x", "checklist", "requirements", "environments", "production", "scope", strings.Repeat("x", 200_000)}, days...), "scope"},
	} {
		got := anna.post(one.path, one.form...)
		if page := anna.get(got.header.Get("Location")).text; !strings.Contains(strings.ToLower(told(page)), one.want) {
			t.Errorf("%s: %d %s, want %q", name, got.status, told(page), one.want)
		}
	}
	if h.state().Size != before {
		t.Error("something was written")
	}
}

// TestBeginAccess: the list of who has access is taken from a scan that kept what it saw.
func TestBeginAccess(t *testing.T) {
	h := newHouse(t)
	carl, dana := h.as("carl"), h.as("dana")
	if text := carl.get("/access").text; !strings.Contains(text, "No scan kept what it saw") {
		t.Errorf("without a scan: %s", text)
	}
	carl.handIn(map[string][]byte{"file": reportOf(t, "web"), "inventory": packed(t, collected(t, rights))}, "environment", "production", "label", "prod", "made", h.madeNow())
	page := carl.get("/access").text
	scan := between(page, `<select name="scan"><option value="`, `"`)
	if scan == "" || strings.Contains(dana.get("/access").text, `id="begin"`) {
		t.Fatalf("who may begin: %s", page)
	}
	page = carl.done("/access/begin", "scan", scan)
	for _, want := range []string{"Begun: 3 subjects to confirm, 2 of them machines.", "User/alice", "ServiceAccount/shop/operator", "everything in the cluster", "scan of prod"} {
		if !strings.Contains(page, want) {
			t.Errorf("the list does not say %q: %s", want, page)
		}
	}
	for _, wrong := range []string{"", "nothing-of-that", strings.Repeat("x", 9000)} {
		got := carl.post("/access/begin", "scan", wrong)
		if text := told(carl.get(got.header.Get("Location")).text); !strings.Contains(text, "Choose a scan") {
			t.Errorf("%.20q: %s", wrong, text)
		}
	}
	h.pass(time.Minute)
	carl.handIn(map[string][]byte{"file": reportOf(t, "web", "db"), "inventory": zipped(t, []byte(`{"schema":"kubeproof.dev/inventory/v1","targets":[],"subjects":0}`+"\n"))}, "environment", "production", "label", "prod", "made", h.madeNow())
	newer := between(carl.get("/access").text, `<select name="scan"><option value="`, `"`)
	got := carl.post("/access/begin", "scan", newer)
	if text := told(carl.get(strings.Split(got.header.Get("Location"), "#")[0]).text); newer == scan || !strings.Contains(text, "nobody has access there") {
		t.Errorf("a scan that saw nobody: %s", text)
	}
}

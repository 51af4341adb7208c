package server

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/kubeproof/kubeproof/internal/review"
)

// TestJourney goes from the first run to an approved answer.
func TestJourney(t *testing.T) {
	h := newHouse(t)
	delete(h.kept.accounts, "anna")
	path, err := h.s.BeginSetup(t.Context(), "anna")
	if err != nil {
		t.Fatal(err)
	}
	anna := h.browser()
	token := strings.TrimPrefix(path, "/setup?token=")
	if got := anna.get(path); got.status != 200 || !strings.Contains(got.text, "Welcome, Anna") {
		t.Fatalf("%d %s", got.status, got.text)
	}
	if got := anna.post("/setup", "token", token, "login", "anna", "password", "short", "again", "short"); got.status != 422 || !strings.Contains(got.text, "too short") {
		t.Fatalf("%d %s", got.status, told(got.text))
	}
	if page := anna.done("/setup", "token", token, "login", "Anna@Example.com", "password", password, "again", password); !strings.Contains(page, "Sign out") {
		t.Fatal(page)
	}
	if got := h.browser().get(path); got.status != http.StatusForbidden {
		t.Errorf("the link works twice: %d", got.status)
	}
	if strings.Contains(h.log.String(), token) || strings.Contains(h.log.String(), password) {
		t.Error("the log holds a token or a password")
	}
	anna.done("/people", "name", "Eve Holm", "role", "reviewer")
	eve := h.state().Find("Eve Holm").ID
	link := regexp.MustCompile(`/setup\?token=([\w-]+)`).FindStringSubmatch(anna.post("/people/" + eve + "/invite").text)
	reviewer := h.browser()
	reviewer.done("/setup", "token", link[1], "login", "eve", "password", password+"!", "again", password+"!")

	carl := h.as("carl")
	page := carl.get("/items/S4.039").text
	if !strings.Contains(page, "Are production clusters backed up regularly?") || !strings.Contains(page, `name="value" value="partly"`) {
		t.Fatal("the form to answer is missing")
	}
	carl.done("/items/S4.039/answer", "key", "backups", "revision", "0", "value", "yes", "comment", "nightly", "then", "save")
	if got := carl.upload("/items/S4.039/evidence", "schedule.txt", []byte("every night at two\n"), "key", "backups", "title", "the schedule"); got.status != 303 {
		t.Fatalf("attach: %d %s", got.status, told(got.text))
	}
	if got := carl.post("/items/S4.039/approve", "key", "backups", "revision", "2"); got.status != http.StatusForbidden {
		t.Errorf("a contributor approves: %d", got.status)
	}
	carl.done("/items/S4.039/submit", "key", "backups", "revision", "2")

	if page := reviewer.get("/mywork").text; !strings.Contains(page, "backups") {
		t.Error("nothing waits for the reviewer")
	}
	if page := reviewer.get("/items/S4.039").text; !strings.Contains(page, "Approve revision 2") || !strings.Contains(page, "the schedule") {
		t.Error("the reviewer cannot approve")
	}
	reviewer.done("/items/S4.039/approve", "key", "backups", "revision", "2", "reason", "read")
	if stage := h.state().Answers["main/backups"].Stage; stage != review.Approved {
		t.Errorf("the answer is %s", stage)
	}
	if page := carl.get("/items/S4.039").text; !strings.Contains(page, "approved</span> by Eve Holm") {
		t.Error("the approval is not shown")
	}
	if got := reviewer.post("/ledger/verify"); !strings.Contains(got.text, "The ledger is whole.") {
		t.Error(told(got.text))
	}
	file := regexp.MustCompile(`/evidence/(e-\w+)`).FindStringSubmatch(carl.get("/items/S4.039").text)
	got := reviewer.get(file[0])
	if got.text != "every night at two\n" || got.header.Get("Content-Disposition") != "attachment; filename=schedule.txt" || !strings.Contains(got.header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("%q %v", got.text, got.header)
	}
}

// TestStaleRevision has two people change one answer: the second sees both.
func TestStaleRevision(t *testing.T) {
	h := newHouse(t)
	carl, rob := h.as("carl"), h.as("rob")
	carl.done("/items/S4.039/answer", "key", "backups", "revision", "0", "value", "yes", "comment", "nightly, says Carl")
	got := rob.post("/items/S4.039/answer", "key", "backups", "revision", "0", "value", "no", "comment", "never, says Rob")
	if got.status != http.StatusConflict || !strings.Contains(got.text, "nightly, says Carl") || !strings.Contains(got.text, "never, says Rob") {
		t.Fatalf("%d: both must be shown: %s", got.status, told(got.text))
	}
	if !strings.Contains(got.text, `name="revision" value="1"`) {
		t.Error("saving again must be possible")
	}
	if values := h.state().Answers["main/backups"].Reply.Values; values[0] != "yes" {
		t.Errorf("it was overwritten with %v", values)
	}
	rob.done("/items/S4.039/answer", "key", "backups", "revision", "1", "value", "no", "comment", "never, says Rob", "then", "submit")
	if got := rob.post("/items/S4.039/answer", "key", "backups", "revision", "2", "value", "maybe"); got.status != 422 || !strings.Contains(got.text, "use yes, partly or no") {
		t.Errorf("%d %s", got.status, told(got.text))
	}
	dana := h.as("dana")
	next := dana.post("/items/S4.039/approve", "key", "backups", "revision", "1")
	if page := dana.get(next.header.Get("Location")).text; !strings.Contains(page, "was changed since") {
		t.Errorf("an old revision was approved: %s", told(page))
	}
}

// TestExceptionsAndAccess asks, decides, extends, withdraws; and goes through who has access.
func TestExceptionsAndAccess(t *testing.T) {
	h := newHouse(t)
	carl, dana := h.as("carl"), h.as("dana")
	page := carl.done("/exceptions", "item", "S4.039", "expires", "2026-09-01", "reason", "the new backup arrives")
	id := regexp.MustCompile(`id="x-(x-\w+)"`).FindStringSubmatch(page)[1]
	dana.done("/exceptions/"+id+"/approve", "revision", "1", "reason", "fine")
	if state := h.state().Exceptions[id].State; state != review.ExceptionApproved {
		t.Errorf("it is %s", state)
	}
	carl.done("/exceptions/"+id+"/extend", "expires", "2026-10-01", "reason", "late")
	dana.done("/exceptions/"+id+"/reject", "revision", "2", "reason", "no")
	dana.done("/exceptions/"+id+"/withdraw", "reason", "mended")

	h.do("anna", &review.BeginAccess{Plan: "main", Environment: "production", Count: 2, AccessText: review.AccessText{Subjects: []review.AccessSubject{{Kind: "User", Name: "kim"}, {Kind: "Group", Name: "ops"}}}})
	at := regexp.MustCompile(`name="listed" value="(\d+)"`).FindStringSubmatch(carl.get("/access").text)[1]
	carl.done("/access/confirm", "id", "main/production", "place", "0", "listed", at, "keep", "yes")
	carl.done("/access/confirm", "id", "main/production", "place", "1", "listed", at, "keep", "no", "reason", "left, OPS-1")
	if got := carl.post("/access/confirm", "id", "main/production", "place", "1", "listed", "1", "keep", "yes"); got.status != http.StatusConflict {
		t.Errorf("a place on an old list: %d", got.status)
	}
	if h.state().Access["main/production"].Done == nil {
		t.Error("the access review is not done")
	}
}

// TestEveryKindOfQuestion answers a question of each type by its form.
func TestEveryKindOfQuestion(t *testing.T) {
	h := newHouse(t)
	carl := h.as("carl")
	library, _ := catalogue(t)
	tried := map[string]bool{}
	for _, question := range library.Questions {
		kind := string(question.Type)
		items := library.ItemsOf(question.ID)
		if tried[kind] || question.When != nil || len(items) == 0 || !strings.HasPrefix(items[0].ID, "S4") && !strings.HasPrefix(items[0].ID, "S0") {
			continue
		}
		tried[kind] = true
		form := []string{"key", question.ID, "revision", "0", "comment", "as it is", "then", "submit"}
		switch kind {
		case "yes-no":
			form = append(form, "value", "partly")
		case "one":
			form = append(form, "value", question.Choices[0].ID)
		case "many":
			form = append(form, "value", question.Choices[0].ID, "value", question.Choices[1].ID)
		case "number":
			form = append(form, "value", "14")
		case "date":
			form = append(form, "value", "2026-05-01")
		case "link":
			form = append(form, "text", "https://wiki.example.com/x")
		default:
			form = append(form, "text", "two\r\nlines")
		}
		if question.NeedsJudgement() {
			form = append(form, "judged", "partly")
		}
		carl.done("/items/"+items[0].ID+"/answer", form...)
		if stage := h.state().Answers[review.IDOf("main", question.ID)].Stage; stage != review.InReview {
			t.Errorf("%s (%s) is %s", question.ID, kind, stage)
		}
	}
	t.Log(tried)
}

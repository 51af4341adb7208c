package server

import (
	"strings"
	"testing"
	"time"

	"github.com/kubeproof/kubeproof/internal/review"
)

// TestTimes: open, late and fixed by severity and team, and by other terms once they are set.
func TestTimes(t *testing.T) {
	h := newHouse(t)
	vera := h.as("vera")
	checkMarkup(t, "/findings/times", vera.get("/findings/times").text)
	h.many(t)
	h.pass(30 * time.Hour)
	h.foundAll(t, "two") // cart is fixed after 30 hours
	vera = h.as("vera")
	page := vera.get("/findings/times").text
	for _, want := range []string{
		`<a href="/findings?severity=critical" data-row>1</a>`, `<a class="bad" href="/findings?late=yes&amp;severity=critical">1</a>`, "30 hours <span class=\"w\">of 1 fix</span>",
		`<a href="/findings?team=infra" data-row>1</a>`, `<a class="bad" href="/findings?late=yes&amp;team=apps">1</a>`, `aria-label="1 up to 30 days; "`, "7 days", "no term",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	checkMarkup(t, "/findings/times", page)
	checkHarmless(t, "/findings/times", page)
	if strings.Contains(page, "/findings/terms") {
		t.Error("who may not set terms is shown how")
	}
	anna := h.as("anna")
	for want, critical := range map[string]string{"as a number": "soon", "out of range": "4000", "-1 days": "-1"} {
		got := anna.post("/findings/terms", "critical", critical, "high", "1", "medium", "0", "low", "0", "info", "0")
		if page := anna.get(got.header.Get("Location")).text; !strings.Contains(page, want) {
			t.Errorf("%s days are told as %s", critical, told(page))
		}
	}
	h.do("anna", &review.ChangePlan{ID: "main", Checklists: []string{"requirements"}, Environments: []string{"production"}, Settings: review.DefaultSettings, PlanText: review.PlanText{Title: "The shop"}})
	page = anna.done("/findings/terms", "critical", "100", "high", "1", "medium", "0", "low", "11", "info", "0")
	if !strings.Contains(page, `<a class="bad" href="/findings?late=yes&amp;severity=high">2</a>`) || strings.Contains(page, "late=yes&amp;severity=critical") {
		t.Error("new terms do not count")
	}
	plan := h.state().Plans["main"]
	if plan.Terms() != (review.Terms{Critical: 100, High: 1, Low: 11}) || h.state().Describe(plan).Title != "The shop" || plan.Checklists[0] != "requirements" {
		t.Errorf("the review is %+v", plan)
	}
	if list := vera.get("/findings?late=yes").text; !strings.Contains(list, "pod-host-network fails on db") || strings.Contains(list, "container-privileged fails") {
		t.Error("the list knows other terms")
	}
}

// TestTimesAreKept until a scan comes, the terms change, or a while has passed.
func TestTimesAreKept(t *testing.T) {
	h := newHouse(t)
	h.many(t)
	state := h.state()
	ask := func() *timed {
		t.Helper()
		known, err := h.s.times.of(t.Context(), h.j, state.Plans["main"], newestScan(state), h.now())
		if err != nil {
			t.Fatal(err)
		}
		return known
	}
	first := ask()
	if h.pass(time.Minute); ask() != first {
		t.Error("times are read again for nothing")
	}
	if h.pass(staleTimes); ask() == first {
		t.Error("times stay as they are while what is due becomes late")
	}
	first = ask()
	h.foundAll(t, "three")
	if state = h.state(); ask() == first {
		t.Error("a scan changes nothing")
	}
}

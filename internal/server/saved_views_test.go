package server

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// TestSavedViews: people keep filters under names, own or shared, and take their own away.
func TestSavedViews(t *testing.T) {
	h := newHouse(t)
	h.many(t)
	carl, vera := h.as("carl"), h.as("vera")
	page := carl.done("/findings/views", "name", "  "+hostileAt("v")+"  ", "query", "severity=high&late=yes", "shared", "yes")
	checkHarmless(t, "/findings", page)
	checkMarkup(t, "/findings", page)
	const chip = `<a class="chip" href="/findings?late=yes&amp;severity=high"`
	if !strings.Contains(page, chip+` aria-current="true">`) {
		t.Error("the view is not shown as the one that is looked at")
	}
	if page := vera.get("/findings").text; !strings.Contains(page, chip+` title="shared by Carl">`) || strings.Contains(page, "/delete") {
		t.Error("a shared view is not seen by others, or can be taken away by them")
	}
	carl.done("/findings/views", "name", "mine", "query", "team=apps")
	carl.done("/findings/views", "name", "mine", "query", "team=infra")
	if page := carl.get("/findings").text; strings.Count(page, ">mine<") != 1 || !strings.Contains(page, `href="/findings?team=infra">mine`) {
		t.Error("saving under a name again does not replace the view")
	}
	if strings.Contains(vera.get("/findings").text, ">mine") {
		t.Error("a view of one's own is seen by others")
	}
	vera.done("/findings/views", "name", "hers", "query", "")
	if got := vera.post("/findings/views", "name", "for all", "query", "team=apps", "shared", "yes"); got.status != http.StatusForbidden {
		t.Errorf("a viewer shares a view: %d", got.status)
	}
	for _, one := range h.kept.views {
		if one.Person == "carl" {
			vera.done("/findings/views/" + one.ID + "/delete")
		}
	}
	page = carl.get("/findings").text
	paths := regexp.MustCompile(`/findings/views/v-[^"]*/delete`).FindAllString(page, -1)
	if len(paths) != 2 {
		t.Fatalf("somebody took away the views of another: %v", paths)
	}
	for _, path := range paths {
		carl.done(path)
	}
	if strings.Contains(carl.get("/findings").text, ">mine") {
		t.Error("a view that was taken away is shown")
	}
}

// TestViewsLeadNowhereElse: what is no filter is refused when it is saved, and left out when it is opened.
func TestViewsLeadNowhereElse(t *testing.T) {
	h := newHouse(t)
	carl := h.as("carl")
	for _, query := range []string{"next=//evil.example", "plan=other", "after=x", "%zz", "severity=high;a", "q=" + strings.Repeat("a", 5000)} {
		if got := carl.post("/findings/views", "name", "x", "query", query); got.status != http.StatusBadRequest {
			t.Errorf("%.40s gives %d", query, got.status)
		}
	}
	for _, name := range []string{"", " \n", strings.Repeat("a", 201)} {
		got := carl.post("/findings/views", "name", name, "query", "team=apps")
		if page := carl.get(got.header.Get("Location")).text; !strings.Contains(page, "Give the view a name") {
			t.Errorf("the name %q is told as %s", name, told(page))
		}
	}
	if len(h.kept.views) != 0 {
		t.Errorf("%v was kept", h.kept.views)
	}
	h.kept.views["v-old"] = SavedView{ID: "v-old", Person: "carl", Name: "old", Page: "/findings", Query: "state=gone&severity=high"}
	h.kept.views["v-bad"] = SavedView{ID: "v-bad", Person: "carl", Name: "bad", Page: "/findings", Query: "//evil.example"}
	if page := carl.get("/findings").text; !strings.Contains(page, `href="/findings?severity=high">old`) || strings.Contains(page, "evil") {
		t.Error("an old view is not read as a filter of today")
	}
	for i := range mostViews - 2 {
		carl.done("/findings/views", "name", fmt.Sprint(i), "query", "")
	}
	got := carl.post("/findings/views", "name", "one too many", "query", "")
	if page := carl.get(got.header.Get("Location")).text; !strings.Contains(page, "40 views already") {
		t.Errorf("one too many is told as %s", told(page))
	}
	carl.done("/findings/views", "name", "0", "query", "late=yes")
}

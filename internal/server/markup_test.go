package server

import (
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/kubeproof/kubeproof/internal/review"
)

// TestMarkup reads every page as one who cannot see it does: one heading of the first rank and none
// left out, a name for every field, button, picture and region, no id twice, and links to places that
// are there.
func TestMarkup(t *testing.T) {
	h := newHouse(t)
	h.do("carl", &review.RequestException{ID: "x-1", Plan: "main", Item: "S4.039", Expires: "2026-08-01", ExceptionText: review.ExceptionText{Reason: "why"}})
	h.do("anna", &review.BeginAccess{Plan: "main", Environment: "production", Count: 1, AccessText: review.AccessText{Subjects: []review.AccessSubject{{Kind: "User", Name: "kim"}}}})
	h.scanned("cluster", map[string]review.ScanControl{"rbac-impersonate": fails(1)})
	carl := h.as("carl")
	carl.done("/items/S4.039/answer", "key", "backups", "revision", "0", "value", "yes", "then", "submit")
	paths := []string{"/", "/mywork", "/checklists", "/checklists/information-security-review", "/search?q=backup", "/items/S4.001", "/items/S4.039", "/items/S4.012", "/items/S0.008", "/findings", "/findings/times", "/exceptions", "/controls", "/controls/container-privileged", "/frameworks", "/frameworks/iso-27001", "/access", "/ledger", "/exports", "/nothing"}
	for _, path := range paths {
		for _, who := range []*browser{carl, h.as("dana")} {
			checkMarkup(t, path, who.get(path).text)
		}
	}
	checkMarkup(t, "/account", carl.get("/account").text)
	checkMarkup(t, "/account", carl.post("/account/tokens", "name", "ci", "days", "3", "scope", "read").text)
	checkMarkup(t, "/audit", h.as("uma").get("/audit?since=2026-05-01").text)
	checkMarkup(t, "/audit", h.as("uma").get("/audit").text)
	checkMarkup(t, "/people", h.as("anna").get("/people").text)
	checkMarkup(t, "/login", h.browser().get("/login").text)
	setup, _ := h.s.BeginSetup(t.Context(), "anna")
	checkMarkup(t, "/setup", h.browser().get(setup).text)
}

// outline is what the markup of a page names.
type outline struct {
	ids    map[string]int
	labels map[string]bool
	rank   int
	firsts int
	local  []string
}

func checkMarkup(t *testing.T, path, page string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	o := &outline{ids: map[string]int{}, labels: map[string]bool{}}
	each(root, func(n *html.Node) {
		if id := attr(n, "id"); id != "" {
			o.ids[id]++
		}
		if n.Data == "label" {
			o.labels[attr(n, "for")] = true
		}
	})
	for id, times := range o.ids {
		if times > 1 {
			t.Errorf("%s: id %s stands %d times", path, id, times)
		}
	}
	each(root, func(n *html.Node) { o.check(t, path, n) })
	if o.firsts != 1 {
		t.Errorf("%s: %d headings of the first rank", path, o.firsts)
	}
	for _, id := range o.local {
		if o.ids[id] == 0 {
			t.Errorf("%s: a link to #%s, which is not there", path, id)
		}
	}
}

func (o *outline) check(t *testing.T, path string, n *html.Node) {
	t.Helper()
	named := attr(n, "aria-label") != "" || strings.TrimSpace(textOf(n)) != ""
	switch n.Data {
	case "h1", "h2", "h3":
		rank := int(n.Data[1] - '0')
		if rank > o.rank+1 {
			t.Errorf("%s: heading %q skips a rank", path, textOf(n))
		}
		o.rank = rank
		if rank == 1 {
			o.firsts++
		}
	case "input", "select", "textarea":
		if attr(n, "type") != "hidden" && !within(n, "label") && (attr(n, "id") == "" || !o.labels[attr(n, "id")]) {
			t.Errorf("%s: the field %s has no label", path, attr(n, "name"))
		}
	case "button", "a", "summary":
		if !named {
			t.Errorf("%s: a %s without a name: %v", path, n.Data, n.Attr)
		}
		if href := attr(n, "href"); strings.HasPrefix(href, "#") {
			o.local = append(o.local, href[1:])
		}
	case "svg":
		if attr(n, "aria-hidden") == "" && !named {
			t.Errorf("%s: a picture without a name", path)
		}
	case "html":
		if attr(n, "lang") == "" {
			t.Errorf("%s: no language", path)
		}
	}
	if attr(n, "tabindex") == "0" && (attr(n, "role") == "" || attr(n, "aria-label") == "") {
		t.Errorf("%s: a place to stop at without a name", path)
	}
}

func each(n *html.Node, fn func(*html.Node)) {
	if n.Type == html.ElementNode {
		fn(n)
	}
	for child := range n.ChildNodes() {
		each(child, fn)
	}
}

func attr(n *html.Node, name string) string {
	for _, one := range n.Attr {
		if one.Key == name {
			return one.Val
		}
	}
	return ""
}

func within(n *html.Node, name string) bool {
	for at := n.Parent; at != nil; at = at.Parent {
		if at.Data == name {
			return true
		}
	}
	return false
}

func textOf(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	text := ""
	for child := range n.ChildNodes() {
		text += textOf(child)
	}
	return text
}

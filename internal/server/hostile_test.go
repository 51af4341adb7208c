package server

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/kubeproof/kubeproof/internal/review"
)

// hostile would leave every place of a page, if it was not escaped there. %s tells places apart.
const hostile = `%s"'></title></textarea></select></option></pre></svg></script><xss-probe onprobe=probe() href=javascript:probe()><img src=x onerror=probe()><script>probe()</script>{{.Probe}}`

func hostileAt(place string) string { return fmt.Sprintf(hostile, place) }

// checkHarmless fails where a page holds an element, an attribute or an address that is not ours.
func checkHarmless(t *testing.T, where, page string) {
	t.Helper()
	ours := map[string]bool{"html": true, "head": true, "meta": true, "title": true, "link": true, "script": true, "body": true, "a": true, "header": true, "div": true, "svg": true, "path": true, "span": true,
		"form": true, "label": true, "select": true, "option": true, "input": true, "button": true, "nav": true, "ul": true, "li": true, "main": true, "p": true, "h1": true, "h2": true, "h3": true, "section": true,
		"footer": true, "kbd": true, "circle": true, "text": true, "rect": true, "b": true, "code": true, "time": true, "table": true, "thead": true, "tbody": true, "tr": true, "th": true, "td": true, "details": true,
		"summary": true, "article": true, "optgroup": true, "pre": true, "ol": true, "g": true, "polygon": true, "datalist": true, "dl": true, "dt": true, "dd": true, "textarea": true, "fieldset": true, "legend": true}
	tokens := html.NewTokenizer(strings.NewReader(page))
	scripts := 0
	for kind := tokens.Next(); kind != html.ErrorToken; kind = tokens.Next() {
		token := tokens.Token()
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
			continue
		}
		if !ours[token.Data] {
			t.Errorf("%s: the element %s is not ours: %s", where, token.Data, token)
		}
		if token.Data == "script" {
			scripts++
		}
		for _, one := range token.Attr {
			checkAttribute(t, where, token, one)
		}
	}
	if scripts != 1 {
		t.Errorf("%s: %d scripts", where, scripts)
	}
}

func checkAttribute(t *testing.T, where string, token html.Token, one html.Attribute) {
	t.Helper()
	if strings.HasPrefix(one.Key, "on") || strings.Contains(one.Key, "probe") || one.Key == "style" || strings.ContainsAny(one.Key, `"'<`) {
		t.Errorf("%s: the attribute %s is not ours: %s", where, one.Key, token)
	}
	switch one.Key {
	case "href", "src", "action", "formaction":
		outside := strings.HasPrefix(one.Val, "https://") || strings.HasPrefix(one.Val, "http://")
		if outside && !strings.Contains(token.String(), `rel="noopener noreferrer"`) {
			t.Errorf("%s: a link outside without rel: %s", where, token)
		}
		if one.Val != "" && !outside && !strings.HasPrefix(one.Val, "/") && !strings.HasPrefix(one.Val, "#") && !strings.HasPrefix(one.Val, "?") || strings.HasPrefix(one.Val, "//") {
			t.Errorf("%s: it leads elsewhere: %s", where, token)
		}
	}
}

// TestHostileTexts puts hostile text into everything that people and clusters write, and reads every page.
func TestHostileTexts(t *testing.T) {
	h := newHouse(t)
	h.do("anna", &review.AddPerson{ID: "eve", Roles: []review.Role{review.Contributor, review.Reviewer, review.Administrator}, PersonText: review.PersonText{Name: hostileAt("name"), Email: hostileAt("email")}},
		&review.ChangePlan{ID: "main", Checklists: []string{"information-security-review", "requirements"}, Environments: []string{"production"}, Settings: review.DefaultSettings, PlanText: review.PlanText{Title: hostileAt("title"), Scope: hostileAt("scope")}},
		&review.CreatePlan{ID: "other", Checklists: []string{"requirements"}, Environments: []string{"production"}, Settings: review.DefaultSettings, PlanText: review.PlanText{Title: hostileAt("other")}},
		&review.BeginAccess{Plan: "main", Environment: "production", Count: 1, AccessText: review.AccessText{Source: hostileAt("source"), Subjects: []review.AccessSubject{{Kind: "User", Namespace: hostileAt("namespace"), Name: hostileAt("subject"), Rights: hostileAt("rights")}}}})
	unseen := review.ScanControl{Unseen: hostileAt("unseen")}
	h.scanned(hostileAt("scan"), map[string]review.ScanControl{"rbac-impersonate": fails(2), "backup-schedules": unseen, "container-privileged": unseen})
	h.account("eve")
	eve, dana := h.as("eve"), h.as("dana")
	eve.done("/items/S4.039/answer", "key", "backups", "revision", "0", "value", "yes", "comment", hostileAt("comment"))
	eve.upload("/items/S4.039/evidence", "plain.txt", []byte("x\n"), "key", "backups", "title", hostileAt("evidence"))
	eve.upload("/items/S4.039/evidence", strings.ReplaceAll(hostileAt("file"), "/", "")+".txt", []byte("y\n"), "key", "backups")
	eve.upload("/items/S4.039/evidence", "", nil, "key", "backups", "url", "https://a.example/"+hostileAt("url"), "title", hostileAt("link"))
	eve.upload("/items/S4.039/evidence", "", nil, "key", "backups", "note", hostileAt("note"))
	eve.done("/items/S4.039/comment", "key", "backups", "text", hostileAt("remark"))
	eve.done("/items/S4.039/submit", "key", "backups", "revision", fmt.Sprint(h.state().Answers["main/backups"].Revision))
	dana.done("/items/S4.039/changes", "key", "backups", "revision", fmt.Sprint(h.state().Answers["main/backups"].Revision), "reason", hostileAt("sent-back"))
	eve.done("/items/S4.001/answer", "key", "S4.001", "revision", "0", "na", "yes", "comment", hostileAt("na"))
	eve.done("/exceptions", "control", "container-privileged", "subject", hostileAt("on"), "expires", "2026-06-20", "reason", hostileAt("reason"), "compensation", hostileAt("instead"), "owner", hostileAt("owner"))

	text := url.QueryEscape(hostileAt("query"))
	paths := []string{"/", "/mywork", "/checklists", "/checklists/information-security-review?q=" + text + "&section=" + text + "&state=" + text, "/search?q=" + text + "&state=" + text, "/items/S4.039?q=" + text, "/items/S4.001", "/items/S0.008", "/items/S0.039",
		"/exceptions?item=" + text, "/controls?q=" + text + "&severity=" + text, "/controls/container-privileged", "/frameworks", "/frameworks/iso-27001", "/access", "/ledger", "/exports", "/people", "/account", "/audit?since=2026-01-01", "/audit?since=" + text, "/nothing/" + text, "/items/" + text, "/ledger?from=" + text}
	shown := map[string]bool{}
	for _, path := range paths {
		page := eve.get(path).text
		checkHarmless(t, path, page)
		for _, place := range []string{"name", "email", "title", "scope", "source", "namespace", "subject", "rights", "scan", "unseen", "comment", "file", "evidence", "link", "note", "remark", "sent-back", "na", "on", "reason", "instead", "owner", "query", "other"} {
			shown[place] = shown[place] || strings.Contains(page, place+"&#34;&#39;&gt;")
		}
	}
	for place, yes := range shown {
		if !yes {
			t.Errorf("%s was shown on no page, so that nothing was tried", place)
		}
	}
	for _, got := range []reply{
		eve.post("/items/S4.039/answer", "key", "backups", "revision", "99", "value", hostileAt("value"), "comment", hostileAt("again")),
		eve.post("/items/S4.002/answer", "key", "applicable-standards", "revision", "0", "value", hostileAt("value")),
		eve.post("/people/eve/invite"), h.browser().get("/login?next=" + text), h.browser().post("/login", "login", hostileAt("login"), "password", "x", "next", hostileAt("next")),
	} {
		checkHarmless(t, "a form", got.text)
	}
	refused := eve.post("/exceptions", "item", hostileAt("item"), "expires", hostileAt("day"), "reason", "x")
	checkHarmless(t, "flash", eve.get(refused.header.Get("Location")).text)
}

// TestHiddenCharacters are shown and not obeyed.
func TestHiddenCharacters(t *testing.T) {
	h := newHouse(t)
	carl := h.as("carl")
	carl.done("/items/S4.039/comment", "key", "backups", "text", "safe \u202etxt.exe\u200b")
	page := carl.get("/items/S4.039").text
	if strings.ContainsAny(page, "\u202e\u200b") || !strings.Contains(page, `\u202e`) {
		t.Error("the page obeys characters that nobody sees")
	}
}
